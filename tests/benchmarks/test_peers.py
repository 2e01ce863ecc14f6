"""Training many small networks, on one thread: torch.func, JAX, and one network after another."""

import os
import subprocess
import sys

import pytest
import torch
from recipes import func_fit, jax_fit, operations, plain_copy, plain_fit, some_steps

from gkn_utils import MLP, fit

SHAPES = [(nets, 5, 6, 2) for nets in (1, 8, 32, 64, 128, 256, 512, 1024, 4096)] + [(256, 10, 10, 4), (256, 50, 7, 4)]
FIRST_USE = """
import time
from gkn_utils import MLP, fit, points
start = time.perf_counter()
fit(MLP(1, 5, 6, nets=8), points([0.2, 0.8]), steps=1)
print(time.perf_counter() - start)
"""


@pytest.fixture
def one_thread():
    """One processor for all, before JAX makes its threads."""
    threads, processors = torch.get_num_threads(), os.sched_getaffinity(0)
    torch.set_num_threads(1)
    os.sched_setaffinity(0, {min(processors)})
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    yield
    os.sched_setaffinity(0, processors)
    torch.set_num_threads(threads)


@pytest.mark.parametrize("peer", ["torch.func", "JAX", "plain loop"])
@pytest.mark.parametrize(("nets", "width", "depth", "count"), SHAPES)
def test_many_small_networks(compare, one_thread, peer, nets, width, depth, count):
    net, x = MLP(1, width, depth, nets=nets), torch.linspace(0.2, 0.8, count).unsqueeze(-1)
    steps, facts = some_steps(net, count), {"shape": [nets, width, depth, count]}
    if width == 5:
        facts |= {"panel": "networks", "size": nets}
    if peer == "JAX":
        pytest.importorskip("jax", reason="JAX is not installed: pip install -e .[bench]")
        other, facts["compiling"] = jax_fit(net, x, steps=steps)
    elif peer == "torch.func":
        other = lambda: func_fit(net, x, steps=50)  # noqa: E731
    else:
        other = lambda: plain_fit(plain_copy(net[0]), x, steps=200)  # noqa: E731
    expected = other().reshape(-1, 1 if peer == "plain loop" else nets)
    losses = fit(MLP(1, width, depth, nets=nets), x, steps=20)
    torch.testing.assert_close(losses[:, : expected.shape[1]], expected[:20], rtol=1e-3, atol=1e-5)
    work = f"one thread: {nets:,} networks, H={width}, {depth} hidden layers, {count} points"
    compare(
        work,
        lambda: fit(net, x, steps=steps),
        other,
        units=(nets * steps, expected.numel()),
        against=peer,
        unit="network and step",
        operations=operations(net, count),
        **facts,
    )


def test_first_use(benchmark, tmp_path):
    """Seconds of the first step on a machine, and of the first in a process after that."""

    def run():
        environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
        return float(
            subprocess.run([sys.executable, "-c", FIRST_USE], env=environment, check=True, capture_output=True).stdout
        )

    seconds = [benchmark.pedantic(run), run()]
    benchmark.extra_info.update(work="compiling for small networks", compiling=seconds)
