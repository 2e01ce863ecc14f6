"""What a network is fed in training: batches from shuffled passes over the data, with noise or without."""

from collections.abc import Callable, Iterator

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


def fed_batches(
    x: Tensor, orders: Iterator[Tensor | None], noise: Callable | None, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor, Tensor | None]]:
    """Each batch of points (k or 1, n, d), what is fed for it, itself or under noise, and what its errors weigh."""
    for order in orders:
        batch = x if order is None else x.index_select(1, order)
        yield batch, *(noise(batch, generator) if noise else (batch, None))
