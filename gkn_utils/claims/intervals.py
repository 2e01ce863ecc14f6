"""What a measured value is here: a number with a 95% interval; and the ways to one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from torch import Tensor

MANY = 30  # values that are enough for a bootstrap


@dataclass(frozen=True)
class Estimate:
    """A measured value, its 95% interval, and how many independent units it rests on."""

    value: float
    low: float
    high: float
    n: int

    def over(self, constant: float) -> "Estimate":
        """The same divided by a number above 0 that is known well, such as what real data give."""
        return Estimate(self.value / constant, self.low / constant, self.high / constant, self.n)

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}] (n={self.n})"


def bootstrapped(statistic: Callable, groups: Sequence[np.ndarray], *, paired: bool = False) -> Estimate:
    """`statistic` of one or more groups (n,), with a percentile interval over 2,000 resamples; n is the smallest.

    `paired` draws the same places from all groups. `statistic` takes groups with any leading axes, and `axis`. Raises
    `ValueError` where it is not a number for some resample.
    """
    options = {"n_resamples": 2000, "batch": 100, "method": "percentile", "vectorized": True, "paired": paired}
    result = stats.bootstrap(groups, statistic, **options, rng=np.random.default_rng(0))
    interval, n = result.confidence_interval, min(group.size for group in groups)
    if not np.isfinite(interval).all():
        raise ValueError(f"got {n} values too much alike: drawn anew they have no such number, needed more, or others")
    return Estimate(float(statistic(*groups)), float(interval.low), float(interval.high), n)


def students(value: float, error: float, n: int) -> Estimate:
    """`value` with Student's interval, from its standard error, for n - 1 degrees of freedom."""
    half = stats.t.ppf(0.975, n - 1) * error
    return Estimate(float(value), float(value - half), float(value + half), n)


def wilsons(value: float, n: int, *, spread: float = 1.0, z: float = stats.norm.ppf(0.975)) -> Estimate:
    """A mean of n numbers in [0, 1] with Wilson's interval (1927), which stays in [0, 1] and has a width for 0 and 1.

    `spread` is the variance of the numbers as a part of the largest that their mean allows, value (1 - value).
    """
    z2 = z * z * spread / n
    middle, half = (value + z2 / 2) / (1 + z2), np.sqrt(z2 * value * (1 - value) + z2 * z2 / 4) / (1 + z2)
    low, high = min(value, middle - half), max(value, middle + half)  # rounding left the value outside
    return Estimate(float(value), max(0.0, float(low)), min(1.0, float(high)), n)


def numbers(name: str, values, *, least: int = 1) -> np.ndarray:
    """`values`, a tensor or any array, as a flat array of floats; `ValueError` for fewer than `least`, or a NaN."""
    values = np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, dtype=float).ravel()
    if values.size < least or np.isnan(values).any():
        got = f"{values.size} values, {np.isnan(values).sum()} NaN"
        raise ValueError(f"{name}: got {got}, needed at least {least}, no NaN")
    return values
