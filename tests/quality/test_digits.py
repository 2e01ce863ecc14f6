import pytest
import torch

from gkn_utils.quality.digits import load_digits, nearness, score
from gkn_utils.quality.measures import copied


@pytest.fixture(scope="module")
def digits():
    return load_digits("mnist-5k", count=500)


def test_digits_kept_away_are_not_learned(digits):
    assert [len(v) for v in (digits.train, digits.labels, digits.real, digits.held_out)] == [4000, 4000, 500, 500]
    kept = load_digits("mnist-5k", count=500, unseen=1000)
    assert [len(v) for v in (kept.train, kept.labels, kept.unseen)] == [3000, 3000, 1000]
    assert torch.equal(torch.cat([kept.unseen, kept.train]), digits.train)
    assert torch.cdist(torch.cat([digits.real, digits.held_out]), digits.train).min() > 0.1


def test_real_digits_are_best_noise_is_worst_and_copies_and_repetitions_are_caught(digits):
    noise = torch.rand(500, 784, generator=torch.Generator().manual_seed(0)) * 2 - 1
    best, worst = score(digits.real, digits), score(noise, digits)
    assert all(best[name] > worst[name] for name in ("confident", "entropy", "coverage", "density"))
    assert best["frechet"] < worst["frechet"]
    assert min(best["confident"], best["coverage"]) > 0.9
    assert best["entropy"] > 0.99
    assert max(worst["confident"], worst["coverage"]) < 0.02
    one = score((digits.real[:1] + 0.01 * noise).clamp(-1, 1), digits)
    assert one["entropy"] == 0
    assert one["coverage"] < 0.05


def test_nearness_catches_copies_and_repetitions(digits):
    noise = torch.rand(500, 784, generator=torch.Generator().manual_seed(0)) * 2 - 1
    best, worst = nearness(digits.real, digits), nearness(noise, digits)
    assert best["nearest"] > worst["nearest"]
    assert best["distance"] < worst["distance"]
    assert best["memorised"] < 0.02
    assert nearness(digits.train[:500].clone(), digits)["memorised"] > 0.9
    assert nearness((digits.real[:1] + 0.01 * noise).clamp(-1, 1), digits)["nearest"] == 1 / 500


def test_copies_are_told_from_new_digits_even_when_blurred():
    def blurred(v):
        return torch.nn.functional.avg_pool2d(v.reshape(-1, 1, 28, 28), 3, 1, 1).flatten(1)

    kept = load_digits("mnist-5k", count=500, unseen=1000)
    for change in (torch.clone, blurred):
        assert copied(change(kept.train[:500]), kept.train, kept.unseen) > 0.95
        assert abs(copied(change(kept.real), kept.train, kept.unseen)) < 0.25  # its sd is .08


@pytest.mark.parametrize(
    ("name", "count", "unseen"),
    [("photos", 500, 0), ("mnist-5k", 2001, 0), ("mnist-5k", 5, 0), ("mnist-5k", 500, 3001), ("mnist-5k", 500, -1)],
)
def test_bad_arguments_stop(name, count, unseen):
    with pytest.raises(ValueError, match="got"):
        load_digits(name, count=count, unseen=unseen)
