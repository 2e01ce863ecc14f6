"""Training that goes on, bit for bit, where it was stopped, and that two notebooks need only once.

If $GKN_NETWORKS names a folder, fits keep their state in it while they go on, and their network when they are done.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from gkn_utils._files import atomic_write

SECONDS = float(os.environ.get("GKN_CHECKPOINT_SECONDS") or 60)  # between two checkpoints


class Checkpoint:
    """The state of a fit, in a file whose name is the digest of all that decides how it goes.

    So the same fit, and no other, finds it again: its networks, losses and generator are then as they were. A fit that
    is done leaves its end, with a card that says what it is, unless it took less than a fiftieth of `SECONDS`. While
    one process is at work on a fit, others that want the same wait for it. A file that is not as it was written counts
    as none.

    Args:
        net: the networks, before the first step.
        parts: which of the networks are trained at once, one part after another.
        history: the loss of each step, (steps, nets), filled part after part.
        generator: what the fit draws from, as it is before the first step.
        card: what the fit is, in words and numbers that JSON can hold.
        decides: tensors, numbers and words; besides them the card, the parts, and parameters and generator as they are.
    """

    def __init__(
        self, net: nn.Module, parts: list[slice], history: Tensor, generator: torch.Generator, card: dict, *decides
    ):
        self.parameters = [p.detach() for p in net.parameters()]
        self.parts, self.history, self.generator, self.card = parts, history, generator, card
        self.part, self.done, self.kept, self.path = 0, 0, {}, None
        self.began = time.monotonic()
        self.due = self.began + SECONDS
        if folder := os.environ.get("GKN_NETWORKS"):
            digest = _digest(*self.parameters, parts, generator.get_state(), self._words(), *decides)
            self.path = Path(folder) / f"{digest}.safetensors"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Where another process is at work on the same fit, wait until it is done, or gone; then take up its state."""
        if self.path is None:
            yield
            return
        lock = self.path.with_suffix(".lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._load()
            yield
            lock.unlink(missing_ok=True)  # it is done: whoever comes later finds the end

    def _load(self) -> None:
        try:
            with safe_open(self.path, "pt", device=str(self.history.device)) as file:
                names, digest = file.keys(), json.loads(file.metadata()["card"])["digest"]
                kept = {name: file.get_tensor(name) for name in names}
        except (FileNotFoundError, SafetensorError, ValueError, KeyError, TypeError):
            return
        if digest != _digest_of(kept):
            return
        self.part, self.done = kept.pop("place").tolist()
        self.history.copy_(kept.pop("history"))
        for i, parameter in enumerate(self.parameters):
            parameter.copy_(kept.pop(f"network {i}"))
        if "generator" in kept:
            self.generator.set_state(kept.pop("generator").cpu())
        self.kept = kept

    def left(self) -> Iterator[slice]:
        """The parts that are still to be trained, or to be trained further; the end is kept once there is none."""
        if self.part == len(self.parts):
            return
        for part in range(self.part, len(self.parts)):
            self.part = part
            yield self.parts[part]
        if time.monotonic() - self.began > SECONDS / 50:
            self._write({"place": torch.tensor([len(self.parts), 0]), "generator": self.generator.get_state()})

    @torch.no_grad()
    def begin(self, state: dict[str, Tensor]) -> int:
        """Bring the state of a part to where it was; return how many steps that is."""
        if not self.kept:
            return 0
        for name, tensor in state.items():
            tensor.copy_(self.kept.pop(name))
        return self.done

    def is_due(self) -> bool:
        """Whether `keep` would write."""
        return time.monotonic() >= self.due

    def keep(self, done: int, state: dict[str, Tensor]) -> None:
        """Write the state after `done` steps of a part, if the last time is long enough ago."""
        if self.is_due():
            self._write({"place": torch.tensor([self.part, done])} | state)
            self.due = time.monotonic() + SECONDS

    def _words(self, **also) -> str:
        return json.dumps(self.card | also, default=float)  # such as NumPy's numbers

    def _write(self, state: dict[str, Tensor]) -> None:
        if self.path is None:
            return
        state |= {f"network {i}": parameter for i, parameter in enumerate(self.parameters)}
        state |= {"history": self.history}
        card = self._words(digest=_digest_of(state))
        with atomic_write(self.path) as draft:
            save_file(state, draft, {"card": card})


def _digest_of(state: dict[str, Tensor]) -> str:
    return _digest(*chain.from_iterable(sorted(state.items())))


def _digest(*decides) -> str:
    found = hashlib.sha256()
    for one in decides:
        if isinstance(one, Tensor):
            found.update(one.detach().cpu().flatten().contiguous().view(torch.uint8).numpy())
            one = (one.shape, one.dtype)
        found.update(repr(one).encode())
    return found.hexdigest()
