import pytest
import torch
from torch import nn

from gkn_utils import MLP, descend, last, points


def test_descent_ends_at_the_fixed_point(affine):
    """Of x -> x/2 + 1: the loss (x/2 - 1)^2 is lowest at 2."""
    z = points([-1.0, 0.5, 4.0])
    states = list(descend(affine([[0.5]], [1.0]), z, steps=400, lr=0.1))
    assert len(states) == 401
    assert torch.equal(states[0], z)
    assert torch.allclose((states[1] - z).abs(), torch.full_like(z, 0.1), atol=1e-5)  # Adam's first step
    assert torch.allclose(states[-1], torch.full_like(z, 2.0), atol=1e-2)


def test_descent_leaves_each_sample_and_network_alone():
    net = MLP(2, 5, 3, output=nn.Tanh(), nets=3)
    z = torch.rand(6, 2, generator=torch.Generator().manual_seed(1))
    together = last(descend(net, z, steps=20, lr=0.01))
    for i in range(3):
        alone = last(descend(net[i], z[:2], steps=20, lr=0.01))
        torch.testing.assert_close(together[i, :2], alone, atol=1e-5, rtol=0)
    assert all(p.grad is None for p in net.parameters())
    with torch.no_grad():  # and whatever is done with gradients outside
        assert torch.equal(last(descend(net, z, steps=20, lr=0.01)), together)
    assert torch.equal(last(descend(net, z.clone().requires_grad_(), steps=20, lr=0.01)), together)


def test_descent_needs_a_rate():
    with pytest.raises(ValueError, match="lr: got 0"):
        descend(MLP(2, 5, 3), torch.rand(4, 2), steps=3, lr=0)
