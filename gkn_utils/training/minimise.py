"""Adam down any loss, for networks that are no MLP, or learn something else than Eq. 1."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gkn_utils._checks import check_count
from gkn_utils._progress import progress_bar


def minimise(
    net: nn.Module,
    loss: Callable[[], Tensor],
    *,
    steps: int,
    lr: float = 1e-3,
    schedule: Callable[[float], float] | None = None,
    done: Callable[[int], bool] = lambda step: False,
) -> Tensor:
    """Make at most `steps` steps of Adam, changing `net` in place; return the loss before each, (steps,).

    Args:
        loss: the loss at the weights that `net` has, asked for once a step: on a batch of its own, for example.
        lr: Adam's learning rate.
        schedule: the factor on `lr` at each share of the steps done, as for `fit`.
        done: asked after each step, with the number of steps made, whether these are enough.

    Raises `ValueError` for no steps, `FloatingPointError` for a loss that is no number.
    """
    check_count("steps", steps)
    adam, history = torch.optim.Adam(net.parameters(), lr=lr, fused=True), []
    for step in progress_bar(range(steps)):
        if schedule:
            adam.param_groups[0]["lr"] = lr * schedule(step / steps)
        adam.zero_grad()
        value = loss()
        if not value.isfinite():
            got = f"got {value.item()} at step {step}"
            raise FloatingPointError(f"loss: {got}, needed a number; a smaller learning rate may help")
        value.backward()
        adam.step()
        history.append(value.detach())
        if done(step + 1):
            break
    return torch.stack(history)
