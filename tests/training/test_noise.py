import pytest
import torch

from gkn_utils import AddedNoise, BlendedNoise
from gkn_utils.training import FadedNoise


def test_added_noise_has_a_size_of_its_own_for_each_point(generator):
    fed, weight = AddedNoise(1.0, 3.0)(torch.zeros(1, 500, 900), generator)
    sizes = fed[0].std(dim=1)
    assert [sizes.min().item(), sizes.mean().item(), sizes.max().item()] == pytest.approx([1, 2, 3], abs=0.2)
    assert weight is None


def test_blended_noise_takes_from_the_point_what_it_adds(generator):
    """Of 3 and n it makes 3 t + (1 - t) n: the mean of many coordinates tells t, and the rest has sd 1 - t."""
    fed, weight = BlendedNoise(mean=-0.8, sd=1.0)(torch.full((2, 4000, 900), 3.0), generator)
    t = (fed[0].mean(dim=1) / 3).clamp(0.001, 0.999)
    assert t.logit().median().item() == pytest.approx(-0.8, abs=0.1)
    assert t.logit().quantile(0.84).item() == pytest.approx(0.2, abs=0.15)
    torch.testing.assert_close(fed[0].std(dim=1), 1 - t, atol=0.1, rtol=0)
    torch.testing.assert_close(weight[0, :, 0], 1 / (1 - t), atol=0.1, rtol=0.3)
    assert torch.equal(fed[0], fed[1])  # each network has the same


def test_faded_noise_draws_the_share_of_the_point_and_the_size_apart(generator):
    """Of 3 it makes 3 t + s n: the mean of many coordinates tells t, their spread s; neither tells the other."""
    fed, weight = FadedNoise(2.0)(torch.full((2, 4000, 900), 3.0), generator)
    t, sd = fed[0].mean(dim=1) / 3, fed[0].std(dim=1)
    assert [t.mean().item(), t.std().item()] == pytest.approx([0.5, 12**-0.5], abs=0.02)
    assert [sd.mean().item(), sd.std().item()] == pytest.approx([1.0, 2 * 12**-0.5], abs=0.03)
    assert torch.corrcoef(torch.stack([t, sd]))[0, 1].abs() < 0.06
    assert weight is None
    assert torch.equal(fed[0], fed[1])


def test_a_weight_is_at_most_what_was_asked_for(generator):
    _, weight = BlendedNoise(mean=0.0, sd=3.0, most=5.0)(torch.zeros(1, 1000, 1), generator)
    assert weight.max() == 5.0
    assert weight.min() >= 1.0


@pytest.mark.parametrize("sizes", [(-1.0, 1.0), (2.0, 1.0), (0.0, float("inf"))])
def test_added_noise_of_no_possible_size_is_refused(sizes):
    with pytest.raises(ValueError, match="needed 0 <= low <= high"):
        AddedNoise(*sizes)


@pytest.mark.parametrize("options", [{"sd": 0.0}, {"most": -1.0}, {"mean": float("inf")}])
def test_blended_noise_of_no_possible_size_is_refused(options):
    with pytest.raises(ValueError, match="needed finite ones"):
        BlendedNoise(**options)


@pytest.mark.parametrize("high", [0.0, -1.0, float("inf")])
def test_faded_noise_of_no_possible_size_is_refused(high):
    with pytest.raises(ValueError, match="high: got"):
        FadedNoise(high)
