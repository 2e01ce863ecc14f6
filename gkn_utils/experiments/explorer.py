"""One small network of one dimension, learned in the blink of an eye, for sliders to play with."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from gkn_utils import network
from gkn_utils.data.images import points
from gkn_utils.network import MLP, OUTPUTS
from gkn_utils.sampling import trajectory
from gkn_utils.training.fit import fit, one_cycle

FIRST_WEIGHTS = network.FIRST_WEIGHTS | {"identity": lambda net, _: network.identity(net)}
BOUNDED = [name for name, output in OUTPUTS.items() if output.high < float("inf")]
STEPS, LR = 500, 1e-2


def trained(x: Sequence[float], *, depth: int, width: int, output: str, weights: str, seed: int = 0) -> MLP:
    """A network that has learned the points `x`, frozen; asked for again, it is there at once.

    `output` is sigmoid or tanh; `weights`, the first ones, are one of `FIRST_WEIGHTS`. Raises `ValueError` for any
    other word, for points outside the output's range, and as `MLP` does.
    """
    for name, value, known in [("output", output, BOUNDED), ("weights", weights, FIRST_WEIGHTS)]:
        if value not in known:
            raise ValueError(f"{name}: got {value!r}, needed one of {', '.join(known)}")
    return _trained(tuple(x), depth, width, output, weights, seed)


@lru_cache(maxsize=512)
def _trained(x: tuple[float, ...], depth: int, width: int, output: str, weights: str, seed: int) -> MLP:
    generator = torch.Generator().manual_seed(seed)
    net = MLP(1, width, depth, output=OUTPUTS[output].module(), generator=generator)
    fit(FIRST_WEIGHTS[weights](net, generator), points(x), steps=STEPS, lr=LR, schedule=one_cycle)
    return net.requires_grad_(False)


def even_starts(net: MLP, count: int) -> Tensor:
    """`count` starts, evenly spread over the network's range, ends included: (count, 1)."""
    return torch.linspace(*net.range, count).unsqueeze(-1)


def trajectories(net: MLP, z: Tensor, *, iterations: int, jitter: float = 0.0, seed: int = 0) -> Tensor:
    """The states of starts `z` (n, 1), these included: (iterations + 1, n)."""
    generator = torch.Generator().manual_seed(seed)
    return trajectory(net, z, steps=iterations, jitter=jitter, generator=generator).squeeze(-1)
