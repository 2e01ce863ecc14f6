import itertools

import pytest

from gkn_utils.training.batches import batches


@pytest.mark.parametrize(("size", "shown"), [(3, 9), (5, 10)])
def test_a_pass_shows_each_point_once_and_leaves_a_rest(size, shown, generator):
    stream = batches(10, size, generator)
    for _ in range(2):
        seen = [next(stream).tolist() for _ in range(shown // size)]
        assert [len(set(points)) for points in (*seen, itertools.chain(*seen))] == [size] * len(seen) + [shown]
