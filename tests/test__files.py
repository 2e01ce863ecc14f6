"""A file that is written whole is there whole, whenever its writer is killed."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gkn_utils import files
from gkn_utils.files import written_whole

KILLS = 20
WRITES = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("files", sys.argv[1])  # without the package, which takes seconds
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
for number in range(10**9):
    with files.written_whole(sys.argv[2]) as draft:
        with draft.open("w") as stream:
            for _ in range(1000):
                stream.write(f"{number:09}" * 100)
"""


def test_the_new_or_the_old(tmp_path):
    target, chance, seen = tmp_path / "new" / "target.txt", random.Random(0), set()
    for _ in range(KILLS):
        writer = subprocess.Popen([sys.executable, "-c", WRITES, files.__file__, str(target)])
        time.sleep(chance.uniform(0.1, 0.4))
        writer.kill()
        writer.wait()
        if target.exists():
            content = target.read_text()
            assert len(content) == 900_000
            assert content == content[:9] * 100_000
            seen.add(content[:9])
    assert len(seen) > 1


def test_what_fails_leaves_all_as_it_was(tmp_path):
    target = tmp_path / "target.txt"
    target.write_text("old")

    def fail():
        with written_whole(target) as draft:
            draft.write_text("half")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_written_can_be_read_by_others(tmp_path):
    with written_whole(tmp_path / "target.txt") as draft:
        draft.write_text("new")
    assert Path(tmp_path / "target.txt").stat().st_mode & 0o777 == 0o644
