"""Eq. 1 and its gradient written out, layer by layer, so that many networks cost little more than one.

An autograd graph and an optimizer call per layer cost more than the arithmetic of a small network. Here no graph is
built, and all parameters lie in one tensor.
"""

import math

import torch
from torch import Tensor, nn

from gkn_utils.network import MLP, known_output


class Backpropagation:
    """Called with points, it returns the loss of Eq. 1 for each network, and leaves the gradient in `flat.grad`.

    It works on copies of weights and biases, one after the other in `flat`, a parameter for an optimizer;
    `write_back` gives them to the network.

    Args:
        net: one network, or `nets=k`.
        part: which of the networks.
        count: points per call.
        precision: the type in which matrices are multiplied; `flat` and the losses keep the network's.
    """

    def __init__(self, net: MLP, part: slice, count: int, precision: torch.dtype):
        self.skip = net.skip
        self.output, self.slope = net.output, known_output(net.output).slope
        parameters = [p.detach() if net.nets else p.detach()[None] for p in [*net.weights, *net.biases]]
        self.targets = [p[part] for p in parameters]
        self.shapes = [target.shape for target in self.targets]
        self.flat = nn.Parameter(torch.cat([target.flatten() for target in self.targets]))
        self.flat.grad = torch.zeros_like(self.flat)
        self.mixed = precision != net.dtype
        self.values, self.gradient = self.flat.detach().to(precision), self.flat.grad.to(precision)
        self.weights, self.biases = self._split(self.values)
        self.weight_gradients, self.bias_gradients = self._split(self.gradient)
        self.nets = len(self.targets[0])
        hidden = self.values.new_empty(self.nets, count, net.width)
        self.hidden = [torch.empty_like(hidden) for _ in range(net.depth)]
        self.signals = [torch.empty_like(hidden) for _ in range(2)]

    def _split(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Views of the weights, and of the biases, of all layers."""
        parts = flat.split([math.prod(shape) for shape in self.shapes])
        views = [part.view(shape) for part, shape in zip(parts, self.shapes, strict=True)]
        return views[: len(views) // 2], views[len(views) // 2 :]

    @torch.no_grad()
    def __call__(self, x: Tensor, fed: Tensor, weight: Tensor | None) -> Tensor:
        """The loss of returning points `x` where `fed`, the points with noise or without, is fed.

        Both are (nets, count, dim), or (1, count, dim) for points that all networks share. The square error of
        each point counts `weight` times, (1, count, 1), or once for None.
        """
        if self.mixed:
            self.values.copy_(self.flat)
        inputs = [fed.to(self.values.dtype).expand(self.nets, -1, -1), *self.hidden]
        y = self._forward(inputs)
        error = y - x
        weighted = error if weight is None else error * weight
        self._backward(inputs, (self.slope(y) * weighted).mul_(2 / x[0].numel()).to(y.dtype))
        if self.mixed:
            self.flat.grad.copy_(self.gradient)
        return (error * weighted).mean((1, 2))

    def _forward(self, inputs: list[Tensor]) -> Tensor:
        """The output, given the points, the first of `inputs`, the inputs of each layer; it fills in the others."""
        for i, hidden in enumerate(self.hidden):
            torch.bmm(inputs[i], self.weights[i], out=hidden).add_(self.biases[i]).relu_()
        h = torch.bmm(inputs[-1], self.weights[-1]).add_(self.biases[-1])
        return self.output(h.add_(inputs[0]) if self.skip else h)

    def _backward(self, inputs: list[Tensor], signal: Tensor) -> None:
        """The chain rule: from the derivative by what goes into the output, back to the first layer."""
        for i in reversed(range(len(inputs))):
            torch.sum(signal, dim=1, keepdim=True, out=self.bias_gradients[i])
            torch.bmm(inputs[i].mT, signal, out=self.weight_gradients[i])
            if i > 0:
                signal = torch.bmm(signal, self.weights[i].mT, out=self.signals[i % 2])
                torch.ops.aten.threshold_backward(signal, inputs[i], 0, grad_input=signal)  # 0 where the ReLU is

    @torch.no_grad()
    def write_back(self) -> None:
        """Give the network what `flat` has become."""
        weights, biases = self._split(self.flat)
        for target, matrices in zip(self.targets, weights + biases, strict=True):
            target.copy_(matrices)
