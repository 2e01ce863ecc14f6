"""Digests of what a notebook is run from and of what it wrote, by which `--resume` knows what is as it was."""

import hashlib
import os
import re
import sys
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pooch
import yaml
from parameters import cells, parameters

ROOT = Path(__file__).resolve().parent.parent
READS_CLAIMS = "reads-claims"  # the tag of a cell that reads the claims of other notebooks


def reads_claims(notebook: Path) -> bool:
    return any(READS_CLAIMS in tags for _, tags in cells(notebook))


def inputs(notebook: Path, settings: Path | None, given: dict) -> str:
    """A digest of what decides what `notebook` makes, besides data: its text, its parameters, code, packages.

    `settings` is the YAML file of the full settings, `given` are parameters from the command line.
    """
    text = [cells(notebook, kind) for kind in ("code", "markdown")]
    claims = _claims(notebook.stem) if reads_claims(notebook) else None
    recorded = ROOT / "figures" / "full" / f"{notebook.stem}.json"  # with which a default run compares its numbers
    other = _digest(recorded) if settings is None and recorded.exists() else None
    return _digest_of([text, _values(notebook, settings, given), code(), claims, other])


def code() -> str:
    """A digest of the package, and of the packages and the Python it runs on."""
    files = sorted(path for path in (ROOT / "gkn_utils").rglob("*") if path.suffix in (".py", ".safetensors", ".toml"))
    return _digest_of([{str(path.relative_to(ROOT)): _digest(path) for path in files}, _environment()])


def data(notebook: Path, settings: Path | None, given: dict) -> str:
    """A digest of the path, size and time of each file that its data may lie in; empty where there is none.

    A `Source` that is a name lies in the folder of data, in what is named like it up to its first digit or hyphen.
    """
    folder = Path(os.environ.get("GKN_DATA") or pooch.os_cache("gkn_utils"))
    values, (_, sources) = _values(notebook, settings, given), parameters(notebook)
    places = set()
    for value in filter(None, map(values.get, sources)):
        path, stem = notebook.parent / value, re.match("[a-z]*", value).group()
        places |= {path} if path.exists() or not stem else set(folder.glob(f"{stem}*"))
    found = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(_files(places))]
    return _digest_of(found) if found else ""


def outputs(stem: str, folder: Path, copy: Path) -> dict[str, str]:
    """The digests of what a notebook wrote into `folder` of figures, and of its executed copy, by name."""
    written = [copy, *sorted(folder.glob(f"{stem}.*"))]
    return {path.name: _digest(path) for path in written if path.is_file()}


def _values(notebook: Path, settings: Path | None, given: dict) -> dict:
    """The parameters with which it runs."""
    return parameters(notebook)[0] | (yaml.safe_load(settings.read_text()) if settings else {}) | given


def _files(places: set[Path]) -> set[Path]:
    """Those among places, and in folders among them; links to folders are followed, to each folder once."""
    found = {place for place in places if place.is_file()}
    for place in places - found:
        seen = set()
        for folder, below, names in os.walk(place, followlinks=True):
            found |= {Path(folder, name) for name in names}
            seen.add(os.path.realpath(folder))
            below[:] = [name for name in sorted(below) if os.path.realpath(os.path.join(folder, name)) not in seen]
    return {path for path in found if path.exists()}


def _claims(stem: str) -> dict[str, str]:
    """The claims of the other notebooks, for one that reads them."""
    files = [*(ROOT / "figures").glob("[0-9]*.json"), *(ROOT / "figures" / "full").glob("[0-9]*.json")]
    return {str(path.relative_to(ROOT)): _digest(path) for path in sorted(files) if path.stem != stem}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest_of(decides) -> str:
    return hashlib.sha256(repr(decides).encode()).hexdigest()


@cache
def _environment() -> list[str]:
    return [sys.version, *sorted(f"{found.name} {found.version}" for found in distributions())]
