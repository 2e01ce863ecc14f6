"""The paper's multilayer perceptron, and many independent copies of it at once."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from gkn_utils.validation import as_generator, check_count

RANGES = {nn.Sigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0), nn.Identity: (-math.inf, math.inf)}


class MLP(nn.Module):
    """f_N of section 2: `depth` hidden ReLU layers of `width` units, and a bounded output.

    Maps (n, dim) to (n, dim). With `nets=k` it is k independent networks of that shape that are trained and
    sampled together: (n, dim) or (k, n, dim) to (k, n, dim), and `net[i]` is one of them alone.

    Args:
        dim: D, the size of a point.
        width: H, the units of a hidden layer.
        depth: L, the number of hidden layers; 0 is an affine map under `output`.
        output: what bounds the output: `nn.Sigmoid()` to [0, 1], `nn.Tanh()` to [-1, 1], `nn.Identity()` not at all;
            None for a sigmoid.
        skip: whether the input is added to what goes into the output, as a linear path past the layers.
        nets: how many networks, or None for a single one without the leading axis.
        generator: a CPU generator for the weights, or None for seed 0. Network i of `nets=k` has the weights that
            the (i+1)-th single network drawn from the same generator would have.

    Weights and biases start as U(-1/sqrt(fan_in), 1/sqrt(fan_in)), PyTorch's default for `nn.Linear`. Raises
    `ValueError` for a size that is not such an integer, and for any other output.
    """

    def __init__(self, dim, width, depth, *, output=None, skip=False, nets=None, generator=None):
        super().__init__()
        for name, value, least in [("dim", dim, 1), ("width", width, 1), ("depth", depth, 0)]:
            check_count(name, value, least)
        if nets is not None:
            check_count("nets", nets)
        self.dim, self.width, self.depth, self.skip, self.nets = dim, width, depth, skip, nets
        self.output = nn.Sigmoid() if output is None else output
        if type(self.output) not in RANGES:
            raise ValueError(f"output: got {self.output!r}, needed nn.Sigmoid(), nn.Tanh() or nn.Identity()")
        sizes = [dim] + [width] * depth + [dim]
        self.weights, self.biases = draw_parameters(sizes, nets, as_generator(generator, torch.device("cpu")))

    @property
    def device(self) -> torch.device:
        return self.weights[0].device

    @property
    def dtype(self) -> torch.dtype:
        return self.weights[0].dtype

    @property
    def range(self) -> tuple[float, float]:
        """The bounds (low, high) of the output, and so of the data the network can learn."""
        return RANGES[type(self.output)]

    def forward(self, x: Tensor) -> Tensor:
        if self.nets is not None and x.dim() == 2:
            x = x.expand(self.nets, *x.shape)
        linear = torch.addmm if self.nets is None else torch.baddbmm
        h = x
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            h = linear(bias, h, weight).relu_()
        h = linear(self.biases[-1], h, self.weights[-1])
        return self.output(h + x if self.skip else h)

    def __getitem__(self, index: int) -> "MLP":
        """Network `index` of `nets=k` as a single one, with copies of its weights."""
        if self.nets is None or not -self.nets <= index < self.nets:
            raise IndexError(f"network {index} was asked for, there are {self.nets or 'no numbered ones'}")
        one = MLP(self.dim, self.width, self.depth, output=self.output, skip=self.skip)
        one.weights = nn.ParameterList(w[index].detach().clone() for w in self.weights)
        one.biases = nn.ParameterList(b[index].detach().clone() for b in self.biases)
        return one


def draw_parameters(sizes: list[int], nets: int | None, generator: torch.Generator):
    """Weights (fan_in, fan_out) and biases (1, fan_out) of each layer, with a leading axis where `nets` is given."""
    shapes = [shape for a, b in pairwise(sizes) for shape in [(a, b), (1, b)]]
    bounds = [1 / math.sqrt(a) for a in sizes[:-1] for _ in range(2)]
    lead = () if nets is None else (nets,)
    uniform = torch.rand(*lead, sum(map(math.prod, shapes)), generator=generator).mul_(2).sub_(1)
    flat = uniform.split([math.prod(shape) for shape in shapes], dim=-1)
    drawn = [bound * u.reshape(*lead, *shape) for u, shape, bound in zip(flat, shapes, bounds, strict=True)]
    return nn.ParameterList(drawn[0::2]), nn.ParameterList(drawn[1::2])
