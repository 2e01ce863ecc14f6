"""Trained networks in the form in which the gallery's pages carry them."""

import base64

import torch
from torch import Tensor

from gkn_utils import MLP
from gkn_utils.pretrained import network_card, pretrained


def packed(name: str, *, rounded: bool = False) -> dict:
    """A network for a page, its numbers in base64: weights (in, out) and biases of each layer as float32.

    Rounded, weights are whole numbers from -127 to 127, a byte each, times a step for each unit that they lead to.
    """
    net, layers = pretrained(name), []
    for weight, bias in zip(net.weights, net.biases, strict=True):
        layer = {"weight": _base64(weight), "bias": _base64(bias)}
        if rounded:
            numbers, steps = _rounded(weight)
            layer |= {"weight": _base64(numbers), "steps": _base64(steps)}
        layers.append(layer)
    return {"depth": net.depth, "width": net.width, "output": type(net.output).__name__.lower(), "layers": layers,
            "measures": network_card(name)["measures"]}  # fmt: skip


@torch.no_grad()
def rounded_network(name: str) -> MLP:
    """The network with its weights rounded as in `packed`."""
    net = pretrained(name)
    for weight in net.weights:
        numbers, steps = _rounded(weight)
        weight.copy_(numbers * steps)
    return net


def _rounded(weight: Tensor) -> tuple[Tensor, Tensor]:
    steps = weight.detach().abs().amax(0) / 127
    return (weight.detach() / steps).nan_to_num().round().to(torch.int8), steps


def _base64(numbers: Tensor) -> str:
    numbers = numbers.detach().contiguous().numpy()
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).decode()
