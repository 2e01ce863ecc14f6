"""Training that goes on, bit for bit, where it was stopped, if $GKN_CHECKPOINTS names a folder to keep its state in."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from gkn_utils.files import written_whole

SECONDS = float(os.environ.get("GKN_CHECKPOINT_SECONDS", 60))  # between two checkpoints


class Checkpoint:
    """The state of a fit, in a file whose name is the digest of all that decides how it goes.

    So the same fit, and no other, finds it again: its networks and losses are then as they were. A fit that is done
    leaves its end, unless it took less than a tenth of `SECONDS`. A file that is not as it was written counts as none.

    Args:
        net: the networks, before the first step.
        parts: which of the networks are trained at once, one part after another.
        history: the loss of each step, (steps, nets), filled part after part.
        decides: tensors, numbers and words; besides them the parts, and the networks' parameters as they are now.
    """

    def __init__(self, net: nn.Module, parts: list[slice], history: Tensor, *decides):
        self.parameters = [p.detach() for p in net.parameters()]
        self.parts, self.history = parts, history
        self.part, self.done, self.kept, self.path = 0, 0, {}, None
        self.began = time.monotonic()
        self.due = self.began + SECONDS
        if folder := os.environ.get("GKN_CHECKPOINTS"):
            self.path = Path(folder) / f"{_digest(*self.parameters, parts, *decides)}.safetensors"
            self._load()

    def _load(self) -> None:
        try:
            with safe_open(self.path, "pt", device=str(self.history.device)) as file:
                names, digest = file.keys(), file.metadata()["digest"]
                kept = {name: file.get_tensor(name) for name in names}
        except (FileNotFoundError, SafetensorError, KeyError, TypeError):
            return
        if digest != _digest(*sorted(kept.items())):
            return
        self.kept = kept
        self.part, self.done = self.kept.pop("place").tolist()
        self.history.copy_(self.kept.pop("history"))
        for i, parameter in enumerate(self.parameters):
            parameter.copy_(self.kept.pop(f"network {i}"))

    def left(self) -> Iterator[slice]:
        """The parts that are still to be trained, or to be trained further."""
        for part in range(self.part, len(self.parts)):
            self.part = part
            yield self.parts[part]

    @torch.no_grad()
    def begin(self, adam: torch.optim.Adam) -> int:
        """Bring the optimizer of a part, and its parameter, to where they were; return how many steps that is."""
        self.adam, [self.descending] = adam, adam.param_groups[0]["params"]
        if not self.kept:
            return 0
        self.descending.copy_(self.kept.pop("descending"))
        self.adam.state[self.descending], self.kept = self.kept, {}
        return self.done

    def keep(self, done: int) -> None:
        """Write the state after `done` steps of a part, if the last time is long enough ago, or these are all."""
        if self.path is None:
            return
        ends = (self.part + 1, done) == (len(self.parts), len(self.history))
        if time.monotonic() < (self.began + SECONDS / 10 if ends else self.due):
            return
        state = {f"network {i}": parameter for i, parameter in enumerate(self.parameters)}
        state |= {"place": torch.tensor([self.part, done]), "history": self.history}
        state |= {"descending": self.descending.detach(), **self.adam.state[self.descending]}
        with written_whole(self.path) as draft:
            save_file(state, draft, {"digest": _digest(*sorted(state.items()))})
        self.due = time.monotonic() + SECONDS


def _digest(*decides) -> str:
    found = hashlib.sha256()
    for one in decides:
        if isinstance(one, Tensor):
            found.update(one.detach().cpu().flatten().contiguous().view(torch.uint8).numpy())
            one = (one.shape, one.dtype)
        found.update(repr(one).encode())
    return found.hexdigest()
