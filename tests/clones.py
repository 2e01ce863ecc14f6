"""A small repository to run and to break: the scripts of this one, with notebooks and figures of its own."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
RUN = "import run\nrun.main()"  # as ./run_all.sh does
# A cell that writes the JSON of a claim that holds, whole or not at all, without importing anything that takes long.
RESULTS = """
import json, os, pathlib, tempfile
path = pathlib.Path(os.environ["GKN_FIGURES"], f"{name}.json")
path.parent.mkdir(exist_ok=True)
claims = {"Z1": {"verdict": "holds", "interval": [0, 1]}}
with tempfile.TemporaryDirectory(dir=path.parent, prefix=".draft-") as folder:
    draft = pathlib.Path(folder, path.name)
    draft.write_text(json.dumps({"claims": claims, "settings": {}, "data": {"source": "none"}}))
    draft.replace(path)
"""


class Clone:
    """In the folder `root`, which is made if it is not there."""

    def __init__(self, root: Path):
        self.root, self.figures, self.build = root, root / "figures", root / "build" / "default"
        for folder in ("scripts", "notebooks", "figures"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        for script in SCRIPTS.glob("*.py"):
            shutil.copy(script, root / "scripts")

    def add(self, name: str, *cells: str, parameters: str = "seed = 0", tags: list[str] | None = None) -> Path:
        """A notebook of these cells, the first of them with `tags`."""
        first = nbformat.v4.new_code_cell(f"name = {name!r}\n{parameters}", metadata={"tags": ["parameters"]})
        content = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, cells)])
        content.cells[1].metadata["tags"] = tags or []
        content.metadata["language_info"] = {"name": "python"}
        path = self.root / "notebooks" / f"{name}.ipynb"
        nbformat.write(content, path)
        return path

    def start(self, *arguments: str, code: str = RUN, **variables: str) -> subprocess.Popen:
        """Run the notebooks, or other code beside the scripts."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GKN_")} | variables
        environment |= {"PYTHONPATH": str(self.root / "scripts"), "GKN_FIGURES": str(self.figures)}
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.root
        )

    def run(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """The exit status and what it said."""
        running = self.start(*arguments, **variables)
        output, _ = running.communicate(timeout=120)
        return running.returncode, output

    def wait_for(self, sign: str, running: subprocess.Popen) -> Path:
        """Until a notebook that runs has made the file `sign` in notebooks/."""
        path = self.root / "notebooks" / sign
        while not path.exists():
            assert running.poll() is None
            time.sleep(0.05)
        return path

    def record(self, name: str) -> Path:
        return self.build / f"{name}.done.json"
