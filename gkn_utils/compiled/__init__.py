"""Compiled code for many small networks: a step is one call for all, and one instruction handles eight networks."""

import os
from importlib.util import find_spec

import torch

AVAILABLE = find_spec("numba") is not None and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")
OUTPUTS = ("Sigmoid", "Tanh", "Identity")
WIDEST = 64  # layer or point: beyond it PyTorch is as fast
CALLS = 200_000  # parameters times points that an empty place may cost: what PyTorch's calls take for a step


def trains(net, count: int) -> bool:
    """Whether this takes the place of PyTorch for Eq. 1 of an `MLP`, `count` points a step.

    Networks come in groups of eight. Places that are left empty cost as much as others.
    """
    nets = net.nets or 1
    empty, parameters = -nets % 8, sum(p.numel() for p in net.parameters()) // nets
    return _serves(net) and (empty <= nets or empty * parameters * count < 8 * CALLS)


def samples(net, count: int) -> bool:
    """Whether this takes the place of PyTorch for applying an `MLP` to `count` points at once.

    The points of a single network take the places of eight.
    """
    full = count >= 64 if net.nets is None else -net.nets % 8 <= net.nets
    return _serves(net) and full and (net.width <= 24 or count >= 16)


def grouped(net, count: int, *, train: slice | None = None):
    """The `Groups` of an `MLP`, for `count` points at once; of the networks that are to be trained, or of all."""
    from gkn_utils.compiled.groups import Groups  # so that Numba is imported, which takes a second, where it is used

    return Groups(net, count, train)


def _serves(net) -> bool:
    small = max(net.dim, net.width) <= WIDEST and net.dtype == torch.float32 and net.device.type == "cpu"
    return AVAILABLE and small and type(net.output).__name__ in OUTPUTS
