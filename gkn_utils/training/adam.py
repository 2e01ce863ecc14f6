"""Adam down Eq. 1 for many networks: in parts that the cache holds, laid out as is fastest, with checkpoints."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

import torch
from torch import Tensor

from gkn_utils.network import MLP
from gkn_utils.training.backpropagation import Backpropagation, Interleaved, Stacked
from gkn_utils.training.checkpoints import Checkpoint

CACHE = 16 * 2**20  # bytes; half of it and twice as much were both slower


def parts(net: MLP) -> list[slice]:
    """Networks that are trained one part after another: as many as a processor's cache holds with what Adam keeps."""
    nets = net.nets or 1
    parameters = sum(p.numel() * p.element_size() for p in net.parameters()) // nets
    size = max(1, CACHE // (4 * parameters)) if net.device.type == "cpu" else nets
    return [slice(start, start + size) for start in range(0, nets, size)]


def arrangement(nets: int, products: int) -> tuple[type, int | None]:
    """How matrices are laid out, and on how many threads; the bounds were measured.

    `products` is how many products of two numbers a layer of one network takes.
    """
    layout = Interleaved if products <= 400 and nets >= 64 else Stacked
    return layout, 1 if layout is Interleaved or products * nets < 500_000 else None


@contextmanager
def on_threads(count: int | None):
    """Use so many threads, or for None as many as before.

    Two threads wait for each other at each operation: for small ones that takes longer than the operation.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def adam(
    learner: Backpropagation,
    stream: Iterator[tuple],
    rates: Sequence[float],
    progress: Callable,
    history: Tensor,
    checkpoint: Checkpoint,
) -> None:
    """One step of Adam for each learning rate and batch; the loss before each goes to `history`, (steps, nets)."""
    optimizer = torch.optim.Adam([learner.flat], lr=rates[0], fused=True)
    try:
        done = checkpoint.begin(optimizer)
        for _ in islice(stream, done):  # what was fed before is drawn again, so that what is fed now is the same
            pass
        for step, (rate, (batch, fed)) in enumerate(zip(progress(rates[done:]), stream, strict=False), start=done):
            optimizer.param_groups[0]["lr"] = rate
            history[step] = learner(batch, fed)
            optimizer.step()
            checkpoint.keep(step + 1)
    finally:
        learner.write_back()
