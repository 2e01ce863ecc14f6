"""What a network is fed in training: batches from shuffled passes over the data, with noise or without."""

from collections.abc import Iterator

import torch
from torch import Tensor


def batches(x: Tensor, axis: int, size: int | None, generator: torch.Generator) -> Iterator[Tensor]:
    """All points, which lie along `axis`, again and again, or batches from shuffled passes over them.

    Each pass is a new permutation; points that do not fill a batch are left to the next pass.
    """
    count = x.shape[axis]
    while size is None:
        yield x
    while True:
        order = torch.randperm(count, generator=generator, device=x.device)
        for start in range(0, count - size + 1, size):
            yield x.index_select(axis, order[start : start + size])


def under_noise(
    stream: Iterator[Tensor], layout: type, noise: tuple[float, float] | None, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Each batch, in a layout of `backpropagation`, and what is fed for it: None for itself, or itself with noise.

    Each point has a standard deviation of its own, uniform in the two of `noise`; all networks get the same noise.
    """
    for batch in stream:
        if noise is None:
            yield batch, None
            continue
        one_network = batch.narrow(layout.nets, 0, 1)
        sd = torch.empty_like(one_network.narrow(layout.columns, 0, 1)).uniform_(*noise, generator=generator)
        yield batch, batch + sd * torch.empty_like(one_network).normal_(generator=generator)
