"""Compiled code for many small networks: a step is one call for all, and one instruction handles eight networks."""

from importlib.util import find_spec

import torch

AVAILABLE = find_spec("numba") is not None
OUTPUTS = ("Sigmoid", "Tanh", "Identity")
WIDEST = 64  # layer or point: beyond it PyTorch is as fast
CALLS = 200_000  # parameters times points that an empty place may cost: what PyTorch's calls take for a step


def serves(net, count: int) -> bool:
    """Whether this takes the place of PyTorch for an `MLP`, `count` points at once: where it can be had, and is faster.

    Networks come in groups of eight. Places that are left empty cost as much as others.
    """
    nets = net.nets or 1
    empty, parameters = -nets % 8, sum(p.numel() for p in net.parameters()) // nets
    small = max(net.dim, net.width) <= WIDEST and (empty <= nets or empty * parameters * count < 8 * CALLS)
    known = type(net.output).__name__ in OUTPUTS and net.dtype == torch.float32 and net.device.type == "cpu"
    return AVAILABLE and known and small


def grouped(net, count: int, copies: int = 1):
    """The `Groups` of an `MLP`, for `count` points at once."""
    from gkn_utils.compiled.groups import Groups  # so that Numba is imported, which takes a second, where it is used

    return Groups(net, count, copies)
