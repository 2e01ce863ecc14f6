"""The same machine gives the same bits; other numbers of threads and other instruction sets the same verdicts.

On the processors of x86 MKL_CBWR reaches what multiplies matrices, ATEN_CPU_CAPABILITY the rest.
"""

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys

import pytest

from gkn_utils.claims.intervals import Estimate
from gkn_utils.claims.registry import Line

MACHINES = [
    {"OMP_NUM_THREADS": "1"},
    {"OMP_NUM_THREADS": "2"},
    {"OMP_NUM_THREADS": "2", "MKL_CBWR": "COMPATIBLE"},
    {"OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "default"},
]
MEASURE = """
import dataclasses, json, sys, torch, gkn_utils as gkn
from gkn_utils.claims.estimates import share
generator = torch.Generator().manual_seed(0)
x = gkn.points([0.2, 0.8])
nets = gkn.MLP(1, 20, 7, nets=256, generator=generator)
gkn.fit(nets, x, steps=1500)
starts = gkn.uniform_starts(nets, 50, generator)
samples = gkn.last(gkn.kaleidoscope(nets, starts, steps=200, jitter=1e-4, generator=generator))
wide = gkn.MLP(100, 300, 4, generator=generator)
gkn.fit(wide, torch.rand(500, 100, generator=generator), steps=20, batch_size=100, generator=generator)
recalls = share(gkn.recalled(samples, x))
weights = b"".join(p.detach().numpy().tobytes() for net in (nets, wide) for p in net.parameters())
print(json.dumps(dataclasses.astuple(recalls)), flush=True)
sys.stdout.buffer.write(weights)
"""


@functools.cache
def measured(machine: int, attempt: int = 0) -> tuple[Estimate, str]:
    """The share of networks that recall both points, and a digest of all weights."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE], env=os.environ | MACHINES[machine], capture_output=True, check=True
    )
    estimate, weights = ran.stdout.split(b"\n", 1)
    return Estimate(*json.loads(estimate)), hashlib.sha256(weights).hexdigest()


@pytest.mark.parametrize("machine", range(2))
def test_the_same_machine_gives_the_same_bits(machine):
    assert measured(machine) == measured(machine, attempt=1)


@pytest.mark.parametrize("machine", range(1, len(MACHINES)))
def test_another_machine_gives_the_same_verdict(machine):
    one, other = measured(0)[0], measured(machine)[0]
    assert Line(">= .9").verdict(one) == Line(">= .9").verdict(other)
    assert max(one.low, other.low) <= min(one.high, other.high)


SMALL = """
import hashlib, torch, gkn_utils as gkn
def seeded(seed):
    return torch.Generator().manual_seed(seed)
net = gkn.MLP(2, 10, 4, output=torch.nn.Tanh(), nets=16, generator=seeded(0))
gkn.fit(net, torch.rand(5, 2, generator=seeded(1)), steps=300, batch_size=4, schedule=gkn.one_cycle)
ends = gkn.last(gkn.kaleidoscope(net, gkn.uniform_starts(net, 70, seeded(2)), steps=20, jitter=0.01))
tensors = [p.detach() for p in net.parameters()] + [ends]
print(hashlib.sha256(b"".join(t.numpy().tobytes() for t in tensors)).hexdigest())
"""
PROCESSORS = [("generic", ""), ("haswell", "+avx2,+fma"), ("nehalem", "")]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the processors are of x86")
def test_small_networks_are_the_same_to_the_last_bit_with_any_instructions(tmp_path):
    pytest.importorskip("numba")
    digests = set()
    for threads, (name, features) in enumerate(PROCESSORS, start=1):
        variables = {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features, "NUMBA_CACHE_DIR": str(tmp_path / name)}
        variables["OMP_NUM_THREADS"] = str(threads)
        ran = subprocess.run([sys.executable, "-c", SMALL], env=os.environ | variables, capture_output=True, check=True)
        digests.add(ran.stdout)
    assert len(digests) == 1
