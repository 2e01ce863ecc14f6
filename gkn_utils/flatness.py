"""How many-to-one a network of one dimension is."""

import math

import torch
from torch import Tensor

from gkn_utils.attractors import jacobian
from gkn_utils.network import MLP
from gkn_utils.validation import check_line

FLAT, PLACES, BINS = 0.1, 1000, 100


def flat_share(net: MLP) -> Tensor:
    """Share of the input range of a 1-D network where |f'| < .1: a scalar, or (k,) for `nets=k`.

    Slopes are taken at 1,000 evenly spaced places inside the network's range. Raises `ValueError` for more than one
    dimension and for an unbounded output.
    """
    slopes = jacobian(net, _inputs(net))[..., 0, 0]
    return (slopes.abs() < FLAT).to(net.dtype).mean(-1)


@torch.no_grad()
def output_entropy(net: MLP) -> Tensor:
    """Entropy in bits of where the outputs of a 1-D network fall for 1,000 evenly spread inputs: a scalar, or (k,).

    The range is divided into 100 bins: log2(100) is the identity's entropy, 0 that of a constant. Raises `ValueError`
    as `flat_share` does.
    """
    low, high = net.range
    outputs = net(_inputs(net)).squeeze(-1)
    places = ((outputs - low) / (high - low) * BINS).long().clamp_(0, BINS - 1)
    counts = torch.zeros(*places.shape[:-1], BINS, dtype=net.dtype, device=net.device)
    counts.scatter_add_(-1, places, torch.ones_like(outputs))
    return torch.special.entr(counts / PLACES).sum(-1) / math.log(2)


def _inputs(net: MLP) -> Tensor:
    """Evenly spaced places inside the network's range, (PLACES, 1)."""
    low, high = check_line(net)
    x = low + (high - low) * (torch.arange(PLACES, device=net.device, dtype=net.dtype) + 0.5) / PLACES
    return x.unsqueeze(-1)
