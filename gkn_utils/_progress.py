"""A bar for what takes long, where somebody is there to see it."""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm
from tqdm.utils import ObjectWrapper

DELAY = 2  # seconds


class _Note(io.TextIOBase):
    """A file that holds what was written to it last."""

    def __init__(self, path: str):
        self.path = Path(path)

    def write(self, text: str) -> int:
        with suppress(OSError):  # no bar is no error
            self.path.write_text(text.strip(), encoding="utf-8")
        return len(text)


class _Terminal(ObjectWrapper):
    """What may be closed, gone, or another user's."""

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._wrapped.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._wrapped.flush()


def _is_watched() -> bool:
    try:
        return "JPY_SESSION_NAME" in os.environ or sys.stderr.isatty()
    except (AttributeError, OSError, ValueError):  # there is none, or it is closed
        return False


def note(words: str) -> None:
    """What goes on, in the display of `run_all.sh`, for a notebook that it runs."""
    if path := os.environ.get("GKN_PROGRESS"):
        _Note(path).write(words)


def progress_bar(things: Iterable, *, total: int | None = None, unit: str = "step") -> Iterator:
    """Go through `things` under a bar that tells how many are done and the time left; `total` if they have no length.

    It appears after two seconds, in a terminal, in JupyterLab, and, for a notebook run by `run_all.sh`, in that
    script's own display, by way of the file $GKN_PROGRESS. Elsewhere, as where output is compared, nothing is printed.
    """
    if note := os.environ.get("GKN_PROGRESS"):
        where = {"file": _Note(note), "bar_format": "{percentage:.0f}% of {total_fmt} {unit}s"}
    elif _is_watched():
        where = {"file": _Terminal(sys.stderr)}
    else:
        where = {"disable": True}
    yield from tqdm(things, total=total, unit=unit, leave=False, delay=DELAY, **where)
