"""Adam down Eq. 1 for many networks, in PyTorch or in compiled code, with checkpoints."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

import torch
from torch import Tensor

from gkn_utils.network import MLP
from gkn_utils.training.backpropagation import Backpropagation
from gkn_utils.training.checkpoints import Checkpoint

CACHE = 16 * 2**20  # bytes; half of it and twice as much were both slower
CHECKED = 100  # steps after which losses are looked at
MEMORY = 128 * 2**20  # bytes, of the groups of compiled code, each of which fits in a cache by itself


def parts(net: MLP, in_groups: bool) -> list[slice]:
    """Networks that are trained one part after another: as many as a processor's cache holds with what Adam keeps."""
    nets = net.nets or 1
    parameters = sum(p.numel() * p.element_size() for p in net.parameters()) // nets
    size = max(8, MEMORY // (4 * parameters) // 8 * 8) if in_groups else max(1, CACHE // (4 * parameters))
    if net.device.type != "cpu":
        size = nets
    return [slice(start, start + size) for start in range(0, nets, size)]


@contextmanager
def threads(products: int):
    """One thread for layers of so few products of two numbers, else as many as before.

    Two threads wait for each other at each operation: for small ones that takes longer than the operation.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1 if products < 500_000 else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def adam(
    learner: Backpropagation,
    stream: Iterator[tuple[Tensor, Tensor, Tensor | None]],
    rates: Sequence[float],
    progress: Callable,
    history: Tensor,
    checkpoint: Checkpoint,
) -> None:
    """One step of Adam for each learning rate and batch; the loss before each goes to `history`, (steps, nets)."""
    optimizer = torch.optim.Adam([learner.flat], lr=rates[0], fused=True)
    means = {name: torch.zeros_like(learner.flat.data) for name in ("exp_avg", "exp_avg_sq")}
    state = {"step": torch.zeros((), device=learner.flat.device)} | means
    optimizer.state[learner.flat] = state
    state = {"parameters": learner.flat.data} | state
    try:
        done = checkpoint.begin(state)
        good, known = learner.flat.data.clone(), done
        for _ in islice(stream, done):  # what was fed before is drawn again, so that what is fed now is the same
            pass
        for step, (rate, batch) in enumerate(zip(progress(rates[done:]), stream, strict=False), start=done):
            optimizer.param_groups[0]["lr"] = rate
            history[step] = learner(*batch)
            optimizer.step()
            if (step + 1) % CHECKED == 0 or step + 1 == len(rates) or checkpoint.is_due():
                check_losses(history[known : step + 1], known, checkpoint)
                good.copy_(learner.flat.data)
                known = step + 1
                checkpoint.keep(known, state)
    except FloatingPointError:
        learner.flat.data.copy_(good)
        raise
    finally:
        learner.write_back()


def check_losses(losses: Tensor, first: int, checkpoint: Checkpoint) -> None:
    """Raise `FloatingPointError` for a loss that is no number, of (steps, nets of a part) from step `first` on."""
    if not losses.isfinite().all():
        step, net = (~losses.isfinite()).nonzero()[0].tolist()
        number = checkpoint.parts[checkpoint.part].start + net
        got = f"got {losses[step, net]} at step {first + step}, of network {number}"
        raise FloatingPointError(f"loss: {got}, needed a number; a smaller learning rate may help")


def compiled_adam(
    groups,
    x: Tensor,
    orders: Iterator[Tensor | None],
    rates: Sequence[float],
    progress: Callable,
    history: Tensor,
    checkpoint: Checkpoint,
) -> None:
    """As `adam`, for the `Groups` of `gkn_utils.compiled`, many steps at once.

    `x` is (1 or k, n, d), and `orders` say which points each step takes.
    """
    state, waiting, everything = {"state": groups.state}, [], torch.arange(x.shape[1])
    done = checkpoint.begin(state)

    def descend():
        nonlocal done
        lrs, order = zip(*waiting, strict=True)
        waiting.clear()
        good = groups.values.clone()
        losses = history[done : done + len(lrs)] = groups.descend(x, torch.stack(order), lrs, done)
        try:
            check_losses(losses, done, checkpoint)
        except FloatingPointError:
            groups.values.copy_(good)
            raise
        done += len(lrs)
        checkpoint.keep(done, state)

    try:
        for rate, order in zip(progress(rates[done:]), islice(orders, done, None), strict=False):
            waiting.append((rate, everything if order is None else order))
            if len(waiting) == groups.steps_at_once:
                descend()
    finally:
        if waiting:
            descend()
        groups.write_back()
