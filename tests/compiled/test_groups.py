"""The compiled code against autograd and against PyTorch's own functions."""

import pytest
import torch
from torch import nn

from gkn_utils import MLP, compiled, fit, kaleidoscope, last, manifold_loss, one_cycle

pytest.importorskip("numba", reason="Numba is not installed")
from gkn_utils.compiled import kernels
from gkn_utils.compiled.groups import interleaved, separate

KINDS = [(nn.Sigmoid, False), (nn.Tanh, False), (nn.Identity, False), (nn.Tanh, True)]


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0].__name__}{' with a skip' * kind[1]}")
def net(request, generator):
    output, skip = request.param
    return MLP(3, 6, 2, output=output(), skip=skip, nets=11, generator=generator)


@pytest.mark.parametrize("count", [1, 2, 16, 37])  # blocks of 16, tiles of 2
@pytest.mark.parametrize("nets", [1, 11])  # the same points for all, or each its own
def test_loss_and_gradient_are_those_of_autograd(net, count, nets, generator):
    x = torch.rand(nets, count, 3, generator=generator)
    groups = compiled.grouped(net, count, train=slice(None))
    loss = groups.descend(x, torch.arange(count)[None], [0.0], 0)
    gradient = separate(groups.state[:, 3 * groups.parameters : 4 * groups.parameters], 11)

    expected = manifold_loss(net, x.expand(11, count, 3))
    expected.sum().backward()
    torch.testing.assert_close(loss[0], expected.detach(), rtol=1e-5, atol=1e-7)
    pairs = zip(net.weights, net.biases, strict=True)
    by_autograd = torch.cat([p.grad.flatten(1) for pair in pairs for p in pair], dim=1)
    torch.testing.assert_close(gradient, by_autograd, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("options", [{}, {"batch_size": 5, "schedule": one_cycle}])
def test_it_learns_what_is_learned_without(net, options, monkeypatch, generator):
    x = torch.rand(12, 3, generator=generator)
    other = MLP(3, 6, 2, output=net.output, skip=net.skip, nets=11)
    other.load_state_dict(net.state_dict())
    loss = fit(net, x, steps=50, **options)
    monkeypatch.setattr(compiled, "AVAILABLE", False)
    torch.testing.assert_close(loss, fit(other, x, steps=50, **options), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(net(x), other(x), rtol=1e-4, atol=1e-5)


def test_on_more_threads_and_alone_a_network_becomes_the_same_to_the_last_bit(generator):
    x = torch.rand(6, 2, generator=generator)

    def run(threads, index=None):
        net = MLP(2, 5, 3, nets=40, generator=torch.Generator().manual_seed(1))
        net, before = net if index is None else net[index], torch.get_num_threads()
        torch.set_num_threads(threads)
        loss = fit(net, x, steps=200, batch_size=4, generator=torch.Generator().manual_seed(2))
        torch.set_num_threads(before)
        return [loss, *(p.detach() for p in net.parameters())]

    together = run(1)
    for a, b in zip(together, run(3), strict=True):
        assert torch.equal(a, b)
    assert torch.equal(together[0][:, 21], run(1, 21)[0])


@pytest.mark.parametrize("output", [nn.Sigmoid(), nn.Tanh()])
def test_outputs_are_those_of_pytorch_however_large_what_goes_into_them(output):
    net = MLP(1, 1, 0, output=output, nets=8)
    h = torch.linspace(-200, 200, 20001, dtype=torch.double).unsqueeze(-1)
    with torch.no_grad():
        for weight, bias in zip(net.weights, net.biases, strict=True):
            weight.fill_(1.0)
            bias.zero_()
        y = compiled.grouped(net, len(h)).apply(h.float())
        assert (y[3] - output(h)).abs().max() < 2e-7
        assert compiled.grouped(net, 1).apply(torch.tensor([[torch.nan]])).isnan().all()


@pytest.mark.parametrize("single", [False, True])
def test_iterates_are_those_of_pytorch(net, single, monkeypatch, generator):
    net, z = (net[3] if single else net), torch.rand(11, 77, 3, generator=generator)[0 if single else slice(None)]
    assert compiled.samples(net, 77)
    end = last(kaleidoscope(net, z, steps=5, jitter=0.1))
    monkeypatch.setattr(compiled, "AVAILABLE", False)
    torch.testing.assert_close(end, last(kaleidoscope(net, z, steps=5, jitter=0.1)), rtol=1e-5, atol=1e-6)


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(monkeypatch):
    def njit(*, nogil, cache=False):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(kernels, "njit", njit)
    assert kernels.kept(abs) is abs


def test_there_and_back(generator):
    x = torch.rand(11, 5, 3, generator=generator)
    assert interleaved(x).shape == (2, 5, 3, 8)
    assert torch.equal(interleaved(x)[1, :, :, 2], x[10])
    assert torch.equal(separate(interleaved(x), 11), x)


@pytest.mark.parametrize(
    "net",
    [MLP(2, 100, 2, nets=8), MLP(2, 5, 2, nets=8).double(), MLP(2, 64, 7, nets=1)],
    ids=["large layers", "double precision", "seven places left empty"],
)
def test_what_is_better_without_goes_without(net):
    assert not compiled.trains(net, 100)
