import pytest
import torch
from benchmarks.recipes import plain_copy, plain_fit
from torch import nn

from gkn_utils import (
    MLP,
    AddedNoise,
    BlendedNoise,
    collapsed,
    converged,
    fit,
    fit_in_stages,
    fitted,
    manifold_loss,
    one_cycle,
    points,
    train,
)


def test_loss_is_the_mean_square_of_equation_1(affine):
    net = affine([[0.0, 0.0], [0.0, 0.0]], [1.0, 0.0])
    assert manifold_loss(net, points([(0, 0), (1, 2)])).item() == pytest.approx((1 + 0 + 0 + 4) / 4)


def test_it_learns_what_the_plain_loop_of_the_paper_learns(generator):
    net, x = MLP(2, 5, 3, output=nn.Tanh(), generator=generator), points([(0.2, 0.8), (-0.3, 0.5)])
    plain = plain_copy(net)
    torch.testing.assert_close(fit(net, x, steps=100), plain_fit(plain, x, steps=100), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(net(x), plain(x), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("nets", "batch_size", "noise"),
    [(3, None, None), (3, 3, None), (3, None, AddedNoise(0.0, 0.5)), (64, 3, None), (64, 3, BlendedNoise())],
)
def test_many_networks_learn_like_single_ones(batch_size, nets, noise):
    x = torch.rand(8, 2, generator=torch.Generator().manual_seed(1))
    many = MLP(2, 5, 3, nets=nets, generator=torch.Generator().manual_seed(0))
    singles = [many[i] for i in range(3)]
    options = {"steps": 200, "batch_size": batch_size, "noise": noise, "schedule": one_cycle}
    history = fit(many, x, **options, generator=torch.Generator().manual_seed(2))
    for i, single in enumerate(singles):
        alone = fit(single, x, **options, generator=torch.Generator().manual_seed(2))
        torch.testing.assert_close(history[:, i], alone, atol=1e-5, rtol=0)
        torch.testing.assert_close(many(x)[i], single(x), atol=1e-5, rtol=0)


def test_each_network_may_have_its_own_data(generator):
    x = torch.stack([points([0.2]), points([0.7])])
    net = MLP(1, 5, 2, nets=2, generator=generator)
    fit(net, x, steps=1000)
    torch.testing.assert_close(net(x), x, atol=1e-3, rtol=0)


def test_outcomes():
    x = points([0.2, 0.8])  # variance .09
    loss = torch.tensor([1e-7, 1e-3, 0.09])
    assert fitted(loss).tolist() == [True, False, False]
    assert collapsed(loss, x).tolist() == [False, False, True]
    apart = points([0.2, 0.8]).expand(3, 2, 1) * torch.tensor([1.0, 1.0, 0.1]).reshape(3, 1, 1)
    assert collapsed(torch.full((3,), 1e-3), apart).tolist() == [False, False, True]  # variance .0009
    assert collapsed(torch.tensor([1e-7, 0.1]), points([0.5])).tolist() == [False, True]


def test_a_loss_that_falls_no_more_has_converged():
    steady, slow, rounding = torch.ones(10), torch.cat([torch.ones(8), torch.full((2,), 0.95)]), torch.full((10,), 1e-9)
    rounding[-1] = 1e-13
    history = torch.stack([steady, slow, rounding], dim=-1)
    assert converged(history).tolist() == [True, False, True]
    with pytest.raises(ValueError, match="got 4 steps"):
        converged(history[:4])


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (torch.rand(4, 3), {}, "got shape .*needed .n, 2."),
        (torch.rand(5, 4, 2), {}, "needed .n, 2. or .3, n, 2."),
        (torch.rand(4, 2) - 2, {}, "needed .0, 1., the network's range"),
        (torch.rand(4, 2), {"steps": 0}, "steps: got 0"),
        (torch.rand(4, 2), {"lr": 0}, "lr: got 0"),
        (torch.rand(4, 2), {"batch_size": 5}, "batch_size: got 5, needed at most the 4"),
        (torch.rand(4, 2), {"noise": (0.1, 1.0)}, "noise: got .0.1, 1.0., needed a function or None"),
        (torch.rand(4, 2), {"precision": torch.int8}, "precision: got torch.int8, needed a floating type"),
    ],
)
def test_bad_arguments_stop_before_training(x, options, message, generator):
    net = MLP(2, 5, 2, nets=3, generator=generator)
    before = net.weights[0].clone()
    with pytest.raises(ValueError, match=message):
        fit(net, x, **({"steps": 5} | options))
    with pytest.raises(ValueError, match="got frozen weights"):
        fit(net.requires_grad_(False), torch.rand(4, 2), steps=5)
    assert torch.equal(net.weights[0], before)


