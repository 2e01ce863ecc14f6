import statistics
import time

import pytest


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@pytest.fixture
def compare(benchmark):
    """Time `ours`, and before each round `other`, in the same process; leave a row for figures/benchmarks.json.

    Each does its number of `units`. The ratio is the time of a unit by the other over that by ours: how many times
    faster ours is, or, where the other is a bare limit, the share of the limit that ours reaches.
    """

    def run(work, ours, other, *, units, against, unit, rounds=5, **facts):
        others = []
        benchmark.pedantic(ours, setup=lambda: others.append(seconds(other)), rounds=rounds, warmup_rounds=1)
        mine = [t / units[0] for t in benchmark.stats.stats.data]
        theirs = [t / units[1] for t in others[1:]]
        ratios = sorted(b / a for a, b in zip(mine, theirs, strict=True))
        labels = {"work": work, "against": against, "unit": unit}
        times = {"ours": statistics.median(mine), "other": statistics.median(theirs)}
        compared = {"ratio": statistics.median(ratios), "ratios": [ratios[0], ratios[-1]]}
        benchmark.extra_info.update(labels | times | compared | facts)

    return run
