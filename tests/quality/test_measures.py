import math

import pytest
import torch
from scipy import stats
from scipy.linalg import sqrtm

from gkn_utils.dynamics.neighbours import nearest_neighbours
from gkn_utils.quality import measures


def test_components_of_data_on_a_plane(generator):
    x = torch.zeros(500, 10)
    x[:, :2] = torch.tensor([3.0, 1.0]) * torch.randn(500, 2, generator=generator)
    left = measures.left_by_components(x, x)
    variances = x.double().var(dim=0, correction=0)
    assert torch.allclose(
        left[[0, 1, 2, 10]], torch.stack([variances.sum(), variances[1], *2 * [0 * variances[0]]]) / 10, rtol=0.01
    )
    assert (left.diff() <= 0).all()


def test_components_are_those_of_what_was_learned(generator):
    learned, x = torch.zeros(100, 4), torch.zeros(50, 4)
    learned[:, 0], x[:, 1] = torch.randn(100, generator=generator), 2.0
    left = measures.left_by_components(learned, x)
    assert left[1].item() == pytest.approx(1)  # the first direction learned is not where x lies: 2 * 2 / 4
    assert left[4].item() == pytest.approx(0, abs=1e-6)


def test_distinct_samples_are_one_of_each_end_state(generator):
    ends = 5 * torch.randn(4, 30, generator=generator)
    samples = ends[[0, 1, 0, 2, 3, 3, 0]] + 1e-4 * torch.randn(7, 30, generator=generator)
    assert torch.equal(measures.distinct(samples), samples[[0, 1, 3, 4]])
    assert measures.end_states(samples).tolist() == [3, 1, 1, 2]


def test_entropy_of_known_shares():
    even, one, two = torch.full((4,), 0.25), torch.eye(4)[0], torch.tensor([0.5, 0.5, 0, 0])
    assert [measures.class_entropy(v) for v in (even, one, two)] == pytest.approx([1, 0, 0.5])


def test_frechet_distance_of_known_normal_distributions(generator):
    x = torch.randn(50_000, 3, generator=generator)
    line = torch.tensor([[0.0], [2.0]])  # of a variance of 2
    assert measures.frechet_distance(line, 3 * line + 1) == pytest.approx(3**2 + 2 * (3 - 1) ** 2)
    assert measures.frechet_distance(x, x) == pytest.approx(0, abs=1e-6)
    assert measures.frechet_distance(x, x + torch.tensor([3.0, 4.0, 0.0])) == pytest.approx(25, abs=1e-6)
    matrix = torch.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 0.5], [0.3, 0.0, 1.0]])
    a, b = (torch.from_numpy(sqrtm(v.numpy())) for v in (x.double().T.cov(), (x @ matrix).double().T.cov()))
    bures = (a @ a + b @ b).trace() - 2 * torch.linalg.svdvals(a @ b).sum()
    mean = (x.mean(0) - (x @ matrix).mean(0)).square().sum()
    assert measures.frechet_distance(x, x @ matrix) == pytest.approx((bures + mean).item(), rel=1e-4)
    with pytest.raises(ValueError, match="got 1 and 2 points"):
        measures.frechet_distance(line[:1], line)


def test_neighbourhoods_by_hand():
    """Real points 0, 1, 3 have k=1 balls of radius 1, 1, 2; samples at .5, .6, 4.9 and 50."""
    real, samples = torch.tensor([[0.0], [1.0], [3.0]]), torch.tensor([[0.5], [0.6], [4.9], [50.0]])
    found = measures.neighbourhoods(real, samples, k=1)
    assert found["precision"] == 3 / 4
    assert found["density"] == (2 + 2 + 1) / 4
    assert found["coverage"] == 1
    with pytest.raises(ValueError, match="needed more than k"):
        measures.neighbourhoods(real, samples, k=3)
    assert found["recall"] == pytest.approx(2 / 3)  # samples' balls: [.4, .6], [.5, .7], [.6, 9.2], [4.9, 95.1]


def test_density_and_coverage_of_equal_distributions(generator):
    """Naeem et al. 2020, lemmas 1 and 2: 1, and 1 - (n-1)...(n-k) / (m+n-1)...(m+n-k)."""
    n, m, k = 1000, 500, 5
    sets = [[torch.randn(size, 16, generator=generator) for size in (n, m)] for _ in range(5)]
    runs = [measures.neighbourhoods(*pair, k=k) for pair in sets]
    expected = 1 - math.prod((n - i) / (m + n - i) for i in range(1, k + 1))
    assert sum(run["coverage"] for run in runs) / 5 == pytest.approx(expected, abs=0.02)
    assert sum(run["density"] for run in runs) / 5 == pytest.approx(1, abs=0.03)


def test_end_states_are_those_that_short_steps_join():
    samples = torch.tensor([0.0, 0.0, 5.0, 5.005, 5.01, 9.0])[:, None]
    assert sorted(measures.end_states(samples).tolist()) == [1, 2, 3]
    assert sorted(measures.end_states(samples, tol=4.0).tolist()) == [2, 4]
    assert sorted(measures.end_states(samples, tol=6.0).tolist()) == [6]


def test_copies_are_caught(generator):
    train = torch.randn(300, 50, generator=generator)
    assert measures.memorised(nearest_neighbours(train[:20] + 1e-3, train, 2)[0]).all()
    assert not measures.memorised(nearest_neighbours(torch.randn(20, 50, generator=generator), train, 2)[0]).any()


def test_mann_whitney_is_that_of_scipy(generator):
    a, b = torch.randn(40, generator=generator), torch.randn(60, generator=generator) + 0.3
    u = stats.mannwhitneyu(a, b).statistic
    assert measures.mann_whitney(a, b) == pytest.approx((u - 1200) / math.sqrt(2400 * 101 / 12))
    assert measures.mann_whitney(b, a) == pytest.approx(-measures.mann_whitney(a, b))


def test_planted_copies_are_caught_and_what_was_held_out_is_not(generator):
    learned, unseen, new = torch.randn(3, 1000, 8, generator=generator)
    found = [measures.data_copying(v, learned, unseen) for v in (learned + 1e-3, new)]
    assert found[0] < -15
    assert abs(found[1]) < 2
    quarter = torch.cat([learned[:250] + 1e-3, new[250:]])
    assert measures.data_copying(quarter, learned, unseen) < -2
    with pytest.raises(ValueError, match="at least 20"):
        measures.data_copying(new[:10], learned, unseen)


def test_cells_without_samples_do_not_count(generator):
    centre = torch.tensor([[0.0], [50.0]]).repeat_interleave(500, 0)
    learned, unseen = (centre + torch.randn(1000, 4, generator=generator) for _ in range(2))
    of_one = measures.mann_whitney(*(measures.nearest(v[:500], learned[:500])[0] for v in (learned, unseen)))
    assert measures.data_copying(learned[:500], learned, unseen, cells=2) == pytest.approx(of_one)
