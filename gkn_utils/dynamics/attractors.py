"""What the iterated map does: Jacobians, attractors, recall, burn-in, periods."""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor

from gkn_utils._checks import check_points
from gkn_utils.dynamics.neighbours import nearest
from gkn_utils.network import Network
from gkn_utils.sampling import kaleidoscope, last

LONGEST = 32  # of the periods that are looked for


def jacobian(net: Network, x: Tensor) -> Tensor:
    """The derivative df_i/dx_j at each point: (n, d, d), or (k, n, d, d) for `nets=k`.

    `x` is (n, d) or (k, n, d). Costs d backward passes over all points and networks together.
    """
    check_points("x", x, net)
    if net.nets is not None:
        x = x.expand(net.nets, *x.shape[-2:])
    net = getattr(net, "_orig_mod", net)  # what torch.compile makes of it has no graph for several passes
    x = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        y = net(x)
        rows = [torch.autograd.grad(y[..., i].sum(), x, retain_graph=True)[0] for i in range(net.dim)]
    return torch.stack(rows, dim=-2)


def spectral_radius(net: Network, x: Tensor) -> Tensor:
    """The largest |eigenvalue| of the Jacobian of f at x: (n,), or (k, n) for `nets=k`.

    A fixed point attracts its surroundings where it is below 1 (Radhakrishnan et al. 2020, arXiv 1909.12362).
    """
    return torch.linalg.eigvals(jacobian(net, x)).abs().amax(-1)


def stored(net: Network, x: Tensor, *, steps: int = 100, tol: float = 0.01) -> Tensor:
    """Which points are attractors: |f^steps(x) - x| < tol and a spectral radius below 1 at x.

    Returns booleans (n,), or (k, n) for `nets=k`. Raises `ValueError` for points the network cannot take, or no steps.
    """
    check_points("x", x, net)
    end = last(kaleidoscope(net, x, steps=steps))
    return ((end - x).norm(dim=-1) < tol) & (spectral_radius(net, x) < 1)


def landed(samples: Tensor, x: Tensor, *, tol: float = 0.01) -> Tensor:
    """Which `samples` (..., m, d) lie within tol * sqrt(d) of a point of `x` (n, d) or (k, n, d): booleans (..., m).

    An end state that did not land is spurious.
    """
    return nearest(samples, x)[0] <= tol * x.shape[-1] ** 0.5


def visits(samples: Tensor, x: Tensor, *, tol: float = 0.01) -> Tensor:
    """How many of `samples` (m, d) or (k, m, d) landed on each point of `x` (n, d) or (k, n, d): (n,) or (k, n).

    The distance is that of `landed`; a sample counts for the point that is nearest to it.
    """
    distance, index = nearest(samples, x)
    hits = (distance <= tol * x.shape[-1] ** 0.5).long()
    return hits.new_zeros(*hits.shape[:-1], x.shape[-2]).scatter_add_(-1, index, hits)


def recalled(samples: Tensor, x: Tensor, *, tol: float = 0.01) -> Tensor:
    """Which points of `x` some of `samples` landed on: booleans, of the shapes of `visits`."""
    return visits(samples, x, tol=tol) > 0


def burn_in(frames: Iterable[Tensor], tol: float, *, end: Tensor | None = None) -> Tensor:
    """Iterations until a sample stays within Euclidean distance `tol` of where it ends: integers (n,) or (k, n).

    `frames` are the states of `kaleidoscope`, (n, d) or (k, n, d) each, start included. A sample that still moved by
    more than `tol` at the last iteration gets the number of iterations: it did not settle in the time it had. Where
    the last state is known, give it as `end`: the frames then need not fit in memory. Raises `ValueError` for fewer
    than two frames, or a `tol` that is not above 0.
    """
    if not tol > 0:
        raise ValueError(f"tol: got {tol!r}, needed a number above 0")
    if end is None:
        frames = list(frames)
        end = frames[-1] if frames else torch.empty(0)
    settled_at, iteration = torch.zeros(end.shape[:-1], dtype=torch.long, device=end.device), 0
    for iteration, frame in enumerate(frames, start=1):
        if frame.shape != end.shape:
            raise ValueError(f"end: got shape {tuple(end.shape)}, needed that of the frames, {tuple(frame.shape)}")
        settled_at[~((frame - end).norm(dim=-1) <= tol)] = iteration
    if iteration < 2:
        raise ValueError(f"frames: got {iteration} states, needed at least the start and one iteration")
    return settled_at.clamp_max(iteration - 1)


def step_sizes(frames: Iterable[Tensor]) -> Tensor:
    """The root mean square over coordinates of each step: (steps, n) or (steps, k, n), from steps + 1 `frames`.

    Raises `ValueError` for fewer than two frames.
    """
    sizes = [(b - a).square().mean(-1).sqrt() for a, b in pairwise(frames)]
    if not sizes:
        raise ValueError("frames: got at most one state, needed at least the start and one iteration")
    return torch.stack(sizes)


def jumpiness(frames: Iterable[Tensor]) -> Tensor:
    """The largest step of a sample as a share of its whole way, the first iteration left out: (n,) or (k, n).

    1 for a sample that makes its way in a single leap, 1/t for one that makes it in t equal steps, 0 for one that
    makes none. Raises `ValueError` for fewer than two iterations.
    """
    sizes = step_sizes(frames)[1:]
    if len(sizes) == 0:
        raise ValueError("frames: got a start and one iteration, needed at least two iterations")
    return sizes.amax(0) / sizes.sum(0).clamp_min(torch.finfo(sizes.dtype).tiny)


def period(frames: Iterable[Tensor]) -> Tensor:
    """The smallest p in 1..32 with |x_T - x_(T-p)| < .001: integers (n,) or (k, n), 0 where there is none.

    1 is a fixed point, above 1 a cycle, 0 a sample that still wanders at the last of the `frames`. Fumero et al.
    (arXiv 2505.22785) stop at the same step size, |step|^2 < 1e-6. Raises `ValueError` for no frames.
    """
    last = deque(frames, maxlen=LONGEST + 1)
    if not last:
        raise ValueError("frames: got none, needed at least one")
    *earlier, end = last
    found = torch.zeros(end.shape[:-1], dtype=torch.long, device=end.device)
    for lag, frame in reversed(list(enumerate(reversed(earlier), start=1))):
        found[(end - frame).norm(dim=-1) < 1e-3] = lag
    return found
