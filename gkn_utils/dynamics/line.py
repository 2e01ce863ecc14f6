"""Networks of one dimension: where they return their input, and how many-to-one they are."""

import torch
from torch import Tensor

from gkn_utils._checks import check_line
from gkn_utils.dynamics.attractors import jacobian
from gkn_utils.network import Network

CELLS = 2000
OFFSET = 0.381966  # of a cell: so the grid misses round numbers, and with them training points
FLAT, PLACES = 0.1, 1000  # |f'| of what is flat, places it is looked at


@torch.no_grad()
def fixed_points(net: Network) -> Tensor:
    """All x with f(x) = x that a grid can see, ascending, padded with NaN: (m,), or (k, m) for `nets=k`.

    Where f(x) - x changes its sign within one of about 2,000 cells, that cell is halved down to rounding. Since f
    stays inside its range, the number is odd; two fixed points in one cell are not seen. Raises `ValueError` for other
    than one dimension and for an unbounded output.
    """
    low, high = check_line(net)
    inner = low + (high - low) * (torch.arange(CELLS, dtype=net.dtype, device=net.device) + OFFSET) / CELLS
    x = torch.cat([inner.new_tensor([low]), inner, inner.new_tensor([high])])
    rises = _rises(net, x.expand(net.nets or 1, -1))
    rises[:, 0], rises[:, -1] = True, False  # also where the output reaches an end of its range
    changes = rises[:, 1:] != rises[:, :-1]
    first = changes.int().argsort(dim=-1, descending=True, stable=True)[:, : changes.sum(-1).max()]
    left, right, rises = x[first], x[first + 1], rises.gather(1, first)
    for _ in range(torch.finfo(net.dtype).bits):
        middle = (left + right) / 2
        before = _rises(net, middle) == rises
        left, right = left.where(~before, middle), right.where(before, middle)
    found = left.where(changes.gather(1, first), torch.nan)
    return found if net.nets else found[0]


def _rises(net: Network, x: Tensor) -> Tensor:
    """Whether f(x) > x, for inputs (k, m) of each network."""
    y = net(x.unsqueeze(-1) if net.nets else x[0].unsqueeze(-1))
    return y.reshape(x.shape) > x


def flat_share(net: Network, low: float | None = None, high: float | None = None) -> Tensor:
    """Share of the inputs in [low, high] of a 1-D network where |f'| < .1: a scalar, or (k,) for `nets=k`.

    An end that is None is that of the network's range. Slopes are taken at 1,000 evenly spaced places inside. Raises
    `ValueError` for more than one dimension, an unbounded output, and ends that are not in order within the range.
    """
    slopes = jacobian(net, _inputs(net, low, high))[..., 0, 0]
    return (slopes.abs() < FLAT).to(net.dtype).mean(-1)


def _inputs(net: Network, low: float | None = None, high: float | None = None) -> Tensor:
    """Evenly spaced places inside [low, high], by default the network's range, (PLACES, 1)."""
    lowest, highest = check_line(net)
    low, high = lowest if low is None else low, highest if high is None else high
    if not lowest <= low < high <= highest:
        raise ValueError(f"low, high: got {low!r}, {high!r}, needed {lowest:g} <= low < high <= {highest:g}")
    x = low + (high - low) * (torch.arange(PLACES, device=net.device, dtype=net.dtype) + 0.5) / PLACES
    return x.unsqueeze(-1)
