"""Training many small networks, on one thread, against what an expert would take: torch.func, and JAX."""

import os
import time

import pytest
import torch
from recipes import func_fit, jax_fit

from gkn_utils import MLP, fit

SHAPES = [(nets, 5, 6, 2) for nets in (32, 64, 128, 256, 512, 1024)] + [(256, 10, 10, 4), (256, 50, 7, 4)]


@pytest.fixture(autouse=True)
def one_thread():
    """One processor for all, before JAX makes its threads."""
    threads, processors = torch.get_num_threads(), os.sched_getaffinity(0)
    torch.set_num_threads(1)
    os.sched_setaffinity(0, {min(processors)})
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    yield
    os.sched_setaffinity(0, processors)
    torch.set_num_threads(threads)


def operations(net, count: int) -> int:
    """Of one step of one network: a product and a sum for each weight and point, three times, and Adam's twelve."""
    weights, parameters = (sum(p[0].numel() for p in of) for of in (net.weights, net.parameters()))
    return 6 * weights * count + 12 * parameters


@pytest.fixture(scope="module")
def peak() -> float:
    """Operations a second of a large matrix product."""
    a, rounds = torch.rand(1024, 1024), []
    for _ in range(10):
        start = time.perf_counter()
        torch.mm(a, a)
        rounds.append(time.perf_counter() - start)
    return 2 * 1024**3 / min(rounds)


@pytest.mark.parametrize("peer", ["torch.func", "JAX"])
@pytest.mark.parametrize(("nets", "width", "depth", "count"), SHAPES)
def test_many_small_networks(compare, peak, peer, nets, width, depth, count):
    net, x = MLP(1, width, depth, nets=nets), torch.linspace(0.2, 0.8, count).unsqueeze(-1)
    steps, facts = (5000 if width < 10 else 500 if width < 50 else 50, 50), {}
    if peer == "JAX":
        pytest.importorskip("jax", reason="JAX is not installed: pip install -e .[bench]")
        other, facts["seconds to compile"] = jax_fit(net, x, steps=steps[0])
    else:
        other = lambda: func_fit(net, x, steps=steps[1])  # noqa: E731
    expected, start = other(), time.perf_counter()
    found = fit(MLP(1, width, depth, nets=nets), x, steps=len(expected))
    facts["seconds of the first use"] = time.perf_counter() - start
    torch.testing.assert_close(found[:20], expected[:20], rtol=1e-3, atol=1e-5)
    compare(
        f"one thread: {nets:,} networks, H={width}, {depth} hidden layers, {count} points",
        lambda: fit(net, x, steps=steps[0]),
        other,
        units=(nets * steps[0], nets * len(expected)),
        against=peer,
        unit="network and step",
        limit=operations(net, count) / peak,
        **facts,
    )
