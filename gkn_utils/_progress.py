"""A bar for what takes long, where somebody is there to see it."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from tqdm import tqdm

DELAY = 2  # seconds


def progress_bar(things: Iterable, *, total: int | None = None, unit: str = "step") -> Iterator:
    """Go through `things` under a bar that tells how many are done and the time left; `total` if they have no length.

    It appears after two seconds, in a terminal, in JupyterLab, and, for a notebook run by `run_all.sh`, in the terminal
    that runs it ($GKN_TERMINAL, a device). Elsewhere, as where output is compared, nothing is printed.
    """
    terminal = os.environ.get("GKN_TERMINAL")
    if not (terminal or sys.stderr.isatty() or "JPY_SESSION_NAME" in os.environ):
        yield from things
        return
    with ExitStack() as stack:
        stream = stack.enter_context(open(terminal, "w")) if terminal else sys.stderr
        below = 1 if terminal else 0  # the bar of papermill
        yield from tqdm(things, total=total, unit=unit, file=stream, position=below, leave=False, delay=DELAY)
