"""Every public name says what it is, and what the pages show is what happens."""

import importlib
import inspect
import pkgutil
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

import gkn_utils

PAGE = (Path(gkn_utils.__file__).parent / "README.md").read_text()
MODULES = [m.name for m in pkgutil.iter_modules(gkn_utils.__path__)]
ALL_MODULES = [m.name for m in pkgutil.walk_packages(gkn_utils.__path__, "gkn_utils.")]
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def public(module) -> list:
    """Functions and classes that a module defines."""
    found = [v for name, v in vars(module).items() if not name.startswith("_")]
    return [v for v in found if callable(v) and getattr(v, "__module__", "") == module.__name__]


@pytest.mark.parametrize("name", ALL_MODULES)
def test_all_public_names_have_docstrings(name):
    module = importlib.import_module(name)
    assert module.__doc__
    assert [v.__name__ for v in public(module) if not inspect.getdoc(v)] == []


def test_the_page_names_every_module():
    table = PAGE[PAGE.index("## What is where") :]
    assert set(re.findall(r"^\| `(\w+)/?` \|", table, re.M)) == {name for name in MODULES if not name.startswith("_")}


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: source.splitlines()[-1][:30])
def test_examples_run(source, capsys):
    names = {}
    exec(source, names)
    if "print" in source:
        said = r"\d+ of 100 networks learned both points; \d+% of their samples end at one\n"
        assert re.fullmatch(said, capsys.readouterr().out)
    else:
        assert names["digits"].shape == (16, 784)
        assert names["digits"].abs().max() <= 1


def test_the_site_has_every_page_once():
    root = Path(gkn_utils.__file__).parents[1]
    contents = yaml.safe_load((root / "myst.yml").read_text())["project"]["toc"]
    entries = [entry for part in contents for entry in part.get("children", [part])]
    patterns = [entry.get("pattern") or entry["file"] for entry in entries]
    pages = [*root.glob("notebooks/*.ipynb"), *root.glob("docs/*.md"), root / "README.md", root / "CLAIMS.md"]
    for page in pages:
        assert sum(fnmatch(page.relative_to(root).as_posix(), pattern) for pattern in patterns) == 1, page
