import pytest
import torch

from gkn_utils import MLP, fit, points
from gkn_utils.experiments.classifiers import Classifier
from gkn_utils.experiments.robustness import attack, escape_distance, smallest_perturbation


@pytest.fixture
def half_plane():
    """Two networks that read the second class where 3 a + 4 b > 0 and 3 a + 4 b > 1: distances (3a + 4b - c) / 5."""
    net = Classifier(2, 2, 1, 2, nets=2)
    for p in net.parameters():
        p.data.zero_()
    net.weights[0].data[:] = torch.tensor([[3.0, -3.0], [4.0, -4.0]])
    net.biases[0].data[1] = torch.tensor([[-1.0, 1.0]])
    net.weights[1].data[:] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    return net


def test_smallest_perturbations_are_the_distances_from_a_line(half_plane):
    x = torch.tensor([[0.0, 0.5], [-0.2, -0.1], [0.3, 0.3]])
    labels = torch.tensor([1, 0, 0])
    found = smallest_perturbation(half_plane, x, labels, largest=1.0, rounds=12)
    exact = torch.tensor([[0.4, 0.2, 0.0], [0.2, 0.4, 0.0]])  # the third point is read wrongly as it is
    torch.testing.assert_close(found, exact, atol=0.01, rtol=0.02)
    assert torch.equal(smallest_perturbation(half_plane, x, labels, largest=0.3).isinf(), exact > 0.3)


def test_attacks_stay_in_the_ball_and_the_box(half_plane, generator):
    x, radius = torch.rand(20, 2, generator=generator) * 2 - 1, torch.full((2, 20), 0.3)
    found = attack(half_plane, x, torch.zeros(20, dtype=torch.long), radius, generator=generator)
    assert (found - x).norm(dim=-1).max() <= 0.3 + 1e-6
    assert found.abs().max() <= 1


def test_what_cannot_be_attacked_or_left(half_plane):
    with pytest.raises(ValueError, match="x: got values"):
        attack(half_plane, torch.full((1, 2), 5.0), torch.zeros(1, dtype=torch.long), torch.full((2, 1), 0.1))
    with pytest.raises(ValueError, match="got a single network"):
        escape_distance(MLP(2, 3, 1), torch.zeros(1, 2), torch.ones(1, 1, 2), largest=1.0)


def test_an_attractor_is_left_where_its_basin_ends():
    """On the line the basin's boundary is where the map crosses the identity between two learned points."""
    net = MLP(1, 10, 4, nets=8)
    x = points([0.2, 0.8])
    fit(net, x, steps=1500)
    distance = escape_distance(net, x, torch.tensor([[[1.0]], [[-1.0]]]), largest=0.6, steps=200, rounds=12)[..., 0]
    grid = torch.linspace(0.2, 0.8, 6001).unsqueeze(1)
    with torch.no_grad():
        above = (net(grid) > grid).squeeze(-1)
    once = (above[:, 1:] != above[:, :-1]).sum(-1) <= 3  # besides at the points themselves
    boundary = 0.2 + 0.6 * above[:, 1:-1].int().argmax(-1) / 6000
    both = once & (distance > 0.01).all(-1) & (distance < 0.59).all(-1)
    assert both.sum() >= 4
    for reached in (0.2 + distance[:, 0], 0.8 - distance[:, 1]):
        torch.testing.assert_close(reached[both], boundary[both], atol=0.01, rtol=0)
