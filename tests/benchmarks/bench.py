"""Time the project: build/benchmarks.json by pytest-benchmark, from it figures/benchmarks.json and .png."""

import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes

from gkn_utils import plotting, save_figure
from gkn_utils._files import atomic_write
from gkn_utils.claims.results import COMMITTED

ROOT = Path(__file__).resolve().parents[2]
PANELS = {
    "networks": ("networks trained together", "seconds for a step of all\n(H=5, 6 hidden layers, 4 points)"),
    "width": ("H, units of a layer", "seconds for a step of all\n(256 networks, 6 hidden layers, 4 points)"),
    "depth": ("L, hidden layers", "seconds for a step of all\n(256 networks, H=5, 4 points)"),
    "samples": ("samples", "seconds for an iteration\n(digits, H=500, L=10, jitter on)"),
}


def rounded(value):
    """Three significant digits of every number."""
    if isinstance(value, dict):
        return {key: rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.3g}") if isinstance(value, float) else value


def panel(ax: Axes, rows: list[dict], name: str) -> None:
    rows = sorted((row for row in rows if row.get("panel") == name), key=lambda row: row["size"])
    sizes = [row["size"] for row in rows]
    other = {"plain loop": "the paper's recipe, one network after another", "matrix products": "matrix products alone"}
    ax.loglog(sizes, [row["other"] for row in rows], "o--", color="0.5", label=other[rows[0]["against"]])
    ax.loglog(sizes, [row["ours"] for row in rows], "o-", label="here")
    ax.set(xlabel=PANELS[name][0], ylabel=PANELS[name][1])
    ax.legend()


def bench() -> int:
    command = [sys.executable, "-m", "pytest", "tests/benchmarks", "-o", "addopts=", "--benchmark-only"]
    command += ["--benchmark-json=build/benchmarks.json", "--benchmark-columns=median,stddev,rounds"]
    ran = subprocess.run([*command, "--benchmark-sort=fullname"], cwd=ROOT)
    if ran.returncode == 0:
        write_figure()
        subprocess.run([sys.executable, "scripts/tables.py"], cwd=ROOT, check=True)
    return ran.returncode


def write_figure() -> None:
    measured = json.loads((ROOT / "build" / "benchmarks.json").read_text())
    rows = [rounded(benchmark["extra_info"]) for benchmark in measured["benchmarks"]]
    cpu = measured["machine_info"]["cpu"]
    machine = f"{cpu['brand_raw']}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    table = {"machine": machine, "torch": torch.__version__, "rows": rows}
    with atomic_write(COMMITTED / "benchmarks.json") as draft:
        draft.write_text(json.dumps(table, indent=1) + "\n")

    plotting.use_style()
    figure, axes = plt.subplots(2, 2, figsize=(10, 7.5), layout="constrained")
    for ax, name in zip(axes.flat, PANELS, strict=True):
        panel(ax, rows, name)
    figure.suptitle(machine)
    os.environ["GKN_FIGURES"] = str(COMMITTED)
    save_figure(figure, "benchmarks")


if __name__ == "__main__":
    sys.exit(bench())
