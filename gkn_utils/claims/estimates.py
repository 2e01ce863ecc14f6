"""Numbers with their 95% intervals. The unit is the independent network, or data set: never its samples or pixels."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from gkn_utils.claims.intervals import MANY, Estimate, bootstrapped, numbers, students, wilsons


def share(flags) -> Estimate:
    """The share of true flags, with Wilson's interval. `flags` is any array of booleans."""
    flags = numbers("flags", flags).astype(bool)
    return wilsons(flags.mean().item(), flags.size)


def mean_share(shares) -> Estimate:
    """The mean of shares, each in [0, 1] and of a network of its own, with Wilson's interval for how much they spread.

    The quantile is Student's. The spread counts for at least a part 1/n of the largest possible: a few networks that
    agree do not make sure of those not seen. Raises `ValueError` for fewer than two, or one outside [0, 1].
    """
    shares = numbers("shares", shares, least=2)
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(f"shares: got [{shares.min():g}, {shares.max():g}], needed numbers in [0, 1]")
    n, value = shares.size, shares.mean()
    largest = value * (1 - value)
    spread = max(1 / n, shares.var(ddof=1) / largest) if 0 < value < 1 else 1
    return wilsons(value, n, spread=spread, z=stats.t.ppf(0.975, n - 1))


def geometric_mean(values) -> Estimate:
    """The geometric mean of numbers above 0, such as ratios: `mean` on the scale of logarithms. Errors are those of it.

    Raises `ValueError`, too, for a value that is not above 0.
    """
    values = numbers("values", values, least=2)
    if not (values > 0).all() or not np.isfinite(values).all():
        raise ValueError(f"values: got [{values.min():g}, {values.max():g}], needed finite numbers above 0")
    logs = mean(np.log(values))
    return Estimate(*np.exp([logs.value, logs.low, logs.high]).tolist(), logs.n)


def median(values) -> Estimate:
    """The median of `values`, with a bootstrap percentile interval, too narrow for a few: of eight it covers .9."""
    return bootstrapped(np.median, [numbers("values", values)])


def mean(values) -> Estimate:
    """The mean of `values`, with a bootstrap percentile interval; for fewer than 30, too few for it, Student's t.

    Raises `ValueError` for fewer than two.
    """
    values = numbers("values", values, least=2)
    if values.size >= MANY:
        return bootstrapped(np.mean, [values])
    return students(values.mean(), stats.sem(values), values.size)


def mean_difference(a, b) -> Estimate:
    """mean(a) - mean(b) of two independent groups, with an interval as that of `mean`.

    Where a group has fewer than 30, Student's t has the degrees of freedom of the smaller one, which is cautious.
    Raises `ValueError` for a group of fewer than two.
    """
    a, b = numbers("a", a, least=2), numbers("b", b, least=2)
    if min(a.size, b.size) >= MANY:
        return bootstrapped(lambda a, b, axis=-1: a.mean(axis) - b.mean(axis), [a, b])
    return students(a.mean() - b.mean(), np.hypot(stats.sem(a), stats.sem(b)), min(a.size, b.size))


def share_difference(a, b) -> Estimate:
    """The share of true flags in `a`, less that in `b`, with Newcombe's interval (1998, his method 10)."""
    return _newcombes(share(a), share(b))


def mean_share_difference(a, b) -> Estimate:
    """`mean_share` of `a` less that of `b`, two independent groups, with Newcombe's interval from theirs."""
    return _newcombes(mean_share(a), mean_share(b))


def ratio(a, b) -> Estimate:
    """sum(a) / sum(b), with a bootstrap percentile interval over units: a share of parts, several to a unit."""
    a, b = numbers("a", a), numbers("b", b)
    if a.size != b.size or not (b > 0).any() or (b < 0).any():
        raise ValueError(f"a, b: got {a.size} and {b.size} values, needed as many of both, b at least 0, not all 0")
    return bootstrapped(lambda a, b, axis=-1: a.sum(axis) / b.sum(axis), [a, b], paired=True)


def slope(x, y) -> Estimate:
    """The least-squares slope of `y` on `x`, with a bootstrap percentile interval over pairs."""
    return _of_pairs(lambda x, y: _centred_product(x, y) / _centred_product(x, x), x, y)


