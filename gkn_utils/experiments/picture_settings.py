"""Settings for a kaleidoscope of anybody's pictures, from how many they are and how large."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import psutil

from gkn_utils._checks import check_count


@dataclass(frozen=True)
class Plan:
    """What `plan` decides on."""

    count: int  # pictures to learn
    side: int  # of a picture, in pixels
    width: int  # H of the network
    memory: int  # bytes that all of it takes at most, about


def plan(sizes: Sequence[tuple[int, int]], *, count: int | None = None, side: int | None = None) -> Plan:
    """Settings for pictures of `sizes` (width, height): so many that training takes a minute or two on two cores.

    At most 256 pictures unless `count` says how many; of the median of their shorter sides, from 16 to 96 pixels,
    unless `side` does. The width, 2.5 units a picture, stored nearly all of the 200 photographs it was tried on; as
    `PrincipalComponents` the size of pictures costs no training. Warns where they take more memory than is free.
    Raises `ValueError` for no pictures, a count or side that is not positive, or more than there are.
    """
    check_count("pictures", len(sizes))
    count = min(len(sizes), 256) if count is None else count
    side = min(max(int(median(map(min, sizes))), 16), 96) if side is None else side
    check_count("count", count)
    check_count("side", side)
    if count > len(sizes):
        raise ValueError(f"count: got {count:,}, needed at most the {len(sizes):,} pictures there are")
    width = max(128, 64 * -(-5 * count // 128))
    memory = _memory(count, 3 * side**2, width)
    free = psutil.virtual_memory().available
    if memory > free:
        warnings.warn(
            f"{count:,} pictures of {side} x {side} take about {memory / 2**30:.1f} GB of memory, "
            f"{free / 2**30:.1f} are free: ask for a smaller side or count",
            stacklevel=2,
        )
    return Plan(count, side, width, memory)


def _memory(count: int, dim: int, width: int) -> int:
    """Bytes: what is loaded without any data, copies of the pictures while they are turned, weights and Adam's."""
    rank = min(count, dim)
    numbers = 7 * count * dim + 2 * rank * dim + 8 * (2 * rank * width + 3 * width**2)
    return 2**29 + 4 * numbers
