import math

import pytest
import torch

from gkn_utils import MLP, fit, fixed_points, flat_share, jacobian, points


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
    torch.testing.assert_close(fixed_points(net[1]), found[1][found[1].isfinite()])
    torch.testing.assert_close(net(found.nan_to_num().unsqueeze(-1))[..., 0][found.isfinite()], found[found.isfinite()])
    slopes = jacobian(net, found.nan_to_num().unsqueeze(-1))[..., 0, 0]
    repels = slopes > 1
    expected = torch.arange(found.shape[1]) % 2 == 1
    assert (repels == expected)[found.isfinite()].float().mean() > 0.99  # a touch in one cell may hide a pair


def test_the_ends_of_the_range_may_be_fixed():
    assert fixed_points(sigmoids((400.0, -200.0)))[0].tolist() == pytest.approx([0, 0.5, 1], abs=1e-6)
    tanh = MLP(1, 1, 0, output=torch.nn.Tanh())
    tanh.weights[0].data.fill_(20)
    tanh.biases[0].data.zero_()
    assert fixed_points(tanh).tolist() == pytest.approx([-1, 0, 1], abs=1e-6)


def test_a_constant_is_flat_and_a_steep_sigmoid_is_not():
    """The slope 4 f (1 - f) of the second is above .1 over all of [0, 1]."""
    assert flat_share(sigmoids((0.0, 0.0), (4.0, -2.0))).tolist() == [1, 0]


def test_a_clamp_is_flat_beyond_its_kinks_and_steep_between():
    """f(x) = sigmoid(8 relu(x - .25) - 8 relu(x - .75) - 2) has slope 0 outside (.25, .75), at least .8 inside."""
    net = MLP(1, 2, 1, nets=2)
    with torch.no_grad():
        net.weights[0].fill_(1)
        net.biases[0].copy_(torch.tensor([-0.25, -0.75]).reshape(1, 1, 2))
        net.weights[1].copy_(torch.tensor([8.0, -8.0]).reshape(1, 2, 1))
        net.biases[1].fill_(-2)
    assert flat_share(net).tolist() == pytest.approx([0.5, 0.5])
    assert flat_share(net, 0.3, 0.7).tolist() == [0, 0]
    assert flat_share(net, high=0.25).tolist() == flat_share(net, low=0.75).tolist() == [1, 1]
    assert flat_share(net[0], 0.2, 0.45).item() == pytest.approx(0.2)


@pytest.mark.parametrize("ends", [(0.8, 0.2), (0.5, 0.5), (-0.1, 1), (0, 1.1), (0, math.nan)])
def test_an_interval_that_is_none_is_refused(ends):
    with pytest.raises(ValueError, match=r"needed 0 <= low < high <= 1|high: got nan"):
        flat_share(MLP(1, 3, 1), *ends)


@pytest.mark.parametrize("measure", [fixed_points, flat_share])
def test_other_networks_are_refused(measure):
    with pytest.raises(ValueError, match="got dim=2"):
        measure(MLP(2, 3, 1))
    with pytest.raises(ValueError, match=r"range \(-inf"):
        measure(MLP(1, 3, 1, output=torch.nn.Identity()))
