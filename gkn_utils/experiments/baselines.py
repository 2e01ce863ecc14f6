"""Other samplers of pictures in [-1, 1], to compare kaleidoscopes with."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gkn_utils._checks import as_generator, check_batch_size, check_count, check_points, check_range
from gkn_utils.network import MLP
from gkn_utils.training.fit import one_cycle
from gkn_utils.training.minimise import minimise


class VAE(nn.Module):
    """A variational autoencoder (Kingma and Welling 2014, arXiv 1312.6114): one hidden ReLU layer each way.

    Args:
        dim: pixels of a picture.
        width: units of a hidden layer.
        code: numbers in a code, normal with mean 0 and variance 1 before a picture is seen.
        generator: a CPU generator for the weights, which start as U(-1/sqrt(fan_in), 1/sqrt(fan_in)); None for seed 0.
    """

    def __init__(self, dim: int, width: int, code: int, *, generator: torch.Generator | None = None):
        super().__init__()
        generator = as_generator(generator, torch.device("cpu"))
        linear = nn.utils.skip_init
        self.encoder = nn.Sequential(linear(nn.Linear, dim, width), nn.ReLU(), linear(nn.Linear, width, 2 * code))
        self.decoder = nn.Sequential(linear(nn.Linear, code, width), nn.ReLU(), linear(nn.Linear, width, dim))
        for layer in [self.encoder[0], self.encoder[2], self.decoder[0], self.decoder[2]]:
            for parameter in layer.parameters():
                nn.init.uniform_(parameter, *(s / math.sqrt(layer.in_features) for s in (-1, 1)), generator=generator)
        self.code = code

    def loss(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The negative evidence bound of pictures (n, dim) in [-1, 1], in nats a picture; pixels are Bernoulli."""
        mean, log_variance = self.encoder(x).chunk(2, dim=-1)
        drawn = torch.randn(mean.shape, generator=generator, device=x.device)
        logits = self.decoder(mean + (log_variance / 2).exp() * drawn)
        pixels = F.binary_cross_entropy_with_logits(logits, (1 + x) / 2, reduction="sum")
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum() / 2
        return (pixels + divergence) / len(x)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Mean pictures of `count` codes drawn from the normal distribution: (count, dim) in [-1, 1]."""
        check_count("count", count)
        device = self.decoder[0].weight.device
        return self.decoder(torch.randn(count, self.code, generator=generator, device=device)).sigmoid() * 2 - 1


def fit_vae(
    vae: VAE, x: Tensor, *, steps: int, batch_size: int, lr: float = 1e-3, generator: torch.Generator
) -> Tensor:
    """Raise the evidence bound on `x` (n, dim) by Adam, one-cycle; return the loss of each step, (steps,).

    Raises `ValueError` for no steps, values outside [-1, 1], or a batch of no points or of more than there are.
    """
    check_range("x", x, -1, 1)
    check_batch_size(batch_size, x)

    def of_batch() -> Tensor:
        return vae.loss(x[torch.randint(len(x), (batch_size,), generator=generator, device=x.device)], generator)

    return minimise(vae, of_batch, steps=steps, lr=lr, schedule=one_cycle)


# Bengio, Yao, Alain and Vincent 2013 (arXiv 1305.6663), algorithm 1
def fit_walkback(
    net: MLP, x: Tensor, *, steps: int, batch_size: int, corruption: float, lr: float = 1e-3, generator: torch.Generator
) -> Tensor:
    """Train `net` as a denoising autoencoder with walkback; return the loss of each step, (steps,).

    Chains start at points of `x` (n, d) in [-1, 1]; each step corrupts where a chain is, learns to return the point
    where it started, and moves the chain to black and white pixels drawn from what the network returned. After each
    step half of the chains start anew. `net` is a single one with a tanh. Raises `ValueError` for another, no steps,
    points it cannot take, values outside [-1, 1], or a batch of no points or of more than there are.
    """
    check_points("x", x, net)
    check_range("x", x, -1, 1)
    check_batch_size(batch_size, x)
    if net.range != (-1, 1):
        raise ValueError(f"net: got a network with the range {net.range}, needed (-1, 1), a tanh")
    origin = state = x[:batch_size]

    def of_step() -> Tensor:
        nonlocal origin, state
        fresh = x[torch.randint(len(x), (batch_size,), generator=generator, device=x.device)]
        anew = torch.rand(batch_size, 1, generator=generator, device=x.device) < 0.5
        origin, state = (torch.where(anew, fresh, v) for v in (origin, state))
        y = net(corrupted(state, corruption, generator))
        state = _drawn(y.detach(), generator)
        return (y - origin).square().mean()

    return minimise(net, of_step, steps=steps, lr=lr, schedule=one_cycle)


def walkback(net: MLP, z: Tensor, *, steps: int, corruption: float, generator: torch.Generator) -> Iterator[Tensor]:
    """Iterate over steps + 1 states: `z` (n, d), then what the network returns at each step of its Markov chain.

    A step corrupts the state, applies the network, and draws the next state, black and white, from what it returned.
    Raises `ValueError` for points the network cannot take, or no steps.
    """
    check_points("z", z, net)
    check_count("steps", steps)
    return _walk(net, z, steps, corruption, generator)


def corrupted(x: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """`x` with a `share` of its pixels white or black instead, at random."""
    u = torch.rand(x.shape, generator=generator, device=x.device)
    return torch.where(u < share / 2, -1.0, torch.where(u < share, 1.0, x))


@torch.no_grad()
def _walk(net: MLP, z: Tensor, steps: int, corruption: float, generator: torch.Generator) -> Iterator[Tensor]:
    yield z
    state = z
    for _ in range(steps):
        y = net(corrupted(state, corruption, generator))
        yield y
        state = _drawn(y, generator)


def _drawn(y: Tensor, generator: torch.Generator) -> Tensor:
    """-1 or 1 for each pixel, with mean `y`."""
    return torch.where(torch.rand(y.shape, generator=generator, device=y.device) < (1 + y) / 2, 1.0, -1.0)
