"""Coordinates in which pictures, however large, are few numbers, and nothing of them is lost."""

import math

import torch
from torch import Tensor, nn

from gkn_utils.network import MLP


class Span:
    """The smallest flat space through all of the points `x` (n, d): `rank` coordinates, at most n - 1 and at most d.

    Points of the space come back as they were, others as the nearest in it. The root mean square over coordinates is
    that over the d of the points, so losses, distances and tolerances agree. It is a principal component analysis that
    leaves no component out.

    Raises `ValueError` for anything but a finite (n, d) of floats with at least two different points.
    """

    def __init__(self, x: Tensor):
        if x.dim() != 2 or x.numel() == 0 or not x.is_floating_point() or not x.isfinite().all():
            raise ValueError(f"x: got {x.dtype} of shape {tuple(x.shape)}, needed finite floats of shape (n, d)")
        self.mean = x.mean(0)
        _, sizes, directions = torch.linalg.svd(x - self.mean, full_matrices=False)
        self.rank = int((sizes > x.abs().max() * max(x.shape) * torch.finfo(x.dtype).eps).sum())
        if self.rank == 0:
            raise ValueError(f"x: got {len(x)} points, all the same, needed at least two that differ")
        self.basis = directions[: self.rank] * (self.rank / x.shape[1]) ** 0.5

    def coordinates(self, x: Tensor) -> Tensor:
        """Points (..., d) as coordinates (..., rank)."""
        return (x - self.mean) @ self.basis.T

    def points(self, y: Tensor) -> Tensor:
        """Coordinates (..., rank) as points (..., d)."""
        return self.mean + y @ self.basis * (self.basis.shape[1] / self.rank)


class Lifted(nn.Module):
    """A network of coordinates, `net` of dimension rank, as one of points, (m, d) to (m, d), that `kaleidoscope` takes.

    Its first and last layers are linear and given, its output is unbounded, its eigenvalues are those of `net`, and 0.
    """

    nets, range = None, (-math.inf, math.inf)

    def __init__(self, net: MLP, span: Span):
        super().__init__()
        if net.nets is not None or net.dim != span.rank:
            raise ValueError(f"net: got dim={net.dim}, nets={net.nets}, needed a single network of dim={span.rank}")
        self.net, self.span, self.dim = net, span, span.basis.shape[1]
        self.device, self.dtype = net.device, net.dtype

    def forward(self, x: Tensor) -> Tensor:
        return self.span.points(self.net(self.span.coordinates(x)))
