"""The paper's perceptron as a classifier, trained to a given accuracy."""

import torch
from torch import Tensor
from torch.nn import functional as F

from gkn_utils._checks import as_generator, check_count, check_points
from gkn_utils.network import PointMap, draw_parameters, layers
from gkn_utils.training.minimise import minimise


class Classifier(PointMap):
    """`nets=k` multilayer perceptrons with the paper's hidden layers, and logits in place of a point.

    Maps (n, d) or (k, n, d) to (k, n, classes). Args as for `MLP`; at least two classes and one hidden layer.
    """

    def __init__(self, dim, width, depth, classes, *, nets, generator=None):
        super().__init__()
        check_count("classes", classes, 2)
        for name, value in {"dim": dim, "width": width, "depth": depth, "nets": nets}.items():
            check_count(name, value)
        self.dim, self.width, self.depth, self.nets = dim, width, depth, nets
        sizes = [dim] + [width] * depth + [classes]
        self.weights, self.biases = draw_parameters(sizes, nets, as_generator(generator, torch.device("cpu")))

    def forward(self, x: Tensor) -> Tensor:
        return layers(x.expand(self.nets, *x.shape[-2:]), self.weights, self.biases)


def fit_classifier(
    net: Classifier,
    x: Tensor,
    labels: Tensor,
    held_out: tuple[Tensor, Tensor],
    *,
    accuracy: float,
    most: int,
    batch_size: int,
    lr: float = 1e-3,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Minimise the cross-entropy by Adam until a network reads the held-out points and labels with `accuracy`.

    Looked at every 10 steps; each network keeps the weights with which it first got there. Returns the steps that each
    needed, (k,); `most` where it did not get there, and then it keeps its last weights. Raises `ValueError` for points
    the networks cannot take, counts below 1, and labels that are not (n,) integers, one of the classes each.
    """
    check_points("x", x, net)
    check_count("most", most)
    check_count("batch_size", batch_size)
    _check_labels(labels, len(x), net.biases[-1].shape[-1])
    generator = as_generator(generator, net.device)
    needed, kept = torch.full((net.nets,), most), [p.detach().clone() for p in net.parameters()]

    def of_batch() -> Tensor:
        """Summed over networks, so that each learns as if it were alone."""
        batch = torch.randint(len(x), (batch_size,), generator=generator, device=x.device)
        return net.nets * F.cross_entropy(net(x[batch]).flatten(0, -2), labels[batch].repeat(net.nets))

    def all_read(step: int) -> bool:
        if step % 10 and step < most:
            return False
        new = ((accuracies(net, *held_out) >= accuracy).cpu() | (step == most)) & (needed == most)
        needed[new] = step
        for copy, parameter in zip(kept, net.parameters(), strict=True):
            copy[new] = parameter.detach()[new]
        return bool((needed < most).all())

    minimise(net, of_batch, steps=most, lr=lr, done=all_read)
    with torch.no_grad():
        for parameter, copy in zip(net.parameters(), kept, strict=True):
            parameter.copy_(copy)
    return needed


def _check_labels(labels: Tensor, points: int, classes: int) -> None:
    """Raise `ValueError` unless there is one of the classes for each point."""
    if labels.shape != (points,) or labels.is_floating_point() or not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(f"labels: got {labels}, needed {points} integers from 0 to {classes - 1}")


@torch.no_grad()
def accuracies(net: Classifier, x: Tensor, labels: Tensor) -> Tensor:
    """The share of points `x` (n, d) or (k, n, d) that each network reads as `labels` (n,) say: (k,)."""
    return (net(x).argmax(-1) == labels).float().mean(-1)
