import pytest
import torch

from gkn_utils import MLP, manifold_loss, points
from gkn_utils.experiments.explorer import FIRST_WEIGHTS, even_starts, trained, trajectories

USUAL = {"depth": 4, "width": 20, "output": "sigmoid", "weights": "pytorch"}


@pytest.mark.parametrize("weights", [word for word in FIRST_WEIGHTS if word != "identity"])
def test_two_points_are_learned(weights):
    net = trained([0.2, 0.8], **USUAL | {"weights": weights})
    assert manifold_loss(net, points([0.2, 0.8])) < 1e-6
    assert not any(p.requires_grad for p in net.parameters())


def test_the_same_network_is_there_at_once():
    net = trained([0.5], **USUAL)
    assert trained((0.5,), **USUAL) is net
    assert trained([0.5], **USUAL, seed=1) is not net


def test_starts_reach_over_the_whole_range_and_their_ways_follow_the_network(affine):
    starts = even_starts(MLP(1, 5, 2, output=torch.nn.Tanh()), 3)
    states = trajectories(affine([[0.5]], [0.0]), starts, iterations=2)
    assert states.tolist() == [[-1, 0, 1], [-0.5, 0, 0.5], [-0.25, 0, 0.25]]


@pytest.mark.parametrize(
    ("x", "options", "match"),
    [
        ([0.5], {"output": "relu"}, "output: got 'relu', needed one of sigmoid, tanh"),
        ([0.5], {"weights": "none"}, "weights: got 'none'"),
        ([-0.5], {}, "needed \\[0, 1\\]"),
        ([], {}, "needed n numbers"),
    ],
)
def test_bad_settings_are_refused(x, options, match):
    with pytest.raises(ValueError, match=match):
        trained(x, **USUAL | options)
