import math

import numpy as np
import pytest
import torch

from gkn_utils.experiments import fractals

SQUARE = [(0, 0), (0, 1), (1, 0), (1, 1)]
SIERPINSKI = [(0, 0), (0, 1), (1, 0)]


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
def test_box_dimension_of_known_sets(offsets, ratio, pixels, dimension, generator):
    points = fractals.self_similar(offsets, ratio, 500_000, generator=generator)
    assert fractals.similarity_dimension(len(offsets), ratio) == pytest.approx(dimension)
    assert fractals.box_dimension(drawn(points, pixels)) == pytest.approx(dimension, abs=0.1)


def test_the_boundary_of_cantor_stripes_is_fractal(generator):
    """Stripes by the parity of the first ternary digit that is 1: Cantor's set times a line."""

    def first_one(x):
        digits = torch.stack([(x[:, 0].double() * 3**i).floor() % 3 for i in range(1, 16)])
        return (digits == 1).int().argmax(0) % 2

    starts, distances = torch.rand(100_000, 2, generator=generator), [3.0**-i for i in range(2, 8)]
    shares = fractals.uncertain_share(first_one, starts, distances, generator=generator)
    dimension = fractals.boundary_dimension([shares, shares], distances, 2)
    assert dimension.value == pytest.approx(1 + math.log(2) / math.log(3), abs=0.07)


def test_bad_arguments():
    with pytest.raises(ValueError, match="0 true, needed a square of at least 32"):
        fractals.box_dimension(np.zeros((64, 64)))
    with pytest.raises(ValueError, match=r"got shape \(8, 8\)"):
        fractals.box_dimension(np.ones((8, 8)))
    with pytest.raises(ValueError, match="ratio: got 2"):
        fractals.self_similar(SQUARE, 2, 5)
    with pytest.raises(ValueError, match="means above 0"):
        fractals.boundary_dimension([[0, 0.1, 0.2], [0, 0.1, 0.1]], [1, 2, 3], 2)
