"""A bar for what takes long, where somebody is there to see it."""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

DELAY = 2  # seconds


class _Note(io.TextIOBase):
    """A file that holds what was written to it last."""

    def __init__(self, path: str):
        self.path = Path(path)

    def write(self, text: str) -> int:
        with suppress(OSError):  # no bar is no error
            self.path.write_text(text.strip(), encoding="utf-8")
        return len(text)


def note(words: str) -> None:
    """What goes on, in the display of `run_all.sh`, for a notebook that it runs."""
    if path := os.environ.get("GKN_PROGRESS"):
        _Note(path).write(words)


def progress_bar(things: Iterable, *, total: int | None = None, unit: str = "step") -> Iterator:
    """Go through `things` under a bar that tells how many are done and the time left; `total` if they have no length.

    It appears after two seconds, in a terminal, in JupyterLab, and, for a notebook run by `run_all.sh`, in that
    script's own display, by way of the file $GKN_PROGRESS. Elsewhere, as where output is compared, nothing is printed.
    """
    note = os.environ.get("GKN_PROGRESS")
    if not (note or sys.stderr.isatty() or "JPY_SESSION_NAME" in os.environ):
        yield from things
        return
    words = {"file": _Note(note), "bar_format": "{percentage:.0f}% of {total_fmt} {unit}s"} if note else {}
    yield from tqdm(things, total=total, unit=unit, leave=False, delay=DELAY, **words)
