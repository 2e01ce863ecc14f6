"""Numbers with intervals, the registry of claims with its lines, and where figures and results are kept."""

from gkn_utils.claims.figures import save_figure, save_gif
from gkn_utils.claims.results import Claims, all_claims

__all__ = ["Claims", "all_claims", "save_figure", "save_gif"]
