"""What installs the project agrees with pyproject.toml, and the files beside it are what their tools expect."""

import re
import subprocess
import tomllib
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = [PROJECT["optional-dependencies"][extra] for extra in ("notebooks", "test")]  # others are one's own choice
REQUIRED = [Requirement(r) for r in sum(EXTRAS, PROJECT["dependencies"])]
LOCK = [Requirement(line) for line in (ROOT / "requirements.lock").read_text().splitlines()]
LOCKED = {canonicalize_name(locked.name): locked for locked in LOCK}
FOR_CUDA = ("cuda-", "nvidia-", "triton")  # PyTorch brings these along, where it is built for CUDA


@pytest.mark.parametrize("requirement", REQUIRED, ids=lambda requirement: requirement.name)
def test_the_lock_has_what_is_required_at_a_version_in_range(requirement):
    [version] = LOCKED[canonicalize_name(requirement.name)].specifier
    assert requirement.specifier.contains(version.version)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_lock_has_what_its_packages_require(python):
    here = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    locked = {name for name, package in LOCKED.items() if holds(package, here)}
    required = {
        canonicalize_name(needed.name)
        for name in locked & {canonicalize_name(found.name) for found in distributions()}
        for needed in map(Requirement, requires(name) or [])
        if holds(needed, here)
    }
    assert {name for name in required - locked if not name.startswith(FOR_CUDA)} == set()


def holds(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


def test_conda_installs_the_lock_and_the_project_on_a_python_in_range():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert set(environment) == {"name", "channels", "dependencies"}
    *plain, pip = environment["dependencies"]
    [python] = [package.partition("=")[2] for package in plain if package.startswith("python=")]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}
    assert "pip" in plain


def test_line_ends_are_those_of_the_commit_whatever_git_is_told():
    command = ["git", "-c", "core.autocrlf=true", "archive", "HEAD", "run_all.sh", ".ci"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True)
    if ran.returncode:
        pytest.skip("this is no checkout")
    assert b"\r\n" not in ran.stdout


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "license", "references"} <= set(citation)
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", citation["date-released"])
