"""A memory that needs no training, to compare kaleidoscopes with."""

from torch import Tensor

from gkn_utils.network import PointMap


class Hopfield(PointMap):
    """The modern Hopfield network of points `x` (n, d): (m, d) to (m, d), sampled by `kaleidoscope` like an MLP.

    It returns the mean of its points, weighted by exp(-beta |z - x|^2 / 2): for points of equal length, the update of
    Ramsauer et al. (2021, arXiv 2008.02217). The larger beta, the more of the points are attractors.
    """

    def __init__(self, x: Tensor, beta: float):
        super().__init__()
        if x.dim() != 2 or not 0 < beta < float("inf"):
            raise ValueError(f"got x of shape {tuple(x.shape)}, beta={beta!r}, needed (n, d) and a number above 0")
        self.register_buffer("x", x)
        self.beta, self.dim = beta, x.shape[1]
        self.range = (x.min().item(), x.max().item())

    def forward(self, z: Tensor) -> Tensor:
        closeness = self.beta * (z @ self.x.T - self.x.square().sum(-1) / 2)
        return closeness.softmax(-1) @ self.x
