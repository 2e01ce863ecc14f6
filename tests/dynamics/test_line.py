import math

import pytest
import torch

from gkn_utils import MLP, fit, fixed_points, jacobian, points


def sigmoids(*parameters):
    """1-D networks x -> sigmoid(a x + b)."""
    net = MLP(1, 1, 0, nets=len(parameters))
    with torch.no_grad():
        net.weights[0].copy_(torch.tensor([a for a, _ in parameters]).reshape(-1, 1, 1))
        net.biases[0].copy_(torch.tensor([b for _, b in parameters]).reshape(-1, 1, 1))
    return net


def test_a_constant_has_one_and_a_steep_sigmoid_three():
    found = fixed_points(sigmoids((0.0, math.log(0.3 / 0.7)), (10.0, -5.0)))
    assert found[0, 0].item() == pytest.approx(0.3, abs=1e-6)
    assert found[0, 1:].isnan().all()
    assert found[1, 1].item() == pytest.approx(0.5, abs=1e-6)
    assert found[1, 0].item() == pytest.approx(1 - found[1, 2].item(), abs=1e-5)


def test_attractors_and_repellers_take_turns(generator):
    net = MLP(1, 5, 4, nets=64, generator=generator)
    fit(net, points([0.2, 0.8]), steps=1500)
    found = fixed_points(net)
    assert (found.isfinite().sum(-1) % 2 == 1).all()
    torch.testing.assert_close(net(found.nan_to_num().unsqueeze(-1))[..., 0][found.isfinite()], found[found.isfinite()])
    slopes = jacobian(net, found.nan_to_num().unsqueeze(-1))[..., 0, 0]
    repels = slopes > 1
    expected = torch.arange(found.shape[1]) % 2 == 1
    assert (repels == expected)[found.isfinite()].float().mean() > 0.99  # a touch in one cell may hide a pair


@pytest.mark.parametrize(
    ("output", "weight", "bias", "found"),
    [(torch.nn.Tanh(), 20.0, 0.0, [-1, 0, 1]), (torch.nn.Sigmoid(), 400.0, -200.0, [0, 0.5, 1])],
)
def test_the_ends_of_the_range_may_be_fixed(output, weight, bias, found):
    net = MLP(1, 1, 0, output=output)
    net.weights[0].data.fill_(weight)
    net.biases[0].data.fill_(bias)
    assert fixed_points(net).tolist() == pytest.approx(found, abs=1e-6)


def test_one_network_as_many(generator):
    net = MLP(1, 5, 4, nets=3, generator=generator)
    assert torch.equal(fixed_points(net[1]), fixed_points(net)[1][: len(fixed_points(net[1]))])


def test_other_networks_are_refused():
    with pytest.raises(ValueError, match="got dim=2"):
        fixed_points(MLP(2, 3, 1))
