"""Training against the paper's recipe, one network at a time, and against the matrix products alone."""

import pytest
import torch
from recipes import Products, operations, plain_fit, plain_network
from torch import nn

from gkn_utils import MLP, fit, points

LOOP = {"against": "plain loop", "unit": "network and step"}
LIMIT = {"against": "matrix products", "unit": "step"}


@pytest.mark.parametrize(
    ("x", "width", "depth", "nets", "steps"),
    [
        (points([0.2, 0.8]), 5, 6, 256, 500),
        (points([0.2, 0.8]), 5, 6, 1024, 500),
        (points([0.2, 0.4, 0.6, 0.8]), 10, 10, 256, 300),
        (points([(0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)]), 50, 7, 1024, 50),
    ],
    ids=["two points, 256 networks", "two points, 1,024", "four points, L=10", "four points in the plane"],
)
def test_many_small_networks(compare, x, width, depth, nets, steps):
    net, plain = MLP(x.shape[1], width, depth, nets=nets), plain_network(x.shape[1], width, depth, nn.Sigmoid())
    compare(
        f"training: {nets:,} networks, H={width}, {depth} hidden layers, {len(x)} points",
        lambda: fit(net, x, steps=steps),
        lambda: plain_fit(plain, x, steps=200),
        units=(nets * steps, 200),
        operations=operations(net, len(x)),
        **LOOP,
    )


def test_grid_of_figure_6(compare):
    """All dimensions and sizes, 8 networks a cell."""
    cells = [torch.rand(2**i, dim) for dim in (1, 2, 4, 8, 16) for i in range(12)]
    nets, batches = [MLP(x.shape[1], 50, 2, nets=8) for x in cells], [min(len(x), 256) for x in cells]

    def ours():
        for net, x, batch in zip(nets, cells, batches, strict=True):
            fit(net, x, steps=100, batch_size=batch)

    def plain():
        for x, batch in zip(cells, batches, strict=True):
            plain_fit(plain_network(x.shape[1], 50, 2, nn.Sigmoid()), x, steps=30, batch_size=batch)

    units = (len(cells) * 8 * 100, len(cells) * 30)
    mean = sum(map(operations, nets, batches)) / len(cells)
    name = "training: the grid of Figure 6, 8 networks a cell"
    compare(name, ours, plain, units=units, operations=mean, rounds=3, **LOOP)


@pytest.mark.parametrize("against", ["loop", "limit", "Adam"])
def test_digits(compare, against):
    x, steps = torch.rand(5000, 784), 40
    net, plain = MLP(784, 500, 10), plain_network(784, 500, 10, nn.Sigmoid())
    products = Products(784, 500, 10, 128)

    def limit():
        for _ in range(steps):
            products.forward()
            products.backward()

    parameters = nn.Parameter(torch.rand(sum(p.numel() for p in net.parameters())))
    parameters.grad = torch.rand_like(parameters)
    adam = torch.optim.Adam([parameters], fused=True)
    others = {
        "loop": (lambda: plain_fit(plain, x, steps=steps, batch_size=128), LOOP),
        "limit": (limit, LIMIT),
        "Adam": (lambda: [adam.step() for _ in range(steps)], {"against": "Adam alone", "unit": "step"}),
    }
    other, labels = others[against]
    name = "training: digits, H=500, L=10, batches of 128"
    ours = lambda: fit(net, x, steps=steps, batch_size=128)  # noqa: E731
    compare(name, ours, other, units=(steps, steps), operations=operations(net, 128), **labels)
