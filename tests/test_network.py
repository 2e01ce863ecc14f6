import pytest
import torch
from torch import nn

from gkn_utils import MLP


@pytest.mark.parametrize("nets", [None, 1, 3])
def test_shapes(nets, generator):
    net = MLP(2, 5, 3, nets=nets, generator=generator)
    lead = () if nets is None else (nets,)
    assert net(torch.rand(7, 2)).shape == (*lead, 7, 2)
    assert len(net.weights) == 4  # three hidden layers and the output


def test_it_is_the_sequential_network_of_the_paper(generator):
    net = MLP(3, 4, 2, output=nn.Tanh(), generator=generator)
    plain = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3), nn.Tanh())
    with torch.no_grad():
        for layer, weight, bias in zip(plain[::2], net.weights, net.biases, strict=False):
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias[0])
    x = torch.randn(10, 3, generator=generator)
    torch.testing.assert_close(net(x), plain(x))


def test_many_networks_have_the_weights_of_single_ones_drawn_in_turn():
    generator, again = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    many, x = MLP(2, 5, 3, nets=4, generator=generator), torch.rand(6, 2)
    for i in range(4):
        single = MLP(2, 5, 3, generator=again)
        torch.testing.assert_close(many(x)[i], single(x))
        torch.testing.assert_close(many[i](x), single(x))


def test_initial_weights_are_uniform_within_the_fan_in_bound(generator):
    net = MLP(100, 400, 2, generator=generator)
    for weight, bias in zip(net.weights, net.biases, strict=True):
        bound = weight.shape[0] ** -0.5
        assert weight.abs().max() <= bound
        assert bias.abs().max() <= bound
        assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.02)


def test_the_global_generator_is_left_alone(generator):
    before = torch.get_rng_state()
    MLP(2, 5, 3, nets=4, generator=generator)
    MLP(2, 5, 3)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_skip_adds_the_input_before_the_output(generator):
    x = torch.rand(6, 2, generator=generator)
    plain, skipping = (
        MLP(2, 5, 2, nets=3, skip=skip, generator=torch.Generator().manual_seed(1)) for skip in (False, True)
    )
    torch.testing.assert_close(skipping(x), (plain(x).logit() + x).sigmoid())
    torch.testing.assert_close(skipping[2](x), skipping(x)[2])


def test_ranges():
    assert MLP(1, 2, 1).range == (0, 1)
    assert MLP(1, 2, 1, output=nn.Tanh()).range == (-1, 1)


@pytest.mark.parametrize(
    "bad", [{"dim": 0}, {"width": 2.5}, {"depth": -1}, {"nets": 0}, {"generator": 3}, {"output": torch.nn.ReLU()}]
)
def test_bad_arguments(bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))}: got .* needed"):
        MLP(**({"dim": 1, "width": 2, "depth": 1} | bad))


def test_there_is_no_network_beyond_the_last():
    with pytest.raises(IndexError, match="network 2"):
        MLP(1, 2, 1, nets=2)[2]
