import pytest
import torch

from gkn_utils import kaleidoscope, last
from gkn_utils.experiments.architectures import PictureNetwork, Transformer, UNet, convolutional, fit_until, mean_loss

SHAPE = (1, 8, 8)
KINDS = {
    "CNN": lambda: convolutional(SHAPE, 8, 16),
    "U-Net": lambda: UNet(SHAPE, 4),
    "Transformer": lambda: Transformer(SHAPE, 4, 16, 2, 2),
}
each_kind = pytest.mark.parametrize("layers", KINDS.values(), ids=KINDS.keys())


@each_kind
def test_it_maps_points_to_points_in_its_range_and_is_iterated(layers, generator):
    net, z = PictureNetwork(SHAPE, layers), torch.rand(5, 64, generator=generator) * 2 - 1
    assert (net.dim, net.range, net.device.type, net.dtype) == (64, (-1, 1), "cpu", torch.float32)
    end = last(kaleidoscope(net, z, steps=3))
    assert end.shape == (5, 64)
    assert end.abs().max() <= 1
    torch.testing.assert_close(end, net(net(net(z))).detach())
    net = net.to(torch.float64)
    assert (net.dtype, last(kaleidoscope(net, z.double(), steps=3)).dtype) == (torch.float64, torch.float64)


@each_kind
def test_weights_follow_the_seed_and_the_global_generator_is_left_alone(layers):
    before = torch.random.get_rng_state()
    one, same, other = (PictureNetwork(SHAPE, layers, seed=s).state_dict() for s in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(torch.equal(one[k], same[k]) for k in one)
    assert any(not torch.equal(one[k], other[k]) for k in one)


@each_kind
def test_it_learns_until_the_loss_is_reached(layers, generator):
    net, x = PictureNetwork(SHAPE, layers), torch.rand(4, 64, generator=generator) - 0.5
    losses = fit_until(net, x, loss=0.03, most=2000, batch_size=4, lr=3e-3)
    assert mean_loss(net, x) <= 0.03 < losses[0]
    assert len(losses) in range(25, 2000, 25)
    assert len(fit_until(net, x, loss=0.0, most=30, batch_size=4)) == 30


@pytest.mark.parametrize(
    ("value", "options", "said"),
    [(0.0, {"batch_size": 0}, "batch_size: got 0"), (0.0, {"most": 0}, "got 0"), (1.5, {}, r"needed \[-1, 1\]")],
)
def test_bad_arguments_stop(value, options, said):
    net, options = PictureNetwork(SHAPE, KINDS["CNN"]), {"loss": 0, "most": 1, "batch_size": 2} | options
    with pytest.raises(ValueError, match=said):
        fit_until(net, torch.full((2, 64), value), **options)
