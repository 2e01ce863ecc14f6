"""What the one script refuses before it runs anything."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "run_notebooks.py"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "no such"], "no notebook has 'no such'"),
        (["--only", "01", "-p", "nonsense", "1"], "01_single_point has no parameter nonsense"),
        (["--only", "01", "-p", "seed", "1", "--record"], "--record keeps the quick settings"),
        (["--paper", "--record"], "--record keeps the quick settings"),
    ],
)
def test_bad_arguments_stop(arguments, message):
    ran = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)
    assert ran.returncode == 2
    assert message in ran.stderr
