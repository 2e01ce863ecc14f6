import pytest
import torch

from gkn_utils.validation import as_generator


def test_a_generator_on_the_wrong_device():
    with pytest.raises(ValueError, match="got one on cpu, needed one on the network's cuda"):
        as_generator(torch.Generator(), torch.device("cuda"))


def test_none_is_seed_zero_and_not_the_global_generator():
    before = torch.get_rng_state()
    drawn = torch.rand(3, generator=as_generator(None, torch.device("cpu")))
    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(torch.get_rng_state(), before)
