"""Every public name says what it is, and what the pages show is what happens."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import gkn_utils

PAGE = (Path(gkn_utils.__file__).parent / "README.md").read_text()
MODULES = [m.name for m in pkgutil.iter_modules(gkn_utils.__path__)]
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def public(module) -> list:
    """Functions and classes that a module defines, and methods of these."""
    found = [
        v for name, v in vars(module).items() if not name.startswith("_") and inspect.isroutine(v) | inspect.isclass(v)
    ]
    return [v for v in found if v.__module__ == module.__name__]


@pytest.mark.parametrize("name", MODULES)
def test_all_public_names_have_docstrings(name):
    module = importlib.import_module(f"gkn_utils.{name}")
    assert module.__doc__
    assert [v.__name__ for v in public(module) if not inspect.getdoc(v)] == []


@pytest.mark.parametrize("name", gkn_utils.__all__)
def test_arguments_are_named_in_the_docstring_or_by_their_type(name):
    of = getattr(gkn_utils, name)
    said = inspect.getdoc(of) + (inspect.getdoc(inspect.getmodule(of)) or "")
    unknown = [
        p.name
        for p in inspect.signature(of).parameters.values()
        if p.annotation is inspect.Parameter.empty and not re.search(rf"\b{p.name}\b", said)
    ]
    assert unknown == []


def test_the_page_names_every_module():
    table = PAGE[PAGE.index("## What is where") :]
    assert set(re.findall(r"`(\w+)`", table)) == set(MODULES)


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: source.splitlines()[-1][:30])
def test_examples_run(source, capsys):
    names = {}
    exec(source, names)
    assert "print" not in source or re.fullmatch(
        r"\d+ of 100 networks learned both points; \d+% of their samples end at one\n", capsys.readouterr().out
    )


def test_the_first_example_is_ten_lines():
    assert len([line for line in EXAMPLES[0].splitlines() if line]) <= 10
