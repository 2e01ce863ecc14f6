"""Time the project: build/benchmarks.json by pytest-benchmark, from it figures/benchmarks.json and .png."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gkn_utils import plotting, save_figure
from gkn_utils._files import atomic_write
from gkn_utils.claims.results import COMMITTED

ROOT = Path(__file__).resolve().parents[2]
PANELS = {
    "networks": ("networks trained together", "H=5, 6 hidden layers, 2 points, one thread", "network and step"),
    "width": ("H, units of a layer", "256 networks, 6 hidden layers, 4 points", "network and step"),
    "depth": ("L, hidden layers", "256 networks, H=5, 4 points", "network and step"),
    "samples": ("samples", "digits, H=500, L=10, jitter on", "iteration"),
}
LINES = {
    "plain loop": {"label": "one network after another", "color": "0.5", "marker": "s"},
    "torch.func": {"label": "torch.func", "color": plotting.NOISE, "marker": "^"},
    "JAX": {"label": "JAX", "color": plotting.SAMPLE, "marker": "v"},
    "matrix products": {"label": "matrix products alone", "color": plotting.DATA, "marker": "D"},
}


def rounded(value):
    """Three significant digits of every number."""
    if isinstance(value, dict):
        return {key: rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.3g}") if isinstance(value, float) else value


def panel(ax: Axes, rows: list[dict], name: str) -> None:
    """Time against size, for everything that was compared; of several rows of one size, the median of what we took."""
    sizes = sorted({row["size"] for row in rows})
    for against, line in LINES.items():
        other = {row["size"]: row["other"] for row in rows if row["against"] == against}
        if other:
            ax.loglog(sizes, [other[size] for size in sizes], "--", **line)
    for key, line in [
        ("ours", {"label": "here", "marker": "o"}),
        ("limit", {"label": "limit of the arithmetic", "linestyle": ":"}),
    ]:
        medians = [statistics.median(row[key] for row in rows if row["size"] == size) for size in sizes]
        ax.loglog(sizes, medians, color=plotting.CURVE, **line)
    label, work, unit = PANELS[name]
    ax.set_xticks(sizes[::2], [f"{size:,}" for size in sizes[::2]])
    ax.minorticks_off()
    ax.set(xlabel=label, ylabel=f"seconds per {unit}", title=work)


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
    os.environ["GKN_FIGURES"] = str(COMMITTED)
    save_figure(figure(rows, machine), "benchmarks")


def figure(rows: list[dict], machine: str) -> Figure:
    plotting.use_style()
    fig, axes = plt.subplots(2, 2, figsize=(7, 6.5))
    for ax, name in zip(axes.flat, PANELS, strict=True):
        panel(ax, [row for row in rows if row.get("panel") == name], name)
    lines = {line.get_label(): line for ax in axes.flat for line in ax.lines}
    fig.legend(lines.values(), lines, loc="outside lower center", ncols=3)
    fig.suptitle(machine)
    return fig


if __name__ == "__main__":
    sys.exit(bench())
