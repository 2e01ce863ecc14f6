import pytest
import torch

from gkn_utils import MLP
from gkn_utils._checks import as_generator, check_count, check_points, check_range


def test_a_generator_on_the_wrong_device():
    with pytest.raises(ValueError, match="got one on cpu, needed one on the network's cuda"):
        as_generator(torch.Generator(), torch.device("cuda"))


def test_none_is_seed_zero_and_not_the_global_generator():
    before = torch.get_rng_state()
    drawn = torch.rand(3, generator=as_generator(None, torch.device("cpu")))
    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("value", [0, -1, 1.0, True, None, "1", torch.tensor(1)])
def test_a_count_is_a_whole_number_of_at_least_one(value):
    check_count("steps", 1)
    check_count("unseen", 0, least=0)
    with pytest.raises(ValueError, match=r"steps: got .*, needed an integer of at least 1"):
        check_count("steps", value)


def test_not_a_number_lies_in_no_range():
    check_range("x", torch.tensor([0.0, 1.0]), 0, 1)
    for value in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"needed \[0, 1\], the network's range"):
            check_range("x", torch.tensor([0.5, value]), 0, 1)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.rand(2), "got shape .2,., needed .n, 2. or .3, n, 2."),
        (torch.rand(5, 4, 2), "needed .n, 2. or .3, n, 2."),
        (torch.empty(0, 2), "got no points"),
        (torch.full((4, 2), torch.nan), "got 8 values that are NaN or infinite"),
        (torch.rand(4, 2).double(), "needed the network's torch.float32"),
        ([[0.1, 0.2]], "got list, needed a tensor"),
    ],
)
def test_points_are_finite_and_fit_the_network(x, message):
    check_points("x", torch.rand(3, 4, 2), MLP(2, 5, 2, nets=3))
    with pytest.raises(ValueError, match=message):
        check_points("x", x, MLP(2, 5, 2, nets=3))
