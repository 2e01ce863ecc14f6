"""Large loads take about twice the memory of their result at most, and are made a part at a time."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from gkn_utils import MLP, kaleidoscope, last, load_images, pictures, sample, uniform_starts

PEAK = """
import re, pathlib, torch, gkn_utils as gkn
def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) / 1024
before = peak()
{}
print(peak() - before)
"""
SAMPLES = "gkn.sample(gkn.MLP(784, 100, 2), 100_000, steps=2, jitter=0.01)"  # 314 MB
NETWORKS = "gkn.fit(gkn.MLP(2, 50, 7, nets=10_000), torch.rand(4, 2), steps=2)"  # weights of 622 MB, in 148 parts
STATES = "gkn.trajectory(gkn.MLP(1, 5, 2, nets=1024), torch.rand(1024, 30, 1), steps=2000)"  # 246 MB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no way to ask for the peak of memory")
@pytest.mark.parametrize(("work", "megabytes"), [(SAMPLES, 2 * 314), (NETWORKS, 2.2 * 622), (STATES, 1.2 * 246)])
def test_memory_is_bounded(work, megabytes):
    ran = subprocess.run([sys.executable, "-c", PEAK.format(work)], capture_output=True, text=True, check=True)
    assert float(ran.stdout) < megabytes


def test_samples_are_those_of_a_kaleidoscope_part_after_part(generator):
    net = MLP(3, 5, 2, generator=torch.Generator().manual_seed(1))
    samples = sample(net, 25, steps=4, chunk=10, jitter=0.1, generator=torch.Generator().manual_seed(0))
    for part in samples.split(10):
        starts = uniform_starts(net, len(part), generator)
        assert torch.equal(part, last(kaleidoscope(net, starts, steps=4, jitter=0.1, generator=generator)))


@pytest.mark.parametrize("options", [{"count": 0}, {"chunk": 0}, {"steps": 0}])
def test_what_is_no_count_is_refused(options):
    with pytest.raises(ValueError, match="got 0"):
        sample(MLP(3, 5, 2), **{"count": 5, "steps": 1} | options)


def test_many_networks_are_refused():
    with pytest.raises(ValueError, match="single network"):
        sample(MLP(3, 5, 2, nets=2), 5, steps=1)


def test_of_a_large_folder_only_what_is_asked_for_is_read(tmp_path, monkeypatch):
    Image.new("RGB", (40, 40), "gray").save(tmp_path / "0.png")
    for i in range(1, 50_000):
        (tmp_path / f"{i}.png").hardlink_to(tmp_path / "0.png")
    read, decode = [], pictures._picture
    monkeypatch.setattr(pictures, "_picture", lambda content, size: read.append(1) or decode(content, size))
    assert len(load_images(str(tmp_path), count=30).pixels) == 30
    assert len(read) == 30
