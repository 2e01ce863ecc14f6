"""Sets of known dimension, and the dimension of a boundary, measured by the uncertainty exponent."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from gkn_utils._checks import as_generator, check_count
from gkn_utils.claims.estimates import Estimate, exponent


# Hutchinson 1981, which the paper cites
def self_similar(
    offsets: Sequence, ratio: float, count: int, *, depth: int = 24, generator: torch.Generator | None = None
) -> Tensor:
    """Random points (count, d) of the set that is the union of copies of itself, shrunk by `ratio`, in [0, 1]^d.

    Copy i starts at (1 - ratio) * offsets[i], for `offsets` in [0, 1]^d. Where the copies do not overlap, the dimension
    is log(copies) / log(1 / ratio): see `similarity_dimension`. `depth` is how often it is refined.
    Raises `ValueError` for a count below 1 and a ratio outside (0, 1).
    """
    check_count("count", count)
    if not 0 < ratio < 1:
        raise ValueError(f"ratio: got {ratio!r}, needed a number between 0 and 1")
    corners = torch.as_tensor(offsets, dtype=torch.float)
    generator = as_generator(generator, corners.device)
    choices = torch.randint(len(corners), (depth, count), generator=generator)
    return sum((1 - ratio) * ratio**level * corners[choice] for level, choice in enumerate(choices)).clamp_(0, 1)


def similarity_dimension(copies: int, ratio: float) -> float:
    """log(copies) / log(1 / ratio)."""
    return math.log(copies) / math.log(1 / ratio)


# Grebogi, McDonald, Ott, Yorke 1983; McDonald et al. 1985
def uncertain_share(ends: Tensor, shifts: Sequence[int]) -> list[float]:
    """For each of `shifts`, the share of starts that end elsewhere than the start so many places further on its line.

    `ends` are integers (lines, m): where m evenly spaced starts on each of some straight lines end. If the share falls
    like distance^a, the boundary between basins in d dimensions has the dimension d - a. Raises `ValueError` for a
    shift outside [1, m).
    """
    m = ends.shape[-1]
    if not all(1 <= shift < m for shift in shifts):
        raise ValueError(f"shifts: got {list(shifts)}, needed integers from 1 to {m - 1}")
    return [(ends[..., shift:] != ends[..., :-shift]).double().mean().item() for shift in shifts]


def boundary_dimension(shares, distances: Sequence[float], dim: int) -> Estimate:
    """d - a from the shares of `uncertain_share` for k networks, (k, m): a is the exponent of their mean.

    The interval draws the networks anew. Raises `ValueError` where no network has an uncertain start at some distance.
    """
    a = exponent(distances, shares)
    return Estimate(dim - a.value, dim - a.high, dim - a.low, a.n)
