"""How time grows with the number of networks, their width and depth, and the number of samples."""

import pytest
import torch
from recipes import Products, plain_fit, plain_network
from torch import nn

from gkn_utils import MLP, fit, kaleidoscope, last

X = torch.tensor([[0.2], [0.4], [0.6], [0.8]])


def training(compare, panel, size, *, width=5, depth=6, nets=256):
    """Seconds of one step of all networks; of the plain loop, of one step for each in turn."""
    steps = 100 if nets * width**2 < 200_000 else 10
    net, plain = MLP(1, width, depth, nets=nets), plain_network(1, width, depth, nn.Sigmoid())
    ours, other = lambda: fit(net, X, steps=steps), lambda: plain_fit(plain, X, steps=50)
    labels = {"against": "plain loop", "unit": "step of all networks", "panel": panel, "size": size}
    compare(f"{panel}: {size}", ours, other, units=(steps, 50 / nets), rounds=3, **labels)


@pytest.mark.parametrize("nets", [1, 4, 16, 64, 256, 1024, 4096])
def test_networks(compare, nets):
    training(compare, "networks", nets, nets=nets)


@pytest.mark.parametrize("width", [4, 8, 16, 32, 64, 128, 256])
def test_width(compare, width):
    training(compare, "width", width, width=width)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16, 32])
def test_depth(compare, depth):
    training(compare, "depth", depth, depth=depth)


@pytest.mark.parametrize("samples", [10, 32, 100, 320, 1000, 3200, 10_000])
def test_samples(compare, samples):
    net, z, products = MLP(784, 500, 10), torch.rand(samples, 784), Products(784, 500, 10, samples)
    ours = lambda: last(kaleidoscope(net, z, steps=10, jitter=0.01))  # noqa: E731
    labels = {"against": "matrix products", "unit": "iteration", "panel": "samples", "size": samples}
    other = lambda: [products.forward() for _ in range(10)]  # noqa: E731
    compare(f"samples: {samples}", ours, other, units=(10, 10), rounds=3, **labels)
