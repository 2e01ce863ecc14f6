import numpy as np
import pytest
from scipy import stats

from gkn_utils.claims import estimates


def test_wilson_interval_of_a_known_case():
    e = estimates.share([True] * 8 + [False] * 2)  # Wilson's 95% interval for 8 of 10
    assert (e.value, e.n) == (0.8, 10)
    assert (e.low, e.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


UNITS = [5, 8, 30, 256]
SHARES = {  # how shares of networks are drawn, and their mean
    "even": (lambda rng, size: rng.beta(2, 2, size), 0.5),
    "near one": (lambda rng, size: rng.beta(9, 1, size), 0.9),
    "alike": (lambda rng, size: rng.beta(90, 10, size), 0.9),
    "all or nothing": (lambda rng, size: rng.random(size) < 0.9, 0.9),
    "one in ten fails": (lambda rng, size: np.where(rng.random(size) < 0.9, 1, rng.random(size)), 0.95),
}


def coverage(estimate, truth: float, draws: np.ndarray) -> float:
    """How often the interval of a row of `draws` holds the truth; each has a width and is within [0, 1]."""
    found = [estimate(row) for row in draws]
    assert all(0 <= e.low < e.high <= 1 for e in found)
    return np.mean([e.low <= truth <= e.high for e in found])


@pytest.mark.parametrize("n", UNITS)
@pytest.mark.parametrize("kind", SHARES)
def test_a_mean_of_shares_is_covered_as_often_as_said(kind, n):
    draw, truth = SHARES[kind]
    assert coverage(estimates.mean_share, truth, draw(np.random.default_rng(0), (400, n))) > 0.9


@pytest.mark.parametrize("n", UNITS)
@pytest.mark.parametrize("truth", [0.5, 0.9, 0.99])
def test_a_share_is_covered_as_often_as_said(truth, n):
    assert coverage(estimates.share, truth, np.random.default_rng(0).random((400, n)) < truth) > 0.9


@pytest.mark.parametrize("n", UNITS)
@pytest.mark.parametrize("slope", [0.0, 0.7, 5.0])
def test_a_rank_correlation_is_covered_as_often_as_said(slope, n):
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 400, n))
    pearson = slope / np.hypot(slope, 1)
    truth = 6 / np.pi * np.arcsin(pearson / 2)  # of two normal numbers
    found = [estimates.rank_correlation(*pair) for pair in zip(x, slope * x + noise, strict=True)]
    assert all(-1 < e.low < e.high < 1 for e in found)
    assert np.mean([e.low <= truth <= e.high for e in found]) > 0.9


@pytest.mark.parametrize("n", UNITS)
def test_a_geometric_mean_is_covered_as_often_as_said(n):
    draws = np.random.default_rng(0).lognormal(1, 2, (400, n))
    found = [estimates.geometric_mean(row) for row in draws]
    assert all(0 < e.low < e.high for e in found)
    assert np.mean([e.low <= np.e <= e.high for e in found]) > 0.91


def test_shares_without_a_doubt_have_an_interval_and_what_is_none_is_refused():
    assert estimates.mean_share([1.0] * 8).low == pytest.approx(estimates.mean_share([0.0] * 8).high * -1 + 1)
    assert estimates.mean_share([1.0] * 8).low < 0.7
    assert all(e.low <= e.value <= e.high for n in range(1, 2000, 7) for e in map(estimates.share, ([0] * n, [1] * n)))
    assert estimates.mean_share([0.5] * 8).high > 0.6  # eight that agree
    with pytest.raises(ValueError, match=r"got \[0.5, 1.5\], needed numbers in \[0, 1\]"):
        estimates.mean_share([0.5, 1.5])
    with pytest.raises(ValueError, match="needed finite numbers above 0"):
        estimates.geometric_mean([0.0, 1.0])
    with pytest.raises(ValueError, match="needed at least 4"):
        estimates.rank_correlation([1, 2, 3], [1, 2, 3])


def test_interval_of_a_few_values_is_students():
    e = estimates.mean([1.0, 2.0, 3.0])  # t of 2 degrees of freedom: 4.303; a standard error of 1 / sqrt(3)
    assert (e.value, e.n) == (2, 3)
    assert (e.low, e.high) == pytest.approx((2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5), abs=1e-3)
    with pytest.raises(ValueError, match="got 1"):
        estimates.mean([1.0])


def test_differences_of_a_few_values_are_covered_at_least_as_often_as_said():
    draws = np.random.default_rng(0).normal([0, 3], [1, 2], size=(500, 3, 2))
    covered = [e.low < -3 < e.high for e in (estimates.mean_difference(*pair.T) for pair in draws)]
    assert np.mean(covered) > 0.93


