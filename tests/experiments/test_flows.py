import pytest
import torch
from torch import nn

from gkn_utils.experiments.flows import CleanFlow, Diffusion, VelocityFlow, fit_flow
from gkn_utils.experiments.told_networks import ToldMLP, ToldResidualMLP, waves

LIKE = torch.tensor([[0.9], [-0.3], [0.2]])  # its mean and variance, for all pixels alike
FLOWS = (CleanFlow(), VelocityFlow(), Diffusion(), VelocityFlow(like=LIKE), Diffusion(like=LIKE))


def best_guess(flow, z, of_noise, of_data, data, noise):
    """Of z = data x + noise n, with x like `LIKE`, the linear guess nearest in the mean to of_data x + of_noise n."""
    if flow.moments is None:
        return 0
    covariance = of_data * data * LIKE.var() + of_noise * noise
    return of_data * LIKE.mean() + covariance / (data**2 * LIKE.var() + noise**2) * (z - data * LIKE.mean())


def the_answer(flow, x):
    """A network that knows that all data are the one point x, and so what was mixed with it; t is told."""

    def net(z, t):
        if isinstance(flow, CleanFlow):
            return x.atanh().expand_as(z)
        if isinstance(flow, VelocityFlow):
            return (x - z) / (1 - t) - best_guess(flow, z, -1, 1, t, 1 - t)
        kept = flow.kept[(t * 999).round().long()]
        return (z - kept.sqrt() * x) / (1 - kept).sqrt() - best_guess(flow, z, 1, 0, kept.sqrt(), (1 - kept).sqrt())

    return net


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("steps", [1, 7, 50])
def test_with_the_right_answer_noise_ends_at_the_one_point(flow, steps, generator):
    x = torch.tensor([0.5, -0.3, 0.9, 0.0])
    ends = flow.sample(the_answer(flow, x), torch.randn(20, 4, generator=generator), steps=steps)
    torch.testing.assert_close(ends, x.expand(20, 4), atol=1e-3, rtol=0)


@pytest.mark.parametrize("flow", FLOWS)
def test_the_right_answer_has_no_loss(flow, generator):
    x = torch.tensor([0.5, -0.3, 0.9, 0.0])
    assert flow.loss(the_answer(flow, x), x.expand(100, 4), generator) < 1e-6


@pytest.mark.parametrize("kind", [VelocityFlow, Diffusion])
def test_the_best_linear_guess_alone_gives_a_normal_distribution(kind, generator):
    like = torch.tensor([0.2, -0.3, 0.0]) + torch.randn(5000, 3, generator=generator) * torch.tensor([0.1, 0.15, 0.2])
    z = torch.randn(5000, 3, generator=generator)
    ends = kind(like=like).sample(lambda z, t: torch.zeros_like(z), z, steps=500)
    torch.testing.assert_close(ends.mean(0), like.mean(0), atol=0.01, rtol=0)
    torch.testing.assert_close(ends.std(0), like.std(0), atol=0, rtol=0.05)


@pytest.mark.parametrize("flow", FLOWS)
def test_two_points_are_found_alike(flow, generator):
    x = torch.tensor([[0.8, 0.8], [-0.8, -0.8]]).repeat(50, 1)
    net = ToldMLP(2, 64, 2)
    fit_flow(flow, net, x, steps=1500, batch_size=100, lr=3e-3, generator=generator)
    ends = flow.sample(net, torch.randn(400, 2, generator=generator), steps=50)
    assert (torch.cdist(ends, x[:2]).amin(1) < 0.3).float().mean() > 0.9
    assert 0.4 < (ends[:, 0] > 0).float().mean() < 0.6


@pytest.mark.parametrize("kind", [ToldMLP, ToldResidualMLP])
def test_first_weights_come_from_the_seed_alone(kind):
    state = torch.random.get_rng_state()
    a, b, other = kind(4, 8, 2, seed=1), kind(4, 8, 2, seed=1), kind(4, 8, 2, seed=2)
    assert torch.equal(state, torch.random.get_rng_state())
    weights = [nn.utils.parameters_to_vector(net.parameters()) for net in (a, b, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert a(torch.zeros(3, 4), torch.zeros(3, 1)).shape == (3, 4)


def test_a_residual_network_begins_at_nothing_and_learns_from_t(generator):
    net, x = ToldResidualMLP(4, 8, 3), torch.randn(5, 4, generator=generator)
    assert net(x, torch.zeros(5, 1)).abs().max() == 0
    fit_flow(VelocityFlow(), net, x.tanh(), steps=50, batch_size=5, lr=1e-2)
    assert (net(x, torch.zeros(5, 1)) - net(x, torch.ones(5, 1))).abs().min() > 0


def test_times_are_told_apart():
    told = waves(torch.linspace(0, 1, 1001)[:, None])
    assert torch.pdist(told).min() > 1e-2


@pytest.mark.parametrize(
    ("scale", "options", "said"),
    [
        (1, {"steps": 0}, "steps: got 0"),
        (1, {"batch_size": 9}, "batch_size: got 9, needed at most the"),
        (2, {}, "x: got values"),
    ],
)
def test_bad_arguments_stop(scale, options, said):
    options = {"steps": 1, "batch_size": 2, "lr": 1e-3} | options
    with pytest.raises(ValueError, match=said):
        fit_flow(VelocityFlow(), ToldMLP(4, 8, 2), scale * torch.ones(4, 4), **options)
