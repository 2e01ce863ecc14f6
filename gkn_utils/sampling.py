"""Kaleidoscopic sampling, Eq. 2 and 3: a trained network is applied to noise again and again."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from gkn_utils import compiled
from gkn_utils._arguments import checked
from gkn_utils._checks import as_generator, check_count, check_points
from gkn_utils._progress import progress_bar
from gkn_utils.network import MLP, Network

BURST = 10  # iterations


# Eq. 2, and Eq. 3 where jitter > 0
@checked  # for those that hand their options on, too
def kaleidoscope(
    net: Network,
    z: Tensor,
    *,
    steps: int,
    jitter: float | Sequence[float] = 0.0,
    keep: float | Sequence[float] = 0.0,
    low: float | None = None,
    high: float | None = None,
    generator: torch.Generator | None = None,
) -> Iterator[Tensor]:
    """Iterate over steps + 1 states: the noise `z`, then the network's output at each iteration.

    They are z, f(z), f(clamp(f(z) + e)), ... with e ~ U(-jitter, jitter) in each coordinate, each (n, d), or (k, n, d)
    for `nets=k`, computed without gradients as it is asked for. A network in half precision (`net.bfloat16()`) samples
    faster, and recalls less: a notebook that does so shows how much less. Each state is computed from the one before
    it: change a copy of it, not the state, nor what shares its memory, as `state.numpy()` does.

    Args:
        net: one network, or `nets=k`.
        z: starts (n, d), or (k, n, d) for `nets=k`, of any finite size.
        jitter: half-width of the uniform noise of Eq. 3 (which is drawn in 2^16 steps), the same for all networks of
            `nets=k`; or a sequence of steps - 1 of them, one for each time that an output is fed.
        keep: how much of what the network took away, fed less output, is fed again, in [0, 1), or a sequence like
            `jitter`; 0 is the paper's sampling. A network that removes noise then meets noise that turns slowly, of
            the size that `jitter` says, and not new noise each time. Near 1, with a network that learned from such
            noise, it is Langevin's walk over the blurred data (Saremi and Hyvarinen 2019, arXiv 1903.02334).
        low, high: bounds of what is fed with jitter on (Eq. 3 has none); None for the range of the network's output.
        generator: draws the jitter, on the network's device; None for seed 0.

    Raises:
        ValueError: at the call, for a wrong shape, device or dtype, NaN, steps < 1, a negative jitter, a keep outside
            [0, 1), a sequence of another length, low >= high. Later, for a state that was changed in place.
    """
    check_points("z", z, net)
    check_count("steps", steps)
    sizes = _each_time("jitter", jitter, steps, "a finite number of at least 0", float("inf"))
    keeps = _each_time("keep", keep, steps, "a number in [0, 1)", 1)
    low = net.range[0] if low is None else low
    high = net.range[1] if high is None else high
    if not low < high:
        raise ValueError(f"low, high: got {low!r}, {high!r}, needed low < high")
    if net.nets is not None:
        z = z.expand(net.nets, *z.shape[-2:])
    return _iterate(net, z, list(zip(sizes, keeps, strict=True)), (low, high), as_generator(generator, net.device))


def uniform_starts(net: Network, count: int, generator: torch.Generator | None = None) -> Tensor:
    """Noise over the network's range, (count, d), or (k, count, d) for `nets=k`: each network has starts of its own.

    `generator` lives on the network's device; None for seed 0. Raises `ValueError` for an unbounded output.
    """
    check_count("count", count)
    low, high = net.range
    if high == float("inf"):
        raise ValueError(f"net: got the range ({low:g}, {high:g}), needed a bounded output")
    shape = (count, net.dim) if net.nets is None else (net.nets, count, net.dim)
    generator = as_generator(generator, net.device)
    return low + (high - low) * torch.rand(shape, generator=generator, device=net.device, dtype=net.dtype)


def normal_starts(net: Network, count: int, generator: torch.Generator | None = None) -> Tensor:
    """Noise from N(0, 1), (count, d), or (k, count, d) for `nets=k`: each network has starts of its own.

    `generator` lives on the network's device; None for seed 0.
    """
    check_count("count", count)
    shape = (count, net.dim) if net.nets is None else (net.nets, count, net.dim)
    generator = as_generator(generator, net.device)
    return torch.randn(shape, generator=generator, device=net.device, dtype=net.dtype)


def settle(net: Network, z: Tensor, *, steps: int, tol: float = 1e-6) -> Tensor:
    """Where samples (n, d) of a single network are after `steps` iterations of Eq. 2: (n, d).

    A sample that moved by no more than `tol` in any coordinate, in every tenth iteration, is left where it is: where
    most samples settle soon, this is many times faster than `kaleidoscope`. Raises `ValueError` as that does.
    """
    if net.nets is not None:
        raise ValueError(f"net: got nets={net.nets}, needed a single network")
    check_points("z", z, net)
    check_count("steps", steps)
    end, moving = z.clone(), torch.arange(len(z), device=z.device)
    for done in progress_bar(range(0, steps, BURST), unit="burst"):
        *_, before, after = kaleidoscope(net, end[moving], steps=min(BURST, steps - done))
        end[moving] = after
        moving = moving[(after - before).abs().amax(-1) > tol]
        if len(moving) == 0:
            break
    return end


def trajectory(net: Network, z: Tensor, *, steps: int, **options) -> Tensor:
    """All states of `kaleidoscope` in one tensor: (steps + 1, n, d), or (steps + 1, k, n, d) for `nets=k`.

    For thousands of states it takes a fraction of the memory of a list, between whose items there are gaps. `options`
    are those of `kaleidoscope`, and so are the errors.
    """
    states = kaleidoscope(net, z, steps=steps, **options)
    first = next(states)
    kept = first.new_empty(steps + 1, *first.shape)
    kept[0] = first
    for place, state in zip(kept[1:], states, strict=True):
        place.copy_(state)
    return kept


def last(states: Iterable[Tensor]) -> Tensor:
    """The last of the states, without keeping the others in memory; `ValueError` where there is none."""
    end = deque(progress_bar(states, unit="iteration"), maxlen=1)
    if not end:
        raise ValueError("states: got none, needed at least one")
    return end[0]


def noise_schedule(steps: int) -> dict:
    """Options for `kaleidoscope`: the noise is kept, and in `steps` iterations falls evenly to none.

    At iteration i = 0, 1, ... what is fed moves to what the network returned by 1 / (steps - i) of the way:
    x <- x + (f(x) - x) / (steps - i). For a network that learned under `BlendedNoise`, from `normal_starts`, this is
    Euler's method for the flow from noise to data (Lipman et al. 2022, arXiv 2210.02747; Liu, Gong and Liu 2022, arXiv
    2209.03003), written for a network that returns the point; it need not be told how much noise is left (Sun et al.
    2025, arXiv 2502.13129). Begun at t x + (1 - t) n it is the rest of that way, whatever t. Raises `ValueError` for
    no steps.
    """
    check_count("steps", steps)
    return {"steps": steps, "keep": [left / (left + 1) for left in range(steps - 1, 0, -1)]}


def _each_time(name: str, value: float | Sequence[float], steps: int, needed: str, bound: float) -> list[float]:
    """`value` for each of the steps after the first; `ValueError` for what is not in [0, bound)."""
    one = isinstance(value, float)
    values = [value] * (steps - 1) if one else value
    if len(values) != steps - 1:
        raise ValueError(f"{name}: got {len(values)} numbers, needed one or steps - 1 = {steps - 1}")
    for number in [value] if one else values:
        if not 0 <= number < bound:
            raise ValueError(f"{name}: got {number!r}, needed {needed}")
    return values


@torch.no_grad()
def _iterate(net: Network, z: Tensor, noise: list, bounds: tuple, generator: torch.Generator) -> Iterator[Tensor]:
    plain = type(net) is MLP and not (net._forward_hooks or net._forward_pre_hooks)
    f = compiled.grouped(net, z.shape[-2]).apply if plain and compiled.samples(net, z.shape[-2]) else net
    fed = z.detach()
    yield from _shown(fed)
    x = f(fed)
    for jitter, keep in noise:
        yield from _shown(x)
        fed = torch.lerp(x, fed, keep) if keep else x
        if jitter:
            fed = _jittered(fed, jitter * (1 - keep**2) ** 0.5, generator).clamp_(*bounds)
        x = f(fed)
    yield x


def _shown(x: Tensor) -> Iterator[Tensor]:
    """The state, once; `ValueError` if it is changed by whoever has it."""
    version = None if x.is_inference() else x._version
    yield x
    if version is not None and x._version != version:
        raise ValueError("state: got one that was changed in place, needed the one that was given; change a copy of it")


def _jittered(x: Tensor, jitter: float, generator: torch.Generator) -> Tensor:
    """x + e of Eq. 3. 16 random bits a coordinate are enough for e, and cost a third of a random float."""
    points = x.shape[-2:]
    bits = torch.empty(-(-points.numel() // 4), dtype=torch.int64, device=x.device)
    bits.random_(-(2**63), None, generator=generator)
    steps = bits.view(torch.int16)[: points.numel()].view(points)  # -2^15 to 2^15 - 1
    return torch.add(x, steps, alpha=jitter / 2**15)
