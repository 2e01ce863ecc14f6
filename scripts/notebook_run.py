"""One notebook, run by papermill in a process of its own, and what is kept of it for `--resume`."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

import digests
import psutil

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
FULL = 1_000_000  # bytes; with less a disk counts as full
WIDGET = "application/vnd.jupyter.widget-view+json"
VOLATILE = (
    "metadata.papermill cell.metadata.papermill cell.metadata.execution metadata.language_info.version metadata.widgets"
)


class Run:
    """One notebook in a profile: quick, paper, or yours, with parameters that were given besides either's.

    Its executed copy, its log, what its training has come to and the record of what it wrote lie in build/<profile>/.
    """

    def __init__(self, notebook: Path, profile: str, given: dict[str, str], *, paper: bool):
        self.notebook, self.stem, self.profile = notebook, notebook.stem, profile
        self.settings = notebook.parent / "paper" / f"{self.stem}.yaml" if paper else None
        self.given = given | {"name": f"yours/{self.stem}"} if given else {}
        self.folder, self.figures = BUILD / profile, figures_of(profile)
        self.claims = self.figures / f"{self.stem}.json"
        self.copy, self.log = self.folder / notebook.name, self.folder / f"{self.stem}.log"
        self.record = self.folder / f"{self.stem}.done.json"
        self.inputs, self.data = self._sources()
        self.checkpoints = self.folder / "checkpoints" / self.stem

    def is_finished(self) -> bool:
        """Whether it was run from just these inputs and data, and all that it wrote is there as it was written."""
        return (record := read_json(self.record)) is not None and record == self._state()

    def execute(self, resume: bool, lock: TextIO) -> dict:
        """Run it; return what the table says of it. `lock` stays open as long as it runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.record.unlink(missing_ok=True)
        for other in self.checkpoints.glob("*"):
            if not resume or other.name != self.inputs:
                shutil.rmtree(other)
        started, before = time.monotonic(), self._written()
        failed, peak, interrupted = wait(self._start(lock))
        if failed and not sys.stderr.isatty():
            print(self.log.read_text()[-3000:], flush=True)
        if failed and shutil.disk_usage(self.folder).free < FULL:  # the log has no room for it
            print(f"{self.folder}: No space left on device", flush=True)
        if not failed and self._written() in (None, before):
            failed = True
            print(f"{self.stem} wrote no {self.claims}", flush=True)
        if not failed and not interrupted:
            self._keep()
        return self.row(f"{time.monotonic() - started:.0f}", f"{peak:.0f}", failed, interrupted)

    def row(self, seconds: str = "", peak: str = "", failed: bool = False, interrupted: bool = False) -> dict:
        """What the table says; `whole`: neither failed nor interrupted, `stopped`: both."""
        verdicts = "FAILED" if failed else self._verdicts() + ", interrupted" * interrupted
        ended = {"whole": not failed and not interrupted, "stopped": failed and interrupted}
        return {"notebook": self.stem, "seconds": seconds, "peak MB": peak, "verdicts": verdicts, **ended}

    def write_back(self) -> None:
        """Make the executed copy the committed notebook, without what differs from run to run, and without widgets."""
        content = json.loads(self.copy.read_text())
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [o for o in cell["outputs"] if WIDGET not in o.get("data", {})]
        draft = self.copy.with_suffix(".draft.ipynb")
        draft.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        strip = [sys.executable, "-m", "nbstripout", "--keep-output", "--keep-count", "--extra-keys", VOLATILE]
        subprocess.run([*strip, str(draft)], check=True)
        draft.replace(self.notebook)

    def _start(self, lock: TextIO) -> subprocess.Popen:
        terminal = {"GKN_TERMINAL": os.ttyname(sys.stderr.fileno())} if sys.stderr.isatty() else {}
        command = [sys.executable, str(ROOT / "scripts" / "execute.py"), str(os.getpid())]
        command += [str(self.notebook), str(self.copy), "--cwd", str(self.notebook.parent), "-k", "python3"]
        command += ["--progress-bar" if terminal else "--no-progress-bar", "--log-level", "ERROR"]
        command += ["-f", str(self.settings)] if self.settings else []
        for parameter, value in self.given.items():
            command += ["-p", parameter, value]
        packages = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]  # this checkout's before another's
        environment = os.environ | terminal | {"GKN_CHECKPOINTS": str(self.checkpoints / self.inputs)}
        environment |= {"GKN_FIGURES": str(figures_of("quick")), "PYTHONPATH": os.pathsep.join(packages)}
        with self.log.open("w") as stream:
            output = {} if terminal else {"stdout": stream, "stderr": subprocess.STDOUT}
            return subprocess.Popen(
                command, env=environment, start_new_session=True, pass_fds=[lock.fileno()], **output
            )

    def _written(self) -> tuple[int, int] | None:
        """Which file its claims are in, and since when; None where there are none."""
        if not self.claims.exists():
            return None
        status = self.claims.stat()
        return status.st_ino, status.st_mtime_ns

    def _keep(self) -> None:
        """Record that it is finished, if it was run from what lies there now; data may have been downloaded by it."""
        inputs, data = self._sources()
        if inputs == self.inputs and self.data in ("", data):
            self.data = data
            write_whole(self.record, json.dumps(self._state(), indent=1))
        else:
            print(f"{self.stem}: its text, code or data were changed while it ran; --resume runs it again", flush=True)
        shutil.rmtree(self.checkpoints, ignore_errors=True)

    def _sources(self) -> tuple[str, str]:
        """Digests of what it is run from, and of its data, as they lie now."""
        return tuple(of(self.notebook, self.settings, self.given) for of in (digests.inputs, digests.data))

    def _state(self) -> dict:
        outputs = digests.outputs(self.stem, self.figures, self.copy)
        return {"inputs": self.inputs, "data": self.data, "outputs": outputs}

    def _verdicts(self) -> str:
        claims = json.loads(self.claims.read_text())["claims"]
        return ", ".join(f"{claim_id} {claim['verdict']}" for claim_id, claim in claims.items())


def figures_of(profile: str) -> Path:
    """The folder that a profile's figures go to."""
    folder = Path(os.environ.get("GKN_FIGURES") or ROOT / "figures").resolve()
    return folder / ("" if profile == "quick" else profile)


def read_json(path: Path) -> dict | None:
    """What a file of JSON holds; nothing where there is none, or one that was cut off."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def write_whole(path: Path, text: str) -> None:
    """The text becomes the file at once, or never, as in `gkn_utils.files`, whose package takes seconds to import."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


def wait(process: subprocess.Popen) -> tuple[bool, float, bool]:
    """Whether a process of papermill failed, its peak memory in MB, and whether it was interrupted.

    The first Ctrl-C interrupts the cell that runs, as the button in JupyterLab does; some notebooks then go on with
    what they have. The second ends it.
    """
    interrupted = False
    while True:
        try:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            units = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kB elsewhere
            return process.returncode != 0, usage.ru_maxrss / units, interrupted
        except KeyboardInterrupt:
            print("\ninterrupting the notebook; Ctrl-C again ends it", flush=True)
            kernels = psutil.Process(process.pid).children()
            for kernel in kernels:
                kernel.send_signal(signal.SIGKILL if interrupted else signal.SIGINT)
            if not kernels:
                os.kill(process.pid, signal.SIGTERM)
            interrupted = True
