"""A file that is written whole is there whole, whenever its writer is killed."""

import random
import subprocess
import sys
import time

import pytest

from gkn_utils import _files
from gkn_utils._files import atomic_write

WRITES = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("files", sys.argv[1])  # without the package, which takes seconds
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
for number in range(10**9):
    with files.atomic_write(sys.argv[2]) as draft:
        with draft.open("w") as stream:
            for _ in range(1000):
                stream.write(f"{number:09}" * 100)
"""


def test_the_new_or_the_old(tmp_path):
    target, chance, seen = tmp_path / "new" / "target.txt", random.Random(0), set()
    for _ in range(10):
        writer = subprocess.Popen([sys.executable, "-c", WRITES, _files.__file__, str(target)])
        time.sleep(chance.uniform(0.1, 0.4))
        writer.kill()
        writer.wait()
        if target.exists():
            content = target.read_text()
            assert len(content) == 900_000
            assert content == content[:9] * 100_000
            seen.add(content[:9])
    assert len(seen) > 1


def test_what_fails_leaves_all_as_it_was_and_others_may_read_what_does_not(tmp_path):
    target = tmp_path / "target.txt"
    target.write_text("old")

    def fail():
        with atomic_write(target) as draft:
            draft.write_text("half")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    with atomic_write(target) as draft:
        draft.touch(0o600)
        draft.write_text("new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o644
