"""What CI runs: lint, unit tests, and every notebook run again and compared with what is committed."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import jobs
from compare import compare_folders
from notebook import BUILD, ROOT, Check, read_json

FOLDER = BUILD / "check"


def check(notebooks: list[Path], lock: int, at_once: int | None, *, everything: bool, long: bool) -> int:
    """1 if something is not as it should be; just the notebooks unless `everything`."""
    at_once = at_once or jobs.PROCESSORS
    if everything:
        python("-m", "ruff", "check", ".")
        python("-m", "ruff", "format", "--check", "gkn_utils", "scripts", "tests")
        python("-m", "pytest", "-n", str(at_once), "--dist", "worksteal", "tests")
    status = compare(notebooks, lock, at_once)
    if long:
        python("-m", "pytest", "-n", str(at_once), "--dist", "worksteal", "tests/long")
    return status


def python(*arguments: str) -> None:
    """Run Python, one thread a process; `CalledProcessError` if it fails."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True)


def compare(notebooks: list[Path], lock: int, at_once: int) -> int:
    print("notebooks: run again and compared with what is committed", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "figures").mkdir(parents=True)
    seconds = read_json(ROOT / "notebooks" / "seconds.json") or {}
    checks = [Check(notebook, lock, seconds.get(notebook.stem)) for notebook in notebooks]
    status = jobs.table(jobs.run(checks, at_once), len(checks))
    found = [
        words
        for notebook in notebooks
        for words in compare_folders(FOLDER / "figures", committed(), f"{notebook.stem}.*")
    ]
    print(*found or ["figures: the same as those that are committed"], sep="\n", flush=True)
    return 1 if found else status


def committed() -> Path:
    """The figures of the last commit; those that lie here, where there is no repository."""
    folder = FOLDER / "committed"
    if not folder.exists():
        folder.mkdir()
        archive = subprocess.run(["git", "archive", "HEAD", "figures"], cwd=ROOT, capture_output=True)  # noqa: S607
        if archive.returncode:
            shutil.copytree(ROOT / "figures", folder / "figures")
        else:
            with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
                tar.extractall(folder, filter="data")
    return folder / "figures"
