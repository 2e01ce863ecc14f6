import math

import pytest
import torch

from gkn_utils import (
    MLP,
    burn_in,
    jacobian,
    jumpiness,
    kaleidoscope,
    landed,
    last,
    nearest,
    period,
    points,
    recalled,
    spectral_radius,
    step_sizes,
    stored,
    visits,
)


def test_the_jacobian_of_a_linear_map_is_its_matrix(affine):
    matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    torch.testing.assert_close(jacobian(affine(matrix, [0.0, 0.0]), torch.rand(3, 2))[1], matrix.T)


def test_the_spectral_radius_of_a_rotation_is_its_scale(affine):
    c, s = 0.7 * math.cos(1), 0.7 * math.sin(1)
    net = affine([[c, -s], [s, c]], [0.0, 0.0])
    torch.testing.assert_close(spectral_radius(net, torch.rand(4, 2)), torch.full((4,), 0.7))


def test_many_networks_have_the_radii_of_single_ones(generator):
    net, x = MLP(2, 5, 2, nets=3, generator=generator), torch.rand(4, 2)
    torch.testing.assert_close(spectral_radius(net, x)[2], spectral_radius(net[2], x))


def test_only_the_fixed_point_of_a_contraction_is_stored(affine):
    x = points([1.0, 0.0])
    assert stored(affine([[0.5]], [0.5]), x).tolist() == [True, False]
    assert stored(affine([[2.0]], [-1.0]), x).tolist() == [False, False]  # 1 is a repeller


def test_burn_in_of_a_contraction_is_known(affine):
    frames = kaleidoscope(affine([[0.5]], [0.0]), points([1.0, 0.0]), steps=40)
    assert burn_in(frames, tol=0.01).tolist() == [7, 0]  # 2^-7 < .01 < 2^-6


def test_a_sample_that_never_settles_has_the_whole_time_as_burn_in(affine):
    frames = kaleidoscope(affine([[-1.0]], [0.0]), points([1.0]), steps=9)
    assert burn_in(frames, tol=0.01).tolist() == [9]


def test_a_sample_that_grows_without_bound_has_the_whole_time_as_burn_in(affine):
    states = list(kaleidoscope(affine([[1e10]], [0.0]), torch.ones(1, 1), steps=10))
    assert states[-1].isinf().all()
    assert burn_in(states, 0.01).item() == 10


def test_a_jacobian_needs_no_gradients_switched_on(affine):
    with torch.no_grad():
        assert jacobian(affine([[2.0]], [0.0]), torch.ones(1, 1)).item() == 2


def test_periods_of_rotations_are_known(affine):
    for p in (1, 2, 3, 8):
        c, s = math.cos(2 * math.pi / p), math.sin(2 * math.pi / p)
        frames = kaleidoscope(affine([[c, -s], [s, c]], [0.0, 0.0]), points([(1.0, 0.0)]), steps=50)
        assert period(frames).tolist() == [p]
    growing = kaleidoscope(affine([[1.1]], [0.0]), points([1.0]), steps=50)
    assert period(growing).tolist() == [0]
    with pytest.raises(ValueError, match="frames: got none"):
        period([])


def test_nearest_landed_and_recalled():
    x = points([(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    samples = torch.stack([points([(0.001, 0.0), (0.5, 0.4)]), points([(1.0, 1.0), (0.0, 1.01)])])
    distance, index = nearest(samples, x)
    torch.testing.assert_close(distance, torch.tensor([[0.001, 0.41**0.5], [0.0, 0.01]]))
    assert index.tolist() == [[0, 0], [1, 2]]
    assert landed(samples, x).tolist() == [[True, False], [True, True]]
    assert visits(samples, x).tolist() == [[1, 0, 0], [0, 1, 1]]
    assert recalled(samples, x).tolist() == [[True, False, False], [False, True, True]]


def test_bad_arguments():
    with pytest.raises(ValueError, match="tol: got 0"):
        burn_in([torch.zeros(1, 1)] * 2, tol=0)
    with pytest.raises(ValueError, match="frames: got 1"):
        burn_in([torch.zeros(1, 1)], tol=0.1)


def test_each_network_may_have_points_of_its_own(generator):
    x, samples = torch.rand(3, 7, 2, generator=generator), torch.rand(3, 50, 2, generator=generator)
    distance, index = nearest(samples, x)
    one_distance, one_index = nearest(samples[1], x[1])
    assert torch.equal(distance[1], one_distance)
    assert torch.equal(index[1], one_index)
    assert torch.equal(recalled(samples, x, tol=0.1)[2], recalled(samples[2], x[2], tol=0.1))
    assert recalled(x, x).all()


def test_steps_of_a_contraction_shrink_at_its_rate(affine):
    frames = list(kaleidoscope(affine([[0.5]], [0.0]), points([1.0, -4.0]), steps=4))
    torch.testing.assert_close(step_sizes(frames)[:, 0], torch.tensor([0.5, 0.25, 0.125, 0.0625]))
    torch.testing.assert_close(step_sizes(frames)[:, 1], 4 * step_sizes(frames)[:, 0])
    torch.testing.assert_close(jumpiness(frames), torch.full((2,), 4 / 7))


def test_a_leap_among_even_steps_is_jumpy():
    way = torch.tensor([9.0, 0.0, 1.0, 2.0, 7.0, 8.0, 9.0]).reshape(-1, 1, 1)
    torch.testing.assert_close(jumpiness(way), torch.tensor([5 / 9]))
    with pytest.raises(ValueError, match="at least two iterations"):
        jumpiness(way[:2])


def test_burn_in_of_a_stream_needs_only_its_end(affine):
    net, z = affine([[0.5]], [0.0]), points([1.0, 0.0])
    end = last(kaleidoscope(net, z, steps=40))
    assert burn_in(kaleidoscope(net, z, steps=40), tol=0.01, end=end).tolist() == [7, 0]
    with pytest.raises(ValueError, match="at least the start and one iteration"):
        burn_in([z], tol=0.01)
