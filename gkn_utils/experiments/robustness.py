"""How small a change of the input changes what a network says: classifiers under attack, attractors that are left."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from gkn_utils._checks import as_generator, check_points, check_range
from gkn_utils.experiments.classifiers import Classifier
from gkn_utils.network import MLP
from gkn_utils.sampling import kaleidoscope, last


# Madry et al. 2018 (arXiv 1706.06083), in Euclidean balls
def attack(
    net: Classifier,
    x: Tensor,
    labels: Tensor,
    radius: Tensor,
    *,
    steps: int = 20,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Points within `radius` (k, n) of `x` (n, d), and in [-1, 1], that `nets=k` read otherwise, if found: (k, n, d).

    Projected gradient ascent on the margin by which another class beats the label, from a random point of the ball;
    the margin, unlike the cross-entropy, keeps its gradient where a network is sure. Where no such point was met, the
    last one. Raises `ValueError` for points the networks cannot take, or outside [-1, 1].
    """
    check_points("x", x, net)
    check_range("x", x, -1, 1)
    generator = as_generator(generator, net.device)
    away = _unit(torch.randn(*radius.shape, x.shape[-1], generator=generator, device=x.device))
    size = radius.unsqueeze(-1)
    point, found = (x + 0.1 * size * away).clamp(-1, 1), torch.zeros_like(radius, dtype=torch.bool)
    for _ in range(steps):
        gradient, fooled = _margin_gradient(net, point, labels)
        found |= fooled
        moved = point + 2.5 / steps * size * _unit(gradient)
        change = moved - x
        change = change * (size / change.norm(dim=-1, keepdim=True).clamp_min(1e-12)).clamp_max(1)
        point = torch.where(found.unsqueeze(-1), point, (x + change).clamp(-1, 1))
    return point


def smallest_perturbation(
    net: Classifier,
    x: Tensor,
    labels: Tensor,
    *,
    largest: float,
    rounds: int = 10,
    steps: int = 20,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The Euclidean size of the smallest change of each point of `x` (n, d) that `attack` fools `nets=k` with: (k, n).

    By bisection between 0 and `largest`; 0 where a point is read wrongly as it is, infinite where `largest` is too
    little. It is an upper bound: another attack may do with less.
    """

    def changed(size: Tensor) -> Tensor:
        return _fooled(net, attack(net, x, labels, size, steps=steps, generator=generator), labels)

    _, smallest = _bisected(changed, torch.full((net.nets, len(x)), float(largest), device=x.device), rounds)
    return torch.where(_fooled(net, x, labels), 0.0, smallest)


def escape_distance(
    net: MLP, x: Tensor, directions: Tensor, *, largest: float, steps: int = 50, tol: float = 0.05, rounds: int = 7
) -> Tensor:
    """How far each point of `x` (n, d) can be pushed along its unit `directions` (n, m, d) and come back: (k, n, m).

    Come back: after `steps` iterations it is within tol * sqrt(d) of where the point itself then is. By bisection
    between 0 and `largest`; `largest` where it comes back from there. Raises `ValueError` for a single network.
    """
    if net.nets is None:
        raise ValueError("net: got a single network, needed nets=k")
    check_points("x", x, net)
    n, m, d = directions.shape
    home = last(kaleidoscope(net, x, steps=steps)).unsqueeze(2)

    def changed(distance: Tensor) -> Tensor:
        z = (x.unsqueeze(1) + distance.unsqueeze(-1) * directions).reshape(-1, n * m, d)
        end = last(kaleidoscope(net, z, steps=steps)).reshape(-1, n, m, d)
        return ~((end - home).square().mean(-1).sqrt() <= tol)

    farthest, _ = _bisected(changed, torch.full((net.nets, n, m), float(largest), device=x.device), rounds)
    return farthest


def _bisected(changed: Callable[[Tensor], Tensor], largest: Tensor, rounds: int) -> tuple[Tensor, Tensor]:
    """Sizes between which `changed` becomes true, for each element: the one before, and the one after.

    `largest` and infinity where it is not true of `largest`.
    """
    never = ~changed(largest)
    before, after = torch.zeros_like(largest), largest
    for _ in range(rounds):
        middle = (before + after) / 2
        true = changed(middle)
        before, after = torch.where(true, before, middle), torch.where(true, middle, after)
    return torch.where(never, largest, before), torch.where(never, torch.inf, after)


def _margin_gradient(net: Classifier, point: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of the margin of the best other class over the label, and where it is above 0 already."""
    point = point.detach().requires_grad_()
    logits = net(point)
    of_label = F.one_hot(labels, logits.shape[-1]).bool()
    margin = logits.masked_fill(of_label, -torch.inf).amax(-1) - logits.masked_fill(~of_label, -torch.inf).amax(-1)
    return torch.autograd.grad(margin.sum(), point)[0], margin > 0


@torch.no_grad()
def _fooled(net: Classifier, x: Tensor, labels: Tensor) -> Tensor:
    return net(x).argmax(-1) != labels


def _unit(v: Tensor) -> Tensor:
    return F.normalize(v, dim=-1, eps=1e-30)
