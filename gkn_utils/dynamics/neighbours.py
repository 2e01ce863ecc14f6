"""Which points lie nearest: one search, a part of the samples at a time."""

import torch
from torch import Tensor

from gkn_utils._checks import check_data

CHUNK = 1024  # samples


def nearest_neighbours(samples: Tensor, x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Distances to, and indices of, the `k` points of `x` nearest to each of `samples` (..., d): (..., k) each.

    `x` is (n, d), or (k, n, d) where `samples` are (k, m, d): each network's own points. The nearest comes first.
    Raises `ValueError` for fewer than k points, and for samples of another size or type than these.
    """
    check_data("x", x)
    if samples.shape[-1:] != x.shape[-1:] or samples.dtype != x.dtype:
        got = f"{samples.dtype} of shape {tuple(samples.shape)}"
        raise ValueError(f"samples: got {got}, needed {x.dtype} (..., {x.shape[-1]}), as the points have them")
    if x.shape[-2] < k:
        raise ValueError(f"x: got {x.shape[-2]} points, needed at least the {k} to be found")
    if x.dim() == 3:
        found = [nearest_neighbours(of_one, points, k) for of_one, points in zip(samples, x, strict=True)]
        return torch.stack([d for d, _ in found]), torch.stack([i for _, i in found])
    parts = samples.reshape(-1, samples.shape[-1]).split(CHUNK)
    indices = torch.cat([torch.cdist(part, x).topk(k, largest=False).indices for part in parts])
    distances = [(part.unsqueeze(1) - x[i]).norm(dim=-1) for part, i in zip(parts, indices.split(CHUNK), strict=True)]
    shape = (*samples.shape[:-1], k)
    return torch.cat(distances).reshape(shape), indices.reshape(shape)


def nearest(samples: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """Distance to, and index of, the nearest point, as `nearest_neighbours` finds it: (..., m) each."""
    distance, index = nearest_neighbours(samples, x, 1)
    return distance.squeeze(-1), index.squeeze(-1)
