"""One notebook as a job: run by papermill, with what `--resume` goes by; or run again and compared by nbval."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import Popen

import digests
from jobs import FAILED

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
FULL = 1_000_000  # bytes; with less a disk counts as full
WIDGET = "application/vnd.jupyter.widget-view+json"
VOLATILE = (
    "metadata.papermill cell.metadata.papermill cell.metadata.execution metadata.language_info.version metadata.widgets"
)


class Notebook:
    """A notebook as a job of `jobs`, at the default settings, the full ones, or yours: parameters given besides either.

    Its executed copy, its log, the networks it shares with others and the record of what it wrote lie in build/<kind>/.
    """

    def __init__(
        self, path: Path, kind: str, given: dict, lock: int, *, full: bool, resume: bool, seconds: float | None
    ):
        self.path, self.name, self.kind, self.seconds, self.lock = path, path.stem, kind, seconds, lock
        self.settings = path.parent / "full" / f"{self.name}.yaml" if full else None
        self.given = given | {"name": f"yours/{self.name}"} if given else {}
        self.resume, self.last = resume, digests.reads_claims(path)
        self.folder, self.figures = BUILD / kind, figures_of(kind)
        self.claims = self.figures / f"{self.name}.json"
        self.copy, self.log = self.folder / path.name, self.folder / f"{self.name}.log"
        self.record, self.progress = self.folder / f"{self.name}.done.json", self.folder / f"{self.name}.progress"

    def is_finished(self) -> bool:
        """Whether it was run from just these inputs and data, and all that it wrote is there as it was written."""
        self.inputs, self.data = self._sources()
        return (record := read_json(self.record)) is not None and record == self._state()

    def start(self, threads: int) -> Popen | None:
        """Begin, unless it is to be resumed and is finished."""
        if self.is_finished() and self.resume:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        self.record.unlink(missing_ok=True)
        self.before = self._written()
        places = [str(path).replace("{", "{{").replace("}", "}}") for path in (self.path, self.copy)]  # no parameters
        command = ["papermill", *places, "--cwd", str(self.path.parent), "-k", "python3"]
        command += ["--no-progress-bar", "--log-level", "ERROR"]
        command += ["-f", str(self.settings)] if self.settings else []
        command += ["-y", json.dumps(self.given)] if self.given else []
        return begin(command, self, figures_of("default"), threads)

    def end(self, failed: bool, interrupted: bool) -> str:
        """Record it if it is whole; what the table says of it."""
        self.progress.unlink(missing_ok=True)
        if failed:
            print(self.log.read_text()[-3000:], flush=True)
            if shutil.disk_usage(self.folder).free < FULL:  # the log has no room for it
                print(f"{self.folder}: No space left on device", flush=True)
            return FAILED
        if hasattr(self, "before"):
            if self._written() in (None, self.before):
                print(f"{self.name} wrote no {self.claims}", flush=True)
                return FAILED
            for line in self._warnings():
                print(f"{self.name}: {line}", flush=True)
            if not interrupted:
                self._keep()
        by_word = {}
        for claim_id, claim in json.loads(self.claims.read_text())["claims"].items():
            by_word.setdefault(claim.get("here") or claim["verdict"], []).append(claim_id)
        words = [f"{', '.join(ids)} {word}" for word, ids in by_word.items()]
        return "; ".join(words + ["interrupted"] * interrupted) or "done"

    def _warnings(self) -> list[str]:
        """What its cells said on stderr, such as files that were skipped; kept in its log, too."""
        outputs = [o for cell in read_json(self.copy)["cells"] for o in cell.get("outputs", [])]
        text = "".join("".join(o["text"]) for o in outputs if o.get("name") == "stderr")
        with self.log.open("a") as log:
            log.write(text)
        return [line for line in text.splitlines() if line and not line.startswith(" ")]

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
        draft.replace(self.path)

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
            print(f"{self.name}: its text, code or data were changed while it ran; --resume runs it again", flush=True)

    def _sources(self) -> tuple[str, str]:
        """Digests of what it is run from, and of its data, as they lie now."""
        return tuple(of(self.path, self.settings, self.given) for of in (digests.inputs, digests.data))

    def _state(self) -> dict:
        outputs = digests.outputs(self.name, self.figures, self.copy)
        return {"inputs": self.inputs, "data": self.data, "outputs": outputs}


class Check:
    """A committed notebook as a job of `jobs`: run again, into build/check/, and what it prints compared by nbval."""

    last = False  # it reads the claims that are committed

    def __init__(self, path: Path, lock: int, seconds: float | None):
        self.path, self.name, self.seconds, self.lock = path, path.stem, seconds, lock
        self.folder = BUILD / "check"
        self.log, self.progress = self.folder / f"{self.name}.log", self.folder / f"{self.name}.progress"

    def start(self, threads: int) -> Popen:
        options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=1800", "-p", "no:cacheprovider"]
        return begin(["pytest", str(self.path), *options], self, self.folder / "figures", threads)

    def end(self, failed: bool, interrupted: bool) -> str:
        self.progress.unlink(missing_ok=True)
        said = self.log.read_text()
        if failed:
            print(said[-5000:], flush=True)
            return FAILED
        return said.strip().splitlines()[-1]


def begin(command: list[str], job: Notebook | Check, figures: Path, threads: int) -> Popen:
    """Run a module of Python in a process that ends with this one; the job's lock stays open as long as it runs."""
    environment = os.environ | {"GKN_FIGURES": str(figures), "GKN_PROGRESS": str(job.progress)}
    environment |= {"GKN_NETWORKS": str(networks_of(job.folder)), "OMP_NUM_THREADS": str(threads)}
    with job.log.open("w") as stream:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "scripts" / "execute.py"), str(os.getpid()), *command],
            env=environment, cwd=ROOT, start_new_session=True, pass_fds=[job.lock], stdout=stream, stderr=stream,
        )  # fmt: skip


def networks_of(folder: Path) -> Path:
    """Where the notebooks of a run share what they train: networks of this code, and of no other."""
    return folder / "networks" / digests.code()[:16]


def figures_of(kind: str) -> Path:
    """The folder that a kind's figures go to."""
    folder = Path(os.environ.get("GKN_FIGURES") or ROOT / "figures").resolve()
    return folder / ("" if kind == "default" else kind)


def read_json(path: Path) -> dict | None:
    """What a file of JSON holds; nothing where there is none, or one that was cut off."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def write_whole(path: Path, text: str) -> None:
    """The text becomes the file at once, or never, as in `gkn_utils._files`, whose package takes seconds to import."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)
