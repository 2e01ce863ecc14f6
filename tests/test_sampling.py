from itertools import pairwise

import numpy as np
import pytest
import torch
from benchmarks.recipes import plain_copy, plain_sampling
from torch import nn

from gkn_utils import MLP, kaleidoscope, last, noise_schedule, normal_starts, points, settle, trajectory, uniform_starts


def recorded(net) -> list:
    """What `net` is fed from now on."""
    fed = []
    net.register_forward_pre_hook(lambda _, arguments: fed.append(arguments[0]))
    return fed


def test_an_affine_contraction_converges_at_its_own_rate(affine):
    a, b = 0.5, 0.3
    frames = list(kaleidoscope(affine([[a]], [b]), points([0.0, 5.0]), steps=20))
    limit = b / (1 - a)
    assert len(frames) == 21
    for i, frame in enumerate(frames):
        torch.testing.assert_close(frame - limit, a**i * (frames[0] - limit), atol=1e-5, rtol=0)


def test_it_samples_what_the_plain_loop_of_the_paper_samples(generator):
    net, z = MLP(2, 5, 3, output=nn.Tanh(), generator=generator), torch.rand(4, 2, generator=generator)
    torch.testing.assert_close(
        last(kaleidoscope(net, z, steps=5)), plain_sampling(plain_copy(net), z, steps=5, jitter=0)
    )


def test_jitter_is_uniform_with_mean_zero_and_what_is_fed_is_clamped(affine, generator):
    z = torch.zeros(100_000, 1)
    *_, first, second = kaleidoscope(affine([[1.0]], [0.0]), z, steps=2, jitter=0.1, generator=generator)
    assert torch.equal(first, z)  # the start itself gets none
    assert second.abs().max() <= 0.1
    assert second.mean().item() == pytest.approx(0, abs=1e-3)
    assert second.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.01)
    end = last(kaleidoscope(affine([[1.0]], [0.0]), points([5.0]), steps=3, jitter=1e-6, low=0.0, high=1.0))
    assert 1 - 1e-5 < end.item() <= 1


def test_a_state_that_is_changed_is_noticed_and_a_copy_may_be():
    net, z = MLP(2, 5, 3), torch.rand(4, 2)
    expected = list(kaleidoscope(net, z, steps=3))
    for state in kaleidoscope(net, z, steps=3):
        state.clone().mul_(255)
    for untouched in (0, 2):
        states = kaleidoscope(net, z.clone(), steps=3)
        for _ in range(untouched):
            next(states)
        next(states).mul_(255)
        with pytest.raises(ValueError, match="got one that was changed in place"):
            next(states)
    last_of_them = last(kaleidoscope(net, z, steps=3)).mul_(255)
    assert torch.equal(last_of_them, expected[-1] * 255)


def test_jitters_may_come_in_any_row_of_numbers_and_starts_with_gradients():
    net, z = MLP(2, 5, 3), torch.rand(4, 2)
    expected = last(kaleidoscope(net, z, steps=3, jitter=[0.25, 0.5]))
    for kind in (np.asarray, torch.tensor, tuple):
        assert torch.equal(last(kaleidoscope(net, z, steps=3, jitter=kind([0.25, 0.5]))), expected)
    found = last(kaleidoscope(net, z.clone().requires_grad_(), steps=3, jitter=[0.25, 0.5]))
    assert torch.equal(found, expected)
    assert not found.requires_grad


def test_each_iteration_may_have_its_own_jitter(affine, generator):
    z = torch.zeros(10_000, 1)
    states = list(kaleidoscope(affine([[1.0]], [0.0]), z, steps=4, jitter=[0.5, 0.0, 0.1], low=-1.0))
    steps = [(b - a).abs().max().item() for a, b in pairwise(states)]
    assert steps == pytest.approx([0, 0.5, 0, 0.1], abs=1e-3)


def test_noise_that_is_kept_turns_slowly(affine, generator):
    """Of a map to 0 what is fed is the noise: with the size that jitter says, and correlated by `keep` in time."""
    net, z = affine([[0.0]], [0.0]), torch.rand(100_000, 1, generator=generator) - 0.5
    fed = recorded(net)
    last(kaleidoscope(net, z, steps=20, jitter=0.5, keep=0.8, low=-10.0, high=10.0, generator=generator))
    assert fed[-1].std().item() == pytest.approx(0.5 / 3**0.5, rel=0.01)
    assert torch.corrcoef(torch.cat(fed[-2:], dim=1).T)[0, 1].item() == pytest.approx(0.8, abs=0.01)


def test_what_is_kept_without_jitter_is_a_step_towards_the_output(affine):
    """x -> 0 with keep .75: a quarter of the way at each step after the first."""
    net = affine([[0.0]], [0.0])
    fed = recorded(net)
    last(kaleidoscope(net, points([1.0]), steps=4, keep=0.75))
    assert torch.cat(fed).flatten().tolist() == pytest.approx([1, 0.75, 0.75**2, 0.75**3])


