"""Coordinates in which pictures, however large, are few numbers, and nothing of them is lost."""

import math

import torch
from torch import Tensor, nn

from gkn_utils.network import Network, PointMap


class PrincipalComponents(nn.Module):
    """The smallest flat space through all of the points `x` (n, d): `rank` coordinates, at most n - 1 and at most d.

    Points of the space come back as they were, others as the nearest in it. No component is left out. Coordinates have
    the mean square, over points and coordinates, that the points have about their mean.

    Along a component in which the points have the variance v, its coordinate is divided by the root of v + `ridge`^2.
    With `ridge=inf` all are divided alike: distances, as root mean squares, are those of the points. With 0 the
    coordinates are *white*, and any n points in general position become the corners of a regular simplex, each as far
    from every other. Between the two, what varies less than noise of standard deviation `ridge` is not blown up.

    Raises `ValueError` for anything but a finite (n, d) of floats with at least two different points, and a `ridge`
    below 0.
    """

    def __init__(self, x: Tensor, *, ridge: float = math.inf):
        super().__init__()
        if x.dim() != 2 or x.numel() == 0 or not x.is_floating_point() or not x.isfinite().all():
            raise ValueError(f"x: got {x.dtype} of shape {tuple(x.shape)}, needed finite floats of shape (n, d)")
        if not ridge >= 0:
            raise ValueError(f"ridge: got {ridge!r}, needed a number of at least 0")
        mean = x.mean(0)
        _, sizes, directions = torch.linalg.svd(x - mean, full_matrices=False)
        self.rank = int((sizes > x.abs().max() * max(x.shape) * torch.finfo(x.dtype).eps).sum())
        if self.rank == 0:
            raise ValueError(f"x: got {len(x)} points, all the same, needed at least two that differ")
        variances, directions = sizes[: self.rank].square() / len(x), directions[: self.rank]
        scales = torch.ones_like(variances) if ridge == math.inf else (variances + ridge**2).rsqrt()
        scales = scales * (variances.sum() / (variances * scales.square()).sum() * self.rank / x.shape[1]).sqrt()
        self.register_buffer("mean", mean)
        self.register_buffer("to_coordinates", directions.T * scales)
        self.register_buffer("to_points", directions / scales[:, None])

    def coordinates(self, x: Tensor) -> Tensor:
        """Points (..., d) as coordinates (..., rank)."""
        return (x - self.mean) @ self.to_coordinates

    def points(self, y: Tensor) -> Tensor:
        """Coordinates (..., rank) as points (..., d)."""
        return self.mean + y @ self.to_points


class Lifted(PointMap):
    """A network of coordinates, `net` of dimension rank, as one of points, (m, d) to (m, d), that `kaleidoscope` takes.

    Its first and last layers are linear and given, its output is unbounded, its eigenvalues are those of `net`, and 0.
    """

    range = (-math.inf, math.inf)

    def __init__(self, net: Network, components: PrincipalComponents):
        super().__init__()
        if net.nets is not None or net.dim != components.rank:
            needed = f"needed a single network of dim={components.rank}"
            raise ValueError(f"net: got dim={net.dim}, nets={net.nets}, {needed}")
        self.net, self.components, self.dim = net, components, len(components.mean)

    def forward(self, x: Tensor) -> Tensor:
        return self.components.points(self.net(self.components.coordinates(x)))
