import pytest
import torch

from gkn_utils import MLP, kaleidoscope, last, spectral_radius
from gkn_utils.span import Lifted, Span


def test_pictures_come_back_and_distances_stay(generator):
    x = torch.rand(20, 300, generator=generator)
    span = Span(x)
    y = span.coordinates(x)
    assert y.shape == (20, span.rank) == (20, 19)
    assert torch.allclose(span.points(y), x, atol=1e-5)
    near = (y[:, None] - y).square().mean(-1).sqrt()
    assert torch.allclose(near, (x[:, None] - x).square().mean(-1).sqrt(), atol=1e-5)


@pytest.mark.parametrize("copies", [1, 7])
def test_points_on_a_plane_have_two_coordinates(copies, generator):
    x = torch.rand(30, 2, generator=generator) @ torch.rand(2, 40, generator=generator) + 3
    assert Span(x.repeat(copies, 1)).rank == 2


def test_more_points_than_coordinates(generator):
    x = torch.rand(50, 4, generator=generator)
    span = Span(x)
    assert span.rank == 4
    assert torch.allclose(span.points(span.coordinates(2 * x)), 2 * x, atol=1e-5)


def test_a_point_outside_becomes_the_nearest_inside(generator):
    x = torch.cat([torch.rand(9, 5, generator=generator), torch.zeros(9, 2)], dim=1)
    outside = x[:1] + torch.tensor([0.0] * 5 + [1.0, -2.0])
    span = Span(x)
    assert torch.allclose(span.points(span.coordinates(outside)), x[:1], atol=1e-5)


def test_a_lifted_network_moves_points_as_its_network_moves_coordinates(generator):
    x = torch.rand(6, 12, generator=generator)
    span, net = Span(x), MLP(5, 20, 2, output=torch.nn.Identity(), generator=generator)
    end = last(kaleidoscope(Lifted(net, span), x, steps=3))
    assert torch.allclose(end, span.points(last(kaleidoscope(net, span.coordinates(x), steps=3))), atol=1e-5)


def test_a_lifted_network_has_the_eigenvalues_of_its_network(generator):
    x = torch.rand(6, 12, generator=generator)
    span, net = Span(x), MLP(5, 20, 2, output=torch.nn.Identity(), generator=generator)
    assert torch.allclose(spectral_radius(Lifted(net, span), x), spectral_radius(net, span.coordinates(x)), rtol=1e-4)


def test_a_lifted_network_is_not_bounded(generator):
    x = torch.rand(6, 12, generator=generator)
    assert Lifted(MLP(5, 20, 2), Span(x)).range == (-torch.inf, torch.inf)


def test_a_network_of_another_space_is_not_lifted():
    with pytest.raises(ValueError, match="got dim=3, nets=None, needed a single network of dim=1"):
        Lifted(MLP(3, 4, 1), Span(torch.rand(2, 7)))


@pytest.mark.parametrize(
    "x",
    [
        torch.ones(5, 3),
        torch.rand(1, 3),
        torch.rand(5),
        torch.rand(0, 3),
        torch.ones(5, 3, dtype=torch.uint8),
        torch.tensor([[0, float("nan")]]),
    ],
)
def test_what_spans_nothing_is_refused(x):
    with pytest.raises(ValueError, match="needed"):
        Span(x)
