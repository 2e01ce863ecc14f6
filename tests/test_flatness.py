import math

import pytest
import torch

from gkn_utils import MLP, flat_share, output_entropy


@pytest.fixture
def constant_and_steep():
    """The constant .5, and a sigmoid whose slope 4 f (1 - f) is above .1 over all of [0, 1]."""
    net = MLP(1, 1, 0, nets=2)
    with torch.no_grad():
        net.weights[0].copy_(torch.tensor([0.0, 4.0]).reshape(2, 1, 1))
        net.biases[0].copy_(torch.tensor([0.0, -2.0]).reshape(2, 1, 1))
    return net


def test_flat_share_of_a_constant_and_of_a_steep_sigmoid(constant_and_steep):
    assert flat_share(constant_and_steep).tolist() == [1.0, 0.0]


def test_entropy_of_a_constant_is_0_and_of_a_bijection_large(constant_and_steep):
    constant, steep = output_entropy(constant_and_steep).tolist()
    assert constant == 0
    assert 6 < steep < math.log2(100)


def test_entropy_of_two_equal_values_is_one_bit():
    net = MLP(1, 1, 0)
    with torch.no_grad():
        net.weights[0].fill_(1e6)
        net.biases[0].fill_(-5e5)  # a step at .5
    assert output_entropy(net).item() == pytest.approx(1)


@pytest.mark.parametrize("measure", [flat_share, output_entropy])
def test_other_networks_are_refused(measure):
    with pytest.raises(ValueError, match="got dim=2"):
        measure(MLP(2, 3, 1))
    with pytest.raises(ValueError, match=r"range \(-inf"):
        measure(MLP(1, 3, 1, output=torch.nn.Identity()))
