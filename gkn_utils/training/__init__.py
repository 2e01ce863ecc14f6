"""Manifold learning, Eq. 1: `fit`, and what it is made of."""

from gkn_utils.training.fit import collapsed, converged, fit, fit_in_stages, fitted, manifold_loss, one_cycle, train
from gkn_utils.training.last_layer import interpolate
from gkn_utils.training.minimise import minimise
from gkn_utils.training.noise import AddedNoise, BlendedNoise, FadedNoise

__all__ = [
    "AddedNoise",
    "BlendedNoise",
    "FadedNoise",
    "collapsed",
    "converged",
    "fit",
    "fit_in_stages",
    "fitted",
    "interpolate",
    "manifold_loss",
    "minimise",
    "one_cycle",
    "train",
]
