import pytest
import torch

from gkn_utils import load_images
from gkn_utils.quality.nondigits import (
    MIRRORED,
    ON_ITS_SIDE,
    TRANSPOSED,
    columns_shuffled,
    nondigits,
    pieces,
    strangers,
)


@pytest.fixture(scope="module")
def digits():
    images = load_images("mnist-5k")
    return images.points(-1, 1), images.labels


def test_as_many_of_each_kind_all_of_them_pictures(digits, generator):
    kinds = nondigits(*digits, 30, generator)
    assert len(kinds) == 11
    for kind, v in kinds.items():
        assert v.shape == (30, 784), kind
        assert v.abs().max() <= 1, kind
        assert len(v.unique(dim=0)) > 20, kind


def test_transposed_mirrored_and_turned_digits_are_those_that_nobody_reads_then(digits, generator):
    x, labels = digits
    kinds = nondigits(x, labels, 20, generator)
    back = {
        "transposed": (kinds["transposed"].reshape(-1, 28, 28).mT, TRANSPOSED),
        "mirrored": (kinds["mirrored"].reshape(-1, 28, 28).flip(2), MIRRORED),
        "on its side": (kinds["on its side"].reshape(-1, 28, 28).rot90(3, (1, 2)), ON_ITS_SIDE),
    }
    for v, classes in back.values():
        found = torch.cdist(v.flatten(1), x).min(1)
        assert found.values.max() < 0.1
        assert set(labels[found.indices].tolist()) <= set(classes)
        assert len(found.indices.unique()) == 20  # each digit once


def test_what_is_shuffled_is_all_there_and_elsewhere(digits, generator):
    v = digits[0][:50].reshape(-1, 28, 28)
    columns, squares = columns_shuffled(v, generator), pieces(v, generator)
    for moved in (columns, squares):
        assert torch.equal(moved.flatten(1).sort().values, v.flatten(1).sort().values)
        assert (moved != v).flatten(1).any(1).all()
    assert all(
        {tuple(c) for c in a.T.tolist()} == {tuple(c) for c in b.T.tolist()} for a, b in zip(v, columns, strict=True)
    )
    assert torch.equal(columns_shuffled(v[:, :, :1].expand(v.shape), generator), v[:, :, :1].expand(v.shape))


def test_digits_that_miss_are_named(digits, generator):
    x, labels = digits
    with pytest.raises(ValueError, match=r"got 0 of the classes \(3, 7\), needed 5"):
        nondigits(x[labels == 1], labels[labels == 1], 5, generator)
    with pytest.raises(ValueError, match="count"):
        nondigits(x, labels, 0, generator)


def test_strangers_are_pictures_and_the_same_each_time():
    kinds = strangers()
    assert all(v.shape[1] == 784 and v.abs().max() <= 1 for v in kinds.values())
    assert torch.equal(kinds["scribbles"], strangers()["scribbles"])
    ink = (kinds["scribbles"] > 0).float().mean(1)
    assert 0.02 < ink.min() < ink.max() < 0.5
