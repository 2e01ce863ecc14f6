"""Flow matching and diffusion, to compare kaleidoscopes with."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from gkn_utils._checks import as_generator, check_batch_size, check_count, check_range
from gkn_utils.training.batches import batches
from gkn_utils.training.fit import one_cycle
from gkn_utils.training.minimise import minimise


class CleanFlow:
    """A network that returns the digit from t x + (1 - t) n, n ~ N(0, 1): `BlendedNoise`, but told t.

    The logit of t is from N(mean, sd^2); square errors count 1 / (1 - t) times, at most 20. It is sampled along the
    flow from noise to data, as by `noise_schedule`.
    """

    share = 0.35  # of the data in what is fed, about the mean of t

    def __init__(self, mean: float = -0.5, sd: float = 0.85):
        self.mean, self.sd = mean, sd

    def expected(self, x: Tensor) -> Tensor:
        """What a network that knows nothing returns at best, for data of mean `x`, (dim,)."""
        return x.clamp(-0.98, 0.98).atanh()

    def loss(self, net: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
        """The mean loss of points `x` (n, dim), each under noise of an amount that is drawn."""
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

    The logit of t is from N(mean, sd^2). It is sampled by Euler's method. With points `like` (n, dim), the network
    learns only what is left of the velocity by the best guess, pixel by pixel, that is linear in its input and knows
    t and the mean and variance of `like` (after Karras et al. 2022, arXiv 2206.00364).
    """

    share = 0.5  # of the data in what is fed, the mean of t at the default mean and sd

    def __init__(self, mean: float = 0.0, sd: float = 1.0, *, like: Tensor | None = None):
        self.mean, self.sd, self.moments = mean, sd, mean_and_variance(like)

    def velocity(self, net: nn.Module, z: Tensor, t: Tensor) -> Tensor:
        """What is taken for the velocity at `z` (n, dim), at times `t` (n, 1)."""
        if self.moments is None:
            return net(z, t)
        mean, variance = self.moments
        slope = (t * variance - (1 - t)) / (t.square() * variance + (1 - t).square())
        return net(z, t) + mean + slope * (z - t * mean)

    def expected(self, x: Tensor) -> Tensor:
        """What a network that knows nothing returns at best, for data of mean `x`, (dim,)."""
        return x if self.moments is None else torch.zeros_like(x)

    def loss(self, net: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
        """The mean loss of points `x` (n, dim), each under noise of an amount that is drawn."""
        n, t = torch.empty_like(x).normal_(generator=generator), logistic_times(x, self.mean, self.sd, generator)
        return (self.velocity(net, torch.lerp(n, x, t), t) - (x - n)).square().mean()

    @torch.no_grad()
    def sample(self, net: nn.Module, z: Tensor, *, steps: int) -> Tensor:
        """Where normal noise `z` (n, dim) ends after `steps` passes, cut to [-1, 1]."""
        for i in range(steps):
            z = z + self.velocity(net, z, z.new_full((len(z), 1), i / steps)) / steps
        return z.clamp(-1, 1)


# Ho, Jain and Abbeel 2020, arXiv 2006.11239; sampled as in Song, Meng and Ermon 2021, arXiv 2010.02502
class Diffusion:
    """Denoising diffusion: the network returns the noise, which grows in 1,000 steps of sizes from 1e-4 to .02.

    It is sampled without new noise (DDIM), at evenly spaced ones of these steps, what it takes for the data cut to
    [-1, 1], as in the original. `like` is that of `VelocityFlow`, for the noise.
    """

    share = 0.4  # of the data in what is fed, in the mean

    def __init__(self, *, like: Tensor | None = None):
        self.moments = mean_and_variance(like)
        self.kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0).float()

    def expected(self, x: Tensor) -> Tensor:
        """What a network that knows nothing returns at best, for data of mean `x`, (dim,)."""
        return torch.zeros_like(x)

    def loss(self, net: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
        """The mean loss of points `x` (n, dim), each under noise of an amount that is drawn."""
        i = torch.randint(1000, (len(x), 1), generator=generator, device=x.device)
        kept, n = self.kept.to(x.device)[i], torch.empty_like(x).normal_(generator=generator)
        return (self.noise(net, kept.sqrt() * x + (1 - kept).sqrt() * n, i) - n).square().mean()

    def noise(self, net: nn.Module, z: Tensor, i: Tensor) -> Tensor:
        """What is taken for the noise in `z` (n, dim), at steps `i` (n, 1)."""
        noise, kept = net(z, i / 999), self.kept.to(z.device)[i]
        if self.moments is None:
            return noise
        mean, variance = self.moments
        return noise + (1 - kept).sqrt() / (kept * variance + 1 - kept) * (z - kept.sqrt() * mean)

    @torch.no_grad()
    def sample(self, net: nn.Module, z: Tensor, *, steps: int) -> Tensor:
        """Where normal noise `z` (n, dim) ends after `steps` passes, in [-1, 1]."""
        places = torch.linspace(999, 0, steps).round().long().tolist()
        kept = [self.kept[i].item() for i in places] + [1.0]
        for i, (now, after) in zip(places, pairwise(kept), strict=True):
            n = self.noise(net, z, torch.full((len(z), 1), i, device=z.device))
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
    orders = batches(len(x), batch_size, generator)
    with torch.no_grad():
        net.first.bias -= flow.share * net.first.weight[:, : len(mean)] @ mean
        net.last.bias += flow.expected(mean)

    def of_batch() -> Tensor:
        return flow.loss(net, x[next(orders)], generator)

    return minimise(net, of_batch, steps=steps, lr=lr, schedule=one_cycle)


def mean_and_variance(like: Tensor | None) -> tuple[Tensor, Tensor] | None:
    """The mean and variance of each coordinate of points `like` (n, dim), (dim,) each; None for None."""
    return None if like is None else (like.mean(0), like.var(0))


def logistic_times(x: Tensor, mean: float, sd: float, generator: torch.Generator) -> Tensor:
    """A time in (0, 1) for each of points (n, d), whose logit is from N(mean, sd^2): (n, 1)."""
    return torch.empty_like(x[:, :1]).normal_(mean, sd, generator=generator).sigmoid_()
