import math

import pytest
import torch
from benchmarks.recipes import plain_copy
from torch import nn

from gkn_utils import MLP, kaleidoscope, last
from gkn_utils.network import (
    FIRST_WEIGHTS,
    OUTPUTS,
    PointMap,
    centred,
    he,
    identity,
    known_output,
    lecun,
    near_identity,
    orthogonal,
    xavier,
)


def test_it_is_the_sequential_network_of_the_paper(generator):
    net, x = MLP(3, 4, 2, output=nn.Tanh(), generator=generator), torch.randn(10, 3, generator=generator)
    torch.testing.assert_close(net(x), plain_copy(net)(x))


def test_many_networks_have_the_weights_of_single_ones_drawn_in_turn():
    generator, again = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    many, x = MLP(2, 5, 3, nets=4, generator=generator), torch.rand(6, 2)
    assert many(x).shape == (4, 6, 2)
    for i in range(4):
        single = MLP(2, 5, 3, generator=again)
        torch.testing.assert_close(many(x)[i], single(x))
        torch.testing.assert_close(many[i](x), single(x))
    with pytest.raises(IndexError, match="network 4"):
        many[4]


def test_first_weights_are_uniform_within_the_fan_in_bound_and_the_global_generator_is_left_alone():
    before, net = torch.get_rng_state(), MLP(100, 400, 2)
    assert torch.equal(torch.get_rng_state(), before)
    for weight, bias in zip(net.weights, net.biases, strict=True):
        bound = weight.shape[0] ** -0.5
        assert weight.abs().max() <= bound
        assert bias.abs().max() <= bound
        assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.02)


def test_a_skip_adds_the_input_before_the_output(generator):
    x = torch.rand(6, 2, generator=generator)
    plain, skipping = (
        MLP(2, 5, 2, nets=3, skip=skip, generator=torch.Generator().manual_seed(1)) for skip in (False, True)
    )
    torch.testing.assert_close(skipping(x), (plain(x).logit() + x).sigmoid())
    torch.testing.assert_close(skipping[2](x), skipping(x)[2])


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_outputs_reach_their_ends_and_have_the_slopes_of_autograd(output):
    h = torch.linspace(-40, 40, 81, dtype=torch.double).requires_grad_()
    y = output.module()(h)
    [slope] = torch.autograd.grad(y.sum(), h)
    torch.testing.assert_close(output.slope(y).detach(), slope)
    if math.isfinite(output.high):
        assert (y[0].item(), y[-1].item()) == pytest.approx((output.low, output.high))
    assert known_output(output.module()) is output
    assert MLP(1, 2, 1, output=output.module()).range == (output.low, output.high)


class Halving:
    """A `Network` and no module: x -> x / 2."""

    dim, nets, range, device, dtype = 2, None, (0.0, 1.0), torch.device("cpu"), torch.float32

    def __call__(self, x):
        return x / 2


def test_whatever_is_a_network_is_iterated():
    assert last(kaleidoscope(Halving(), torch.ones(3, 2), steps=3)).tolist() == [[0.125, 0.125]] * 3


def test_a_point_map_is_where_its_first_parameter_or_buffer_is():
    net = PointMap()
    net.register_buffer("x", torch.zeros(2, device="meta", dtype=torch.half))
    assert (net.device.type, net.dtype, net.nets) == ("meta", torch.half, None)
    net.weight = nn.Parameter(torch.zeros(2))
    assert (net.device.type, net.dtype) == ("cpu", torch.float)
    assert net.double().dtype == torch.double


@pytest.mark.parametrize("bad", [{"dim": 0}, {"width": 0}, {"depth": -1}, {"nets": 0}, {"output": torch.nn.ReLU()}])
def test_bad_arguments(bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))}: got .* needed"):
        MLP(**({"dim": 1, "width": 2, "depth": 1} | bad))


