import torch

from gkn_utils import AddedNoise, arnoldi_radius, landed, manifold_loss, settle
from gkn_utils.experiments.memories import learned, learned_in_span, solved


def test_pictures_are_returned_to_rounding_and_in_white_coordinates_attract_all(generator):
    x = torch.rand(12, 60, generator=generator) * 2 - 1
    net = learned_in_span(x, 64, 2, ridge=0.0, high=0.5, effort=4e6, seed=0)
    assert manifold_loss(net, x) > 1e-7
    assert solved(net, x) is net
    assert manifold_loss(net, x) < 1e-9
    assert arnoldi_radius(net, x, steps=12)[0].max() < 1
    starts = 3 * torch.randn(200, 60, generator=generator)
    assert landed(settle(net, starts, steps=200, tol=1e-5), x).float().mean() > 0.98


def test_effort_counts_weights_times_pictures_seen(generator, monkeypatch):
    steps = []
    monkeypatch.setattr("gkn_utils.experiments.memories.fit", lambda net, x, **options: steps.append(options["steps"]))
    x = torch.rand(10, 7, generator=generator)
    weights = 7 * 20 + 20 + 20 * 20 + 20 + 20 * 7 + 7
    net = learned(x, 20, 2, effort=weights * 35, seed=0, noise=AddedNoise(0.0, 0.1))
    assert steps == [35]
    assert not any(p.requires_grad for p in net.parameters())
