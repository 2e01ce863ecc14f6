import base64
import json

import gallery
import numpy as np
import page_networks
import pytest
import torch

from gkn_utils.pretrained import pretrained


def numbers(text: str, kind: str) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), kind).copy())


@pytest.mark.parametrize("name", gallery.DIGITS)
def test_rounded_weights_are_within_half_a_step(name):
    net, rounded = pretrained(name), page_networks.rounded_network(name)
    for weight, other, layer in zip(
        net.weights, rounded.weights, page_networks.packed(name, rounded=True)["layers"], strict=True
    ):
        steps = numbers(layer["steps"], "<f4")
        assert ((weight - other).abs() <= 0.501 * steps).all()
        packed = numbers(layer["weight"], "i1").float().reshape(weight.shape) * steps
        assert torch.equal(packed, other)


def test_other_weights_are_as_they_are():
    net = pretrained("plane-4")
    for weight, bias, layer in zip(net.weights, net.biases, page_networks.packed("plane-4")["layers"], strict=True):
        assert torch.equal(numbers(layer["weight"], "<f4").reshape(weight.shape), weight)
        assert torch.equal(numbers(layer["bias"], "<f4"), bias.flatten())


def test_the_digits_of_a_page_are_small():
    assert len(json.dumps([page_networks.packed(name, rounded=True) for name in gallery.DIGITS])) < 1_500_000
