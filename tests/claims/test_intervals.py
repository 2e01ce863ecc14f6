import numpy as np
import pytest
import torch

from gkn_utils.claims.intervals import Estimate, bootstrapped, numbers, students


def test_students_interval_of_one_degree_of_freedom():
    e = students(1.0, 2.0, 2)  # t: 12.706
    assert (e.value, e.low, e.high, e.n) == pytest.approx((1, 1 - 25.412, 1 + 25.412, 2), abs=1e-3)
    assert str(e) == "1 [-24.4, 26.4] (n=2)"


@pytest.mark.filterwarnings("ignore::scipy.stats.DegenerateDataWarning")
def test_what_some_resamples_do_not_have_is_refused():
    values = np.array([0.0] * 7 + [1.0])
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="got 8 values too much alike"):
        bootstrapped(lambda v, axis=-1: v.sum(axis) / v.sum(axis), [values])


def test_numbers_of_any_kind():
    assert numbers("a", torch.tensor([[True, False]])).tolist() == [1, 0]
    assert numbers("a", [1, 2], least=2).tolist() == [1, 2]
    with pytest.raises(ValueError, match="a: got 1 values, 1 NaN, needed at least 2"):
        numbers("a", [float("nan")], least=2)


def test_over_a_constant_divides_number_and_interval_alike():
    assert Estimate(0.6, 0.5, 0.8, 8).over(2.0) == Estimate(0.3, 0.25, 0.4, 8)
