"""Idempotent generative networks: also trained to return data, also applied to noise, but once."""

import torch
from torch import Tensor
from torch.func import functional_call

from gkn_utils._checks import as_generator, check_batch_size, check_count, check_points, check_range
from gkn_utils.network import Network
from gkn_utils.training.batches import batches
from gkn_utils.training.fit import one_cycle
from gkn_utils.training.minimise import minimise


# Shocher et al. 2024, arXiv 2311.01462, with the weights of their losses
def fit_idempotent(
    net: Network, x: Tensor, *, steps: int, batch_size: int, lr: float, generator: torch.Generator | None = None
) -> Tensor:
    """Train `net` to return points of `x` (n, d) in [-1, 1], and to return what it makes of noise; (steps,) losses.

    f(x) = x and f(f(z)) = f(z) for z ~ N(0, 1). So that the second is not had by returning everything, f as it stands
    is pushed away from returning f(z), no farther than 1.5 times the error of the first. Raises `ValueError` for
    points the network cannot take, no steps, values outside [-1, 1], or a batch of none or of more than there are.
    """
    check_count("steps", steps)
    check_points("x", x, net)
    check_range("x", x, -1, 1)
    check_batch_size(batch_size, x)
    generator = as_generator(generator, x.device)
    orders = batches(len(x), batch_size, generator)

    def of_batch() -> Tensor:
        batch = x[next(orders)]
        made = net(torch.empty_like(batch).normal_(generator=generator))
        fixed = functional_call(net, {name: p.detach() for name, p in net.named_parameters()}, made)
        returned = _error(net(batch), batch)
        idempotent = _error(fixed, made)
        limit = (1.5 * returned).clamp_min(1e-12)
        tight = (-_error(net(made.detach()), made.detach()) / limit).tanh() * limit
        return (20 * returned + 20 * idempotent + 2.5 * tight).mean()

    return minimise(net, of_batch, steps=steps, lr=lr, schedule=one_cycle)


def _error(a: Tensor, b: Tensor) -> Tensor:
    """The mean square of each point's coordinates, (n,)."""
    return (a - b).square().mean(-1)