@pytest.mark.parametrize(
    "estimate", [estimates.mean, estimates.median, lambda v: estimates.mean_difference(v[:60], v[60:])]
)
def test_bootstrapped_intervals_cover_as_often_as_said(estimate):
    draws = np.random.default_rng(0).normal(size=(200, 100))
    assert 0.91 < np.mean([e.low <= 0 <= e.high for e in map(estimate, draws)]) < 0.98


def test_difference_of_shares_is_newcombes():
    """His Table II: 56 of 70 less 48 of 80, by his method 10; and two shares without a doubt still have an interval."""
    e = estimates.share_difference([True] * 56 + [False] * 14, [True] * 48 + [False] * 32)
    assert (e.value, e.low, e.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    sure = estimates.share_difference([True] * 256, [False] * 256)
    assert (sure.value, sure.high) == (1, 1)
    assert 0.97 < sure.low < 0.99


def test_difference_of_mean_shares_is_that_of_flags_where_shares_are_flags_and_never_without_a_width():
    flags = np.random.default_rng(0).random((2, 4000)) < [[0.3], [0.9]]
    of_shares, of_flags = estimates.mean_share_difference(*flags), estimates.share_difference(*flags)
    assert (of_shares.value, of_shares.low, of_shares.high) == pytest.approx(
        (of_flags.value, of_flags.low, of_flags.high), abs=1e-4
    )
    alike = estimates.mean_share_difference([1.0] * 8, [1.0] * 8)
    assert -1 < alike.low < alike.value == 0 < alike.high < 1


def test_the_median_and_the_lower_median_among_those_asked_for():
    assert estimates.median([1, 2, 9]).value == 2
    assert estimates.middle([5, 1, 3, 9]) == 2
    assert estimates.middle([5, 1, 3, 9], among=[True, False, False, True]) == 0
    with pytest.raises(ValueError, match="no true flag"):
        estimates.middle([1], among=[False])


def test_slope_and_correlations_of_a_known_law():
    x = np.linspace(0, 1, 200)
    y = 3 * x + 0.5 * np.random.default_rng(0).normal(size=200)
    line = estimates.slope(x, y)
    assert line.low < 3 < line.high
    assert line.value == pytest.approx(stats.linregress(x, y).slope)
    assert estimates.correlation(x, y).value == pytest.approx(stats.pearsonr(x, y).statistic)
    assert estimates.rank_correlation(x, np.exp(9 * x)).value == pytest.approx(1)
    assert estimates.rank_correlation(x, y).value == pytest.approx(stats.spearmanr(x, y).statistic)
    with pytest.raises(ValueError, match="neither of them constant"):
        estimates.slope(np.ones(5), np.arange(5))


def test_ratio_of_slopes_of_known_laws():
    x, random = np.linspace(0, 1, 100), np.random.default_rng(0)
    steep, even = (slope * x + 0.1 * random.normal(size=100) for slope in (3, 2))
    e = estimates.slope_ratio([(x, even), (x, steep), (x, 2.5 * x)])
    assert (e.low < 1.5 < e.high, e.n) == (True, 100)
    assert e.value == pytest.approx(stats.linregress(x, steep).slope / stats.linregress(x, even).slope)
    with pytest.raises(ValueError, match="got a slope whose interval begins at -1"):
        estimates.slope_ratio([(x, x), (x, -x)])


def test_ratio_counts_units_and_not_their_parts():
    """Two parts to a unit that always agree say no more than one: the interval is that of the share of units."""
    flags = np.random.default_rng(0).random(400) < 0.3
    doubled = estimates.ratio(2.0 * flags, np.full(400, 2.0))
    alone = estimates.mean(flags)
    assert doubled.n == 400
    assert (doubled.value, doubled.low, doubled.high) == pytest.approx((alone.value, alone.low, alone.high), abs=0.01)
    with pytest.raises(ValueError, match="needed as many of both"):
        estimates.ratio([1], [0])


def test_exponent_of_a_power_law_and_its_interval_over_rows():
    x, rng = [0.1, 0.2, 0.4, 0.8], np.random.default_rng(0)
    assert estimates.exponent(x, [3 * np.power(x, 1.5)] * 2).value == pytest.approx(1.5)
    law = estimates.exponent(x, [np.power(x, 1.5) * rng.lognormal(0, 0.3, 4) for _ in range(500)])
    assert law.low < 1.5 < law.high < law.low + 0.1
    for bad in ({"x": x, "ys": np.zeros((5, 4))}, {"x": [-1, 1, 2, 3], "ys": np.ones((5, 4))}):
        with pytest.raises(ValueError, match="means above 0"):
            estimates.exponent(**bad)
