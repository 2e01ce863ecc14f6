"""Large loads take a small multiple of the memory of their result, and are made a part at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

PEAK = """
import re, pathlib, torch, gkn_utils as gkn
def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) / 1024
gkn.trajectory(gkn.MLP(1, 5, 2, nets=64), torch.rand(64, 3, 1), steps=2)  # the compiled code is loaded
before = peak()
{}
print(peak() - before)
"""
SAMPLES = "gkn.last(gkn.kaleidoscope(gkn.MLP(784, 100, 2), torch.rand(50_000, 784), steps=5, jitter=0.01))"  # 157 MB
NETWORKS = "gkn.fit(gkn.MLP(2, 50, 7, nets=10_000), torch.rand(4, 2), steps=2)"  # weights of 622 MB, in 148 parts
STATES = "gkn.trajectory(gkn.MLP(1, 5, 2, nets=1024), torch.rand(1024, 30, 1), steps=2000)"  # 246 MB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no way to ask for the peak of memory")
@pytest.mark.parametrize(("work", "megabytes"), [(SAMPLES, 6 * 157), (NETWORKS, 2.2 * 622), (STATES, 1.2 * 246)])
def test_memory_is_bounded(work, megabytes):
    """Of samples: starts, an output, what is fed, the next before and after its sigmoid, and the bits of the jitter."""
    ran = subprocess.run([sys.executable, "-c", PEAK.format(work)], capture_output=True, text=True, check=True)
    assert float(ran.stdout) < megabytes
