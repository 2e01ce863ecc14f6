import pytest
import torch

from gkn_utils import load_images
from gkn_utils.data.downloads import data_folder
from gkn_utils.quality import reader


def test_it_reads_digits_and_is_not_sure_about_noise():
    images = load_images("mnist-5k", count=1000)  # of MNIST's training part, so this is no test accuracy
    label, confidence, features = reader.read(images.points(-1, 1))
    assert (label == images.labels).float().mean() > 0.985
    assert features.shape == (1000, 64)
    assert (confidence > 0.9).float().mean() > 0.95
    noise = torch.rand(500, 784, generator=torch.Generator().manual_seed(3)) * 2 - 1
    assert (reader.read(noise)[1] > 0.9).float().mean() < 0.01


@pytest.mark.skipif(not (data_folder() / "mnist").exists(), reason="MNIST is not on this machine")
def test_it_reads_test_digits():
    images = load_images("mnist-test")
    label, _, _ = reader.read(images.points(-1, 1))
    assert (label == images.labels).float().mean() >= 0.99


def test_it_is_frozen_and_small_and_the_global_generator_is_left_alone():
    before, net = torch.get_rng_state(), reader.reader.__wrapped__()
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(p.requires_grad for p in net.parameters())
    assert sum(p.numel() for p in net.parameters()) * 2 < 500_000  # bytes, in half precision


@pytest.mark.parametrize("x", [torch.zeros(5, 28, 28), torch.zeros(5, 783), torch.full((5, 784), 2.0)])
def test_bad_pictures_are_refused(x):
    with pytest.raises(ValueError, match="got"):
        reader.read(x)
