"""On a GPU the same code gives the same results, up to rounding. All of it is skipped where there is none."""

import pytest
import torch
from torch import nn

from gkn_utils import MLP, fit, fitted, kaleidoscope, last, points, recalled, spectral_radius

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def learned(device, *, nets=256, steps=1500):
    """Two points by many networks, which start alike on every device."""
    net = MLP(1, 5, 7, nets=nets, generator=torch.Generator().manual_seed(0)).to(device)
    x = points([0.2, 0.8]).to(device)
    return net, x, fit(net, x, steps=steps)


def test_first_steps_agree():
    (_, _, cpu), (_, _, cuda) = learned("cpu", steps=20), learned("cuda", steps=20)
    torch.testing.assert_close(cuda.cpu(), cpu, rtol=1e-3, atol=1e-5)


def test_shares_over_networks_agree():
    shares = []
    for device in ("cpu", "cuda"):
        net, x, loss = learned(device)
        z = torch.rand(100, 1, generator=torch.Generator().manual_seed(1)).to(device)
        found = recalled(last(kaleidoscope(net, z, steps=300)), x)
        attracting = spectral_radius(net, x) < 1
        shares.append([t.float().mean().item() for t in (fitted(loss[-1]), found, attracting)])
    assert shares[1] == pytest.approx(shares[0], abs=0.05)  # the standard deviation of a share of 256 is .03


@pytest.mark.parametrize("precision", [None, torch.bfloat16])
def test_pictures_in_batches(precision):
    x = torch.rand(64, 48, generator=torch.Generator().manual_seed(0)).to("cuda")
    net = MLP(48, 64, 3, output=nn.Tanh(), generator=torch.Generator().manual_seed(0)).to("cuda")
    generator = torch.Generator("cuda").manual_seed(0)
    loss = fit(net, x, steps=300, batch_size=16, precision=precision, generator=generator)
    assert loss.device.type == "cuda"
    assert loss[-20:].mean() < 0.5 * loss[:20].mean()


def test_jitter_is_uniform():
    net = MLP(1, 1, 0, output=nn.Identity()).to("cuda")
    with torch.no_grad():
        net.weights[0].fill_(1)
        net.biases[0].zero_()
    z = torch.zeros(100_000, 1, device="cuda")
    moved = last(kaleidoscope(net, z, steps=2, jitter=0.1, generator=torch.Generator("cuda").manual_seed(0)))
    assert moved.abs().max() <= 0.1
    assert moved.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.01)
