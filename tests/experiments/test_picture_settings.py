import warnings

import psutil
import pytest

from gkn_utils.experiments.picture_settings import plan


@pytest.mark.parametrize(
    ("sizes", "asked", "count", "side"),
    [
        ([(640, 480)], {}, 1, 96),
        ([(20, 30)] * 50, {}, 50, 20),
        ([(4, 4)] * 100, {}, 100, 16),
        ([(50, 60)] * 200 + [(4000, 3000)] * 100, {}, 256, 50),
        ([(640, 480)] * 1000, {"count": 400, "side": 64}, 400, 64),
    ],
)
def test_what_is_chosen_from_number_and_size_or_asked_for(sizes, asked, count, side):
    chosen = plan(sizes, **asked)
    assert (chosen.count, chosen.side) == (count, side)
    assert max(128, 2.5 * count) <= chosen.width <= max(128, 2.5 * count + 64)


def test_a_warning_says_what_they_take_and_what_is_free(monkeypatch):
    free = type("Memory", (), {"available": 2**30})
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plan([(64, 64)] * 200).memory < 2**30
    with pytest.warns(UserWarning, match=r"2,000 pictures of 500 x 500 take about .* GB of memory, 1.0 are free"):
        plan([(500, 500)] * 2000, count=2000, side=500)


@pytest.mark.parametrize(
    ("sizes", "options", "message"),
    [
        ([], {}, "pictures: got 0"),
        ([(9, 9)], {"count": 2}, "needed at most the 1 pictures"),
        ([(9, 9)], {"count": 0}, "count: got 0"),
        ([(9, 9)], {"side": -1}, "side: got -1"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(sizes, options, message):
    with pytest.raises(ValueError, match=message):
        plan(sizes, **options)
