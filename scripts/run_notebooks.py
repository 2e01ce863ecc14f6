"""Run the notebooks with papermill, one process each; print a line when one starts and a table at the end."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
WIDGET = "application/vnd.jupyter.widget-view+json"
VOLATILE = (
    "metadata.papermill cell.metadata.papermill cell.metadata.execution metadata.language_info.version metadata.widgets"
)


def run(notebook: Path, paper: bool, given: dict[str, str]) -> dict:
    """Execute a copy of `notebook` in build/, with parameters that were given; return what the table says of it."""
    profile = "yours" if given else "paper" if paper else "quick"
    copy, log = BUILD / profile / notebook.name, BUILD / profile / f"{notebook.stem}.log"
    copy.parent.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(notebook),
        str(copy),
        "--cwd",
        str(notebook.parent),
        "-k",
        "python3",
    ]
    terminal = {"GKN_TERMINAL": os.ttyname(sys.stderr.fileno())} if sys.stderr.isatty() else {}
    command += ["--progress-bar" if terminal else "--no-progress-bar", "--log-level", "ERROR"]
    command += ["-f", str(notebook.parent / "paper" / f"{notebook.stem}.yaml")] if paper else []
    for parameter, value in (given | {"name": f"yours/{notebook.stem}"} if given else {}).items():
        command += ["-p", parameter, value]
    started = time.monotonic()
    with log.open("w") as stream:
        output = {} if terminal else {"stdout": stream, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, env=os.environ | terminal, start_new_session=True, **output)
    failed, peak, interrupted = wait(process)
    if failed and not terminal:
        print(log.read_text()[-3000:], flush=True)
    return {
        "notebook": notebook.stem,
        "verdicts": "FAILED" if failed else verdicts(notebook.stem, profile),
        "seconds": f"{time.monotonic() - started:.0f}",
        "peak MB": f"{peak / 1024:.0f}",
        "copy": copy,
        "stopped": failed and interrupted,
    }


def wait(process: subprocess.Popen) -> tuple[bool, int, bool]:
    """Whether a process of papermill failed, its peak memory in kB, and whether it was interrupted.

    The first Ctrl-C interrupts the cell that runs, as the button in JupyterLab does; some notebooks then go on with
    what they have. The second ends it.
    """
    interrupted = False
    while True:
        try:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode != 0, usage.ru_maxrss, interrupted
        except KeyboardInterrupt:
            print("\ninterrupting the notebook; Ctrl-C again ends it", flush=True)
            for kernel in psutil.Process(process.pid).children():
                kernel.send_signal(signal.SIGKILL if interrupted else signal.SIGINT)
            interrupted = True


def verdicts(stem: str, profile: str) -> str:
    folder = Path(os.environ.get("GKN_FIGURES") or ROOT / "figures")
    path = folder / ("" if profile == "quick" else profile) / f"{stem}.json"
    claims = json.loads(path.read_text())["claims"]
    return ", ".join(f"{claim_id} {claim['verdict']}" for claim_id, claim in claims.items())


def parameters(notebook: Path) -> set[str]:
    """The names of what its cell of parameters sets."""
    cells = json.loads(notebook.read_text())["cells"]
    [source] = ["".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", [])]
    return {line.split(" = ")[0] for line in source.splitlines()}


def time_left(notebooks: list[Path], seconds: dict[str, int]) -> str:
    """What `notebooks` took the last time they ran here, together, in words; nothing where one of them did not."""
    if not all(notebook.stem in seconds for notebook in notebooks):
        return ""
    total = sum(seconds[notebook.stem] for notebook in notebooks)
    return f", about {total} s left" if total < 90 else f", about {round(total / 60)} min left"


def record(notebook: Path, copy: Path) -> None:
    """Make the executed copy the committed notebook, without what differs from run to run, and without widgets."""
    content = json.loads(copy.read_text())
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [o for o in cell["outputs"] if WIDGET not in o.get("data", {})]
    copy.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    strip = [sys.executable, "-m", "nbstripout", "--keep-output", "--keep-count", "--extra-keys", VOLATILE, str(copy)]
    subprocess.run(strip, check=True)
    copy.replace(notebook)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", action="store_true", help="the paper's settings, into figures/paper/")
    parser.add_argument("--only", default="", help="part of a notebook's name")
    parser.add_argument("--record", action="store_true", help="refresh the committed notebooks")
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="a parameter")
    options = parser.parse_args()
    given = {name.lower(): value for name, value in options.p}
    if options.record and (options.paper or given):
        parser.error("--record keeps the quick settings; it does not go with --paper or -p")
    notebooks = [n for n in sorted((ROOT / "notebooks").glob("*.ipynb")) if options.only in n.name]
    if not notebooks:
        parser.error(f"no notebook has {options.only!r} in its name")
    for notebook in notebooks:
        if unknown := sorted(set(given) - parameters(notebook)):
            parser.error(f"{notebook.stem} has no parameter {', '.join(unknown)}")

    rows, log = [], BUILD / ("yours" if given else "paper" if options.paper else "quick") / "seconds.json"
    seconds = json.loads(log.read_text()) if log.exists() else {}
    for i, notebook in enumerate(notebooks, start=1):
        print(f"[{i}/{len(notebooks)}] {notebook.stem}{time_left(notebooks[i - 1 :], seconds)}", flush=True)
        rows.append(run(notebook, options.paper, given))
        seconds[notebook.stem] = int(rows[-1]["seconds"])
        log.write_text(json.dumps(seconds))
        if options.record and rows[-1]["verdicts"] != "FAILED":
            record(notebook, rows[-1]["copy"])
        if rows[-1]["stopped"]:
            break
    for row in [{"notebook": "notebook", "seconds": "seconds", "peak MB": "peak MB", "verdicts": "verdicts"}, *rows]:
        print(f"{row['notebook']:<28}{row['seconds']:>8}{row['peak MB']:>9}  {row['verdicts']}")
    failed = [row["notebook"] for row in rows if row["verdicts"] == "FAILED"]
    if len(rows) < len(notebooks):
        sys.exit(f"stopped in {notebooks[i - 1].stem}, {len(notebooks) - i} notebooks were not run")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
