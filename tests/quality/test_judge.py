"""The gate: a judge that is sure of what no person reads measures nothing."""

import pytest
import torch
from torch import nn

import gkn_utils as gkn
from gkn_utils.data.downloads import data_folder
from gkn_utils.quality.judge import NONE, SURE, judge, judged, sure
from gkn_utils.quality.nondigits import nondigits, strangers
from gkn_utils.quality.reader import card, read, reader

MOST, LEAST = 0.05, 0.95  # shares of what is no digit, and of digits, that it may, and should, be sure of


@pytest.fixture(scope="module")
def digits():
    """MNIST's test digits, which it has not learned; where they are not at hand, some of those that it has."""
    test = (data_folder() / "mnist").exists()
    images = gkn.load_images("mnist-test") if test else gkn.load_images("mnist-5k")
    return images.points(-1, 1), images.labels


def test_it_is_sure_of_digits_and_right(digits):
    x, labels = digits
    answers, certain = judged(x)
    assert certain.float().mean() >= LEAST
    assert (answers == labels)[certain].float().mean() >= 0.97


def test_it_is_sure_of_nothing_that_is_no_digit(digits):
    kinds = nondigits(*digits, 1000, torch.Generator().manual_seed(7))
    found = {kind: sure(v) for kind, v in kinds.items()}
    assert max(found.values()) <= MOST, found


def test_nor_of_what_weak_networks_make_of_noise(digits):
    x, _ = digits
    for width in (200, 400):  # of one layer; with more, some end at a zero that anybody reads
        net, _ = gkn.train(x[:4000], width, 1, output=nn.Tanh(), seed=7, steps=300, lr=1e-3, batch_size=64)
        for state in gkn.kaleidoscope(net, gkn.uniform_starts(net, 300), steps=30, jitter=0.01):
            assert sure(state) <= MOST, width


def test_nor_of_kinds_that_it_never_learned():
    found = {kind: sure(v) for kind, v in strangers().items()}
    assert found.pop("letters") <= 0.1  # its weakness: strokes that are like those of digits
    assert max(found.values()) <= MOST, found


def test_the_reader_is_sure_of_what_the_judge_refuses(digits):
    kinds = nondigits(*digits, 500, torch.Generator().manual_seed(7))
    for kind in ("mirrored", "transposed", "means of two"):
        assert (read(kinds[kind])[1] > SURE).float().mean() > 0.2, kind


def test_answers_and_certainty_are_those_of_the_eleven_probabilities(digits):
    x = torch.cat([digits[0][:50], torch.zeros(2, 784)])
    probabilities = judge()(x).softmax(-1)
    answers, certain = judged(x)
    assert torch.equal(answers, probabilities.argmax(-1))
    assert torch.equal(certain, (probabilities[:, :NONE] > SURE).any(-1))


def test_its_card_says_what_it_knows_and_where_it_fails():
    said = card("judge")["sure"]
    assert said["of test digits"] >= LEAST
    assert said["rightly"] >= 0.97
    assert max(share for kind, share in said.items() if kind.startswith("of ") and kind != "of test digits") < 0.2
    assert set(strangers()) <= {kind.removeprefix("of ") for kind in said}  # what it fails at is told


def test_both_are_frozen_and_small():
    nets = reader(), judge()
    assert not any(p.requires_grad for net in nets for p in net.parameters())
    assert 2 * sum(p.numel() for net in nets for p in net.parameters()) < 500_000  # bytes, in half precision


@pytest.mark.parametrize("x", [torch.zeros(5, 28, 28), torch.zeros(5, 783), torch.full((5, 784), 2.0)])
def test_bad_pictures_are_refused(x):
    with pytest.raises(ValueError, match="got"):
        judged(x)