@pytest.mark.parametrize(
    ("draw", "variances"),
    [(he, (2 / 3, 2 / 300)), (lecun, (1 / 3, 1 / 300)), (xavier, (2 / 303, 2 / 600)), (orthogonal, (1 / 300, 1 / 300))],
)
@pytest.mark.parametrize("nets", [None, 3])
def test_first_weights_of_known_variance(draw, variances, nets):
    net = draw(MLP(3, 300, 2, nets=nets), torch.Generator().manual_seed(1))
    for weight, variance in zip(net.weights, variances, strict=False):
        assert weight.var().item() == pytest.approx(variance, rel=0.1)
    assert all((bias == 0).all() for bias in net.biases)


@pytest.mark.parametrize("draw", [he, lecun, xavier, orthogonal])
def test_first_weights_are_those_of_the_generator_and_differ_between_networks(draw):
    net, again, other = (draw(MLP(3, 30, 2, nets=2), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(net.weights[1], again.weights[1])
    assert not torch.equal(net.weights[1], other.weights[1])
    assert not torch.equal(net.weights[1][0], net.weights[1][1])


def test_orthogonal_weights_keep_lengths():
    x = torch.rand(4, 3)
    for weight in orthogonal(MLP(3, 5, 1, nets=2)).weights[0]:
        torch.testing.assert_close((x @ weight).norm(dim=-1), x.norm(dim=-1))


def test_pytorchs_first_weights_are_those_that_a_network_has():
    net, again = (MLP(3, 5, 1, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(FIRST_WEIGHTS["pytorch"](net, None).weights[0], again.weights[0])


def test_the_identity_returns_positive_inputs():
    x = torch.rand(4, 2)
    net = identity(MLP(2, 5, 3, output=nn.Identity(), nets=2))
    torch.testing.assert_close(net(x), x.expand(2, 4, 2))
    with pytest.raises(ValueError, match="got width=2, needed at least its dimension, 3"):
        identity(MLP(3, 2, 1))


@pytest.mark.parametrize("nets", [None, 3])
def test_hidden_layers_that_are_the_identity_change_nothing(nets):
    deep, flat = MLP(3, 5, 4, nets=nets), MLP(3, 5, 1, nets=nets)
    assert near_identity(deep, share=0) is deep
    for bias in deep.biases[1:-1]:
        bias.data.zero_()
    flat.weights, flat.biases = deep.weights[::4], deep.biases[::4]
    x = torch.randn(20, 3)
    torch.testing.assert_close(deep(x), flat(x))


def test_near_the_identity_is_a_share_of_what_was_drawn():
    drawn, near = (MLP(3, 5, 3, nets=2) for _ in range(2))
    near_identity(near, share=0.25)
    for k in (1, 2):
        torch.testing.assert_close(near.weights[k], torch.eye(5) + 0.25 * drawn.weights[k])
    for k in (0, 3):
        assert torch.equal(near.weights[k], drawn.weights[k])
    with pytest.raises(ValueError, match=r"share: got 1\.5, needed at least 0 and at most 1"):
        near_identity(near, share=1.5)


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
@pytest.mark.parametrize("nets", [None, 3])
def test_a_centred_network_is_at_the_mean_of_its_data(output, nets, generator):
    x = torch.rand(50, 4, generator=generator)
    net = MLP(4, 5, 2, output=output.module(), nets=nets)
    before = net.biases[0].detach().clone()
    assert centred(net, x, share=0.5) is net
    first = 0.5 * x.mean(0, keepdim=True) @ net.weights[0] + net.biases[0]
    torch.testing.assert_close(first, before)
    with torch.no_grad():
        for parameter in [*net.weights, *list(net.biases)[:-1]]:
            parameter.zero_()
        net.biases[-1] -= MLP(4, 5, 2, nets=nets).biases[-1]  # what was drawn
    torch.testing.assert_close(net(x), x.mean(0).expand_as(net(x)))


def test_the_mean_of_black_pictures_is_kept_off_the_bounds():
    net = centred(MLP(3, 5, 1, output=torch.nn.Tanh()), torch.full((2, 3), -1.0))
    assert net.biases[-1].isfinite().all()
    with pytest.raises(ValueError, match="the network's range"):
        centred(net, torch.full((2, 3), 2.0))
