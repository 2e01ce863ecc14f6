"""What the project is compared with: the paper's recipe as a plain loop, and the matrix products no way avoids."""

import time
from itertools import pairwise

import torch
from torch import nn


def operations(net, count, *, training=True):
    """Of one network for `count` points: a product and a sum for each weight; three times in training, and Adam's."""
    weights, parameters = (sum(p.numel() for p in of) // (net.nets or 1) for of in (net.weights, net.parameters()))
    return 6 * weights * count + 12 * parameters if training else 2 * weights * count


def some_steps(net, count):
    """So many steps for `count` points that they take a tenth of a second, or little more."""
    return min(20_000, max(20, int(2e9 / (net.nets * operations(net, count)))))


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


def func_fit(net, x, *, steps):
    """The same for all networks of `nets=k` at once, by `torch.func` and one fused Adam over stacked parameters."""
    parameters = [p.detach().clone() for pair in zip(net.weights, net.biases, strict=True) for p in pair]
    gradient = torch.func.vmap(torch.func.grad_and_value(_loss(net.output)), in_dims=(0, None))
    adam, losses = torch.optim.Adam(parameters, lr=1e-3, fused=True), []
    for _ in range(steps):
        gradients, loss = gradient(parameters, x)
        for parameter, of in zip(parameters, gradients, strict=True):
            parameter.grad = of
        adam.step()
        losses.append(loss)
    return torch.stack(losses)


def jax_fit(net, x, *, steps):
    """The same by JAX: `vmap` of the gradient, and all steps in one `scan`; compiled, and what compiling took.

    The networks are the last axis: as the first one, or with products written as sums, it took longer.
    """
    import jax

    tree, array = jax.tree_util.tree_map, jax.numpy.asarray
    stacked = [p.detach().movedim(0, -1) for pair in zip(net.weights, net.biases, strict=True) for p in pair]
    parameters = [array(p.numpy()) for p in stacked]
    of_one = jax.value_and_grad(_loss(jax.nn.sigmoid, jax.nn.relu))
    gradient = jax.vmap(of_one, in_axes=(-1, None), out_axes=(0, -1))

    def step(state, count):
        parameters, means, squares = state
        loss, gradients = gradient(parameters, array(x.numpy()))
        means = tree(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
        squares = tree(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
        rate, root = 1e-3 / (1 - 0.9**count), 1 / jax.numpy.sqrt(1 - 0.999**count)
        parameters = tree(lambda p, m, v: p - rate * m / (jax.numpy.sqrt(v) * root + 1e-8), parameters, means, squares)
        return (parameters, means, squares), loss

    zeros = tree(jax.numpy.zeros_like, parameters)
    counts = jax.numpy.arange(1.0, steps + 1)
    start = time.perf_counter()
    scan = jax.jit(lambda *state: jax.lax.scan(step, state, counts)).lower(parameters, zeros, zeros).compile()
    return lambda: torch.tensor(scan(parameters, zeros, zeros)[1].tolist()), time.perf_counter() - start


def _loss(output, relu=torch.relu):
    """Eq. 1 of one network, given its parameters and the points."""

    def loss(parameters, x):
        h = x
        for i in range(0, len(parameters) - 2, 2):
            h = relu(h @ parameters[i] + parameters[i + 1])
        return ((output(h @ parameters[-2] + parameters[-1]) - x) ** 2).mean()

    return loss


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
