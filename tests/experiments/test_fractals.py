import math

import numpy as np
import pytest
import torch
from skimage.measure import block_reduce

from gkn_utils.experiments import fractals

SQUARE = [(0, 0), (0, 1), (1, 0), (1, 1)]
SIERPINSKI = [(0, 0), (0, 1), (1, 0)]


def box_dimension(picture):
    """The slope of log count on log(1 / side), for boxes of sides 2, 4, ... up to an eighth of the picture."""
    sides = [2**i for i in range(1, int(math.log2(len(picture) / 8)) + 1)]
    counts = [block_reduce(picture, (side, side), np.max).sum() for side in sides]
    return -np.polyfit(np.log(sides), np.log(counts), 1)[0]


def drawn(points, pixels):
    picture = np.zeros((pixels, pixels), dtype=bool)
    places = (points.numpy() * pixels).astype(int).clip(0, pixels - 1)
    picture[places[:, 0], places[:, 1]] = True
    return picture


@pytest.mark.parametrize(
    ("offsets", "ratio", "pixels", "dimension"),
    [
        (SIERPINSKI, 1 / 2, 512, math.log(3) / math.log(2)),
        (SQUARE, 1 / 3, 729, math.log(4) / math.log(3)),
        ([(0, 0), (1, 1)], 1 / 2, 512, 1),
        (SQUARE, 1 / 2, 256, 2),
    ],
)
def test_self_similar_sets_have_their_dimension(offsets, ratio, pixels, dimension, generator):
    points = fractals.self_similar(offsets, ratio, 500_000, generator=generator)
    assert fractals.similarity_dimension(len(offsets), ratio) == pytest.approx(dimension)
    assert box_dimension(drawn(points, pixels)) == pytest.approx(dimension, abs=0.1)


def line(m):
    return ((torch.arange(m) + 0.5) / m).double()


def test_the_boundary_of_cantor_stripes_is_fractal():
    """Stripes by the parity of the first ternary digit that is 1: Cantor's set times a line."""
    m = 3**10
    digits = torch.stack([(line(m) * 3**i).floor() % 3 for i in range(1, 11)])
    ends, shifts = (digits == 1).int().argmax(0).expand(2, -1) % 2, [3**i for i in range(2, 8)]
    shares = fractals.uncertain_share(ends, shifts)
    dimension = fractals.boundary_dimension([shares, shares], [shift / m for shift in shifts], 2)
    assert dimension.value == pytest.approx(1 + math.log(2) / math.log(3), abs=0.07)


def test_the_boundary_of_a_disk_is_a_line(generator):
    m, shifts = 4096, [1, 2, 4, 8, 16]
    x, heights = line(m), torch.rand(50, 1, generator=generator)
    shares = fractals.uncertain_share(((x - 0.5) ** 2 + (heights - 0.5) ** 2 < 0.16).int(), shifts)
    assert fractals.boundary_dimension([shares, shares], shifts, 2).value == pytest.approx(1, abs=0.01)


def test_the_share_counts_starts_that_end_elsewhere():
    assert fractals.uncertain_share(torch.tensor([[0, 0, 1, 1, 1], [0, 0, 0, 0, 0]]), [1, 2]) == [1 / 8, 2 / 6]


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"shifts: got \[1, 5\], needed integers from 1 to 4"):
        fractals.uncertain_share(torch.zeros(2, 5), [1, 5])
    with pytest.raises(ValueError, match="ratio: got 2"):
        fractals.self_similar(SQUARE, 2, 5)
    with pytest.raises(ValueError, match="means above 0"):
        fractals.boundary_dimension([[0, 0.1, 0.2], [0, 0.1, 0.1]], [1, 2, 3], 2)
