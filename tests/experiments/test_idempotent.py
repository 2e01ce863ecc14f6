import pytest
import torch
from torch import nn

import gkn_utils as gkn
from gkn_utils.experiments.idempotent import fit_idempotent


def test_it_returns_its_data_and_what_it_makes_of_noise(generator):
    x = torch.tensor([[0.8, 0.8], [-0.8, -0.8]]).repeat(50, 1)
    net = gkn.MLP(2, 64, 2, output=nn.Tanh())
    fit_idempotent(net, x, steps=1500, batch_size=100, lr=1e-3, generator=generator)
    z = torch.randn(400, 2, generator=generator)
    _, once, twice = gkn.kaleidoscope(net, z, steps=2)
    assert gkn.manifold_loss(net, x) < 1e-3
    assert (twice - once).square().mean(-1).median() < 1e-3
    assert (torch.cdist(once, x[:2]).amin(1) < 0.3).float().mean() > 0.8


def test_a_constant_that_is_the_data_has_no_loss():
    """All three terms are 0 there, also the one whose limit is 0."""
    net, x = gkn.MLP(2, 4, 1, output=nn.Tanh()), torch.full((8, 2), 0.5)
    with torch.no_grad():
        for p in net.parameters():
            p.zero_()
        list(net.parameters())[-1].fill_(torch.tensor(0.5).atanh())
    history = fit_idempotent(net, x, steps=1, batch_size=4, lr=1e-3)
    assert history.abs().max() < 1e-9


@pytest.mark.parametrize(
    ("options", "said"),
    [({"steps": 0}, "steps: got 0"), ({"batch_size": 9}, "batch_size: got 9"), ({"x": 2 * torch.ones(4, 2)}, "x: got")],
)
def test_bad_arguments_stop(options, said):
    options = {"x": torch.ones(4, 2), "steps": 1, "batch_size": 2, "lr": 1e-3} | options
    with pytest.raises(ValueError, match=said):
        fit_idempotent(gkn.MLP(2, 4, 1, output=nn.Tanh()), **options)