def slope_ratio(groups: Sequence[tuple]) -> Estimate:
    """The largest over the smallest slope of y on x, one for each (x, y) of `groups`, with a bootstrap interval.

    Raises `ValueError` for a slope whose own interval reaches 0: the ratio has no bound then.
    """
    if (lowest := min(slope(x, y).low for x, y in groups)) <= 0:
        raise ValueError(f"groups: got a slope whose interval begins at {lowest:.3g}, needed slopes above 0")
    pairs = [np.stack(_pairs(x, y)) for x, y in groups]

    def of_rows(*rows, axis=-1):
        drawn = [pair[:, row.astype(int)] for pair, row in zip(pairs, rows, strict=True)]
        slopes = np.array([_centred_product(x, y) / _centred_product(x, x) for x, y in drawn])
        return slopes.max(0) / slopes.min(0)

    return bootstrapped(of_rows, [np.arange(pair.shape[1]) for pair in pairs])


def exponent(x, ys) -> Estimate:
    """The a of mean(ys) ~ x^a: the least-squares slope of the logarithms, with a bootstrap interval over rows.

    `x` is (m,) and `ys` (k, m), one row for each of k units. Raises `ValueError` where an x, or the mean of a column of
    `ys`, is not above 0: its logarithm is not a number.
    """
    x, ys = np.asarray(x, dtype=float), np.asarray(ys, dtype=float)
    if ys.ndim != 2 or ys.shape[1] != x.size or x.size < 3 or not ((x > 0).all() and (ys.mean(0) > 0).all()):
        raise ValueError(f"x, ys: got shapes {x.shape}, {ys.shape}, needed (m,), (k, m), m >= 3, x and means above 0")
    x = np.log(x)

    def of_rows(rows, axis=-1):
        return _centred_product(x, np.log(ys[rows.astype(int)].mean(-2))) / _centred_product(x, x)

    return bootstrapped(of_rows, [np.arange(len(ys))])


def correlation(x, y) -> Estimate:
    """Pearson's correlation of `x` and `y`, with a bootstrap percentile interval over pairs."""
    return _of_pairs(_pearson, x, y)


def rank_correlation(x, y) -> Estimate:
    """Spearman's rank correlation of `x` and `y`, n pairs, with the interval of Bonett and Wright (2000).

    It is symmetric in atanh(r), with a variance of (1 + r^2 / 2) / (n - 3), and so stays between -1 and 1. A perfect
    order counts as half of the smallest step short of it. Raises `ValueError` for fewer than four pairs.
    """
    x, y = _pairs(x, y, least=4)
    n, r = x.size, float(_pearson(stats.rankdata(x), stats.rankdata(y)))
    most = 1 - 6 / (n * (n * n - 1))
    centre = np.arctanh(np.clip(r, -most, most))
    half = stats.norm.ppf(0.975) * np.sqrt((1 + r * r / 2) / (n - 3))
    return Estimate(r, float(np.tanh(centre - half)), float(np.tanh(centre + half)), n)


def middle(values, among=None) -> int:
    """The index of the (lower) median of `values`, among the indices where `among` is true."""
    values = numbers("values", values)
    indices = np.arange(values.size) if among is None else np.flatnonzero(numbers("among", among))
    if indices.size == 0:
        raise ValueError("among: got no true flag, needed at least one")
    return int(indices[np.argsort(values[indices], kind="stable")[(indices.size - 1) // 2]])


def _newcombes(a: Estimate, b: Estimate) -> Estimate:
    below = np.hypot(a.value - a.low, b.high - b.value).item()
    above = np.hypot(a.high - a.value, b.value - b.low).item()
    return Estimate(a.value - b.value, a.value - b.value - below, a.value - b.value + above, min(a.n, b.n))


def _centred_product(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ((x - x.mean(-1, keepdims=True)) * (y - y.mean(-1, keepdims=True))).sum(-1)


def _pearson(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return _centred_product(x, y) / np.sqrt(_centred_product(x, x) * _centred_product(y, y))


def _of_pairs(statistic: Callable, x, y) -> Estimate:
    return bootstrapped(lambda x, y, axis=-1: statistic(x, y), _pairs(x, y), paired=True)


def _pairs(x, y, *, least: int = 2) -> list[np.ndarray]:
    x, y = numbers("x", x, least=least), numbers("y", y, least=least)
    if x.size != y.size or np.ptp(x) == 0 or np.ptp(y) == 0:
        raise ValueError(f"x, y: got {x.size} and {y.size} values, needed as many of both, neither of them constant")
    return [x, y]
