"""Networks in groups of eight, number beside number, as the compiled code has them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from gkn_utils._progress import note
from gkn_utils.compiled import OUTPUTS, kernels
from gkn_utils.compiled.lanes import WIDTH

BLOCK = 16  # points that go through the layers together


class Groups:
    """Copies of the parameters of networks, and room for what is done with them.

    `state` is (groups, numbers, 8): in a row the parameters, for training also Adam's two means and the gradient; then,
    for a block of points, the inputs of each layer and the 1 that goes with them, what goes into the output, and as
    much room again. `places` says where: the weights of each layer, biases behind them, the inputs, and so on.
    `steps_at_once` are as many as take half a second, at most a thousand.

    Args:
        net: an `MLP`.
        count: the most points at once.
        train: which of the networks, with room for training; None for all, without. A single one then stands in a
            group eight times.
    """

    def __init__(self, net, count: int, train: slice | None):
        self.single = net.nets is None and train is None
        pairs = zip(net.weights, net.biases, strict=True)
        if net.nets is None:
            self.targets = [p.expand(WIDTH if self.single else 1, *p.shape) for pair in pairs for p in pair]
        else:
            self.targets = [p[train or slice(None)] for pair in pairs for p in pair]
        sizes = np.array([net.dim] + [net.width] * net.depth + [net.dim])
        block = min(BLOCK, count)
        starts = np.cumsum([0, *((sizes[:-1] + 1) * sizes[1:])])
        inputs = (4 if train else 1) * starts[-1] + np.cumsum([0, *(block * (sizes[:-1] + 1))])
        room = block * (sizes.max() + 1)
        places = np.array([*starts[:-1], *inputs, inputs[-1] + room])
        flat = torch.cat([p.detach().flatten(1) for p in self.targets], dim=1)
        self.nets, self.parameters = flat.shape
        self.state = torch.zeros(-(-self.nets // WIDTH), int(places[-1] + room), WIDTH)
        self.values = self.state[:, : self.parameters]
        self.values.copy_(interleaved(flat))
        self.steps_at_once = max(1, min(1000, 500_000_000 // (len(self.state) * self.parameters * (count + 3))))
        self.layout = (sizes, places, block, OUTPUTS.index(type(net.output).__name__), net.skip)

    def descend(self, x: Tensor, order: Tensor, lrs: Sequence[float], done: int) -> Tensor:
        """Steps of Adam on points (1 or k, n, dim), after `done` others; the losses before each, (steps, k).

        `order`, (steps, count), says which of the points.
        """
        history = torch.empty(len(self.state), len(lrs), WIDTH)
        self._on_threads(kernels.descend, x, history, order.numpy(), np.array(lrs), done)
        return separate(history, self.nets).T

    def apply(self, x: Tensor) -> Tensor:
        """The outputs at points (1 or k, n, dim): (k, n, dim); of a single network, (n, dim): (n, dim)."""
        if self.single:
            eighths = torch.cat([x, x.new_zeros(-len(x) % WIDTH, x.shape[1])]).unflatten(0, (WIDTH, -1))
            return self._outputs(eighths).flatten(0, 1)[: len(x)]
        return self._outputs(x if x.dim() == 3 else x[None])

    def _outputs(self, x: Tensor) -> Tensor:
        y = torch.empty(len(self.state), *x.shape[1:], WIDTH)
        self._on_threads(kernels.apply, x, y)
        return separate(y, self.nets)

    @torch.no_grad()
    def write_back(self) -> None:
        """Give the networks what their parameters have become."""
        flat = separate(self.values, self.nets)
        for target, part in zip(self.targets, flat.split([p[0].numel() for p in self.targets], dim=1), strict=True):
            target.copy_(part.reshape(target.shape))

    def _on_threads(self, kernel, x: Tensor, y: Tensor, *others) -> None:
        """Have `y` filled in by a kernel, each thread doing some of the groups."""
        if not kernel.signatures:
            note("compiling, once on a machine")
        x = x.detach()
        x = interleaved(x) if len(x) > 1 else x.unsqueeze(-1).expand(*x.shape, WIDTH).contiguous()
        size = -(-len(self.state) // torch.get_num_threads())

        def fill(start: int) -> None:
            some = slice(start, start + size)
            points = x if len(x) == 1 else x[some]
            kernel(self.state[some].numpy(), *self.layout, points.numpy(), y[some].numpy(), *others)

        starts = range(0, len(self.state), size)
        if len(starts) == 1:
            fill(0)
        else:
            with ThreadPoolExecutor() as pool:
                list(pool.map(fill, starts))


def interleaved(x: Tensor) -> Tensor:
    """(k, ...) as (k / 8 rounded up, ..., 8)."""
    rest = -len(x) % WIDTH
    padded = torch.cat([x, x.new_zeros(rest, *x.shape[1:])]) if rest else x
    return padded.unflatten(0, (-1, WIDTH)).movedim(1, -1).contiguous()


def separate(x: Tensor, count: int) -> Tensor:
    """(groups, ..., 8) as (count, ...)."""
    return x.movedim(-1, 1).flatten(0, 1)[:count]
