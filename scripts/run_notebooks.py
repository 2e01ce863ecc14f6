"""Run the notebooks with papermill, one process each; print a line when one starts and a table at the end.

It ends with status 2 if nothing was run, for what was asked or because another run is at work, and with 1 if not all
notebooks were run to their end.
"""

import argparse
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError
from typing import TextIO

import digests
from notebook_run import BUILD, ROOT, Run, figures_of, read_json, write_whole


@contextmanager
def alone() -> Iterator[TextIO]:
    """An open file by which a second run is kept out; what a killed run left is cleared away."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            words = f"another run is at work in this folder (process {file.read()}); wait for it, or stop it"
            print(words, file=sys.stderr)
            sys.exit(2)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        for profile in ("quick", "paper", "yours"):
            for draft in figures_of(profile).glob(".draft-*"):  # of gkn_utils.files
                shutil.rmtree(draft, ignore_errors=True)
        yield file


def time_left(notebooks: list[Path], seconds: dict[str, int]) -> str:
    """What `notebooks` took the last time they ran here, together, in words; nothing where one of them did not."""
    if not all(notebook.stem in seconds for notebook in notebooks):
        return ""
    total = sum(seconds[notebook.stem] for notebook in notebooks)
    return f", about {total} s left" if total < 90 else f", about {round(total / 60)} min left"


def options() -> tuple[argparse.Namespace, list[Path], dict[str, str]]:
    """What was asked for, the notebooks it concerns, and the parameters that were given; ends with what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paper", action="store_true", help="the paper's settings, into figures/paper/")
    parser.add_argument("--only", default="", help="part of a notebook's name")
    parser.add_argument("--record", action="store_true", help="refresh the committed notebooks")
    parser.add_argument("--resume", action="store_true", help="leave alone what a run that was stopped has finished")
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="a parameter")
    asked = parser.parse_args()
    given = {name.lower(): value for name, value in asked.p}
    if asked.record and (asked.paper or given):
        parser.error("--record keeps the quick settings; it does not go with --paper or -p")
    notebooks = [n for n in sorted((ROOT / "notebooks").glob("*.ipynb")) if asked.only in n.name]
    if not notebooks:
        parser.error(f"no notebook has {asked.only!r} in its name")
    for notebook in notebooks:
        if unknown := sorted(set(given) - set(digests.parameters(notebook))):
            parser.error(f"{notebook.stem} has no parameter {', '.join(unknown)}")
    return asked, notebooks, given


def run_all(asked: argparse.Namespace, notebooks: list[Path], profile: str, given: dict, lock: TextIO) -> list[dict]:
    """The table's rows; fewer than notebooks if it was stopped."""
    rows, log = [], BUILD / profile / "seconds.json"
    seconds = read_json(log) or {}
    run_of = partial(Run, profile=profile, given=given, paper=asked.paper)
    finished = {notebook for notebook in notebooks if asked.resume and run_of(notebook).is_finished()}
    for i, notebook in enumerate(notebooks):
        run = run_of(notebook)  # what it is run from may have changed since
        if asked.resume and run.is_finished():
            rows.append(run.row("finished"))
        else:
            left = time_left([ahead for ahead in notebooks[i:] if ahead not in finished], seconds)
            print(f"[{i + 1}/{len(notebooks)}] {notebook.stem}{left}", flush=True)
            rows.append(run.execute(asked.resume, lock))
            if rows[-1]["whole"]:
                seconds[notebook.stem] = int(rows[-1]["seconds"])
                write_whole(log, json.dumps(seconds))
        if asked.record and rows[-1]["whole"]:
            run.write_back()
        if rows[-1]["stopped"]:
            break
    return rows


def main() -> None:
    asked, notebooks, given = options()
    profile = "yours" if given else "paper" if asked.paper else "quick"
    try:
        with alone() as lock:
            rows = run_all(asked, notebooks, profile, given, lock)
    except (OSError, CalledProcessError) as error:
        sys.exit(f"{error}; mend that, and go on with --resume")
    width = max(len(notebook.stem) for notebook in notebooks)
    for row in [{"notebook": "notebook", "seconds": "seconds", "peak MB": "peak MB", "verdicts": "verdicts"}, *rows]:
        print(f"{row['notebook']:<{width}}{row['seconds']:>9}{row['peak MB']:>9}  {row['verdicts']}")
    failed = [row["notebook"] for row in rows if row["verdicts"] == "FAILED"]
    if len(rows) < len(notebooks):
        left = len(notebooks) - len(rows)
        sys.exit(f"stopped in {rows[-1]['notebook']}, {left} notebooks were not run; --resume goes on")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; --resume runs just these")


if __name__ == "__main__":
    main()
