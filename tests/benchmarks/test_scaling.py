"""How time grows with the width and depth of networks, and the number of samples."""

import pytest
import torch
from recipes import Products, operations, plain_fit, plain_network, some_steps
from torch import nn

from gkn_utils import MLP, fit, kaleidoscope, last

X = torch.tensor([[0.2], [0.4], [0.6], [0.8]])


def training(compare, panel, size, *, width=5, depth=6, nets=256):
    net, plain = MLP(1, width, depth, nets=nets), plain_network(1, width, depth, nn.Sigmoid())
    steps = some_steps(net, len(X))
    ours, other = lambda: fit(net, X, steps=steps), lambda: plain_fit(plain, X, steps=50)
    labels = {"against": "plain loop", "unit": "network and step", "panel": panel, "size": size}
    limit = operations(net, len(X))
    compare(f"{panel}: {size}", ours, other, units=(nets * steps, 50), operations=limit, rounds=3, **labels)


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
    limit = operations(net, samples, training=False)
    compare(f"samples: {samples}", ours, other, units=(10, 10), operations=limit, rounds=3, **labels)
