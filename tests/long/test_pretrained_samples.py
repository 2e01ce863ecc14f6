"""Samples of the networks of digits that come with the project are as often like digits as their cards say."""

import math

import pytest
import torch

from gkn_utils import kaleidoscope, last, network_card, noise_schedule, pretrained, uniform_starts
from gkn_utils.quality import reader


@pytest.mark.parametrize(
    ("name", "sampling"),
    [("mnist-paper", {"steps": 300, "jitter": 0.01}), ("mnist-turning", noise_schedule(300, period=100, calm=30))],
)
def test_samples_are_as_their_cards_say(name, sampling):
    net, measures = pretrained(name), network_card(name)["measures"]
    starts = uniform_starts(net, 400, torch.Generator().manual_seed(1))
    samples = last(kaleidoscope(net, last(kaleidoscope(net, starts, **sampling)), steps=1))
    label, confidence, _ = reader.read(samples)
    assert (confidence > 0.9).float().mean().item() == pytest.approx(measures["confident"], abs=0.05)
    entropy = torch.distributions.Categorical(label.bincount(minlength=10).float()).entropy() / math.log(10)
    assert entropy.item() == pytest.approx(measures["entropy"], abs=0.05)
