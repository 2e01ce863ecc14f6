"""What the iterated map does: attractors, eigenvalues, the line, neighbours."""

from gkn_utils.dynamics.attractors import (
    burn_in,
    jacobian,
    jumpiness,
    landed,
    period,
    recalled,
    spectral_radius,
    step_sizes,
    stored,
    visits,
)
from gkn_utils.dynamics.eigenvalues import arnoldi_radius
from gkn_utils.dynamics.line import fixed_points, flat_share
from gkn_utils.dynamics.neighbours import nearest

__all__ = ["arnoldi_radius", "burn_in", "fixed_points", "flat_share", "jacobian", "jumpiness", "landed", "nearest"]
__all__ += ["period", "recalled", "spectral_radius", "step_sizes", "stored", "visits"]
