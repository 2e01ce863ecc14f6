"""Run all notebooks of a copy of this project while their processes are killed at random moments; compare what comes.

`python tests/long/soak.py 0 1 2` does so once for each seed, at the default settings, in a temporary folder; as
tests/long/test_soak.py does for one. The moments are those of the seed, on average four minutes apart. Compared with
what lies here are claims, pictures and animations, as scripts/compare.py does, and all that the notebooks print in
cells that are compared.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from compare import compare_folders  # noqa: E402
from notebook import WIDGET  # noqa: E402

BETWEEN = 240  # seconds between two kills, on average
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", "*.egg-info")


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


def run(root: Path, chance: random.Random, between: float) -> tuple[int, int]:
    """One run to its end, which kills may bring about: how many kills, and the exit status."""
    command, kills = [sys.executable, str(root / "scripts" / "run.py"), "--resume"], 0
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    running = subprocess.Popen(command, cwd=root, env=environment | {"GKN_FIGURES": str(root / "figures")})
    while True:
        try:
            return kills, running.wait(chance.expovariate(1 / between))
        except subprocess.TimeoutExpired:
            killed = kill(running, chance)
            kills += len(killed)
            print("killed:", *killed, flush=True)


def soak(root: Path, seed: int, between: float = BETWEEN) -> tuple[int, list[str]]:
    """Run all notebooks of `root` through kills: how many, and what came out otherwise than what lay there before."""
    shutil.copytree(root / "figures", root / "before")
    for path in [*(root / "figures").glob("*.*"), *(root / "build").glob("default/*.done.json")]:
        path.unlink()
    chance, total = random.Random(seed), 0
    while True:
        kills, status = run(root, chance, between)
        total += kills
        if status == 0:
            return total, differences(root)
        if kills == 0:
            return total, [f"a run that nobody disturbed ended with {status}"]
        time.sleep(5)  # what was begun by a process that is gone ends


def differences(root: Path) -> list[str]:
    """Between what came of the notebooks in a soak and what lay there before, in words."""
    found = []
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        found += compare_folders(root / "figures", root / "before", f"{notebook.stem}.*")
        cells = zip(printed(root / "build" / "default" / notebook.name), printed(notebook), strict=True)
        found += [f"{notebook.name}: got {got!r}, needed {needed!r}" for got, needed in cells if got != needed]
    return found


def printed(notebook: Path) -> list[str]:
    """What each of its cells of code prints; nothing where outputs are not compared.

    Errors aside, which is where a process tells that it lost a child.
    """
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    return ["" if "nbval-ignore-output" in cell["metadata"].get("tags", []) else _text(cell) for cell in cells]


def _text(cell: dict) -> str:
    outputs = [output.get("data", {}) | output for output in cell["outputs"] if output.get("name") != "stderr"]
    return "".join("".join(o.get("text", o.get("text/plain", ""))) for o in outputs if WIDGET not in o)


def main() -> None:
    found = []
    for seed in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as folder:
            kills, other = soak(Path(shutil.copytree(ROOT, f"{folder}/copy", ignore=LEFT_OUT)), seed)
        print(f"seed {seed}: {kills} kills, {len(other)} differences", *other, sep="\n", flush=True)
        found += other
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
