import pytest
import torch
from torch import nn

from gkn_utils import MLP, initialisation


@pytest.mark.parametrize(("draw", "variance"), [(initialisation.he, 2 / 300), (initialisation.lecun, 1 / 300)])
def test_variances_and_zero_biases(draw, variance, generator):
    net = draw(MLP(3, 300, 2), generator)
    assert net.weights[1].var().item() == pytest.approx(variance, rel=0.02)
    assert all((bias == 0).all() for bias in net.biases)


def test_the_generator_decides():
    first, again, other = (
        initialisation.he(MLP(2, 5, 2, nets=3), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first.weights[1], again.weights[1])
    assert not torch.equal(first.weights[1], other.weights[1])


def test_identity_returns_positive_inputs():
    x = torch.rand(4, 2)
    net = initialisation.identity(MLP(2, 5, 3, output=nn.Identity(), nets=2))
    torch.testing.assert_close(net(x), x.expand(2, 4, 2))


def test_identity_needs_room():
    with pytest.raises(ValueError, match="got width=2, needed at least its dimension, 3"):
        initialisation.identity(MLP(3, 2, 1))
