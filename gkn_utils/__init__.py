"""Generative Kaleidoscopic Networks (Shrivastava, arXiv 2402.11793): manifold learning and kaleidoscopic sampling."""

from inspect import isfunction

from gkn_utils._arguments import checked
from gkn_utils.claims import Claims, all_claims, save_figure, save_gif
from gkn_utils.data import Images, Source, load_images, points, read_idx, to_pixels
from gkn_utils.dynamics import (
    arnoldi_radius,
    burn_in,
    fixed_points,
    flat_share,
    jacobian,
    jumpiness,
    landed,
    nearest,
    period,
    recalled,
    spectral_radius,
    step_sizes,
    stored,
    visits,
)
from gkn_utils.experiments.gradient_sampling import descend
from gkn_utils.network import MLP, Network, centred, near_identity
from gkn_utils.pretrained import load_network, network_card, pretrained, save_network
from gkn_utils.sampling import kaleidoscope, last, noise_schedule, normal_starts, settle, trajectory, uniform_starts
from gkn_utils.training import (
    AddedNoise,
    BlendedNoise,
    collapsed,
    converged,
    fit,
    fit_in_stages,
    fitted,
    manifold_loss,
    one_cycle,
    train,
)

# The method
__all__ = ["MLP", "Network", "fit", "fit_in_stages", "kaleidoscope", "manifold_loss", "one_cycle", "train"]
__all__ += ["last", "noise_schedule", "normal_starts", "settle", "trajectory", "uniform_starts"]
__all__ += ["AddedNoise", "BlendedNoise", "centred", "near_identity"]
# Trained networks, data
__all__ += ["load_network", "network_card", "pretrained", "save_network"]
__all__ += ["Images", "Source", "load_images", "points", "read_idx", "to_pixels"]
# What the iterated map does
__all__ += ["arnoldi_radius", "burn_in", "collapsed", "converged", "descend", "fitted", "fixed_points", "flat_share"]
__all__ += ["jacobian", "jumpiness", "landed", "nearest", "period", "recalled", "spectral_radius", "step_sizes"]
__all__ += ["stored", "visits"]
# Claims and figures
__all__ += ["Claims", "all_claims", "save_figure", "save_gif"]

# Arguments are checked where the package is entered, and not again inside
globals().update({name: checked(of) for name, of in globals().items() if name in __all__ and isfunction(of)})
