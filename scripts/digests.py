"""Digests of what a notebook is run from and of what it wrote, by which `--resume` knows what is as it was."""

import ast
import hashlib
import json
import os
import sys
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pooch
import yaml

ROOT = Path(__file__).resolve().parent.parent
FILES = {  # in the folder of data, of each name of `load_images` whose pictures are in no package
    "mnist": "mnist/*",
    "mnist-train": "mnist/train-*",
    "mnist-test": "mnist/t10k-*",
    "cifar10-dogs": "cifar*",
    "celeba": "celeba*",
}


def parameters(notebook: Path) -> dict:
    """What its cell of parameters sets, by name."""
    cells = json.loads(notebook.read_text())["cells"]
    [source] = ["".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", [])]
    return {s.targets[0].id: ast.literal_eval(s.value) for s in ast.parse(source).body}


def values(notebook: Path, settings: Path | None, given: dict[str, str]) -> dict:
    """The parameters with which it runs."""
    return parameters(notebook) | (yaml.safe_load(settings.read_text()) if settings else {}) | given


def inputs(notebook: Path, settings: Path | None, given: dict[str, str]) -> str:
    """A digest of what decides what `notebook` makes, besides data: its text, its parameters, code, packages.

    `settings` is the YAML file of the paper's settings, `given` are parameters from the command line.
    """
    content = json.loads(notebook.read_text())["cells"]
    cells = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags")) for cell in content]
    claims = _claims(notebook.stem) if "all_claims" in repr(cells) else None
    decides = [cells, values(notebook, settings, given), _package(), _environment(), claims]
    return hashlib.sha256(repr(decides).encode()).hexdigest()


def data(notebook: Path, settings: Path | None, given: dict[str, str]) -> str:
    """A digest of the path, size and time of each file that a parameter names; empty where there is none."""
    folder = Path(os.environ.get("GKN_DATA") or pooch.os_cache("gkn_utils"))
    places = set()
    for value in values(notebook, settings, given).values():
        if isinstance(value, str) and value:
            places |= set(folder.glob(FILES[value]) if value in FILES else [notebook.parent / value])
    found = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(_files(places))]
    return hashlib.sha256(repr(found).encode()).hexdigest() if found else ""


def outputs(stem: str, folder: Path, copy: Path) -> dict[str, str]:
    """The digests of what a notebook wrote into `folder` of figures, and of its executed copy, by name."""
    written = [copy, *sorted(folder.glob(f"{stem}.*"))]
    return {path.name: _digest(path) for path in written if path.is_file()}


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


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _package() -> dict[str, str]:
    files = sorted(path for path in (ROOT / "gkn_utils").rglob("*") if path.suffix in (".py", ".safetensors"))
    return {str(path.relative_to(ROOT)): _digest(path) for path in files}


@cache
def _environment() -> list[str]:
    return [sys.version, *sorted(f"{found.name} {found.version}" for found in distributions())]


def _claims(stem: str) -> dict[str, str]:
    """The claims of the other notebooks, for one that reads them."""
    files = [*(ROOT / "figures").glob("[0-9]*.json"), *(ROOT / "figures" / "paper").glob("[0-9]*.json")]
    return {str(path.relative_to(ROOT)): _digest(path) for path in sorted(files) if path.stem != stem}
