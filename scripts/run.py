"""Run the notebooks and regenerate figures/; check, or time, the project. run_all.sh sets up and hands over to this.

It ends with 2 if nothing was run, for what was asked or because another run is at work, and with 1 if not all of it
came to a good end.
"""

import argparse
import fcntl
import json
import locale
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
EXAMPLES = """
  ./run_all.sh                       every notebook at its default settings, figures/ and the gallery anew
  ./run_all.sh 06 12                 just the notebooks whose names contain one of these
  ./run_all.sh 06 -p seed 1          with another value of a parameter, into figures/yours/
  ./run_all.sh --full                the full settings, into figures/full/ (hours; a GPU is used where there is one)
  ./run_all.sh --resume              go on with a run that was stopped: only what is missing, or changed
  ./run_all.sh --record              and, where a run is green, refresh the committed notebooks' outputs
  ./run_all.sh --check               lint, unit tests, notebooks run again and compared: what CI runs
  ./run_all.sh --check --long        and what takes minutes: kills, full disks, malformed files, a soak
  ./run_all.sh --bench               time the project into figures/benchmarks.* (leave the machine alone)
"""


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        "run_all.sh", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    options.add_argument("names", nargs="*", metavar="NAME", help="part of a notebook's name")
    options.add_argument("--only", action="append", default=[], metavar="NAME", help="the same")
    options.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="a parameter")
    options.add_argument("-j", type=int, metavar="N", help="notebooks at once; as many as processors if not given")
    options.add_argument("--full", action="store_true", help="the full settings")
    options.add_argument("--record", action="store_true", help="refresh the committed notebooks")
    options.add_argument("--resume", action="store_true", help="leave alone what is finished")
    options.add_argument("--check", action="store_true", help="what CI runs")
    options.add_argument("--long", action="store_true", help="with --check, also what takes minutes")
    options.add_argument("--bench", action="store_true", help="time the project")
    return options


def asked() -> tuple[argparse.Namespace, list[Path], dict]:
    """The options, the notebooks they concern, and the parameters given; ends with what is wrong."""
    options, given = parser(), {}
    found = options.parse_intermixed_args()
    wanted = [*found.names, *found.only]
    ordinary = found.full or found.record or found.resume or found.p
    if (found.check and ordinary) or (found.bench and (ordinary or wanted or found.check)):
        options.error("--check and --bench do not go with what runs notebooks otherwise")
    if found.record and (found.full or found.p):
        options.error("--record keeps the default settings; it does not go with --full or -p")
    if found.long and not found.check:
        options.error("--long goes with --check")
    if found.j is not None and found.j < 1:
        options.error(f"-j: got {found.j}, needed at least 1")
    notebooks = [path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if is_whole(path)]
    for name in wanted:
        if not any(name in notebook.name for notebook in notebooks):
            options.error(f"no notebook has {name!r} in its name")
    notebooks = [n for n in notebooks if not wanted or any(name in n.name for name in wanted)]
    if found.p:
        from parameters import parameters, value_of

        for name, text in found.p:
            for notebook in notebooks:
                literals, sources = parameters(notebook)
                if name not in literals:
                    options.error(f"{notebook.stem} has no parameter {name}")
                try:
                    given[name] = value_of(name, text, literals[name], name in sources)
                except ValueError as error:
                    options.error(f"-p {name}: {error}")
    return found, notebooks, given


def is_whole(notebook: Path) -> bool:
    """Whether it has parameters, its name among them, as what is run here needs; another is named, and left alone."""
    from parameters import parameters

    try:
        found = parameters(notebook)[0].get("name") == notebook.stem
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SyntaxError):
        found = False
    if not found:
        words = f'left alone: it has no cell with the tag "parameters" that says name = "{notebook.stem}"'
        print(f"notebooks/{notebook.name} is {words}", file=sys.stderr)
    return found


