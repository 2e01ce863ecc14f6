"""Sweeps over grids of settings: each cell is a task for a pool of processes, and is kept once it is done."""

import hashlib
import inspect
import itertools
import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import dask
import pandas as pd
import torch
from distributed import Client, as_completed

from gkn_utils._files import DRAFT, atomic_write
from gkn_utils._progress import progress_bar

# Dask would also have freed memory returned at once, which makes small networks twice as slow.
ONE_THREAD = {"OMP_NUM_THREADS": 1, "MKL_NUM_THREADS": 1}


def grid(**settings: Sequence) -> list[dict]:
    """All combinations of `settings`, the last one varying fastest: one dict a cell."""
    return [dict(zip(settings, values, strict=True)) for values in itertools.product(*settings.values())]


def sweep(measure: Callable[..., dict], cells: Iterable[dict], *, folder: str | Path) -> pd.DataFrame:
    """A table of `measure(**cell)` for each cell, in the order of `cells`, with the cell's settings as columns.

    Cells run in as many processes as there are processors, each with one thread, or on the cluster whose scheduler is
    at `$DASK_SCHEDULER_ADDRESS`. A cell whose process dies is run again. Finished cells are kept in `folder` until
    the whole sweep is done, so that one that was stopped goes on where it was.

    Args:
        measure: returns numbers or words by column, or lists of equal length for several rows. It must depend on
            nothing but its arguments: a kept cell counts as long as they, the code, Python and PyTorch are the same.
        cells: keyword arguments, which JSON can write; see `grid`.
        folder: where finished cells are kept, and nothing else; made if needed, removed at the end.

    Raises:
        ValueError: at once, if there is no cell, or one that JSON cannot write, or something else in the folder.
        RuntimeError: a cell failed; it names the cell, and the cells that were finished are kept.
    """
    cells, folder = list(cells), Path(folder)
    if not cells:
        raise ValueError("cells: got none, needed at least one")
    _check_folder(folder)
    code = _code(measure)
    paths = [folder / f"{_key(code, cell)}.json" for cell in cells]
    missing = [i for i, path in enumerate(paths) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if missing:
        _run(measure, [cells[i] for i in missing], [paths[i] for i in missing])
    table = pd.concat([_rows(cell, path) for cell, path in zip(cells, paths, strict=True)], ignore_index=True)
    shutil.rmtree(folder)
    return table


def _check_folder(folder: Path) -> None:
    """Refuse a folder that holds what no sweep put there: it will be removed."""
    names = sorted(path.name for path in folder.glob("*"))
    others = [name for name in names if not re.fullmatch(rf"[0-9a-f]{{64}}\.json|{re.escape(DRAFT)}.*", name)]
    if others:
        raise ValueError(f"folder: got {folder}, with {others[0]}, needed one of its own for the sweep")


def _code(measure: Callable) -> bytes:
    """The code that a result depends on: the function's, this package's, and whose these rest on."""
    package = [path.read_bytes() for path in sorted(Path(__file__).parent.parent.rglob("*.py"))]
    return b"".join([inspect.getsource(measure).encode(), *package, f"{sys.version} {torch.__version__}".encode()])


def _key(code: bytes, cell: dict) -> str:
    try:
        settings = json.dumps(cell, sort_keys=True)
    except TypeError as error:
        raise ValueError(f"cells: got {cell!r}, needed settings that JSON can write ({error})") from None
    return hashlib.sha256(settings.encode() + code).hexdigest()


def _run(measure: Callable, cells: list[dict], paths: list[Path]) -> None:
    """Measure cells in whatever order they finish, and keep each."""
    with dask.config.set({"distributed.nanny.pre-spawn-environ": ONE_THREAD}), Client(**_pool()) as client:
        futures = {client.submit(measure, **cell, pure=False): i for i, cell in enumerate(cells)}
        for future in progress_bar(as_completed(futures), total=len(cells), unit="cell"):
            i = futures[future]
            if future.status != "finished":
                raise RuntimeError(f"{measure.__name__} failed for {cells[i]}") from future.exception()
            with atomic_write(paths[i]) as draft:
                draft.write_text(json.dumps(future.result()))


def _pool() -> dict:
    """Nothing for a cluster that is there; else what a local one is made of."""
    local = {"n_workers": os.cpu_count(), "threads_per_worker": 1, "silence_logs": logging.ERROR}
    local |= {"dashboard_address": "127.0.0.1:0"}  # whatever port is free, for this machine alone
    return {} if dask.config.get("scheduler-address", None) else local


def _rows(cell: dict, path: Path) -> pd.DataFrame:
    measured = json.loads(path.read_text())
    lists = [value for value in measured.values() if isinstance(value, list)]
    rows = pd.DataFrame(measured if lists else [measured])
    settings = {name: [value] * len(rows) for name, value in cell.items()}
    return pd.DataFrame(settings, index=rows.index).join(rows)
