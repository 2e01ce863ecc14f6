"""Networks that store pictures: what notebooks 19 and 25 share."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gkn_utils.experiments.coordinates import Lifted, PrincipalComponents
from gkn_utils.network import MLP, centred
from gkn_utils.training import FadedNoise, fit, interpolate, one_cycle

BATCH = 250  # pictures a step, or all where there are fewer


def learned(x: Tensor, width: int, depth: int, *, noise: Callable | None = None, effort: float, seed: int) -> MLP:
    """A network, its output not bounded, that learned to return `x` (n, d), from under `noise` where it is given.

    `effort` is the number of weights times pictures seen, for each picture: networks of all sizes multiply as often.
    Raises `ValueError` as `fit` does.
    """
    net = MLP(x.shape[1], width, depth, output=nn.Identity(), generator=torch.Generator().manual_seed(seed))
    centred(net.to(x.device), x)
    batch = min(len(x), BATCH)
    weights = sum(p.numel() for p in net.parameters())
    steps = max(1, round(effort * len(x) / (weights * batch)))
    generator = torch.Generator(x.device).manual_seed(seed)
    batch_size = batch if batch < len(x) else None
    fit(net, x, steps=steps, schedule=one_cycle, batch_size=batch_size, noise=noise, generator=generator)
    return net.requires_grad_(False)


def learned_in_span(
    x: Tensor, width: int, depth: int, *, ridge: float, high: float, effort: float, seed: int
) -> Lifted:
    """As `learned`, in (almost) white coordinates of the span of `x`, from under `FadedNoise(high)`."""
    span = PrincipalComponents(x, ridge=ridge)
    noise = FadedNoise(high)
    return Lifted(learned(span.coordinates(x), width, depth, noise=noise, effort=effort, seed=seed), span)


def solved(net: MLP | Lifted, x: Tensor) -> MLP | Lifted:
    """`net`, changed in place, its last layer solved for so that it returns `x` (n, d); errors are `interpolate`'s."""
    if isinstance(net, Lifted):
        interpolate(net.net, net.components.coordinates(x))
    else:
        interpolate(net, x)
    return net
