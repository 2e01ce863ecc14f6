"""Runs that are killed, that find a full disk, a folder they may not write to, or a kernel that breaks, for real.

What is in figures/ is then whole or not there, and a resumed run ends, byte for byte, as one that nobody disturbed.
`python -m pytest tests/long/test_faults.py` does it all; the seeds are fixed.
"""

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest
import soak
from clones import RESULTS, Clone

KILLS = 20
TRAIN = """
import gkn_utils as gkn, matplotlib.pyplot as plt, torch
net = gkn.MLP(20, 200, 5, generator=torch.Generator().manual_seed(0))
x = torch.rand(500, 20, generator=torch.Generator().manual_seed(1))
history = gkn.fit(net, x, steps=600, batch_size=100, generator=torch.Generator().manual_seed(2))
"""
SHOW = """
fig, ax = plt.subplots()
ax.plot(history)
gkn.save_figure(fig, name)
pixels = gkn.to_pixels(net(x[:30]).detach(), (4, 5), 0, 1)
gkn.save_gif(list(pixels.numpy()), name)
"""
QUICKLY = {"GKN_CHECKPOINT_SECONDS": "0.1", "OMP_NUM_THREADS": "1"}


def begun(folder: Path) -> Clone:
    clone = Clone(folder)
    clone.add("train", TRAIN, SHOW, RESULTS)
    clone.add("write", RESULTS)
    return clone


def written(clone: Clone) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in clone.figures.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[dict[str, bytes], float]:
    """What it writes, and how many seconds that takes."""
    clone, started = begun(tmp_path_factory.mktemp("undisturbed")), time.monotonic()
    status, output = clone.run(**QUICKLY)
    assert status == 0, output
    assert set(written(clone)) == {"train.png", "train.gif", "train.json", "write.json"}
    return written(clone), time.monotonic() - started


def ends_as_undisturbed(clone: Clone, undisturbed) -> None:
    status, output = clone.run("--resume", **QUICKLY)
    assert status == 0, output
    assert written(clone) == undisturbed[0]
    assert sorted(os.listdir(clone.figures)) == sorted(undisturbed[0])  # and nothing else lies there


def test_killed_at_random_moments(tmp_path, undisturbed):
    clone, chance, killed = begun(tmp_path / "clone"), random.Random(0), []
    while len(killed) < KILLS:
        running = clone.start("--resume", **QUICKLY)
        time.sleep(chance.uniform(0, undisturbed[1]))
        killed += soak.kill(running, chance)
        running.communicate(timeout=120)
        wait_for_its_children(clone)
        assert written(clone).items() <= undisturbed[0].items()  # each whole, or not there
        if all(clone.record(name).exists() for name in ("train", "write")):
            ends_as_undisturbed(clone, undisturbed)
            shutil.rmtree(clone.build)
            for path in clone.figures.iterdir():
                path.unlink()
    ends_as_undisturbed(clone, undisturbed)


def wait_for_its_children(clone: Clone) -> None:
    """papermill and its kernel end within seconds of what began them."""
    until = time.monotonic() + 10
    while any(str(clone.root) in " ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])):
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(1.5)  # the kernel, which looks for its parent once a second


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("free", [0, 4_096, 20_000, 60_000])
def test_a_full_disk(free, small_disk, undisturbed):
    clone = begun(small_disk / "clone")
    room = shutil.disk_usage(small_disk).free - free
    (small_disk / "filler").write_bytes(bytes(room))
    status, output = clone.run(**QUICKLY)
    assert status != 0
    assert "No space left on device" in output
    assert "--resume" in output
    assert written(clone).items() <= undisturbed[0].items()
    (small_disk / "filler").unlink()
    ends_as_undisturbed(clone, undisturbed)


def test_a_folder_that_may_not_be_written_to(tmp_path, undisturbed):
    clone = begun(tmp_path / "clone")
    bind = ["mount", "--bind", "-o", "ro", str(clone.figures), str(clone.figures)]
    if subprocess.run(bind, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        status, output = clone.run(**QUICKLY)
    finally:
        subprocess.run(["umount", str(clone.figures)], check=True)
    assert status != 0
    assert "Read-only file system" in output
    assert written(clone) == {}
    ends_as_undisturbed(clone, undisturbed)


def test_a_kernel_that_does_not_start(tmp_path, undisturbed):
    clone = begun(tmp_path / "clone")
    broken = clone.root / "scripts" / "ipykernel_launcher.py"
    broken.write_text("raise SystemExit('broken')")
    status, output = clone.run(**QUICKLY)
    assert status != 0
    assert "failed: train, write; --resume runs just these" in output
    assert written(clone) == {}
    broken.unlink()
    ends_as_undisturbed(clone, undisturbed)


def test_a_kernel_that_dies_in_a_cell(tmp_path, undisturbed):
    clone = begun(tmp_path / "clone")
    flag = clone.root / "dies"
    flag.touch()
    clone.add(
        "train", f"import os, pathlib\nif pathlib.Path({str(flag)!r}).exists(): os._exit(3)", TRAIN, SHOW, RESULTS
    )
    status, output = clone.run(**QUICKLY)
    assert status != 0
    assert "failed: train; --resume runs just these" in output
    flag.unlink()
    ends_as_undisturbed(clone, undisturbed)
