"""Run the notebooks with papermill, one process each; print a line when one starts and a table at the end."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
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
    command += ["--progress-bar" if sys.stderr.isatty() else "--no-progress-bar", "--log-level", "ERROR"]
    command += ["-f", str(notebook.parent / "paper" / f"{notebook.stem}.yaml")] if paper else []
    for parameter, value in (given | {"name": f"yours/{notebook.stem}"} if given else {}).items():
        command += ["-p", parameter, value]
    started = time.monotonic()
    if sys.stderr.isatty():
        process = subprocess.Popen(command)
    else:
        with log.open("w") as stream:
            process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not sys.stderr.isatty():
        print(log.read_text()[-3000:], flush=True)
    return {
        "notebook": notebook.stem,
        "verdicts": verdicts(notebook.stem, profile) if process.returncode == 0 else "FAILED",
        "seconds": f"{time.monotonic() - started:.0f}",
        "peak MB": f"{usage.ru_maxrss / 1024:.0f}",
        "copy": copy,
    }


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


def record(notebook: Path, copy: Path) -> None:
    """Make the executed copy the committed notebook, without what differs from run to run."""
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

    rows = []
    for i, notebook in enumerate(notebooks, start=1):
        print(f"[{i}/{len(notebooks)}] {notebook.stem}", flush=True)
        rows.append(run(notebook, options.paper, given))
        if options.record and rows[-1]["verdicts"] != "FAILED":
            record(notebook, rows[-1]["copy"])
    for row in [{"notebook": "notebook", "seconds": "seconds", "peak MB": "peak MB", "verdicts": "verdicts"}, *rows]:
        print(f"{row['notebook']:<28}{row['seconds']:>8}{row['peak MB']:>9}  {row['verdicts']}")
    failed = [row["notebook"] for row in rows if row["verdicts"] == "FAILED"]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
