"""The paper's multilayer perceptron, many of them at once, other first weights, and what may be sampled."""

import math
from collections.abc import Callable
from itertools import chain, pairwise
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn

from gkn_utils._arguments import checked
from gkn_utils._checks import as_generator, check_count, check_points, check_range


class Output(NamedTuple):
    """What bounds the output of a network."""

    module: type[nn.Module]
    low: float
    high: float
    slope: Callable[[Tensor], Tensor]  # its derivative, from its value
    inverse: Callable[[Tensor], Tensor]


OUTPUTS = {
    "sigmoid": Output(nn.Sigmoid, 0.0, 1.0, lambda y: y * (1 - y), torch.logit),
    "tanh": Output(nn.Tanh, -1.0, 1.0, lambda y: 1 - y * y, torch.atanh),
    "identity": Output(nn.Identity, -math.inf, math.inf, torch.ones_like, torch.clone),
}


class Network(Protocol):
    """What `kaleidoscope` may iterate: a map of points (n, dim), or (nets, n, dim), to as many of the same shape."""

    dim: int
    nets: int | None  # how many networks, or None for a single one without the leading axis
    range: tuple[float, float]  # of the output
    device: torch.device
    dtype: torch.dtype

    def __call__(self, x: Tensor) -> Tensor: ...


class PointMap(nn.Module):
    """A `Network` made of parameters and buffers, which say where it is and in which precision."""

    nets = None

    @property
    def device(self) -> torch.device:
        return self._first().device

    @property
    def dtype(self) -> torch.dtype:
        return self._first().dtype

    def _first(self) -> Tensor:
        return next(chain(self.parameters(), self.buffers()))


