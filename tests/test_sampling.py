from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from gkn_utils import MLP, kaleidoscope, last, points, settle, trajectory, uniform_starts


def test_an_affine_contraction_converges_at_its_own_rate(affine):
    a, b = 0.5, 0.3
    frames = list(kaleidoscope(affine([[a]], [b]), points([0.0, 5.0]), steps=20))
    limit = b / (1 - a)
    assert len(frames) == 21
    for i, frame in enumerate(frames):
        torch.testing.assert_close(frame - limit, a**i * (frames[0] - limit), atol=1e-5, rtol=0)


def test_the_identity_leaves_the_noise_as_it_is(affine):
    z = torch.rand(5, 2)
    assert all(torch.equal(frame, z) for frame in kaleidoscope(affine(torch.eye(2), [0.0, 0.0]), z, steps=5))


def test_jitter_is_uniform_with_mean_zero(affine, generator):
    z = torch.zeros(100_000, 1)
    *_, first, second = kaleidoscope(affine([[1.0]], [0.0]), z, steps=2, jitter=0.1, generator=generator)
    assert torch.equal(first, z)  # the start itself gets none
    assert second.abs().max() <= 0.1
    assert second.mean().item() == pytest.approx(0, abs=1e-3)
    assert second.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.01)


@pytest.mark.parametrize("kind", [np.asarray, torch.tensor, tuple])
def test_jitters_in_any_row_of_numbers(kind):
    net, z = MLP(2, 5, 3), torch.rand(4, 2)
    jitters = [0.25, 0.5]
    expected = last(kaleidoscope(net, z, steps=3, jitter=jitters))
    assert torch.equal(last(kaleidoscope(net, z, steps=3, jitter=kind(jitters))), expected)


def test_starts_that_carry_gradients_are_taken_as_they_are():
    net, z = MLP(2, 5, 3), torch.rand(4, 2)
    assert torch.equal(trajectory(net, z.clone().requires_grad_(), steps=3), trajectory(net, z, steps=3))


def test_each_iteration_may_have_its_own_jitter(affine, generator):
    z = torch.zeros(10_000, 1)
    states = list(kaleidoscope(affine([[1.0]], [0.0]), z, steps=4, jitter=[0.5, 0.0, 0.1], low=-1.0))
    steps = [(b - a).abs().max().item() for a, b in pairwise(states)]
    assert steps == pytest.approx([0, 0.5, 0, 0.1], abs=1e-3)


def test_noise_that_is_kept_turns_slowly(affine, generator):
    """Of a map to 0 what is fed is the noise: with the size that jitter says, and correlated by `keep` in time."""
    seen = []
    net = affine([[0.0]], [0.0])
    net.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
    z = torch.rand(100_000, 1, generator=generator) - 0.5
    options = {"steps": 20, "jitter": 0.5, "keep": 0.8, "low": -10.0, "high": 10.0}
    last(kaleidoscope(net, z, **options, generator=generator))
    assert seen[-1].std().item() == pytest.approx(0.5 / 3**0.5, rel=0.01)
    correlation = torch.corrcoef(torch.cat([seen[-2], seen[-1]], dim=1).T)[0, 1]
    assert correlation.item() == pytest.approx(0.8, abs=0.01)


def test_what_is_kept_without_jitter_is_a_step_towards_the_output(affine):
    """x -> 0 with keep .75: a quarter of the way at each step after the first."""
    net, fed = affine([[0.0]], [0.0]), []
    net.register_forward_pre_hook(lambda _, arguments: fed.append(arguments[0].item()))
    last(kaleidoscope(net, points([1.0]), steps=4, keep=0.75))
    assert fed == pytest.approx([1, 0.75, 0.75**2, 0.75**3])


def test_what_is_fed_is_clamped(affine):
    *_, last = kaleidoscope(affine([[1.0]], [0.0]), points([5.0]), steps=3, jitter=1e-6, low=0.0, high=1.0)
    assert 1 - 1e-5 < last.item() <= 1


