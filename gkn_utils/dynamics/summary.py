"""A summary of networks that learned the same points: what each of them fitted, stored and recalled, and how fast."""

import torch
from torch import Tensor

from gkn_utils._checks import check_points
from gkn_utils.dynamics.attractors import burn_in, landed, nearest, recalled, spectral_radius, stored
from gkn_utils.dynamics.line import flat_share, output_entropy
from gkn_utils.network import MLP
from gkn_utils.sampling import kaleidoscope, last, uniform_starts
from gkn_utils.training.fit import collapsed, fitted, manifold_loss


def summary(
    net: MLP,
    x: Tensor,
    *,
    starts: int = 100,
    iterations: int = 300,
    tol: float = 0.01,
    generator: torch.Generator | None = None,
) -> dict[str, Tensor]:
    """One value for each network of `nets=k`, (k,) each, by name; *parameters* is how many it has.

    *fitted*, *collapsed*: what became of the fit. *stored*, *recalled*: the share of the training points that are
    attractors, and that some sample lands on. *landed*: the share of samples that end at a training point. *burn-in*:
    the median over samples of the iterations until they stay within `tol` of where they end. *radius*: the largest
    spectral radius at a training point. *farthest*: the largest distance from an output to the nearest training point;
    the inputs are the starts, or 501 over the whole range in one dimension. There also *flat*, the flat share, and
    *entropy*, the outputs', in bits.

    Args:
        x: the training points (n, d).
        starts: samples of each network, uniform in its range.
        iterations: applications of the network.
        tol: a distance; times sqrt(d) for *recalled* and *landed*.
        generator: draws the starts, on the network's device; None for seed 0.

    Raises:
        ValueError: no `nets`, points that do not fit the network or are not the same for all, an unbounded output.
    """
    check_points("x", x, net)
    if net.nets is None:
        raise ValueError("net: got a single network, needed nets=k")
    if x.dim() != 2:
        raise ValueError(f"x: got shape {tuple(x.shape)}, needed (n, {net.dim}), the same points for all networks")
    noise = uniform_starts(net, starts, generator)
    end = last(kaleidoscope(net, noise, steps=iterations))
    settled = burn_in(kaleidoscope(net, noise, steps=iterations), tol, end=end).to(net.dtype)
    with torch.no_grad():
        probes = torch.linspace(*net.range, 501, dtype=net.dtype, device=net.device).unsqueeze(-1)
        loss, (distance, _) = manifold_loss(net, x), nearest(net(probes if net.dim == 1 else noise), x)
    found = {
        "fitted": fitted(loss),
        "collapsed": collapsed(loss, x),
        "stored": stored(net, x, steps=iterations, tol=tol).to(net.dtype).mean(-1),
        "recalled": recalled(end, x, tol=tol).to(net.dtype).mean(-1),
        "landed": landed(end, x, tol=tol).to(net.dtype).mean(-1),
        "burn-in": settled.median(-1).values,
        "radius": spectral_radius(net, x).amax(-1),
        "farthest": distance.amax(-1),
        "parameters": loss.new_full((net.nets,), sum(p.numel() for p in net.parameters()) // net.nets).long(),
    }
    return found | ({"flat": flat_share(net), "entropy": output_entropy(net)} if net.dim == 1 else {})
