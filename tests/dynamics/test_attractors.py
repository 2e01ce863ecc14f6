import math

import pytest
import torch

from gkn_utils import MLP, dynamics, kaleidoscope, last, points


def test_the_jacobian_of_a_linear_map_is_its_matrix_with_gradients_switched_on_or_off(affine):
    matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    torch.testing.assert_close(dynamics.jacobian(affine(matrix, [0.0, 0.0]), torch.rand(3, 2))[1], matrix.T)
    with torch.no_grad():
        torch.testing.assert_close(dynamics.jacobian(affine(matrix, [0.0, 0.0]), torch.rand(3, 2))[1], matrix.T)


def test_the_spectral_radius_of_a_rotation_is_its_scale(affine):
    c, s = 0.7 * math.cos(1), 0.7 * math.sin(1)
    net = affine([[c, -s], [s, c]], [0.0, 0.0])
    torch.testing.assert_close(dynamics.spectral_radius(net, torch.rand(4, 2)), torch.full((4,), 0.7))


def test_many_networks_have_the_radii_of_single_ones(generator):
    net, x = MLP(2, 5, 2, nets=3, generator=generator), torch.rand(4, 2)
    torch.testing.assert_close(dynamics.spectral_radius(net, x)[2], dynamics.spectral_radius(net[2], x))


def test_only_the_fixed_point_of_a_contraction_is_stored(affine):
    x = points([1.0, 0.0])
    assert dynamics.stored(affine([[0.5]], [0.5]), x).tolist() == [True, False]
    assert dynamics.stored(affine([[2.0]], [-1.0]), x).tolist() == [False, False]  # 1 is a repeller


def test_burn_in_of_a_contraction_is_known_and_of_a_stream_needs_only_its_end(affine):
    net, z = affine([[0.5]], [0.0]), points([1.0, 0.0])
    assert dynamics.burn_in(kaleidoscope(net, z, steps=40), tol=0.01).tolist() == [7, 0]  # 2^-7 < .01 < 2^-6
    end = last(kaleidoscope(net, z, steps=40))
    assert dynamics.burn_in(kaleidoscope(net, z, steps=40), tol=0.01, end=end).tolist() == [7, 0]


def test_a_sample_that_never_settles_has_the_whole_time_as_burn_in(affine):
    turning, growing = affine([[-1.0]], [0.0]), affine([[1e10]], [0.0])  # the second without bound
    for net in (turning, growing):
        assert dynamics.burn_in(kaleidoscope(net, points([1.0]), steps=9), tol=0.01).tolist() == [9]


def test_periods_of_rotations_are_known(affine):
    for p in (1, 2, 3, 8):
        c, s = math.cos(2 * math.pi / p), math.sin(2 * math.pi / p)
        frames = kaleidoscope(affine([[c, -s], [s, c]], [0.0, 0.0]), points([(1.0, 0.0)]), steps=50)
        assert dynamics.period(frames).tolist() == [p]
    growing = kaleidoscope(affine([[1.1]], [0.0]), points([1.0]), steps=50)
    assert dynamics.period(growing).tolist() == [0]


def test_landed_visits_and_recalled():
    x = points([(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    samples = torch.stack([points([(0.001, 0.0), (0.5, 0.4)]), points([(1.0, 1.0), (0.0, 1.013)])])
    assert dynamics.landed(samples, x).tolist() == [[True, False], [True, True]]
    assert dynamics.visits(samples, x).tolist() == [[1, 0, 0], [0, 1, 1]]
    assert dynamics.recalled(samples, x).tolist() == [[True, False, False], [False, True, True]]
    each_its_own = torch.stack([x, x + 5])
    assert dynamics.recalled(samples, each_its_own).tolist() == [[True, False, False], [False] * 3]


def test_what_has_no_end_to_settle_at_is_refused():
    with pytest.raises(ValueError, match="frames: got none"):
        dynamics.period([])
    with pytest.raises(ValueError, match="tol: got 0"):
        dynamics.burn_in([torch.zeros(1, 1)] * 2, tol=0)
    for frames, end in [([torch.zeros(1, 1)], None), ([torch.zeros(1, 1)], torch.zeros(1, 1)), ([], None)]:
        with pytest.raises(ValueError, match="needed at least the start and one iteration"):
            dynamics.burn_in(frames, tol=0.1, end=end)


def test_steps_of_a_contraction_shrink_at_its_rate(affine):
    frames = list(kaleidoscope(affine([[0.5]], [0.0]), points([1.0, -4.0]), steps=4))
    torch.testing.assert_close(dynamics.step_sizes(frames)[:, 0], torch.tensor([0.5, 0.25, 0.125, 0.0625]))
    torch.testing.assert_close(dynamics.jumpiness(frames), torch.full((2,), 4 / 7))


def test_a_leap_among_even_steps_is_jumpy():
    way = torch.tensor([9.0, 0.0, 1.0, 2.0, 7.0, 8.0, 9.0]).reshape(-1, 1, 1)
    torch.testing.assert_close(dynamics.jumpiness(way), torch.tensor([5 / 9]))
    with pytest.raises(ValueError, match="at least two iterations"):
        dynamics.jumpiness(way[:2])
