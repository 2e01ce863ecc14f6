"""How many-to-one a network of one dimension is."""

import math

import torch
from torch import Tensor

from gkn_utils.attractors import jacobian
from gkn_utils.network import MLP
from gkn_utils.validation import check_count, check_line


def flat_share(net: MLP, *, slope: float = 0.1, points: int = 1000) -> Tensor:
    """Share of the input range of a 1-D network where |f'| < `slope`: a scalar, or (k,) for `nets=k`.

    Slopes are taken at `points` evenly spaced places inside the network's range.
    """
    slopes = jacobian(net, _inputs(net, points))[..., 0, 0]
    return (slopes.abs() < slope).to(net.dtype).mean(-1)


@torch.no_grad()
def output_entropy(net: MLP, *, bins: int = 100, points: int = 1000) -> Tensor:
    """Entropy in bits of where the outputs of a 1-D network fall for evenly spread inputs: a scalar, or (k,).

    The range is divided into `bins`: log2(bins) is the identity's entropy, 0 that of a constant.
    """
    check_count("bins", bins)
    low, high = net.range
    outputs = net(_inputs(net, points)).squeeze(-1)
    places = ((outputs - low) / (high - low) * bins).long().clamp_(0, bins - 1)
    counts = torch.zeros(*places.shape[:-1], bins, dtype=net.dtype, device=net.device)
    counts.scatter_add_(-1, places, torch.ones_like(outputs))
    return torch.special.entr(counts / points).sum(-1) / math.log(2)


def _inputs(net: MLP, points: int) -> Tensor:
    """Evenly spaced places inside the network's range, (points, 1)."""
    check_count("points", points)
    low, high = check_line(net)
    x = low + (high - low) * (torch.arange(points, device=net.device, dtype=net.dtype) + 0.5) / points
    return x.unsqueeze(-1)
