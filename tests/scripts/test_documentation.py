"""Every public name says what it is, and what the pages show is what happens."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
import test_checkpoints
import test_faults
import test_files
import test_malformed

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


@pytest.mark.parametrize("name", gkn_utils.__all__)
def test_arguments_are_named_in_the_docstring_or_by_their_type(name):
    of = getattr(gkn_utils, name)
    said = inspect.getdoc(of) + (inspect.getdoc(inspect.getmodule(of)) or "")
    untyped = [p.name for p in inspect.signature(of).parameters.values() if p.annotation is p.empty]
    assert [name for name in untyped if not re.search(rf"\b{name}\b", said)] == []


def test_the_page_names_every_module():
    table = PAGE[PAGE.index("## What is where") :]
    assert set(re.findall(r"`(\w+)`", table)) == set(MODULES)


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


def test_the_first_example_is_ten_lines():
    assert len([line for line in EXAMPLES[0].splitlines() if line]) <= 10


def cases(module, *names: str) -> int:
    """How many tests of a module there are whose name has one of `names` in it, each parameter's as one."""
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", "--collect-only", "-q", module.__file__]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum("::" in line and any(name in line for name in names) for line in listed.splitlines())


def test_the_readme_counts_the_faults_that_are_tried():
    readme = (Path(gkn_utils.__file__).parent.parent / "README.md").read_text()
    said = [int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+) \| 0 \| 0 \|", readme)]
    drawn = Path(test_malformed.__file__).read_text().count("@many\n")  # tests of so many examples each
    assert said == [
        test_faults.KILLS,
        cases(test_faults, "full_disk", "may_not_be_written", "kernel"),
        test_files.KILLS,
        cases(test_checkpoints, "as_if_it_had_not_been_stopped", "not_trained_again", "killed"),
        cases(test_malformed, "") - cases(test_malformed, "would_be_seen") + drawn * (test_malformed.EXAMPLES - 1),
    ]
