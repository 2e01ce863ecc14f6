"""Run all notebooks again and again while their processes are killed at random moments, and compare what comes out.

`python scripts/soak.py 0 1 2 3 4` does so once for each seed, at the quick settings, into build/soak/, and leaves
figures/ alone. The moments are those of the seed, on average four minutes apart. It takes half again as long as the
runs alone.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from compare_figures import COMMITTED, compare
from notebook_run import BUILD, ROOT

FIGURES = BUILD / "soak"
BETWEEN = 240  # seconds between two kills, on average
NOTEBOOKS = len(list((ROOT / "notebooks").glob("*.ipynb")))


def kill(running: subprocess.Popen, chance: random.Random) -> list[str]:
    """End one of its processes, runner, papermill or kernel, by SIGKILL; the name of that, if there was one."""
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


def differences(made: Path, committed: Path, notebooks: int) -> list[str]:
    """Between the claims in a folder of figures and the committed ones, which are of so many notebooks."""
    files = sorted(made.glob("*.json"))
    found = [f"{path.name}: {words}" for path in files for words in compare(path, committed / path.name)]
    return found + ([] if len(files) == notebooks else [f"got {len(files)} notebooks, needed {notebooks}"])


def soak(seed: int) -> tuple[int, list[str]]:
    """All notebooks, through kills: how many, and what came out otherwise than what is committed."""
    shutil.rmtree(FIGURES, ignore_errors=True)
    for record in (BUILD / "quick").glob("*.done.json"):
        record.unlink()
    chance, total = random.Random(seed), 0
    while True:
        kills, status = run(chance)
        total += kills
        if status == 0:
            return total, differences(FIGURES, COMMITTED, NOTEBOOKS)
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
