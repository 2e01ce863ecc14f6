import pytest
import torch

from gkn_utils import MLP
from gkn_utils.experiments.compression import coarse, components, jpeg, quantised, weights


def test_known_numbers_of_levels():
    v = torch.linspace(0, 1, 1001)
    assert quantised(v, 1).unique().tolist() == [0, 1]
    assert len(quantised(v, 3).unique()) == 8
    assert (quantised(v, 8) - v).abs().max() <= 0.5 / 255 + 1e-6
    for bits in (1, 8, 32):  # equal numbers need no levels
        assert torch.equal(quantised(torch.full((2,), 0.3), bits), torch.full((2,), 0.3))


def test_data_on_a_plane_need_two_components(generator):
    x = torch.rand(300, 2, generator=generator) @ torch.rand(2, 40, generator=generator)
    (few, rough), (bits, back) = (components(x, n, bits=16) for n in (1, 2))
    assert bits == pytest.approx(16 * (40 + 2 * 40 + 2 * 300) / 300)
    assert (back - x).abs().max() < 1e-3 < (rough - x).abs().max()
    assert few < bits


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_costs_more_and_errs_less_at_a_higher_quality(channels, generator):
    smooth = torch.nn.functional.interpolate(torch.rand(5, channels, 4, 4, generator=generator), size=32)
    pixels = (255 * smooth).to(torch.uint8)
    (few, rough), (many, fine) = (jpeg(pixels, q) for q in (10, 90))
    assert rough.shape == fine.shape == pixels.shape
    assert ((few > 0) & (few < many)).all()
    assert (fine.float() - pixels).square().mean() < (rough.float() - pixels).square().mean()


def test_coarse_weights_leave_the_network_as_it_was(generator):
    net = MLP(4, 10, 2, generator=generator)
    before = [p.clone() for p in net.parameters()]
    sent = coarse(net, 2)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert max(len(p.unique()) for p in sent.parameters()) == 4
    assert weights(net) == 4 * 10 + 10 + 10 * 10 + 10 + 10 * 4 + 4
