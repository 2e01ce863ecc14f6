"""Networks that are no MLP, as maps of points: pictures in [-1, 1], flattened, in and out."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from gkn_utils._checks import as_generator, check_batch_size, check_count, check_points, check_range
from gkn_utils.network import PointMap
from gkn_utils.training.minimise import minimise


class PictureNetwork(PointMap):
    """`layers`, a module from pictures (n, *shape) to pictures, under a tanh: (n, d) to (n, d) in [-1, 1].

    `layers` is made by a function without arguments, with PyTorch's own first weights, drawn from `seed`; the global
    generator is left as it was.
    """

    range = (-1.0, 1.0)

    def __init__(self, shape: Sequence[int], layers: Callable[[], nn.Module], *, seed: int = 0):
        super().__init__()
        self.shape, self.dim = tuple(shape), math.prod(shape)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.layers = layers()

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x.reshape(-1, *self.shape)).flatten(1).tanh()


def convolutional(shape: Sequence[int], channels: int, code: int) -> nn.Module:
    """An autoencoder: two convolutions of stride 2, `code` numbers, and the way back. Sides divide by 4."""
    c, h, w = shape
    small = (2 * channels, h // 4, w // 4)
    return nn.Sequential(
        *[nn.Conv2d(c, channels, 4, stride=2, padding=1), nn.ReLU()],
        *[nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1), nn.ReLU()],
        *[nn.Flatten(), nn.Linear(math.prod(small), code), nn.ReLU()],
        *[nn.Linear(code, math.prod(small)), nn.ReLU(), nn.Unflatten(1, small)],
        *[nn.ConvTranspose2d(2 * channels, channels, 4, stride=2, padding=1), nn.ReLU()],
        nn.ConvTranspose2d(channels, c, 4, stride=2, padding=1),
    )


class UNet(nn.Module):
    """Two convolutions at each of three sizes, with skip connections (Ronneberger et al. 2015).

    Sides and `channels` divide by 4.
    """

    def __init__(self, shape: Sequence[int], channels: int):
        super().__init__()
        a, b, c = channels, 2 * channels, 4 * channels
        self.down = nn.ModuleList([_twice(shape[0], a), _twice(a, b)])
        self.middle = _twice(b, c)
        self.up = nn.ModuleList([_twice(c + b, b), _twice(b + a, a)])
        self.last = nn.Conv2d(a, shape[0], 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for block in self.down:
            kept.append(block(x))
            x = nn.functional.max_pool2d(kept[-1], 2)
        x = self.middle(x)
        for block in self.up:
            x = block(torch.cat([nn.functional.interpolate(x, scale_factor=2), kept.pop()], dim=1))
        return self.last(x)


class Transformer(nn.Module):
    """Patches as tokens with learned places (Dosovitskiy et al. 2021, arXiv 2010.11929), and back to patches."""

    def __init__(self, shape: Sequence[int], patch: int, width: int, depth: int, heads: int):
        super().__init__()
        c, h, w = shape
        self.size = (h // patch, w // patch)
        self.cut = nn.Conv2d(c, width, patch, stride=patch)
        self.places = nn.Parameter(0.02 * torch.randn(math.prod(self.size), width))
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.paste = nn.ConvTranspose2d(width, c, patch, stride=patch)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.cut(x).flatten(2).transpose(1, 2) + self.places
        return self.paste(self.encoder(tokens).transpose(1, 2).unflatten(2, self.size))


def fit_until(
    net: nn.Module,
    x: Tensor,
    *,
    loss: float,
    most: int,
    batch_size: int,
    lr: float = 1e-3,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Minimise Eq. 1 on `x` (n, d) by Adam until the loss of Eq. 1 on all of `x` is at most `loss`; return the losses.

    They are those of the batches, (steps,), at most `most` of them. All of `x` is looked at every 25 steps. Raises
    `ValueError` for points the network cannot take, or outside [-1, 1], counts below 1, and a batch of more points than
    there are.
    """
    check_points("x", x, net)
    check_range("x", x, -1, 1)
    check_count("most", most)
    check_batch_size(batch_size, x)
    generator = as_generator(generator, net.device)

    def of_batch() -> Tensor:
        batch = x[torch.randperm(len(x), generator=generator, device=x.device)[:batch_size]]
        return (net(batch) - batch).square().mean()

    return minimise(net, of_batch, steps=most, lr=lr, done=lambda step: step % 25 == 0 and mean_loss(net, x) <= loss)


@torch.no_grad()
def mean_loss(net: nn.Module, x: Tensor) -> float:
    """Eq. 1 on all of `x` (n, d)."""
    return torch.cat([(net(part) - part).square().mean(1) for part in x.split(1000)]).mean().item()


def _twice(a: int, b: int) -> nn.Module:
    """Two convolutions, each with a normalisation, without which some networks stay black."""
    return nn.Sequential(
        *[nn.Conv2d(a, b, 3, padding=1), nn.GroupNorm(4, b), nn.GELU()],
        *[nn.Conv2d(b, b, 3, padding=1), nn.GroupNorm(4, b), nn.GELU()],
    )
