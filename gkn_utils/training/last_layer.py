"""The last layer of a network, solved for instead of learned."""

import torch
from torch import Tensor

from gkn_utils._checks import check_points
from gkn_utils.network import MLP, known_output


@torch.no_grad()
def interpolate(net: MLP, x: Tensor) -> MLP:
    """Change the last layer of `net`, in place and as little as possible, so that f(x) = x; return it.

    Whatever the hidden layers are, the last one is linear: for points `x` (n, dim), at most width + 1, it has a least
    change, in the sum of its squares, that takes the loss of Eq. 1 to rounding. It is found in double precision.

    Raises `ValueError` for `nets=k`, points that the network cannot take, or not strictly within the range of its
    output, and for points that its hidden layers do not tell apart.
    """
    if net.nets is not None:
        raise ValueError(f"net: got nets={net.nets}, needed a single network")
    check_points("x", x, net)
    wanted = known_output(net.output).inverse(x.double())
    if not wanted.isfinite().all():
        raise ValueError(f"x: got [{x.min():g}, {x.max():g}], needed points strictly within {net.range}")
    hidden = x.double()
    for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
        hidden = (hidden @ weight.double() + bias.double()).relu()
    hidden = torch.cat([hidden, torch.ones_like(hidden[:, :1])], dim=1)
    last = torch.cat([net.weights[-1], net.biases[-1]]).double()
    last += torch.linalg.pinv(hidden, rtol=1e-9) @ (wanted - hidden @ last)
    if (left := (hidden @ last - wanted).abs().max()) > 1e-6 * wanted.abs().max():
        got = f"got {len(x)} points, of which {left:.1e} is left in the worst case"
        raise ValueError(f"x: {got}, needed points that {net.width} hidden units tell apart")
    net.weights[-1].copy_(last[:-1])
    net.biases[-1].copy_(last[-1:])
    return net
