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


def test_mnist_5k_is_five_hundred_of_each_digit_in_the_order_of_the_seed():
    images, some, others = (load_images("mnist-5k", **options) for options in ({}, {"count": 20}, {"seed": 1}))
    assert (images.pixels.shape, images.pixels.dtype) == ((5000, 1, 28, 28), torch.uint8)
    assert images.pixels.max() == 255
    assert images.labels.bincount().tolist() == [500] * 10
    assert not images.standin
    assert torch.equal(some.pixels, images.pixels[:20])
    assert torch.equal(some.labels, images.labels[:20])
    assert not torch.equal(others.labels, images.labels)


def test_pixels_become_points_and_pixels_again():
    images = load_images("mnist-5k", count=10)
    x = images.points(-1, 1)
    assert x.shape == (10, 784)
    assert (x.min(), x.max()) == (-1, 1)
    assert torch.equal(to_pixels(x, (1, 28, 28), -1, 1), images.pixels)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("mnist5k", {}, "name: got 'mnist5k', needed one of"),
        ("", {}, "name: got '', needed one of"),
        ("a" * 5_000, {}, "needed one of"),  # no file has such a long name
        ("photos", {"count": 859}, "needed at most the 858 images of patches of photographs"),
        ("mnist-5k", {"count": 0}, "count: got 0"),
        ("faces", {"size": (9, 9)}, "size of its own"),
        ("faces", {"size": (0, 9)}, "size: got 0"),
    ],
)
def test_bad_arguments(name, options, message):
    with pytest.raises(ValueError, match=message):
        load_images(name, **options)
