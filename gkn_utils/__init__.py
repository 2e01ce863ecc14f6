"""Generative Kaleidoscopic Networks (Shrivastava, arXiv 2402.11793): manifold learning and kaleidoscopic sampling."""

from gkn_utils.attractors import (
    burn_in,
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
from gkn_utils.census import census
from gkn_utils.data import Images, load_images, points, to_pixels
from gkn_utils.fixed_points import fixed_points
from gkn_utils.flatness import flat_share, output_entropy
from gkn_utils.gradient_sampling import descend
from gkn_utils.mnist import read_idx
from gkn_utils.network import MLP
from gkn_utils.pretrained import load_network, network_card, pretrained, save_network
from gkn_utils.results import all_claims, claim, claims_table, save_figure, save_gif, save_results
from gkn_utils.sampling import kaleidoscope, last, sample, settle, trajectory, uniform_starts
from gkn_utils.training import collapsed, fit, fit_in_stages, fitted, manifold_loss, one_cycle

__all__ = [
    "MLP",
    "Images",
    "all_claims",
    "burn_in",
    "census",
    "claim",
    "claims_table",
    "collapsed",
    "descend",
    "fit",
    "fit_in_stages",
    "fitted",
    "fixed_points",
    "flat_share",
    "jacobian",
    "jumpiness",
    "kaleidoscope",
    "landed",
    "last",
    "load_images",
    "load_network",
    "manifold_loss",
    "nearest",
    "network_card",
    "one_cycle",
    "output_entropy",
    "period",
    "points",
    "pretrained",
    "read_idx",
    "recalled",
    "sample",
    "save_figure",
    "save_gif",
    "save_network",
    "save_results",
    "settle",
    "spectral_radius",
    "step_sizes",
    "stored",
    "to_pixels",
    "trajectory",
    "uniform_starts",
    "visits",
]
