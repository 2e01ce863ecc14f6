"""Where full data sets live, and how a file that is missing gets there."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pooch

from gkn_utils._files import DRAFT

Content = TypeVar("Content")


def data_folder() -> Path:
    """The folder $GKN_DATA, `~` being the user's, else the user's cache folder for this project."""
    return Path(os.environ.get("GKN_DATA") or pooch.os_cache("gkn_utils")).expanduser()


def fetch(path: Path, urls: Sequence[str], read: Callable[[Path], Content]) -> Content:
    """What `read` makes of a file that is first downloaded to `path`, which must lie in the data folder.

    The mirrors `urls` are tried in turn. A download that is cut off, or that `read` refuses by a `ValueError`, is
    thrown away: `path` exists only if it was read.

    Raises `FileNotFoundError`, with what each mirror did, if none gave the file, `ValueError` for a data folder that is
    none.
    """
    if data_folder().exists() and not data_folder().is_dir():
        raise ValueError(f"$GKN_DATA: got {data_folder()}, which is no folder, needed one for data")
    data_folder().mkdir(parents=True, exist_ok=True)
    _clear_away()
    failures = []
    for url in urls:
        with tempfile.TemporaryDirectory(dir=data_folder(), prefix=DRAFT) as folder:
            try:
                draft = Path(pooch.retrieve(url, None, path.name, folder, progressbar=True))
                content = read(draft)
            except (OSError, ValueError) as error:
                failures.append(f"{url} ({error})")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(path)
            return content
    tried = "; ".join(failures) or "there is none"
    raise FileNotFoundError(f"{path.name}: not in {path.parent}, and no mirror gave it: {tried}")


def _clear_away() -> None:
    """Remove what downloads left that were killed, a day ago or more; younger ones may be at work."""
    for draft in data_folder().glob(f"{DRAFT}*"):
        if time.time() - draft.stat().st_mtime > 24 * 3600:
            shutil.rmtree(draft, ignore_errors=True)
