"""What is compared does the same work."""

import pytest
import torch
from recipes import plain_fit, plain_network, plain_sampling
from torch import nn

from gkn_utils import MLP, fit, kaleidoscope, last, points


@pytest.fixture
def pair(generator):
    net, plain = MLP(2, 5, 3, output=nn.Tanh(), generator=generator), plain_network(2, 5, 3, nn.Tanh())
    with torch.no_grad():
        for layer, weight, bias in zip(plain[::2], net.weights, net.biases, strict=True):
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias[0])
    return net, plain


def test_the_plain_loop_learns_what_fit_learns(pair):
    net, plain = pair
    x = points([(0.2, 0.8), (-0.3, 0.5)])
    torch.testing.assert_close(fit(net, x, steps=100), plain_fit(plain, x, steps=100), rtol=1e-4, atol=1e-6)


def test_the_plain_loop_samples_what_kaleidoscope_samples(pair, generator):
    net, plain = pair
    z = torch.rand(4, 2, generator=generator)
    torch.testing.assert_close(last(kaleidoscope(net, z, steps=5)), plain_sampling(plain, z, steps=5, jitter=0.0))
