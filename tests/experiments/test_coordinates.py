import pytest
import torch

from gkn_utils import MLP, kaleidoscope, last, spectral_radius
from gkn_utils.experiments.coordinates import Lifted, PrincipalComponents


def test_pictures_come_back_and_distances_stay(generator):
    x = torch.rand(20, 300, generator=generator)
    components = PrincipalComponents(x)
    y = components.coordinates(x)
    assert y.shape == (20, components.rank) == (20, 19)
    assert torch.allclose(components.points(y), x, atol=1e-5)
    near = (y[:, None] - y).square().mean(-1).sqrt()
    assert torch.allclose(near, (x[:, None] - x).square().mean(-1).sqrt(), atol=1e-5)


def test_points_on_a_plane_have_two_coordinates_and_more_points_no_more_than_they_have(generator):
    x = torch.rand(30, 2, generator=generator) @ torch.rand(2, 40, generator=generator) + 3
    for copies in (1, 7):
        assert PrincipalComponents(x.repeat(copies, 1)).rank == 2
    assert PrincipalComponents(torch.rand(50, 4, generator=generator)).rank == 4


def test_white_coordinates_of_any_points_are_the_corners_of_a_regular_simplex(generator):
    x = torch.rand(8, 40, generator=generator, dtype=torch.float64) * torch.logspace(0, 2, 40, dtype=torch.float64)
    components = PrincipalComponents(x, ridge=0.0)
    y = components.coordinates(x)
    assert torch.allclose(components.points(y), x)
    between = torch.cdist(y, y)[~torch.eye(8, dtype=torch.bool)]
    assert torch.allclose(between, between.mean().expand_as(between))
    assert torch.allclose(y.square().mean(), (x - x.mean(0)).square().mean())


def test_a_ridge_shrinks_what_varies_less_than_it(generator):
    spread = torch.tensor([10.0, 1.0, 0.1])
    x = torch.randn(5000, 3, generator=generator) * spread
    sizes = PrincipalComponents(x, ridge=1.0).coordinates(x).std(0)
    expected = spread / (spread.square() + 1).sqrt()
    assert torch.allclose(sizes / sizes[0], expected / expected[0], rtol=0.05)
    kept = PrincipalComponents(x, ridge=1e4).coordinates(x).std(0)
    assert torch.allclose(kept, PrincipalComponents(x).coordinates(x).std(0), rtol=1e-3)


def test_a_point_outside_becomes_the_nearest_inside(generator):
    x = torch.cat([torch.rand(9, 5, generator=generator), torch.zeros(9, 2)], dim=1)
    outside = x[:1] + torch.tensor([0.0] * 5 + [1.0, -2.0])
    components = PrincipalComponents(x)
    assert torch.allclose(components.points(components.coordinates(outside)), x[:1], atol=1e-5)


def test_a_lifted_network_moves_points_as_its_network_moves_coordinates(generator):
    x = torch.rand(6, 12, generator=generator)
    components, net = PrincipalComponents(x), MLP(5, 20, 2, output=torch.nn.Identity(), generator=generator)
    lifted, y = Lifted(net, components), components.coordinates(x)
    end = last(kaleidoscope(lifted, x, steps=3))
    assert torch.allclose(end, components.points(last(kaleidoscope(net, y, steps=3))), atol=1e-5)
    assert torch.allclose(spectral_radius(lifted, x), spectral_radius(net, y), rtol=1e-4)
    assert lifted.range == (-torch.inf, torch.inf)
    doubled = last(kaleidoscope(lifted.to(torch.float64), x.double(), steps=3))
    torch.testing.assert_close(doubled, end.double(), atol=1e-4, rtol=1e-4)
    assert lifted.to("meta")(x.double().to("meta")).is_meta  # all of it moves


def test_a_network_of_another_space_is_not_lifted():
    with pytest.raises(ValueError, match="got dim=3, nets=None, needed a single network of dim=1"):
        Lifted(MLP(3, 4, 1), PrincipalComponents(torch.rand(2, 7)))


NOTHING = [torch.ones(5, 3), torch.rand(1, 3), torch.rand(5), torch.rand(0, 3), torch.tensor([[0, torch.nan]])]


@pytest.mark.parametrize("x", [*NOTHING, torch.ones(5, 3, dtype=torch.uint8)])
def test_what_spans_nothing_is_refused(x):
    with pytest.raises(ValueError, match="needed"):
        PrincipalComponents(x)


def test_a_ridge_below_zero_is_refused():
    with pytest.raises(ValueError, match="ridge: got"):
        PrincipalComponents(torch.rand(4, 3), ridge=-1.0)
