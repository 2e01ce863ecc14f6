"""Sampling against the matrix products alone, and in half precision, with what that does to recall."""

import copy

import pytest
import torch
from recipes import Products, operations, plain_network, plain_sampling
from torch import nn

from gkn_utils import MLP, fit, fit_in_stages, kaleidoscope, landed, last, load_images, points

STEPS = 30
LOOP = {"against": "plain loop", "unit": "iteration"}
LIMIT = {"against": "matrix products", "unit": "iteration"}


@pytest.mark.parametrize("jitter", [0.0, 0.01], ids=["off", "on"])
def test_digits(compare, jitter):
    net, z = MLP(784, 500, 10, output=nn.Tanh()), 2 * torch.rand(1000, 784) - 1
    products = Products(784, 500, 10, 1000)
    name = f"sampling: 1,000 digits, H=500, L=10, jitter {'on' if jitter else 'off'}"
    ours = lambda: last(kaleidoscope(net, z, steps=STEPS, jitter=jitter))  # noqa: E731
    other = lambda: [products.forward() for _ in range(STEPS)]  # noqa: E731
    compare(name, ours, other, units=(STEPS, STEPS), operations=operations(net, 1000, training=False), **LIMIT)


def test_digits_against_a_plain_loop(compare):
    net, z = MLP(784, 500, 10, output=nn.Tanh()), 2 * torch.rand(1000, 784) - 1
    plain = plain_network(784, 500, 10, nn.Tanh())
    ours = lambda: last(kaleidoscope(net, z, steps=STEPS, jitter=0.01))  # noqa: E731
    other = lambda: plain_sampling(plain, z, steps=STEPS, jitter=0.01)  # noqa: E731
    name = "sampling: 1,000 digits, H=500, L=10, jitter on"
    compare(name, ours, other, units=(STEPS, STEPS), operations=operations(net, 1000, training=False), **LOOP)


def landing(net, z, x, tol):
    """Share of samples that end at a point of x, in full and in half precision."""
    return [
        landed(last(kaleidoscope(n, z.to(n.dtype), steps=100)).float(), x, tol=tol).float().mean().item()
        for n in (net, copy.deepcopy(net).bfloat16())
    ]


def test_half_precision(compare):
    """64 digits, and two points by 256 networks, are learned in full precision and recalled in both."""
    generator = torch.Generator().manual_seed(0)
    x = load_images("mnist-5k", count=64).points(-1, 1)
    net = MLP(784, 300, 10, output=nn.Tanh(), generator=generator)
    fit_in_stages(net, x, steps=[1000, 500], lrs=[1e-3, 3e-4], batch_size=64, generator=generator)
    toy_x, toy = points([0.2, 0.8]), MLP(1, 5, 7, nets=256, generator=generator)
    fit(toy, toy_x, steps=2000)
    z, toy_z = 2 * torch.rand(1000, 784, generator=generator) - 1, torch.rand(256, 200, 1, generator=generator)
    half, half_z = copy.deepcopy(net).bfloat16(), z.bfloat16()
    compare(
        "sampling: 1,000 digits in bfloat16, H=300, L=10",
        lambda: last(kaleidoscope(half, half_z, steps=STEPS)),
        lambda: last(kaleidoscope(net, z, steps=STEPS)),
        units=(STEPS, STEPS),
        against="float32",
        unit="iteration",
        landing={"64 digits": landing(net, z, x, 0.05), "two points": landing(toy, toy_z, toy_x, 0.01)},
    )
