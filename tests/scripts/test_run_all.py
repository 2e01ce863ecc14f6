"""What the shell script does before it hands over to `scripts/run.py`, with a Python that notes what it is asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = """#!/bin/sh
echo "PIP_USER=$PIP_USER $CDPATH$PYTHONSAFEPATH$PYTHONOPTIMIZE$PYTEST_ADDOPTS FROM=$GKN_CALLED_FROM $*" >> "$NOTES"
case "$*" in
  *find_spec*) exit 1 ;;
  *"-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
esac
"""

ODD = {"CDPATH": "/:..", "PIP_TARGET": "/nowhere", "PYTHONSAFEPATH": "1", "PYTHONOPTIMIZE": "2", "PYTEST_ADDOPTS": "-x"}


@pytest.fixture
def project(tmp_path) -> Path:
    """In a folder whose name shells and papermill might read as something else."""
    folder = tmp_path / "curly{1} $HOME *"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text(NOTES)
    (tmp_path / "bin" / "python3").chmod(0o755)
    folder.mkdir()
    shutil.copy(ROOT / "run_all.sh", folder)
    (folder / "requirements.lock").write_text("torch==1\n")
    return folder


def started(project: Path, *arguments: str, **variables: str) -> list[str]:
    """What Python was asked, in order, by a script that was called from its folder's parent."""
    notes = project.parent / "notes"
    notes.unlink(missing_ok=True)
    environment = {"PATH": f"{project.parent / 'bin'}:{os.defpath}", "NOTES": str(notes), "HOME": str(project.parent)}
    command = [f"{project.name}/run_all.sh", *arguments]
    ran = subprocess.run(command, env=environment | variables, cwd=project.parent, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return notes.read_text().splitlines()


def test_it_sets_up_once_and_again_where_its_python_is_gone(project):
    asked = started(project, "01", "-p", "a b", "$c", PIP_USER="1", **ODD)
    assert asked[-1].endswith(f"PIP_USER=1  FROM={project.parent} scripts/run.py 01 -p a b $c")
    installs = [line for line in asked if "pip install" in line]
    assert installs
    assert all(line.startswith("PIP_USER=0 ") for line in installs)
    assert not any("install" in line or "-m venv" in line for line in started(project))
    (project / ".venv" / "bin" / "python").unlink()
    (project / ".venv" / "bin" / "python").symlink_to("/usr/bin/python2.0")
    assert any("-m venv --clear .venv" in line for line in started(project))


def test_help_is_there_before_anything_is_set_up(project):
    assert started(project, "--help")[-1].endswith("scripts/run.py --help")
    assert not (project / ".venv").exists()
