"""Gradient-based sampling, beside which the paper sets its kaleidoscope: an input is learned that is returned."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from gkn_utils._checks import check_count, check_points
from gkn_utils.network import Network


# Section 4, "Gradient based sampling"
def descend(net: Network, z: Tensor, *, steps: int, lr: float) -> Iterator[Tensor]:
    """Iterate over steps + 1 states: `z`, then what Adam at rate `lr` makes of it to lower the mean of (x - f(x))^2.

    The network stays as it is, the input is what is learned; each sample (n, d), or (k, n, d) for `nets=k`, as if it
    were alone. Raises `ValueError`, at the call, as `kaleidoscope` does, and for a rate that is not above 0.
    """
    check_points("z", z, net)
    check_count("steps", steps)
    if not 0 < lr < math.inf:
        raise ValueError(f"lr: got {lr!r}, needed a number above 0")
    return _descend(net, z.expand(net.nets, *z.shape[-2:]) if net.nets else z, steps, lr)


def _descend(net: Network, z: Tensor, steps: int, lr: float) -> Iterator[Tensor]:
    x = z.detach().clone().requires_grad_()
    adam = torch.optim.Adam([x], lr=lr)
    yield z.detach()
    for _ in range(steps):
        with torch.enable_grad():
            loss = (net(x) - x).square().mean(-1).sum()
        [x.grad] = torch.autograd.grad(loss, [x])
        adam.step()
        yield x.detach().clone()
