import pytest
import torch

from gkn_utils.dynamics.neighbours import CHUNK, nearest, nearest_neighbours


def sorted_by_distance(samples, x, k):
    """All distances, by brute force, and the first k in order."""
    distances, indices = (samples.unsqueeze(-2) - x.unsqueeze(-3)).norm(dim=-1).sort(dim=-1)
    return distances[..., :k], indices[..., :k]


@pytest.mark.parametrize(
    ("samples", "x", "k"),
    [
        ((2 * CHUNK + 7, 3), (9, 3), 4),  # in three parts
        ((5, 6, 3), (9, 3), 9),  # the same points for all
        ((5, 6, 3), (5, 9, 3), 2),  # each network's own
        ((3,), (9, 3), 1),
    ],
)
def test_they_are_those_of_a_sort(samples, x, k, generator):
    samples, x = torch.rand(samples, generator=generator), torch.rand(x, generator=generator)
    expected = sorted_by_distance(samples if samples.dim() > 1 else samples[None], x, k)
    distances, indices = nearest_neighbours(samples, x, k)
    assert distances.shape == indices.shape == (*samples.shape[:-1], k)
    torch.testing.assert_close(distances, expected[0].reshape(distances.shape))
    assert torch.equal(indices, expected[1].reshape(indices.shape))


def test_the_nearest_is_the_first_and_its_distance_is_exact(generator):
    x = torch.rand(40, 784, generator=generator) + 100  # where |a|^2 - 2ab + |b|^2 would lose all digits
    distance, index = nearest(x[7:9] + torch.tensor(0.001), x)
    assert index.tolist() == [7, 8]
    torch.testing.assert_close(distance, torch.full((2,), 0.001 * 28), rtol=0.02, atol=0)


def test_there_must_be_as_many_as_are_asked_for():
    with pytest.raises(ValueError, match="got 3 points, needed at least the 4"):
        nearest_neighbours(torch.rand(2, 3), torch.rand(3, 3), 4)
