import statistics
import time

import pytest
import torch


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak() -> float:
    """Operations a second of a large matrix product, in float32 and on as many threads as are set."""
    a = torch.rand(1024, 1024)
    return 2 * 1024**3 / min(seconds(lambda: torch.mm(a, a)) for _ in range(10))


@pytest.fixture
def compare(benchmark):
    """Time `ours`, and before each round `other`, in the same process; leave a row for figures/benchmarks.json.

    Each does its number of `units`. The ratio is the time of a unit by the other over that by ours: how many times
    faster ours is, or, where the other is a bare limit, the share of the limit that ours reaches. `operations` are the
    additions and multiplications of a unit, and `share` how much of a unit's time they would take at the `peak`.
    """

    def run(work, ours, other, *, units, against, unit, operations=None, rounds=5, **facts):
        others = []
        benchmark.pedantic(ours, setup=lambda: others.append(seconds(other)), rounds=rounds, warmup_rounds=1)
        mine = [t / units[0] for t in benchmark.stats.stats.data]
        theirs = [t / units[1] for t in others[1:]]
        ratios = sorted(b / a for a, b in zip(mine, theirs, strict=True))
        labels = {"work": work, "against": against, "unit": unit}
        times = {"ours": statistics.median(mine), "other": statistics.median(theirs)}
        compared = {"ratio": statistics.median(ratios), "ratios": [ratios[0], ratios[-1]]}
        if operations:
            limit = operations / peak()
            compared |= {"limit": limit, "share": limit / times["ours"]}
        benchmark.extra_info.update(labels | times | compared | facts)

    return run
