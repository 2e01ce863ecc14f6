"""Sets of known dimension, and dimensions measured: of a set by boxes, of a boundary by the uncertainty exponent."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from skimage.measure import block_reduce
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


def box_dimension(picture) -> float:
    """The dimension of a set drawn as true pixels of a square `picture` (m, m), by counting the boxes that it meets.

    The least-squares slope of log count on log(1 / side), for sides 2, 4, ... up to m / 8. Raises `ValueError` for
    an empty picture and for one that is not square or smaller than 32.
    """
    picture = np.asarray(picture, dtype=bool)
    m = picture.shape[0]
    if picture.shape != (m, m) or m < 32 or not picture.any():
        needed = "a square of at least 32 pixels, not all false"
        raise ValueError(f"picture: got shape {picture.shape}, {picture.sum()} true, needed {needed}")
    sides = [2**i for i in range(1, int(math.log2(m / 8)) + 1)]
    counts = [block_reduce(picture, (side, side), np.max).sum() for side in sides]
    return float(-np.polyfit(np.log(sides), np.log(counts), 1)[0])


# Grebogi, McDonald, Ott, Yorke 1983; McDonald et al. 1985
def uncertain_share(
    ends_at: Callable[[Tensor], Tensor], starts: Tensor, distances: Sequence[float], *, generator: torch.Generator
) -> list[float]:
    """For each of `distances`, the share of `starts` (n, d) that end elsewhere if moved so far in a random direction.

    `ends_at` tells where starts (m, d) end, as integers (m,). If the share falls like distance^a, the boundary between
    basins has the dimension d - a.
    """
    drawn = torch.randn(starts.shape, generator=generator, dtype=starts.dtype, device=starts.device)
    direction = torch.nn.functional.normalize(drawn, dim=-1)
    moved = [starts + distance * direction for distance in (0, *distances)]
    end, *ends = ends_at(torch.cat(moved)).split(len(starts))
    return [(elsewhere != end).float().mean().item() for elsewhere in ends]


def boundary_dimension(shares, distances: Sequence[float], dim: int) -> Estimate:
    """d - a from the shares of `uncertain_share` for k networks, (k, m): a is the exponent of their mean.

    The interval is over networks. Raises `ValueError` where no network has an uncertain start at some distance.
    """
    a = exponent(distances, shares)
    return Estimate(dim - a.value, dim - a.high, dim - a.low, a.n)
