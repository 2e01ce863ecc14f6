import pytest
import torch
from torch import nn

from gkn_utils import MLP, collapsed, fit, fit_in_stages, fitted, manifold_loss, one_cycle, points


def test_loss_is_the_mean_square_of_equation_1(affine):
    net = affine([[0.0, 0.0], [0.0, 0.0]], [1.0, 0.0])
    assert manifold_loss(net, points([(0, 0), (1, 2)])).item() == pytest.approx((1 + 0 + 0 + 4) / 4)


def test_one_step_is_a_step_of_adam(affine):
    net = affine([[0.5]], [0.0])
    history = fit(net, points([1.0]), steps=1, lr=0.01)
    assert history.item() == pytest.approx(0.25)
    assert net.weights[0].item() == pytest.approx(0.51, abs=1e-6)  # Adam's first step has the size of lr
    assert net.biases[0].item() == pytest.approx(0.01, abs=1e-6)


@pytest.mark.parametrize("nets", [3, 64])  # 64 are multiplied side by side
@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("noise", [None, (0.0, 0.5)])
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


def test_same_generator_same_result():
    x = torch.rand(20, 2, generator=torch.Generator().manual_seed(1))

    def run():
        generator = torch.Generator().manual_seed(5)
        return fit(MLP(2, 5, 2, nets=2, generator=generator), x, steps=50, batch_size=4, generator=generator)

    assert torch.equal(run(), run())


def test_a_pass_shows_each_point_once(affine):
    net = affine([[0.0]], [0.0])
    history = fit(net, points([0.1, 0.2, 0.3, 0.4]), steps=4, lr=1e-12, batch_size=1)
    torch.testing.assert_close(history.sort().values, points([0.1, 0.2, 0.3, 0.4])[:, 0].square())


def test_outcomes():
    x = points([0.2, 0.8])  # variance .09
    loss = torch.tensor([1e-7, 1e-3, 0.09])
    assert fitted(loss).tolist() == [True, False, False]
    assert collapsed(loss, x).tolist() == [False, False, True]
    apart = points([0.2, 0.8]).expand(3, 2, 1) * torch.tensor([1.0, 1.0, 0.1]).reshape(3, 1, 1)
    assert collapsed(torch.full((3,), 1e-3), apart).tolist() == [False, False, True]  # variance .0009
    assert collapsed(torch.tensor([1e-7, 0.1]), points([0.5])).tolist() == [False, True]


def test_a_frozen_network_stays_as_it_is(generator):
    net = MLP(1, 5, 2, generator=generator).requires_grad_(False)
    with pytest.raises(ValueError, match="got frozen weights"):
        fit(net, points([0.5]), steps=1)


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (torch.rand(4, 3), {}, "got shape .*needed .n, 2."),
        (torch.rand(2), {}, "got shape"),
        (torch.rand(5, 4, 2), {}, "needed .n, 2. or .3, n, 2."),
        (torch.empty(0, 2), {}, "got no points"),
        (torch.full((4, 2), torch.nan), {}, "NaN or infinite"),
        (torch.rand(4, 2) - 2, {}, "needed .0, 1., the network's range"),
        (torch.rand(4, 2).double(), {}, "needed the network's torch.float32"),
        ([[0.1, 0.2]], {}, "got list, needed a tensor"),
        (torch.rand(4, 2), {"steps": 0}, "steps: got 0"),
        (torch.rand(4, 2), {"lr": 0}, "lr: got 0"),
        (torch.rand(4, 2), {"batch_size": 5}, "batch_size: got 5, needed at most the 4"),
        (torch.rand(4, 2), {"noise": (-1.0, 1.0)}, "noise: got .-1.0, 1.0."),
        (torch.rand(4, 2), {"noise": (2.0, 1.0)}, "needed two standard deviations"),
        (torch.rand(4, 2), {"noise": 0.1}, "noise: got 0.1, needed two"),
        (torch.rand(4, 2), {"precision": "bfloat16"}, "precision: got 'bfloat16', needed a floating type"),
        (torch.rand(4, 2), {"precision": torch.int8}, "precision: got torch.int8"),
        (torch.rand(4, 2), {"generator": 7}, "generator: got int"),
    ],
)
def test_bad_arguments_stop_before_training(x, options, message, generator):
    net = MLP(2, 5, 2, nets=3, generator=generator)
    before = net.weights[0].clone()
    with pytest.raises(ValueError, match=message):
        fit(net, x, **({"steps": 5} | options))
    assert torch.equal(net.weights[0], before)


def test_tanh_data_does_not_fit_a_sigmoid(generator):
    x = points([-0.5, 0.5])
    fit(MLP(1, 5, 2, output=nn.Tanh(), generator=generator), x, steps=1)
    with pytest.raises(ValueError, match="range"):
        fit(MLP(1, 5, 2, generator=generator), x, steps=1)


def test_stages_are_fits_one_after_another():
    x = points([0.2, 0.8])
    once, staged = MLP(1, 5, 2), MLP(1, 5, 2)
    losses = torch.cat([fit(once, x, steps=5), fit(once, x, steps=3, lr=1e-4)])
    assert torch.equal(fit_in_stages(staged, x, steps=[5, 3], lrs=[1e-3, 1e-4]), losses)
    with pytest.raises(ValueError, match="got 2 and 1 stages"):
        fit_in_stages(staged, x, steps=[5, 3], lrs=[1e-3])


@pytest.mark.parametrize("autocast", [False, True])
def test_in_low_precision_it_learns_as_without(autocast, generator):
    x = torch.rand(8, 4, generator=generator)
    plain, mixed = (MLP(4, 32, 2, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    loss = fit(plain, x, steps=300)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        low_precision = fit(mixed, x, steps=300, precision=torch.bfloat16)
    assert loss[-1] < 0.1 * loss[0]
    assert torch.allclose(low_precision, loss, rtol=0.1, atol=1e-3)
    assert not torch.equal(low_precision, loss)
    assert torch.allclose(manifold_loss(mixed, x), low_precision[-1], atol=1e-3)
    assert mixed.dtype == low_precision.dtype == torch.float32


def test_a_linear_network_learns_to_remove_noise(affine, generator):
    """From x + e the best linear return of x is x times var(x) / (var(x) + var(e)): .09 / (.09 + .16) = .36."""
    net = affine([[0.0]], [0.0])
    x = points([-0.3, 0.3]).repeat(2000, 1)
    fit(net, x, steps=2000, lr=0.01, noise=(0.4, 0.4), schedule=one_cycle, generator=generator)
    assert net.weights[0].item() == pytest.approx(0.36, abs=0.01)
    assert net.biases[0].item() == pytest.approx(0, abs=0.01)


def test_one_cycle_goes_up_and_down():
    assert [one_cycle(done) for done in (0, 0.15, 0.3, 0.65, 1)] == pytest.approx([0.04, 0.52, 1, 0.5, 0])


def test_a_schedule_is_a_factor_on_the_learning_rate(affine):
    net = affine([[0.5]], [0.0])
    fit(net, points([1.0]), steps=4, lr=0.01, schedule=lambda done: float(done == 0.5))
    assert net.weights[0].item() == pytest.approx(0.51, abs=1e-6)


def test_progress_sees_each_step():
    seen = []

    def watched(rates):
        for rate in rates:
            seen.append(rate)
            yield rate

    fit(MLP(1, 3, 1), points([0.5]), steps=7, lr=0.01, progress=watched)
    assert seen == [0.01] * 7