def test_stages_are_fits_one_after_another():
    x = points([0.2, 0.8])
    once, staged = MLP(1, 5, 2), MLP(1, 5, 2)
    losses = torch.cat([fit(once, x, steps=5), fit(once, x, steps=3, lr=1e-4)])
    assert torch.equal(fit_in_stages(staged, x, steps=[5, 3], lrs=[1e-3, 1e-4]), losses)
    with pytest.raises(ValueError, match="got 2 and 1 stages"):
        fit_in_stages(staged, x, steps=[5, 3], lrs=[1e-3])


def test_a_trained_network_is_one_that_is_drawn_and_fitted():
    x, options = torch.rand(6, 2), {"steps": 5, "batch_size": 3, "lr": 0.01}
    net = MLP(2, 5, 3, output=nn.Tanh(), nets=2, generator=torch.Generator().manual_seed(7))
    losses = fit(net, x, **options, generator=torch.Generator().manual_seed(7))
    trained, found = train(x, 5, 3, output=nn.Tanh(), nets=2, seed=7, **options)
    assert torch.equal(found, losses)
    assert torch.equal(trained(x), net(x))
    assert train(x, 5, 3, seed=7, steps=[3, 2], lrs=[0.1, 0.01])[1].shape == (5,)  # in stages


@pytest.mark.parametrize("autocast", [False, True])
def test_in_low_precision_it_learns_as_without(autocast, generator):
    x = torch.rand(8, 4, generator=generator)
    plain, mixed = (MLP(4, 32, 2, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    loss = fit(plain, x, steps=300)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        low_precision = fit(mixed, x, steps=300, precision=torch.bfloat16)
    assert torch.allclose(low_precision, loss, rtol=0.1, atol=1e-3)
    assert not torch.equal(low_precision, loss)
    assert torch.allclose(manifold_loss(mixed, x), low_precision[-1], atol=1e-3)
    assert mixed.dtype == low_precision.dtype == torch.float32


def test_a_linear_network_learns_to_remove_noise(affine, generator):
    """From x + e the best linear return of x is x times var(x) / (var(x) + var(e)): .09 / (.09 + .16) = .36."""
    net = affine([[0.0]], [0.0])
    x = points([-0.3, 0.3]).repeat(2000, 1)
    fit(net, x, steps=2000, lr=0.01, noise=AddedNoise(0.4, 0.4), schedule=one_cycle, generator=generator)
    assert net.weights[0].item() == pytest.approx(0.36, abs=0.01)
    assert net.biases[0].item() == pytest.approx(0, abs=0.01)


def test_a_linear_network_returns_the_mean_of_what_may_lie_under_the_blend(affine, generator):
    """Of t x + (1 - t) n, t = 1/2 and weights 2, the best linear return of x is 2 var(x) / (var(x) + 1) = .165."""
    net = affine([[0.0]], [0.0])
    x = points([-0.3, 0.3]).repeat(2000, 1)
    history = fit(net, x, steps=2000, lr=0.01, noise=BlendedNoise(0.0, 1e-4), schedule=one_cycle, generator=generator)
    assert net.weights[0].item() == pytest.approx(0.165, abs=0.01)
    assert history[-1].item() == pytest.approx(2 * 0.09 * (1 - 0.165 / 2), abs=0.01)  # each error counts twice


def test_one_cycle_goes_up_and_down_and_a_schedule_is_a_factor_on_the_rate(affine):
    assert [one_cycle(done) for done in (0, 0.15, 0.3, 0.65, 1)] == pytest.approx([0.04, 0.52, 1, 0.5, 0])
    net = affine([[0.5]], [0.0])
    fit(net, points([1.0]), steps=4, lr=0.01, schedule=lambda done: float(done == 0.5))
    assert net.weights[0].item() == pytest.approx(0.51, abs=1e-6)
