import itertools

import pytest
import torch

from gkn_utils.backpropagation import Interleaved, Stacked
from gkn_utils.batches import batches, under_noise


def test_a_pass_shows_each_point_once_and_leaves_a_rest(generator):
    x = torch.arange(10.0).reshape(1, 10, 1)
    seen = [batch.flatten().tolist() for batch in itertools.islice(batches(x, 1, 3, generator), 6)]
    assert [len(batch) for batch in seen] == [3] * 6
    assert len(set(itertools.chain(*seen[:3]))) == len(set(itertools.chain(*seen[3:]))) == 9


def test_without_noise_a_batch_is_fed_as_it_is(generator):
    x = torch.rand(2, 5, 3)
    batch, fed = next(under_noise(iter([x]), Stacked, None, generator))
    assert batch is x
    assert fed is None


def test_noise_has_a_size_of_its_own_for_each_point(generator):
    _, noise = next(under_noise(iter([torch.zeros(1, 500, 900)]), Stacked, (1.0, 3.0), generator))
    sizes = noise[0].std(dim=1)
    assert sizes.min().item() == pytest.approx(1, abs=0.15)
    assert sizes.max().item() == pytest.approx(3, abs=0.25)
    assert sizes.mean().item() == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("layout", [Stacked, Interleaved])
def test_all_networks_get_the_same_noise(layout, generator):
    x = layout.arrange(torch.zeros(4, 5, 3))
    noise = layout.restore(next(under_noise(iter([x]), layout, (1.0, 1.0), generator))[1])
    assert noise.shape == (4, 5, 3)
    assert (noise == noise[0]).all()
    assert len(noise[0].unique()) == 15