@pytest.mark.parametrize("jitter", [0.0, 0.05])
def test_many_networks_sample_like_single_ones(jitter):
    net = MLP(2, 5, 3, output=nn.Tanh(), nets=3, generator=torch.Generator().manual_seed(0))
    z = torch.rand(6, 2, generator=torch.Generator().manual_seed(1))
    options = {"steps": 10, "jitter": jitter}
    together = list(kaleidoscope(net, z, **options, generator=torch.Generator().manual_seed(2)))
    assert together[0].shape == (3, 6, 2)
    for i in range(3):
        alone = kaleidoscope(net[i], z, **options, generator=torch.Generator().manual_seed(2))
        for a, b in zip(together, alone, strict=True):
            torch.testing.assert_close(a[i], b, atol=1e-5, rtol=0)


def test_same_generator_same_result(generator):
    net, z = MLP(2, 5, 3, generator=generator), torch.rand(6, 2)

    def run():
        return torch.stack(list(kaleidoscope(net, z, steps=5, jitter=0.1, generator=torch.Generator().manual_seed(7))))

    assert torch.equal(run(), run())


@pytest.mark.parametrize(
    ("z", "options", "message"),
    [
        (torch.rand(4, 3), {}, "got shape"),
        (torch.empty(0, 2), {}, "got no points"),
        (torch.full((1, 2), torch.inf), {}, "NaN or infinite"),
        (torch.rand(4, 2), {"steps": 0}, "steps: got 0"),
        (torch.rand(4, 2), {"jitter": -0.1}, "jitter: got -0.1"),
        (torch.rand(4, 2), {"jitter": [0.1, -0.1]}, "jitter: got -0.1"),
        (torch.rand(4, 2), {"jitter": [0.1] * 3}, "jitter: got 3 numbers, needed one or steps - 1 = 2"),
        (torch.rand(4, 2), {"keep": 1.0}, "keep: got 1.0, needed a number in .0, 1."),
        (torch.rand(4, 2), {"keep": [0.1] * 3}, "keep: got 3 numbers"),
        (torch.rand(4, 2), {"low": 1.0, "high": 0.0}, "needed low < high"),
        (torch.rand(4, 2), {"jitter": 0.1, "generator": 7}, "generator: got int"),
    ],
)
def test_bad_arguments_stop_at_the_call(z, options, message):
    with pytest.raises(ValueError, match=message):
        kaleidoscope(MLP(2, 5, 3), z, **({"steps": 3} | options))


def test_last_is_the_last_state(affine):
    net, z = affine([[0.5]], [0.0]), points([1.0])
    assert last(kaleidoscope(net, z, steps=3)).item() == 0.125


@pytest.mark.parametrize(("output", "low", "high"), [(nn.Sigmoid(), 0, 1), (nn.Tanh(), -1, 1)])
def test_uniform_starts_fill_the_range(output, low, high):
    z = uniform_starts(MLP(2, 3, 1, output=output, nets=4), 5000)
    assert z.shape == (4, 5000, 2)
    assert low <= z.min() < low + 0.01
    assert high - 0.01 < z.max() <= high
    assert not torch.equal(z[0], z[1])


def test_uniform_starts_need_a_bound():
    with pytest.raises(ValueError, match="needed a bounded output"):
        uniform_starts(MLP(2, 3, 1, output=nn.Identity()), 5)


def test_a_trajectory_is_all_states():
    net = MLP(2, 5, 3, nets=4)
    options = {"steps": 6, "jitter": [0.1, 0, 0.2, 0, 0.3], "keep": 0.5}
    states = torch.stack(list(kaleidoscope(net, torch.ones(3, 2), **options)))
    assert torch.equal(trajectory(net, torch.ones(3, 2), **options), states)
    assert states.shape == (7, 4, 3, 2)


def test_settle_ends_where_the_kaleidoscope_does(affine):
    net, z = affine([[0.5, 0.0], [0.0, 0.25]], [0.25, 0.3]), torch.rand(50, 2)
    end = settle(net, z, steps=200)
    assert torch.allclose(end, torch.tensor([0.5, 0.4]), atol=1e-5)


@pytest.mark.parametrize("steps", [1, 7, 10, 25])
def test_settle_takes_as_many_steps_as_asked_while_samples_move(affine, steps):
    """x -> 1 - x never settles, and is back after every second step."""
    net, z = affine([[-1.0]], [1.0]), torch.rand(5, 1)
    assert torch.allclose(settle(net, z, steps=steps), z if steps % 2 == 0 else 1 - z, atol=1e-5)


def test_settle_needs_a_single_network():
    with pytest.raises(ValueError, match="needed a single network"):
        settle(MLP(2, 5, 3, nets=2), torch.rand(4, 2), steps=3)
