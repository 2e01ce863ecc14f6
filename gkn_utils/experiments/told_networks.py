"""Networks that are told how much noise there is, for `flows`."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

FREQUENCIES = 16  # of the sines and cosines that tell t


class ToldMLP(nn.Module):
    """The paper's perceptron, told t: (n, dim) and t (n, 1) in [0, 1] to (n, dim), with `depth` hidden ReLU layers.

    t is fed as sines and cosines beside the points, and the output is linear. First weights are PyTorch's own, drawn
    from `seed`; the global generator is left as it was. So it is for `ToldResidualMLP`.
    """

    def __init__(self, dim: int, width: int, depth: int, *, seed: int = 0):
        super().__init__()
        sizes = [dim + 2 * FREQUENCIES] + [width] * depth
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            hidden = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
            self.first, self.rest, self.last = hidden[0], nn.Sequential(*hidden[1:]), nn.Linear(width, dim)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return self.last(self.rest(self.first(torch.cat([x, waves(t)], dim=-1))))


class ToldResidualMLP(nn.Module):
    """Residual blocks, each scaled, shifted and gated by t: the head of Li et al. (2024, arXiv 2406.11838), small.

    (n, dim) and t (n, 1) to (n, dim). A block is two linear layers with a SiLU between them, on normalised features;
    t scales and shifts what the last layer is fed, too. Blocks begin at no change, and the output at 0 (Peebles and Xie
    2023, arXiv 2212.09748).
    """

    def __init__(self, dim: int, width: int, blocks: int, *, seed: int = 0):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.first, self.last = nn.Linear(dim, width), nn.Linear(width, dim)
            self.time = nn.Sequential(
                nn.Linear(2 * FREQUENCIES, 64), nn.SiLU(), nn.Linear(64, (3 * blocks + 2) * width)
            )
            self.blocks = nn.ModuleList(
                nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width)) for _ in range(blocks)
            )
        for layer in (self.time[2], self.last):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        h = self.first(x)
        *told, last_shift, last_scale = self.time(waves(t)).unflatten(-1, (3 * len(self.blocks) + 2, -1)).unbind(1)
        for block, shift, scale, gate in zip(self.blocks, told[::3], told[1::3], told[2::3], strict=True):
            h = h + gate * block(self.norm(h) * (1 + scale) + shift)
        return self.last(self.norm(h) * (1 + last_scale) + last_shift)


def waves(t: Tensor) -> Tensor:
    """Sines and cosines of t (n, 1) in [0, 1], of periods from 4 to 4/2^7.5: (n, 32)."""
    angles = math.pi / 2 * t * 2 ** torch.linspace(0, 7.5, FREQUENCIES, device=t.device)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)
