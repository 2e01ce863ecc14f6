"""What the project is compared with: the paper's recipe as a plain loop, and the matrix products no way avoids."""

from itertools import pairwise

import torch
from torch import nn


def plain_network(dim, width, depth, output):
    """The network of section 2, as the paper's code would have it."""
    sizes = [dim] + [width] * depth
    hidden = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(sizes[-1], dim), output)


@torch.no_grad()
def plain_copy(net):
    """A plain network with the weights of one MLP."""
    plain = plain_network(net.dim, net.width, net.depth, net.output)
    layers = [layer for layer in plain if isinstance(layer, nn.Linear)]
    for layer, weight, bias in zip(layers, net.weights, net.biases, strict=True):
        layer.weight.copy_(weight.T)
        layer.bias.copy_(bias[0])
    return plain


def plain_fit(net, x, *, steps, batch_size=None):
    """Eq. 1 by Adam: one network, batches from shuffled passes over the data; the loss before each step."""
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    criterion = nn.MSELoss()
    losses, order = [], []
    for _ in range(steps):
        batch = x
        if batch_size is not None:
            order = order if len(order) >= batch_size else torch.randperm(len(x))
            batch, order = x[order[:batch_size]], order[batch_size:]
        adam.zero_grad()
        loss = criterion(net(batch), batch)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
    return torch.stack(losses)


@torch.no_grad()
def plain_sampling(net, z, *, steps, jitter):
    """Eq. 3, clamped to the range of a tanh."""
    x = net(z)
    for _ in range(steps - 1):
        x = net((x + jitter * (2 * torch.rand_like(x) - 1)).clamp(-1, 1))
    return x


class Products:
    """The bare matrix products of one network: nothing added, nothing bounded, nothing learned."""

    def __init__(self, dim, width, depth, count):
        sizes = [dim] + [width] * depth + [dim]
        self.weights = [torch.rand(a, b) - 0.5 for a, b in pairwise(sizes)]
        self.gradients = [torch.empty_like(weight) for weight in self.weights]
        self.inputs = [torch.rand(count, size) - 0.5 for size in sizes]
        self.outputs = [torch.empty_like(x) for x in self.inputs]

    def forward(self):
        for x, weight, out in zip(self.inputs[:-1], self.weights, self.outputs[1:], strict=True):
            torch.mm(x, weight, out=out)

    def backward(self):
        for i in reversed(range(len(self.weights))):
            torch.mm(self.inputs[i].T, self.inputs[i + 1], out=self.gradients[i])
            if i > 0:
                torch.mm(self.inputs[i + 1], self.weights[i].T, out=self.outputs[i])
