import pytest
import torch
from torch import nn

from gkn_utils import MLP, manifold_loss
from gkn_utils.training import interpolate


@pytest.mark.parametrize("output", [nn.Identity(), nn.Tanh(), nn.Sigmoid()])
def test_points_are_returned_to_rounding(output, generator):
    x = 0.2 + 0.6 * torch.rand(12, 30, generator=generator)
    net = MLP(30, 20, 2, output=output, generator=generator)
    assert manifold_loss(net, x) > 1e-3
    assert interpolate(net, x) is net
    assert manifold_loss(net, x) < 1e-9


def test_the_change_is_the_least_and_there_is_none_where_none_is_needed(generator):
    x = torch.rand(5, 8, generator=generator)
    net = MLP(8, 40, 1, output=nn.Identity(), generator=generator)
    first, before = net.weights[0].clone(), torch.cat([net.weights[1], net.biases[1]]).double()
    hidden = torch.cat([(x @ net.weights[0] + net.biases[0]).relu(), torch.ones(5, 1)], dim=1).double()
    interpolate(net, x)
    after = torch.cat([net.weights[1], net.biases[1]]).double()
    least = torch.linalg.lstsq(hidden, x - hidden @ before, driver="gelsd").solution
    torch.testing.assert_close(after - before, least, atol=1e-5, rtol=1e-4)
    assert torch.equal(net.weights[0], first)
    interpolate(net, x)
    torch.testing.assert_close(torch.cat([net.weights[1], net.biases[1]]).double(), after, atol=1e-5, rtol=0)


def test_more_points_than_the_hidden_layers_tell_apart_are_refused(generator):
    net = MLP(4, 6, 1, output=nn.Identity(), generator=generator)
    before = net.weights[-1].clone()
    with pytest.raises(ValueError, match="needed points that 6 hidden units tell apart"):
        interpolate(net, torch.rand(9, 4, generator=generator))
    assert torch.equal(net.weights[-1], before)


def test_the_same_point_twice_does_no_harm(generator):
    x = torch.rand(4, 9, generator=generator).repeat(2, 1)
    assert manifold_loss(interpolate(MLP(9, 30, 2, generator=generator), x), x) < 1e-9


def test_bad_arguments_stop(generator):
    with pytest.raises(ValueError, match="needed points strictly within"):
        interpolate(MLP(2, 6, 1, generator=generator), torch.tensor([[0.0, 0.5]]))
    with pytest.raises(ValueError, match="nets=2"):
        interpolate(MLP(2, 6, 1, nets=2, generator=generator), torch.rand(1, 2))
