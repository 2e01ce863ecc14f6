"""Numbers with intervals, verdicts on claims, and where both are kept."""

from gkn_utils.claims.results import all_claims, claim, claims_table, save_figure, save_gif, save_results

__all__ = ["all_claims", "claim", "claims_table", "save_figure", "save_gif", "save_results"]
