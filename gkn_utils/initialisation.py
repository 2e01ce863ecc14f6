"""Other first weights than PyTorch's. Each function changes the weights of a network in place and returns it."""

import math

import torch

from gkn_utils.network import MLP
from gkn_utils.validation import as_generator


def he(net: MLP, generator: torch.Generator | None = None) -> MLP:
    """Weights from a normal of variance 2 / fan_in, biases 0 (He et al. 2015, arXiv 1502.01852).

    `generator` lives on the network's device; None for seed 0.
    """
    return _normal(net, 2.0, generator)


def lecun(net: MLP, generator: torch.Generator | None = None) -> MLP:
    """Weights from a normal of variance 1 / fan_in, biases 0 (LeCun et al. 1998). `generator` as for `he`."""
    return _normal(net, 1.0, generator)


@torch.no_grad()
def identity(net: MLP) -> MLP:
    """Weights that hand the first units on as they are, biases 0: positive inputs arrive at the output unchanged.

    Raises `ValueError` where a layer is too narrow for that.
    """
    if net.depth and net.width < net.dim:
        raise ValueError(f"net: got width={net.width}, needed at least its dimension, {net.dim}")
    for weight, bias in zip(net.weights, net.biases, strict=True):
        weight.copy_(torch.eye(*weight.shape[-2:], dtype=weight.dtype, device=weight.device))
        bias.zero_()
    return net


@torch.no_grad()
def _normal(net: MLP, gain: float, generator: torch.Generator | None) -> MLP:
    generator = as_generator(generator, net.device)
    for weight, bias in zip(net.weights, net.biases, strict=True):
        weight.normal_(0, math.sqrt(gain / weight.shape[-2]), generator=generator)
        bias.zero_()
    return net
