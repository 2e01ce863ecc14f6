import pytest
import torch

from gkn_utils import MLP, kaleidoscope, last
from gkn_utils.turning import turning


def test_a_turn_is_large_and_slow_and_ends_calm():
    options = turning(11, period=5, calm=2, noise=(1.0, 0.5), keep=(0.9, 0.8))
    assert options["jitter"] == pytest.approx([3**0.5 * v for v in [1, 1, 0.75, 0.5, 1] * 2])
    assert options["keep"] == [0.9, 0.9, 0.8, 0.8, 0.9] * 2


def test_the_noise_fed_has_the_size_it_says(affine, generator):
    """Of a map to 0 what is fed is the noise: sd 1 in a long turn, and below it, lagging, at the end of one."""
    fed = []
    net = affine([[0.0]], [0.0])
    net.register_forward_pre_hook(lambda _, arguments: fed.append(arguments[0].std().item()))
    z = torch.zeros(50_000, 1)
    last(kaleidoscope(net, z, **turning(100, period=100, calm=20, noise=(1.0, 0.3)), generator=generator))
    assert fed[79] == pytest.approx(1, abs=0.02)
    assert 0.3 < fed[-1] < 0.4


def test_the_kaleidoscope_takes_it():
    options = turning(7, period=3, calm=1)
    assert len(list(kaleidoscope(MLP(2, 5, 3), torch.rand(4, 2), **options))) == 8


def test_of_one_iteration_there_is_nothing_to_turn():
    assert len(list(kaleidoscope(MLP(2, 5, 3), torch.rand(4, 2), **turning(1, period=1, calm=1)))) == 2


def test_bad_arguments_stop():
    with pytest.raises(ValueError, match="calm: got 6, needed at most the period, 5"):
        turning(11, period=5, calm=6)
    with pytest.raises(ValueError, match="steps: got 0"):
        turning(0, period=5, calm=2)
