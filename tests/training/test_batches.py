import itertools

import pytest
import torch

from gkn_utils.training.batches import batches, under_noise


@pytest.mark.parametrize(("size", "shown"), [(3, 9), (5, 10)])
def test_a_pass_shows_each_point_once_and_leaves_a_rest(size, shown, generator):
    stream = batches(10, size, generator)
    for _ in range(2):
        seen = [next(stream).tolist() for _ in range(shown // size)]
        assert [len(set(points)) for points in (*seen, itertools.chain(*seen))] == [size] * len(seen) + [shown]


def test_noise_has_a_size_of_its_own_for_each_point(generator):
    _, noise = next(under_noise(torch.zeros(1, 500, 900), iter([None]), (1.0, 3.0), generator))
    sizes = noise[0].std(dim=1)
    assert [sizes.min().item(), sizes.mean().item(), sizes.max().item()] == pytest.approx([1, 2, 3], abs=0.2)
