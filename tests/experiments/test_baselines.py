import pytest
import torch
from torch import nn

from gkn_utils import MLP
from gkn_utils.experiments.baselines import VAE, corrupted, fit_vae, fit_walkback, walkback


def two_pictures(count: int) -> torch.Tensor:
    """Half of them black above and white below, half the other way round."""
    picture = torch.cat([torch.ones(8), -torch.ones(8)])
    return torch.stack([picture, -picture]).repeat(count // 2, 1)


def test_the_loss_of_a_vae_that_knows_nothing():
    """All weights 0: each pixel costs log 2, and codes nothing."""
    vae = VAE(16, 8, 2)
    for parameter in vae.parameters():
        nn.init.zeros_(parameter)
    loss = vae.loss(two_pictures(10), torch.Generator().manual_seed(0))
    assert loss.item() == pytest.approx(16 * 0.693147, rel=1e-5)


def test_a_vae_learns_two_pictures(generator):
    vae, x = VAE(16, 32, 2, generator=generator), two_pictures(100)
    history = fit_vae(vae, x, steps=1500, batch_size=50, generator=generator)
    assert history[-100:].mean() < 2.5  # one bit is .69 nats
    samples = vae.sample(400, generator)
    assert samples.abs().max() <= 1
    assert (torch.cdist(samples, x[:2]).amin(1) < 2).float().mean() > 0.8  # the pictures are 8 apart
    assert 0.3 < (samples[:, 0] > 0).float().mean() < 0.7


def test_a_walkback_chain_visits_both_pictures(generator):
    net, x = MLP(16, 32, 2, output=nn.Tanh(), generator=generator), two_pictures(100)
    history = fit_walkback(net, x, steps=1500, batch_size=50, corruption=0.4, generator=generator)
    assert history[-1] < 0.3 * history[0]
    noise = torch.rand(200, 16, generator=generator) * 2 - 1
    states = list(walkback(net, noise, steps=30, corruption=0.4, generator=generator))
    assert len(states) == 31
    assert torch.equal(states[0], noise)
    assert (torch.cdist(states[-1], x[:2]).amin(1) < 1).float().mean() > 0.8
    assert 0.3 < (states[-1][:, 0] > 0).float().mean() < 0.7


def test_corruption_is_salt_and_pepper(generator):
    x = corrupted(torch.zeros(1000, 16), 0.4, generator)
    assert [(x == v).float().mean().item() for v in (-1, 0, 1)] == pytest.approx([0.2, 0.6, 0.2], abs=0.02)


@pytest.mark.parametrize(
    ("scale", "options", "said"),
    [
        (1, {"steps": 0}, "steps: got 0"),
        (1, {"batch_size": 0}, "batch_size: got 0"),
        (1, {"batch_size": 9}, "batch_size: got 9, needed at most the"),
        (2, {}, "x: got values"),
        (float("nan"), {}, "x: got"),
    ],
)
def test_bad_arguments_stop(scale, options, said, generator):
    x, options = scale * two_pictures(4), {"steps": 1, "batch_size": 2, "generator": generator} | options
    with pytest.raises(ValueError, match=said):
        fit_vae(VAE(16, 8, 2), x, **options)
    with pytest.raises(ValueError, match=said):
        fit_walkback(MLP(16, 8, 2, output=nn.Tanh()), x, corruption=0.4, **options)


def test_other_networks_and_points_are_refused(generator):
    options = {"corruption": 0.4, "generator": generator}
    with pytest.raises(ValueError, match="a tanh"):
        fit_walkback(MLP(16, 8, 2), two_pictures(4).relu(), steps=1, batch_size=2, **options)
    with pytest.raises(ValueError, match="got shape"):
        walkback(MLP(16, 8, 2), torch.zeros(3, 5), steps=4, **options)
