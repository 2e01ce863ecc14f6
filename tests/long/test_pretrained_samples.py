"""Samples of the networks of digits that come with the project are as often like digits as their cards say."""

import math

import pytest
import torch

from gkn_utils import kaleidoscope, last, network_card, noise_schedule, normal_starts, pretrained, uniform_starts
from gkn_utils.quality import reader


@pytest.mark.parametrize(
    ("name", "starts", "sampling"),
    [
        ("mnist-paper", uniform_starts, {"steps": 300, "jitter": 0.01}),
        ("mnist-turning", normal_starts, noise_schedule(50)),
    ],
)
def test_samples_are_as_their_cards_say(name, starts, sampling):
    net, measures = pretrained(name), network_card(name)["measures"]
    samples = last(kaleidoscope(net, starts(net, 1600, torch.Generator().manual_seed(1)), **sampling))
    label, confidence, _ = reader.read(samples)
    assert (confidence > 0.9).float().mean().item() == pytest.approx(measures["confident"], abs=0.05)
    entropy = torch.distributions.Categorical(label.bincount(minlength=10).float()).entropy() / math.log(10)
    assert entropy.item() == pytest.approx(measures["entropy"], abs=0.05)
