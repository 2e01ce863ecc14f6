"""Flow matching and diffusion, to compare kaleidoscopes with: networks that are told how much noise there is."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from gkn_utils._checks import as_generator, check_batch_size, check_count, check_range
from gkn_utils.training.fit import one_cycle
from gkn_utils.training.minimise import minimise

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
    what t says begins at no change (Peebles and Xie 2023, arXiv 2212.09748).
    """

    def __init__(self, dim: int, width: int, blocks: int, *, seed: int = 0):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.first, self.last = nn.Linear(dim, width), nn.Linear(width, dim)
            self.time = nn.Sequential(nn.Linear(2 * FREQUENCIES, 64), nn.SiLU(), nn.Linear(64, 3 * width * blocks))
            self.blocks = nn.ModuleList(
                nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width)) for _ in range(blocks)
            )
        nn.init.zeros_(self.time[2].weight)
        nn.init.zeros_(self.time[2].bias)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        h = self.first(x)
        says = self.time(waves(t)).unflatten(-1, (len(self.blocks), 3, -1))
        for block, (shift, scale, gate) in zip(self.blocks, says.movedim(0, 2), strict=True):
            h = h + gate * block(self.norm(h) * (1 + scale) + shift)
        return self.last(self.norm(h))


def waves(t: Tensor) -> Tensor:
    """Sines and cosines of t (n, 1) in [0, 1], of periods from 4 to 4/2^7.5: (n, 32)."""
    angles = math.pi / 2 * t * 2 ** torch.linspace(0, 7.5, FREQUENCIES, device=t.device)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class CleanFlow:
    """A network that returns the digit from t x + (1 - t) n, n ~ N(0, 1): `BlendedNoise`, but told t.

    The logit of t is from N(mean, sd^2); square errors count 1 / (1 - t) times, at most 20. It is sampled along the
    flow from noise to data, as by `noise_schedule`.
    """

    def __init__(self, mean: float = -0.5, sd: float = 0.85):
        self.mean, self.sd = mean, sd

    def expected(self, x: Tensor) -> Tensor:
        """What a network that knows nothing returns at best, for data of mean `x`, (dim,)."""
        return x.clamp(-0.98, 0.98).atanh()

    def loss(self, net: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
        n, t = torch.empty_like(x).normal_(generator=generator), logistic_times(x, self.mean, self.sd, generator)
        errors = net(torch.lerp(n, x, t), t).tanh() - x
        return (errors.square() * (1 / (1 - t)).clamp_max(20)).mean()

    @torch.no_grad()
    def sample(self, net: nn.Module, z: Tensor, *, steps: int) -> Tensor:
        """Where normal noise `z` (n, dim) ends after `steps` passes."""
        for i in range(steps):
            z = z + (net(z, z.new_full((len(z), 1), i / steps)).tanh() - z) / (steps - i)
        return z


# Lipman et al. 2022, arXiv 2210.02747; t as in Esser et al. 2024, arXiv 2403.03206
class VelocityFlow:
    """Flow matching as it is usual: from t x + (1 - t) n the network returns the velocity x - n.

    The logit of t is from N(mean, sd^2). It is sampled by Euler's method.
    """

    def __init__(self, mean: float = 0.0, sd: float = 1.0):
        self.mean, self.sd = mean, sd

    def expected(self, x: Tensor) -> Tensor:
        """What a network that knows nothing returns at best, for data of mean `x`, (dim,)."""
        return x

    def loss(self, net: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
        n, t = torch.empty_like(x).normal_(generator=generator), logistic_times(x, self.mean, self.sd, generator)
        return (net(torch.lerp(n, x, t), t) - (x - n)).square().mean()

    @torch.no_grad()
    def sample(self, net: nn.Module, z: Tensor, *, steps: int) -> Tensor:
        """Where normal noise `z` (n, dim) ends after `steps` passes, cut to [-1, 1]."""
        for i in range(steps):
            z = z + net(z, z.new_full((len(z), 1), i / steps)) / steps
        return z.clamp(-1, 1)


# Ho, Jain and Abbeel 2020, arXiv 2006.11239; sampled as in Song, Meng and Ermon 2021, arXiv 2010.02502
class Diffusion:
    """Denoising diffusion: the network returns the noise, which grows in 1,000 steps of sizes from 1e-4 to .02.

    It is sampled without new noise (DDIM), at evenly spaced ones of these steps, what it takes for the data cut to
    [-1, 1], as in the original.
    """

    def __init__(self):
        self.kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0).float()

    def expected(self, x: Tensor) -> Tensor:
        """What a network that knows nothing returns at best, for data of mean `x`, (dim,)."""
        return torch.zeros_like(x)

    def loss(self, net: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
        i = torch.randint(1000, (len(x), 1), generator=generator, device=x.device)
        kept, n = self.kept.to(x.device)[i], torch.empty_like(x).normal_(generator=generator)
        return (net(kept.sqrt() * x + (1 - kept).sqrt() * n, i / 999) - n).square().mean()

    @torch.no_grad()
    def sample(self, net: nn.Module, z: Tensor, *, steps: int) -> Tensor:
        """Where normal noise `z` (n, dim) ends after `steps` passes, in [-1, 1]."""
        places = torch.linspace(999, 0, steps).round().long().tolist()
        kept = [self.kept[i].item() for i in places] + [1.0]
        for i, (now, after) in zip(places, pairwise(kept), strict=True):
            n = net(z, z.new_full((len(z), 1), i / 999))
            x = ((z - (1 - now) ** 0.5 * n) / now**0.5).clamp(-1, 1)
            z = after**0.5 * x + ((1 - after) / (1 - now)) ** 0.5 * (z - now**0.5 * x)
        return z


def fit_flow(
    flow: CleanFlow | VelocityFlow | Diffusion, net: nn.Module, x: Tensor, *, steps: int, batch_size: int, lr: float,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Lower the loss of `flow` on `x` (n, dim) in [-1, 1] by Adam, one-cycle; return that of each step, (steps,).

    First the biases of `net` are shifted to where data and noise are, as `centred` does. Raises `ValueError` for no
    steps, values outside [-1, 1], or a batch of no points or of more than there are.
    """
    check_count("steps", steps)
    check_range("x", x, -1, 1)
    check_batch_size(batch_size, x)
    generator, mean = as_generator(generator, x.device), x.mean(0)
    with torch.no_grad():
        net.first.bias -= 0.35 * net.first.weight[:, : len(mean)] @ mean
        net.last.bias += flow.expected(mean)

    def of_batch() -> Tensor:
        return flow.loss(net, x[torch.randint(len(x), (batch_size,), generator=generator, device=x.device)], generator)

    return minimise(net, of_batch, steps=steps, lr=lr, schedule=one_cycle)


def logistic_times(x: Tensor, mean: float, sd: float, generator: torch.Generator) -> Tensor:
    """A time in (0, 1) for each of points (n, d), whose logit is from N(mean, sd^2): (n, 1)."""
    return torch.empty_like(x[:, :1]).normal_(mean, sd, generator=generator).sigmoid_()
