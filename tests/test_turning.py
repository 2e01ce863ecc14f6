import pytest
import torch

from gkn_utils import MLP, kaleidoscope
from gkn_utils.turning import turning


def test_a_turn_is_large_and_slow_and_ends_calm():
    options = turning(11, period=5, calm=2, noise=(1.0, 0.5), keep=(0.9, 0.8))
    assert options["jitter"] == pytest.approx([3**0.5 * v for v in [1, 1, 1, 0.75, 0.5] * 2])
    assert options["keep"] == [0.9, 0.9, 0.9, 0.8, 0.8] * 2


def test_the_kaleidoscope_takes_it():
    options = turning(7, period=3, calm=1)
    assert len(list(kaleidoscope(MLP(2, 5, 3), torch.rand(4, 2), **options))) == 8


def test_bad_arguments_stop():
    with pytest.raises(ValueError, match="calm: got 6, needed at most the period, 5"):
        turning(11, period=5, calm=6)
    with pytest.raises(ValueError, match="steps: got 0"):
        turning(0, period=5, calm=2)