def environment() -> None:
    """What every process of a run finds, whether it was started from a shell or from Python."""
    from parameters import CALLED_FROM

    if folder := os.environ.get("GKN_DATA"):
        os.environ["GKN_DATA"] = str((CALLED_FROM / Path(folder).expanduser()).resolve())
        if not Path(os.environ["GKN_DATA"]).is_dir():
            sys.exit(f"GKN_DATA is {folder}, which is not a folder")
    if not re.fullmatch(r"\d*\.?\d*", seconds := os.environ.get("GKN_CHECKPOINT_SECONDS", "")):
        sys.exit(f"GKN_CHECKPOINT_SECONDS is {seconds}, which is no number of seconds")
    profile = BUILD / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n")
    kernels = [f"{sys.prefix}/share/jupyter", *filter(None, [os.environ.get("JUPYTER_PATH")])]  # this Python's first
    os.environ |= {"JUPYTER_PATH": os.pathsep.join(kernels), "PYTHONUTF8": "1"}
    packages = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]  # this folder's package before another's
    os.environ |= {"PYTHONPATH": os.pathsep.join(packages), "IPYTHONDIR": str(profile.parent)}
    os.environ |= {"PYDEVD_DISABLE_FILE_VALIDATION": "1", "OMP_WAIT_POLICY": "passive"}  # threads that wait do not spin


@contextmanager
def alone() -> Iterator[int]:
    """A lock, an open file, by which a second run is kept out."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            print(
                f"another run is at work in this folder (process {file.read()}); wait for it, or stop it",
                file=sys.stderr,
            )
            sys.exit(2)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def run_notebooks(options: argparse.Namespace, paths: list[Path], given: dict, lock: int) -> int:
    """Run them and print the table; 1 if not all came to a good end."""
    import jobs
    from notebook import Notebook, figures_of, networks_of, read_json, write_whole

    kind = "yours" if given else "full" if options.full else "default"
    for draft in figures_of(kind).glob(".draft-*"):  # of gkn_utils._files, left by a run that was killed
        shutil.rmtree(draft, ignore_errors=True)
    for networks in (BUILD / kind / "networks").glob("*"):
        if not options.resume or networks != networks_of(BUILD / kind):
            shutil.rmtree(networks)
    committed = read_json(ROOT / "notebooks" / "seconds.json") or {}
    seconds = ({} if options.full else committed) | (read_json(BUILD / kind / "seconds.json") or {})
    notebooks = [
        Notebook(path, kind, given, lock, full=options.full, resume=options.resume, seconds=seconds.get(path.stem))
        for path in paths
    ]
    by_name = {notebook.name: notebook for notebook in notebooks}
    for notebook in notebooks:
        if options.resume and notebook.is_finished():
            notebook.seconds = 0  # for the time left

    def report(row: jobs.Row) -> None:
        if row.whole:
            seconds[row.name] = int(row.seconds)
            write_whole(BUILD / kind / "seconds.json", json.dumps(seconds))

    rows = jobs.run(notebooks, options.j or jobs.PROCESSORS, report)
    for row in rows:
        if options.record and row.whole:
            by_name[row.name].write_back()
    if options.record:
        write_whole(ROOT / "notebooks" / "seconds.json", json.dumps(seconds, indent=1, sort_keys=True) + "\n")
    return jobs.table(rows, len(paths))


def main() -> None:
    if not sys.flags.utf8_mode and locale.getencoding().lower() != "utf-8":  # all that is written here is UTF-8
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, sys.orig_argv)
    options, paths, given = asked()
    try:
        environment()
        with alone() as lock:
            if options.check:
                from check import check

                status = check(
                    paths, lock, options.j, everything=not (options.names or options.only), long=options.long
                )
            elif options.bench:
                status = subprocess.run([sys.executable, "tests/benchmarks/bench.py"], cwd=ROOT).returncode
            else:
                status = run_notebooks(options, paths, given, lock)
                if not os.environ.get("GKN_FIGURES"):
                    from gallery import write_pages

                    write_pages()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"{error}; mend that, and go on with --resume")
    sys.exit(status)


if __name__ == "__main__":
    main()
