"""Manifold learning, Eq. 1: a network learns to return its input."""

import itertools
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from gkn_utils.network import MLP
from gkn_utils.validation import as_generator, check_count, check_points, check_range


# Eq. 1
def manifold_loss(net: MLP, x: Tensor) -> Tensor:
    """Mean square of x - f(x) over points and coordinates: a scalar, or (k,) for `nets=k`.

    `x` is (n, d) or (k, n, d). The largest possible value is the square of the width of the network's range: 1 for
    a sigmoid, 4 for a tanh.
    """
    return (net(x) - x).square().mean((-2, -1))


# Section 2, "Manifold Learning"
def fit(
    net: MLP,
    x: Tensor,
    *,
    steps: int,
    lr: float = 1e-3,
    batch_size: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Minimise Eq. 1 by Adam, changing `net` in place; return the loss before each step, (steps,) or (steps, k).

    Under `torch.autocast` the matrix products are taken in its type, while the weights keep theirs.

    Args:
        net: one network, or `nets=k`. Losses are summed over networks, so that each learns as if it were alone.
        x: data (n, d), shared by all networks, or (k, n, d), within the range of the network's output.
        lr: Adam's learning rate.
        batch_size: points per step, drawn without replacement in shuffled passes over the data, the same for all
            networks; None is the full data at each step.
        generator: shuffles the batches, on the network's device; None for seed 0.

    Raises:
        ValueError: wrong shape, device or dtype, no data, NaN, data outside the range, a count that is not positive.
    """
    check_points("x", x, net)
    check_range("x", x, *net.range)
    check_count("steps", steps)
    if not lr > 0:
        raise ValueError(f"lr: got {lr!r}, needed a number above 0")
    batches = _batches(x, batch_size, as_generator(generator, net.device))
    return _descend(net, itertools.islice(batches, steps), steps, lr)


def fit_in_stages(net: MLP, x: Tensor, *, steps: Sequence[int], lrs: Sequence[float], **options) -> Tensor:
    """`fit` once for each pair of steps and learning rate, with the same `options`; the losses of all, end to end.

    Adam starts anew in each stage. Raises `ValueError`, before the first, for stages that do not pair up.
    """
    if not 0 < len(steps) == len(lrs):
        raise ValueError(f"steps, lrs: got {len(steps)} and {len(lrs)} stages, needed as many of both, at least one")
    return torch.cat([fit(net, x, steps=n, lr=lr, **options) for n, lr in zip(steps, lrs, strict=True)])


def fitted(loss: Tensor) -> Tensor:
    """Which networks learned their data: a final loss of at most 1e-6. `loss` and result are (k,)."""
    return loss <= 1e-6


def collapsed(loss: Tensor, x: Tensor) -> Tensor:
    """Which networks became a constant: a final loss of at least 0.9 times the variance of the data `x` (n, d).

    The mean of the data, returned for every input, has just that variance as its loss.
    """
    return loss >= 0.9 * x.var(dim=0, correction=0).mean()


def _descend(net: MLP, batches: Iterator[Tensor], steps: int, lr: float) -> Tensor:
    """One step of Adam for each batch; the loss before each."""
    adam = torch.optim.Adam(net.parameters(), lr=lr, fused=True)
    history = torch.empty(steps, *([net.nets] if net.nets else []), dtype=net.dtype, device=net.device)
    for step, batch in enumerate(batches):
        adam.zero_grad()
        loss = manifold_loss(net, batch)
        loss.sum().backward()
        adam.step()
        torch.clear_autocast_cache()  # else torch.autocast would go on with the weights of the first step
        history[step] = loss.detach()
    return history


def _batches(x: Tensor, size: int | None, generator: torch.Generator) -> Iterator[Tensor]:
    """The full data again and again, or batches from shuffled passes over it."""
    count = x.shape[-2]
    if size is None:
        return itertools.repeat(x)
    check_count("batch_size", size)
    if size > count:
        raise ValueError(f"batch_size: got {size}, needed at most the {count} points of the data")
    return _shuffled_batches(x, size, generator)


def _shuffled_batches(x: Tensor, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Each pass is a new permutation; points that do not fill a batch are left to the next pass."""
    count = x.shape[-2]
    while True:
        order = torch.randperm(count, generator=generator, device=x.device)
        for start in range(0, count - size + 1, size):
            yield x.index_select(-2, order[start : start + size])
