"""What a network is fed in training: batches from shuffled passes over the data, with noise or without."""

from collections.abc import Iterator

import torch
from torch import Tensor


def batches(count: int, size: int | None, generator: torch.Generator) -> Iterator[Tensor | None]:
    """Which of `count` points each step takes: batches of `size` from shuffled passes over them, or None for all.

    Each pass is a new permutation; points that do not fill a batch are left to the next pass.
    """
    while size is None:
        yield None
    while True:
        order = torch.randperm(count, generator=generator, device=generator.device)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def under_noise(
    x: Tensor, orders: Iterator[Tensor | None], noise: tuple[float, float] | None, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Each batch of points (k, n, d), and what is fed for it: itself, or itself with noise.

    Each point has a standard deviation of its own, uniform in the two of `noise`; all networks get the same noise.
    """
    for order in orders:
        batch = x if order is None else x.index_select(1, order)
        if noise is None:
            yield batch, batch
            continue
        sd = torch.empty_like(batch[:1, :, :1]).uniform_(*noise, generator=generator)
        yield batch, batch + sd * torch.empty_like(batch[:1]).normal_(generator=generator)
