"""What is asked of arguments before any work starts: networks, points, counts, ranges, generators."""

import math
from numbers import Integral

import torch
from torch import Tensor


def check_count(name: str, value, least: int = 1) -> None:
    """Raise `ValueError` unless `value` is an integer, Python's or NumPy's, of at least `least`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: got {value!r}, needed an integer of at least {least}")


def check_points(name: str, x, net) -> None:
    """Raise `ValueError` unless `x` is a finite, non-empty float tensor that `net` can take.

    The shape is (n, d), or (k, n, d) for `nets=k`; device and dtype are the network's.
    """
    shapes = f"(n, {net.dim})" + (f" or ({net.nets}, n, {net.dim})" if net.nets else "")
    if not isinstance(x, Tensor):
        raise ValueError(f"{name}: got {type(x).__name__}, needed a tensor of shape {shapes}")
    fits = x.dim() == 2 or (net.nets and x.dim() == 3 and x.shape[0] == net.nets)
    if not fits or x.shape[-1] != net.dim:
        raise ValueError(f"{name}: got shape {tuple(x.shape)}, needed {shapes}")
    if x.numel() == 0:
        raise ValueError(f"{name}: got no points (shape {tuple(x.shape)}), needed at least one")
    if (x.device, x.dtype) != (net.device, net.dtype):
        raise ValueError(f"{name}: got {x.dtype} on {x.device}, needed the network's {net.dtype} on {net.device}")
    if not x.isfinite().all():
        raise ValueError(f"{name}: got {(~x.isfinite()).sum()} values that are NaN or infinite, needed none")


def check_range(name: str, x: Tensor, low: float, high: float) -> None:
    """Raise `ValueError` unless every value of `x` lies in [low, high]; NaN lies nowhere."""
    if not (x.min() >= low and x.max() <= high):
        raise ValueError(
            f"{name}: got values in [{x.min():.4g}, {x.max():.4g}], needed [{low:g}, {high:g}], the network's range"
        )


def check_bounds(low: float, high: float) -> None:
    """Raise `ValueError` unless low < high, both finite."""
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"low, high: got {low!r}, {high!r}, needed finite numbers, low < high")


def check_data(name: str, x: Tensor) -> None:
    """Raise `ValueError` unless `x` is a tensor of floats, (n, d) or (k, n, d)."""
    if x.dim() not in (2, 3) or not x.is_floating_point():
        raise ValueError(f"{name}: got {x.dtype} of shape {tuple(x.shape)}, needed floats (n, d) or (k, n, d)")


def check_batch_size(batch_size, x: Tensor) -> None:
    """Raise `ValueError` unless `batch_size` is a number of the points `x` (n, d) or (k, n, d): 1 to n."""
    check_count("batch_size", batch_size)
    if batch_size > x.shape[-2]:
        raise ValueError(f"batch_size: got {batch_size}, needed at most the {x.shape[-2]} points of the data")


def check_line(net) -> tuple[float, float]:
    """The range of a network of one dimension; raise `ValueError` for more than one, and for an unbounded output."""
    low, high = net.range
    if net.dim != 1 or high == float("inf"):
        raise ValueError(f"net: got dim={net.dim}, range ({low:g}, {high:g}), needed one dimension, a bounded output")
    return low, high


def as_generator(generator: torch.Generator | None, device: torch.device) -> torch.Generator:
    """The given generator if it lives on `device`, one with seed 0 for None; the global one is never used.

    Raises `ValueError` for anything else.
    """
    if generator is None:
        return torch.Generator(device).manual_seed(0)
    if not isinstance(generator, torch.Generator):
        raise ValueError(f"generator: got {type(generator).__name__}, needed a torch.Generator or None")
    if generator.device.type != device.type:
        raise ValueError(f"generator: got one on {generator.device}, needed one on the network's {device}")
    return generator
