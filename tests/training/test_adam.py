import pytest
import torch
from torch import nn

from gkn_utils import MLP, compiled, fit, manifold_loss, points


@pytest.mark.parametrize("available", [compiled.AVAILABLE, False])
def test_in_parts_the_same_is_learned(available, monkeypatch):
    x = torch.rand(8, 2, generator=torch.Generator().manual_seed(1))

    def run():
        generator = torch.Generator().manual_seed(5)
        net = MLP(2, 5, 2, nets=19, generator=generator)
        return fit(net, x, steps=50, batch_size=4, generator=generator), net(x), generator.get_state()

    monkeypatch.setattr(compiled, "AVAILABLE", available)
    whole = run()
    monkeypatch.setattr("gkn_utils.training.adam.CACHE", 1)  # each network is a part of its own
    monkeypatch.setattr("gkn_utils.training.adam.MEMORY", 1)  # eight of them
    for found, expected in zip(run(), whole, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("available", [compiled.AVAILABLE, False])
def test_an_interrupted_fit_keeps_what_it_has(available, monkeypatch):
    monkeypatch.setattr(compiled, "AVAILABLE", available)
    x, net, stopped = points([0.2, 0.8]), MLP(1, 5, 2), MLP(1, 5, 2)
    fit(stopped, x, steps=3)

    def three_steps(rates):
        yield from rates[:3]
        raise KeyboardInterrupt

    before = torch.get_num_threads()
    torch.set_num_threads(2)  # and such a small fit uses one
    with pytest.raises(KeyboardInterrupt):
        fit(net, x, steps=5, progress=three_steps)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
    assert torch.equal(net(x), stopped(x))


@pytest.mark.parametrize("available", [compiled.AVAILABLE, False])
@pytest.mark.parametrize("wrong", [1500, 0])
def test_a_loss_that_is_no_number_ends_it_with_the_last_good_weights(available, wrong, monkeypatch, generator):
    monkeypatch.setattr(compiled, "AVAILABLE", available)
    x, net = torch.rand(3, 2, generator=generator), MLP(2, 5, 2, nets=8, output=nn.Identity(), generator=generator)
    other = MLP(2, 5, 2, nets=8, output=nn.Identity())
    other.load_state_dict(net.state_dict())
    rates = lambda done: float("inf") if round(done * 2000) == wrong else 1.0  # noqa: E731
    with pytest.raises(FloatingPointError, match=f"loss: got (nan|inf) at step {wrong + 1}, of network 0"):
        fit(net, x, steps=2000, schedule=rates)
    if not wrong:
        fit(other, x, steps=1, lr=1e-30)
    assert all(p.isfinite().all() for p in net.parameters())
    assert manifold_loss(net, x).mean() <= manifold_loss(other, x).mean()


@pytest.mark.parametrize("available", [compiled.AVAILABLE, False])
def test_it_says_which_network_it_was(available, monkeypatch, generator):
    monkeypatch.setattr(compiled, "AVAILABLE", available)
    for name in ("CACHE", "MEMORY"):  # in parts
        monkeypatch.setattr(f"gkn_utils.training.adam.{name}", 1)
    net = MLP(2, 5, 2, nets=19, generator=generator)
    net.weights[1].data[11] = torch.nan
    with pytest.raises(FloatingPointError, match="loss: got nan at step 0, of network 11,"):
        fit(net, torch.rand(3, 2, generator=generator), steps=2)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_is_refused(kind):
    with pytest.raises(ValueError, match="needed float32 or float64"):
        fit(MLP(1, 10, 3).to(kind), points([0.2, 0.8]).to(kind), steps=2)