class MLP(PointMap):
    """f_N of section 2: `depth` hidden ReLU layers of `width` units, and a bounded output.

    Maps (n, dim) to (n, dim). With `nets=k` it is k independent networks of that shape that are trained and
    sampled together: (n, dim) or (k, n, dim) to (k, n, dim), and `net[i]` is one of them alone.

    Args:
        dim: D, the size of a point.
        width: H, the units of a hidden layer.
        depth: L, the number of hidden layers; 0 is an affine map under `output`.
        output: what bounds the output, one of `OUTPUTS`: `nn.Sigmoid()` to [0, 1], `nn.Tanh()` to [-1, 1],
            `nn.Identity()` not at all; None for a sigmoid.
        skip: whether the input is added to what goes into the output, as a linear path past the layers.
        nets: how many networks, or None for a single one without the leading axis.
        generator: a CPU generator for the weights, or None for seed 0. Network i of `nets=k` has the weights that
            the (i+1)-th single network drawn from the same generator would have.

    Weights and biases start as U(-1/sqrt(fan_in), 1/sqrt(fan_in)), PyTorch's default for `nn.Linear`. Raises
    `ValueError` for a size that is not such an integer, and for any other output.
    """

    @checked
    def __init__(
        self,
        dim: int,
        width: int,
        depth: int,
        *,
        output: nn.Module | None = None,
        skip: bool = False,
        nets: int | None = None,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        for name, value, least in [("dim", dim, 1), ("width", width, 1), ("depth", depth, 0)]:
            check_count(name, value, least)
        if nets is not None:
            check_count("nets", nets)
        self.dim, self.width, self.depth, self.skip, self.nets = dim, width, depth, skip, nets
        self.output = nn.Sigmoid() if output is None else output
        self.range = known_output(self.output)[1:3]
        sizes = [self.dim] + [self.width] * self.depth + [self.dim]
        self.weights, self.biases = draw_parameters(sizes, self.nets, as_generator(generator, torch.device("cpu")))

    def forward(self, x: Tensor) -> Tensor:
        if self.nets is not None and x.dim() == 2:
            x = x.expand(self.nets, *x.shape)
        h = layers(x, self.weights, self.biases)
        return self.output(h + x if self.skip else h)

    def __getitem__(self, index: int) -> "MLP":
        """Network `index` of `nets=k` as a single one, with copies of its weights."""
        if self.nets is None or not -self.nets <= index < self.nets:
            raise IndexError(f"network {index} was asked for, there are {self.nets or 'no numbered ones'}")
        one = MLP(self.dim, self.width, self.depth, output=self.output, skip=self.skip)
        one.weights = nn.ParameterList(w[index].detach().clone() for w in self.weights)
        one.biases = nn.ParameterList(b[index].detach().clone() for b in self.biases)
        return one


def known_output(output: nn.Module) -> Output:
    """The row of `OUTPUTS` of a module; `ValueError` for any other."""
    for known in OUTPUTS.values():
        if type(output) is known.module:
            return known
    modules = ", ".join(f"nn.{known.module.__name__}()" for known in OUTPUTS.values())
    raise ValueError(f"output: got {output!r}, needed one of {modules}")


def layers(x: Tensor, weights: nn.ParameterList, biases: nn.ParameterList) -> Tensor:
    """Hidden ReLU layers and an affine last one, of one network, (n, a) to (n, b), or of k: (k, n, a) to (k, n, b)."""
    linear = torch.addmm if weights[0].dim() == 2 else torch.baddbmm
    *hidden, (weight, bias) = zip(weights, biases, strict=True)
    for w, b in hidden:
        x = linear(b, x, w).relu_()
    return linear(bias, x, weight)


def draw_parameters(sizes: list[int], nets: int | None, generator: torch.Generator):
    """Weights (fan_in, fan_out) and biases (1, fan_out) of each layer, with a leading axis where `nets` is given."""
    shapes = [shape for a, b in pairwise(sizes) for shape in [(a, b), (1, b)]]
    bounds = [1 / math.sqrt(a) for a in sizes[:-1] for _ in range(2)]
    lead = () if nets is None else (nets,)
    uniform = torch.rand(*lead, sum(map(math.prod, shapes)), generator=generator).mul_(2).sub_(1)
    flat = uniform.split([math.prod(shape) for shape in shapes], dim=-1)
    drawn = [bound * u.reshape(*lead, *shape) for u, shape, bound in zip(flat, shapes, bounds, strict=True)]
    return nn.ParameterList(drawn[0::2]), nn.ParameterList(drawn[1::2])


def he(net: MLP, generator: torch.Generator | None = None) -> MLP:
    """Draw the weights of `net` anew, in place, from a normal of variance 2 / fan_in, biases 0; return it.

    He et al. 2015 (arXiv 1502.01852). `generator` lives on the network's device; None for seed 0.
    """
    return _draw_normal(net, 2.0, generator)


def lecun(net: MLP, generator: torch.Generator | None = None) -> MLP:
    """As `he`, with a variance of 1 / fan_in (LeCun et al. 1998)."""
    return _draw_normal(net, 1.0, generator)


def xavier(net: MLP, generator: torch.Generator | None = None) -> MLP:
    """As `he`, from a uniform distribution of variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)."""
    return _draw_each(net, nn.init.xavier_uniform_, generator)


def orthogonal(net: MLP, generator: torch.Generator | None = None) -> MLP:
    """As `he`, with random matrices whose shorter side is orthonormal (Saxe et al. 2014, arXiv 1312.6120)."""
    return _draw_each(net, nn.init.orthogonal_, generator)


# The usual first weights: functions of a network, which has PyTorch's, and a generator
FIRST_WEIGHTS = {
    "pytorch": lambda net, generator: net,
    "he": he,
    "lecun": lecun,
    "xavier": xavier,
    "orthogonal": orthogonal,
}


@torch.no_grad()
def identity(net: MLP) -> MLP:
    """Give `net` weights that hand the first units on as they are, biases 0: positive inputs arrive unchanged.

    Raises `ValueError` where a layer is too narrow for that.
    """
    if net.depth and net.width < net.dim:
        raise ValueError(f"net: got width={net.width}, needed at least its dimension, {net.dim}")
    for weight, bias in zip(net.weights, net.biases, strict=True):
        weight.copy_(torch.eye(*weight.shape[-2:], dtype=weight.dtype, device=weight.device))
        bias.zero_()
    return net


@torch.no_grad()
def near_identity(net: MLP, *, share: float = 0.3) -> MLP:
    """Turn the weights between hidden layers of `net`, in place, into the identity plus `share` of what they were.

    What leaves the first hidden layer is positive, and passes the others nearly as it is. After Le, Jaitly and Hinton
    (2015, arXiv 1504.00941), who begin recurrent networks so. Returns `net`. Raises `ValueError` for a share that is
    not in [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: got {share}, needed at least 0 and at most 1")
    for weight in net.weights[1:-1]:
        weight.mul_(share).add_(torch.eye(net.width, dtype=weight.dtype, device=weight.device))
    return net


@torch.no_grad()
def centred(net: MLP, x: Tensor, *, share: float = 1.0) -> MLP:
    """Shift the first and last biases of `net`, in place, to where data `x` (n, dim) are; return it.

    `share` times their mean is then 0 to the first layer, and what a 0 from the last weights gives is the mean itself,
    a hundredth of the range off its bounds. Inputs around 0 are learned faster (LeCun, Bottou, Orr and Müller 1998,
    "Efficient BackProp", section 4.3). Raises `ValueError` for points that `net` cannot take, or outside its range.
    """
    check_points("x", x, net)
    check_range("x", x, *net.range)
    mean, known = x.mean(-2, keepdim=True), known_output(net.output)
    net.biases[0] -= share * mean @ net.weights[0]
    margin = (known.high - known.low) / 100 if math.isfinite(known.high) else 0.0
    net.biases[-1] += known.inverse(mean.clamp(known.low + margin, known.high - margin))
    return net


@torch.no_grad()
def _draw_normal(net: MLP, gain: float, generator: torch.Generator | None) -> MLP:
    generator = as_generator(generator, net.device)
    for weight, bias in zip(net.weights, net.biases, strict=True):
        weight.normal_(0, math.sqrt(gain / weight.shape[-2]), generator=generator)
        bias.zero_()
    return net


@torch.no_grad()
def _draw_each(net: MLP, draw: Callable[..., Tensor], generator: torch.Generator | None) -> MLP:
    """Draw the weights (fan_in, fan_out) of one network after another with `draw`, of `torch.nn.init`."""
    generator = as_generator(generator, net.device)
    for weight, bias in zip(net.weights, net.biases, strict=True):
        for matrix in weight.view(-1, *weight.shape[-2:]):
            draw(matrix, generator=generator)
        bias.zero_()
    return net
