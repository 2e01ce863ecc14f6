import numpy as np
import pytest
from scipy import stats

from gkn_utils import estimates
from gkn_utils.estimates import Estimate


def test_wilson_interval_of_a_known_case():
    e = estimates.share([True] * 8 + [False] * 2)  # Wilson's 95% interval for 8 of 10
    assert (e.value, e.n) == (0.8, 10)
    assert (e.low, e.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_share_over_networks_is_as_unsure_as_the_less_sure_of_two_intervals():
    apart = estimates.share_over([[True] * 100, [False] * 100, [True] * 50 + [False] * 50])
    assert (apart.value, apart.low, apart.high, apart.n) == (0.5, 0, 1, 3)  # of 0, .5 and 1: .5 +- 1.24
    alike, wilson = estimates.share_over([[True] * 8 + [False] * 2] * 2), estimates.share([True] * 16 + [False] * 4)
    assert (alike.low, alike.high, alike.n) == (wilson.low, wilson.high, 2)
    with pytest.raises(ValueError, match="got 1"):
        estimates.share_over([[True, False]])


def test_bootstrap_interval_of_a_mean_is_that_of_the_normal():
    values = np.random.default_rng(0).normal(3, 2, 2000)
    e = estimates.mean(values)
    assert e.value == pytest.approx(values.mean())
    assert e.high - e.low == pytest.approx(2 * 1.96 * values.std() / 2000**0.5, rel=0.1)


def test_interval_of_a_few_values_is_students():
    e = estimates.mean([1.0, 2.0, 3.0])  # t of 2 degrees of freedom: 4.303; a standard error of 1 / sqrt(3)
    assert (e.value, e.n) == (2, 3)
    assert (e.low, e.high) == pytest.approx((2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5), abs=1e-3)
    with pytest.raises(ValueError, match="got 1"):
        estimates.mean([1.0])


def test_a_few_values_are_covered_as_often_as_said():
    draws = np.random.default_rng(0).normal(size=(2000, 4))
    covered = [e.low < 0 < e.high for e in map(estimates.mean, draws)]
    assert 0.93 < np.mean(covered) < 0.97


@pytest.mark.parametrize("n", [2, 4, 8])
def test_differences_of_a_few_values_are_covered_at_least_as_often(n):
    draws = np.random.default_rng(0).normal([0, 3], [1, 2], size=(1000, n, 2))
    covered = [e.low < -3 < e.high for e in (estimates.mean_difference(*pair.T) for pair in draws)]
    assert np.mean(covered) > 0.93


def test_difference_of_shares_is_newcombes():
    """His Table II: 56 of 70 less 48 of 80, by his method 10; and two shares without a doubt still have an interval."""
    e = estimates.share_difference([True] * 56 + [False] * 14, [True] * 48 + [False] * 32)
    assert (e.value, e.low, e.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    sure = estimates.share_difference([True] * 256, [False] * 256)
    assert (sure.value, sure.high) == (1, 1)
    assert 0.97 < sure.low < 0.99


@pytest.mark.parametrize(
    ("estimate", "true"),
    [
        (estimates.mean, 0),
        (estimates.median, 0),
        (lambda v: estimates.mean_difference(v[:60], v[60:]), 0),
    ],
)
def test_bootstrapped_intervals_cover_as_often_as_said(estimate, true):
    draws = np.random.default_rng(0).normal(size=(400, 100))
    covered = [e.low <= true <= e.high for e in map(estimate, draws)]
    assert 0.91 < np.mean(covered) < 0.98


def test_medians_and_differences():
    assert estimates.median([1, 2, 9]).value == 2
    assert estimates.mean_difference([3, 5], [1, 1]).value == 3


def test_middle_is_the_lower_median_among_those_asked_for():
    assert estimates.middle([5, 1, 3, 9]) == 2
    assert estimates.middle([5, 1, 3, 9], among=[True, False, False, True]) == 0
    with pytest.raises(ValueError, match="no true flag"):
        estimates.middle([1], among=[False])


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.91, 1, "holds"), (0.6, 0.95, "partly"), (0.2, 0.4, "fails"), (0.4, 0.6, "partly")]
)
def test_share_verdict(low, high, verdict):
    assert estimates.share_verdict(Estimate(0.5, low, high, 256)) == verdict


@pytest.mark.parametrize(("low", "high", "verdict"), [(4, 6, "holds"), (1, 4, "partly"), (11, 12, "fails")])
def test_range_verdict(low, high, verdict):
    assert estimates.range_verdict(Estimate(5, low, high, 256), 2.5, 10) == verdict


def test_empty_and_nan_are_refused():
    with pytest.raises(ValueError, match="got 0 values"):
        estimates.share([])
    with pytest.raises(ValueError, match="1 NaN"):
        estimates.mean([1, float("nan")])


def test_slope_and_correlations_of_a_known_law():
    x = np.linspace(0, 1, 200)
    noise = np.random.default_rng(0).normal(size=200)
    line = estimates.slope(x, 3 * x + 0.1 * noise)
    assert line.low < 3 < line.high
    assert line.value == pytest.approx(stats.linregress(x, 3 * x + 0.1 * noise).slope)
    assert estimates.correlation(x, -x).value == pytest.approx(-1)
    assert estimates.correlation(x, x + noise).value == pytest.approx(stats.pearsonr(x, x + noise).statistic)
    assert estimates.rank_correlation(x, np.exp(9 * x)).value == pytest.approx(1)
    assert estimates.rank_correlation(x, x + noise).value == pytest.approx(stats.spearmanr(x, x + noise).statistic)
    with pytest.raises(ValueError, match="neither of them constant"):
        estimates.slope(np.ones(5), np.arange(5))


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
