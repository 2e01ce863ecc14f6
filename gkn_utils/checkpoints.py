"""Training that goes on, bit for bit, where it was stopped, if $GKN_CHECKPOINTS names a folder to keep its state in."""

import hashlib
import os
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gkn_utils.files import written_whole

SECONDS = float(os.environ.get("GKN_CHECKPOINT_SECONDS", 60))  # between two checkpoints


class Checkpoint:
    """The state of a descent, in a file whose name is the digest of all that decides how the descent goes.

    So the same descent, and no other, finds it again. A descent shorter than `SECONDS` leaves no file, and one that
    is done leaves its end.

    Args:
        adam: the optimizer of one parameter.
        history: the loss of each step, (steps, nets), filled from the front.
        decides: tensors, numbers and words; besides them the parameter, as it is now.
    """

    def __init__(self, adam: torch.optim.Adam, history: Tensor, *decides):
        [self.parameter] = adam.param_groups[0]["params"]
        self.adam, self.history, self.path = adam, history, None
        self.due = time.monotonic() + SECONDS
        if folder := os.environ.get("GKN_CHECKPOINTS"):
            self.path = Path(folder) / f"{_digest(self.parameter, *decides)}.safetensors"

    @torch.no_grad()
    def restore(self) -> int:
        """Bring parameter, optimizer and history to where they were; return how many steps that is, 0 for none."""
        if self.path is None or not self.path.exists():
            return 0
        kept = load_file(self.path, device=str(self.parameter.device))
        self.parameter.copy_(kept.pop("parameter"))
        losses = kept.pop("history")
        self.history[: len(losses)] = losses
        self.adam.state[self.parameter] = kept
        return len(losses)

    def keep(self, done: int) -> None:
        """Write the state after `done` steps, if the last time is long enough ago or these are all there is to do."""
        if self.path is None:
            return
        ends = done == len(self.history) and self.path.exists()
        if time.monotonic() < self.due and not ends:
            return
        state = {"parameter": self.parameter.detach(), "history": self.history[:done].detach()}
        with written_whole(self.path) as draft:
            save_file(state | self.adam.state[self.parameter], draft)
        self.due = time.monotonic() + SECONDS


def _digest(*decides) -> str:
    found = hashlib.sha256()
    for one in decides:
        if isinstance(one, Tensor):
            found.update(one.detach().cpu().flatten().contiguous().view(torch.uint8).numpy())
            one = (one.shape, one.dtype)
        found.update(repr(one).encode())
    return found.hexdigest()
