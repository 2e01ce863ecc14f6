import pytest
import torch
from torch import nn

from gkn_utils import MLP, points, summary


def steps_and_constants():
    """Two networks: a step from .2 to .8 at .5, and the constant .5."""
    logit, net = torch.tensor(0.2).logit(), MLP(1, 2, 1, nets=2)
    with torch.no_grad():
        # the difference of two ReLUs is 0 below .499 and .002 above .501
        net.weights[0].copy_(torch.tensor([[[1.0, 1.0]], [[0.0, 0.0]]]))
        net.biases[0].copy_(torch.tensor([[[-0.499, -0.501]], [[0.0, 0.0]]]))
        net.weights[1].copy_(torch.tensor([[[1.0], [-1.0]], [[0.0], [0.0]]]) * -2 * logit / 0.002)
        net.biases[1].copy_(torch.tensor([[[logit]], [[0.0]]]))
    return net


def test_a_step_stores_both_points_and_a_constant_none():
    found = summary(steps_and_constants(), points([0.2, 0.8]), generator=torch.Generator().manual_seed(1))
    for name, expected in {
        "fitted": [1, 0],
        "collapsed": [0, 1],
        "stored": [1, 0],
        "recalled": [1, 0],
        "landed": [1, 0],
        "burn-in": [1, 1],
        "radius": [0, 0],
    }.items():
        assert found[name].tolist() == pytest.approx(expected), name
    assert found["entropy"].tolist() == pytest.approx([1, 0], abs=0.05)
    assert found["flat"].tolist() == pytest.approx([1, 1], abs=0.01)
    assert found["farthest"][0] == pytest.approx(0.3, abs=0.01)  # in the middle of the step
    assert found["farthest"][1] == pytest.approx(0.3)
    assert found["parameters"].tolist() == [7, 7]


def test_in_the_plane_there_is_nothing_flat_to_measure():
    assert {"flat", "entropy"}.isdisjoint(summary(MLP(2, 5, 2, nets=3), points([(0.5, 0.5)]), starts=5, iterations=5))


@pytest.mark.parametrize(
    ("options", "x", "needed"),
    [
        ({}, points([0.5]), "needed nets=k"),
        ({"nets": 2, "output": nn.Identity()}, points([0.5]), "needed a bounded output"),
        ({"nets": 2}, torch.rand(2, 4, 1), "the same points for all networks"),
    ],
)
def test_other_networks_and_points_are_refused(options, x, needed):
    with pytest.raises(ValueError, match=needed):
        summary(MLP(1, 3, 1, **options), x)
