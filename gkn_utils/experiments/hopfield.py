"""Memories that need no training, to compare kaleidoscopes with."""

import torch
from torch import Tensor

from gkn_utils.network import PointMap

SIMILARITIES = {  # of z (m, d) and x (n, d): (m, n)
    "euclidean": lambda z, x: z @ x.T - x.square().sum(-1) / 2,  # -|z - x|^2 / 2, but for what all x share
    "dot product": lambda z, x: z @ x.T,
    "manhattan": lambda z, x: -torch.cdist(z, x, p=1),
}


class Hopfield(PointMap):
    """The modern Hopfield network of points `x` (n, d): (m, d) to (m, d), sampled by `kaleidoscope` like an MLP.

    It returns the mean of its points, weighted by exp(beta s(z, x)). The larger beta, the more of the points are
    attractors. With the dot product for s it is the update of Ramsauer et al. (2021, arXiv 2008.02217); with others, of
    `SIMILARITIES`, the universal Hopfield networks of Millidge et al. (2022, arXiv 2202.04557). Raises `ValueError` for
    points of another shape, a beta that is not above 0, another similarity.
    """

    def __init__(self, x: Tensor, beta: float, *, similarity: str = "euclidean"):
        super().__init__()
        if x.dim() != 2 or not 0 < beta < float("inf"):
            raise ValueError(f"got x of shape {tuple(x.shape)}, beta={beta!r}, needed (n, d) and a number above 0")
        if similarity not in SIMILARITIES:
            raise ValueError(f"similarity: got {similarity!r}, needed one of {', '.join(SIMILARITIES)}")
        self.register_buffer("x", x)
        self.beta, self.similarity, self.dim = beta, similarity, x.shape[1]
        self.range = (x.min().item(), x.max().item())

    def forward(self, z: Tensor) -> Tensor:
        return (self.beta * SIMILARITIES[self.similarity](z, self.x)).softmax(-1) @ self.x
