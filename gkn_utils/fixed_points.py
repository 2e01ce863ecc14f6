"""Where a network of one dimension returns its input: attractors, and the repellers between them."""

import torch
from torch import Tensor

from gkn_utils.network import MLP
from gkn_utils.validation import check_line

CELLS = 2000
OFFSET = 0.381966  # of a cell: so the grid misses round numbers, and with them training points


@torch.no_grad()
def fixed_points(net: MLP) -> Tensor:
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


def _rises(net: MLP, x: Tensor) -> Tensor:
    """Whether f(x) > x, for inputs (k, m) of each network."""
    y = net(x.unsqueeze(-1) if net.nets else x[0].unsqueeze(-1))
    return y.reshape(x.shape) > x
