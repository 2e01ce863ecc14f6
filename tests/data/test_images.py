import pytest
import torch

from gkn_utils import load_images, points, to_pixels


def test_points():
    assert points([0.2, 0.8]).shape == (2, 1)
    assert points([(0.5, 0.5)]).shape == (1, 2)
    with pytest.raises(ValueError, match="got shape"):
        points([])
    for values in ("ab", [(1, 2), (3,)], [None]):
        with pytest.raises(ValueError, match="needed n numbers or n tuples"):
            points(values)


def test_mnist_5k_is_five_hundred_of_each_digit():
    images = load_images("mnist-5k")
    assert images.pixels.shape == (5000, 1, 28, 28)
    assert images.pixels.dtype == torch.uint8
    assert images.pixels.max() == 255
    assert images.labels.bincount().tolist() == [500] * 10
    assert not images.standin


def test_the_seed_decides_the_order_and_count_takes_the_first():
    all_of_them, some, others = (
        load_images("mnist-5k"),
        load_images("mnist-5k", count=20),
        load_images("mnist-5k", seed=1),
    )
    assert torch.equal(some.pixels, all_of_them.pixels[:20])
    assert torch.equal(some.labels, all_of_them.labels[:20])
    assert not torch.equal(others.labels, all_of_them.labels)


def test_pixels_become_points_and_pixels_again():
    images = load_images("mnist-5k", count=10)
    x = images.points(-1, 1)
    assert x.shape == (10, 784)
    assert (x.min(), x.max()) == (-1, 1)
    assert torch.equal(to_pixels(x, (1, 28, 28), -1, 1), images.pixels)


@pytest.mark.parametrize(
    ("name", "count", "message"),
    [
        ("mnist5k", None, "name: got 'mnist5k', needed one of"),
        ("", None, "name: got '', needed one of"),
        (None, None, "name: got None, needed one of"),
        ("photos", 859, "needed at most the 858 images of photos"),
        ("mnist-5k", 0, "count: got 0"),
        ("mnist-5k", 5001, "5000"),
    ],
)
def test_bad_arguments(name, count, message):
    with pytest.raises(ValueError, match=message):
        load_images(name, count=count)