@pytest.mark.parametrize("options", [{}, {"jitter": 0.05}, {"jitter": [0.1, 0, 0.2, 0, 0.3], "keep": 0.5}])
def test_many_networks_sample_like_single_ones_and_a_trajectory_is_all_states(options):
    net = MLP(2, 5, 3, output=nn.Tanh(), nets=3, generator=torch.Generator().manual_seed(0))
    z = torch.rand(7, 2, generator=torch.Generator().manual_seed(1))
    together = trajectory(net, z, steps=6, **options, generator=torch.Generator().manual_seed(2))
    for i in range(3):
        alone = kaleidoscope(net[i], z, steps=6, **options, generator=torch.Generator().manual_seed(2))
        torch.testing.assert_close(together[:, i], torch.stack(list(alone)), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("z", "options", "message"),
    [
        (torch.rand(4, 3), {}, "got shape"),
        (torch.rand(4, 2), {"steps": 0}, "steps: got 0"),
        (torch.rand(4, 2), {"jitter": -0.1}, "jitter: got -0.1"),
        (torch.rand(4, 2), {"jitter": [0.1, -0.1]}, "jitter: got -0.1"),
        (torch.rand(4, 2), {"jitter": [0.1] * 3}, "jitter: got 3 numbers, needed one or steps - 1 = 2"),
        (torch.rand(4, 2), {"keep": 1.0}, "keep: got 1.0, needed a number in .0, 1."),
        (torch.rand(4, 2), {"low": 1.0, "high": 0.0}, "needed low < high"),
        (torch.rand(4, 2), {"jitter": 0.1, "generator": 7}, "generator: got 7"),
    ],
)
def test_bad_arguments_stop_at_the_call(z, options, message):
    with pytest.raises(ValueError, match=message):
        kaleidoscope(MLP(2, 5, 3), z, **({"steps": 3} | options))


def test_uniform_starts_fill_the_range():
    z = uniform_starts(MLP(2, 3, 1, output=nn.Tanh(), nets=4), 5000)
    assert z.shape == (4, 5000, 2)
    assert -1 <= z.min() < -0.99
    assert 0.99 < z.max() <= 1
    assert not torch.equal(z[0], z[1])
    with pytest.raises(ValueError, match="needed a bounded output"):
        uniform_starts(MLP(2, 3, 1, output=nn.Identity()), 5)


def test_settle_ends_where_the_kaleidoscope_does(affine):
    net, z = affine([[0.5, 0.0], [0.0, 0.25]], [0.25, 0.3]), torch.rand(50, 2)
    end = settle(net, z, steps=200)
    assert torch.allclose(end, torch.tensor([0.5, 0.4]), atol=1e-5)
    with pytest.raises(ValueError, match="needed a single network"):
        settle(MLP(2, 5, 3, nets=2), z, steps=3)


@pytest.mark.parametrize("steps", [1, 7, 10, 25])
def test_settle_takes_as_many_steps_as_asked_while_samples_move(affine, steps):
    """x -> 1 - x never settles, and is back after every second step."""
    net, z = affine([[-1.0]], [1.0]), torch.rand(5, 1)
    assert torch.allclose(settle(net, z, steps=steps), z if steps % 2 == 0 else 1 - z, atol=1e-5)


@pytest.mark.parametrize("start", [0.0, 0.6])
def test_under_the_schedule_noise_falls_evenly_from_wherever_it_begins(affine, start):
    """A map to 3, what lies under all noise: what is fed goes straight from t 3 + (1 - t) n to 3."""
    net, n = affine([[0.0]], [3.0]), points([-2.0, 0.5])
    z = start * 3 + (1 - start) * n
    fed = recorded(net)
    assert torch.equal(last(kaleidoscope(net, z, **noise_schedule(5))), torch.full_like(n, 3.0))
    for i, x in enumerate(fed):
        torch.testing.assert_close(x, z + (3 - z) * i / 5)


def test_of_one_iteration_the_schedule_keeps_nothing():
    assert noise_schedule(1) == {"steps": 1, "keep": []}
    with pytest.raises(ValueError, match="steps: got 0"):
        noise_schedule(0)


def test_starts_are_as_their_names_say():
    net = MLP(2, 5, 3, output=nn.Tanh(), nets=2)
    uniform, normal = uniform_starts(net, 20_000), normal_starts(net, 20_000)
    assert uniform.shape == normal.shape == (2, 20_000, 2)
    assert [uniform.min().item(), uniform.max().item()] == pytest.approx([-1, 1], abs=0.01)
    assert [normal.mean().item(), normal.std().item()] == pytest.approx([0, 1], abs=0.02)
    assert not torch.equal(normal[0], normal[1])
