"""Run all notebooks again and again while their processes are killed at random moments, and compare what comes out.

`python scripts/soak.py 0 1 2 3 4` does so once for each seed, at the quick settings, into build/soak/, and leaves
figures/ alone. The moments are those of the seed, on average four minutes apart. It takes half again as long as the
runs alone. Compared with what is committed are claims, pictures and animations, as compare_figures.py does, and all
that the notebooks print in cells that are compared.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from compare_figures import COMMITTED, compare_folders
from notebook_run import BUILD, ROOT, WIDGET

FIGURES = BUILD / "soak"
BETWEEN = 240  # seconds between two kills, on average
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def kill(running: subprocess.Popen, chance: random.Random) -> list[str]:
    """End one of its processes, runner, papermill or kernel, by SIGKILL; the name of that, if it was at work."""
    if running.poll() is not None:
        return []
    try:
        runner = psutil.Process(running.pid)
        victim = chance.choice([runner, *runner.children(recursive=True)])
        name = victim.name()
        victim.send_signal(signal.SIGKILL)
        return [name]
    except psutil.NoSuchProcess:
        return []


def run(chance: random.Random) -> tuple[int, int]:
    """One run to its end, which kills may bring about: how many kills, and the exit status."""
    command = [sys.executable, str(ROOT / "scripts" / "run_notebooks.py"), "--resume"]
    running, kills = subprocess.Popen(command, env=os.environ | {"GKN_FIGURES": str(FIGURES)}, cwd=ROOT), 0
    while True:
        try:
            return kills, running.wait(chance.expovariate(1 / BETWEEN))
        except subprocess.TimeoutExpired:
            killed = kill(running, chance)
            kills += len(killed)
            print("killed:", *killed, flush=True)


def differences(notebook: Path) -> list[str]:
    """Between what came of a notebook in a soak and what is committed, in words."""
    found = compare_folders(FIGURES, COMMITTED, f"{notebook.stem}.*")
    cells = zip(printed(BUILD / "quick" / notebook.name), printed(notebook), strict=True)
    return found + [f"{notebook.name}: got {got!r}, needed {needed!r}" for got, needed in cells if got != needed]


def printed(notebook: Path) -> list[str]:
    """What each of its cells of code prints; nothing where outputs are not compared.

    Bars of progress aside, and errors, which is where a process tells that it lost a child.
    """
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    return ["" if "nbval-ignore-output" in cell["metadata"].get("tags", []) else _text(cell) for cell in cells]


def _text(cell: dict) -> str:
    outputs = [output.get("data", {}) | output for output in cell["outputs"] if output.get("name") != "stderr"]
    return "".join("".join(o.get("text", o.get("text/plain", ""))) for o in outputs if WIDGET not in o)


def soak(seed: int) -> tuple[int, list[str]]:
    """All notebooks, through kills: how many, and what came out otherwise than what is committed."""
    for folder in (FIGURES, BUILD / "quick" / "checkpoints"):
        shutil.rmtree(folder, ignore_errors=True)
    for record in (BUILD / "quick").glob("*.done.json"):
        record.unlink()
    chance, total = random.Random(seed), 0
    while True:
        kills, status = run(chance)
        total += kills
        if status == 0:
            return total, [words for notebook in NOTEBOOKS for words in differences(notebook)]
        if kills == 0:
            return total, [f"a run that nobody disturbed ended with {status}"]
        time.sleep(5)  # what was begun by a process that is gone ends


def main() -> None:
    found = []
    for seed in map(int, sys.argv[1:]):
        kills, other = soak(seed)
        print(f"seed {seed}: {kills} kills, {len(other)} differences", *other, sep="\n", flush=True)
        found += other
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
