"""Manifold learning, Eq. 1: a network learns to return its input."""

import math
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from gkn_utils import compiled
from gkn_utils._arguments import checked
from gkn_utils._checks import as_generator, check_batch_size, check_count, check_data, check_points, check_range
from gkn_utils._progress import progress_bar
from gkn_utils.network import MLP, Network
from gkn_utils.training.adam import adam, compiled_adam, parts, threads
from gkn_utils.training.backpropagation import Backpropagation
from gkn_utils.training.batches import batches, fed_batches
from gkn_utils.training.checkpoints import Checkpoint


# Eq. 1
def manifold_loss(net: Network, x: Tensor) -> Tensor:
    """Mean square of x - f(x) over points and coordinates: a scalar, or (k,) for `nets=k`.

    `x` is (n, d) or (k, n, d). The largest possible value is the square of the width of the network's range: 1 for
    a sigmoid, 4 for a tanh.
    """
    check_points("x", x, net)
    return (net(x) - x).square().mean((-2, -1))


# Section 2, "Manifold Learning"
@checked  # for those that hand their options on, too
def fit(
    net: MLP,
    x: Tensor,
    *,
    steps: int,
    lr: float = 1e-3,
    batch_size: int | None = None,
    noise: Callable[[Tensor, torch.Generator], tuple] | None = None,
    schedule: Callable[[float], float] | None = None,
    precision: torch.dtype | None = None,
    progress: Callable[[Sequence], Iterable] = progress_bar,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Minimise Eq. 1 by Adam, changing `net` in place; return the loss before each step, (steps,) or (steps, k).

    A fit that is interrupted leaves `net` as the last step made it. Where $GKN_NETWORKS names a folder, as in a run of
    `run_all.sh`, a long one that is begun again goes on where it was stopped, and one that was done before is not done
    again (`gkn_utils.training.checkpoints`).

    Args:
        net: one network, or `nets=k`: each learns as if it were alone.
        x: data (n, d), shared by all networks, or (k, n, d), within the range of the network's output.
        lr: Adam's learning rate.
        batch_size: points per step, drawn without replacement in shuffled passes over the data, the same for all
            networks; None is the full data at each step.
        noise: `AddedNoise`, `BlendedNoise` or `FadedNoise`, which puts noise on what the network is fed, while it has
            to return the point without; the loss then is of that, weighted as the noise says. None feeds the points
            themselves.
        schedule: the factor on `lr` at each share of the steps done, such as `one_cycle`; None for 1 throughout.
        precision: the type in which matrices are multiplied, such as torch.bfloat16, while weights and steps keep the
            network's; None for the network's. `torch.autocast` has no say.
        progress: what the steps go through; a bar where somebody can see it, `iter` for none.
        generator: shuffles the batches and draws the noise, on the network's device; None for seed 0.

    Raises:
        FloatingPointError: a loss that is no number. The network has the last weights that were known to be good.
        ValueError: a frozen network, or one in less than single precision, wrong shape, device or dtype, no data, NaN,
            data outside the range, a count that is not positive, a precision that is not a floating type.
    """
    precision = net.dtype if precision is None else precision
    _check(net, x, steps, lr, batch_size, precision)
    generator = as_generator(generator, net.device)
    rates = [lr * schedule(step / steps) if schedule else lr for step in range(steps)]
    history = torch.zeros(steps, net.nets or 1, dtype=net.dtype, device=net.device)
    count = batch_size or x.shape[-2]
    in_groups = noise is None and precision == net.dtype and compiled.trains(net, count)
    shuffles = generator.get_state()
    recipe = {"steps": steps, "lr": lr, "batch_size": batch_size, "noise": noise and repr(noise)}
    recipe["precision"] = str(precision)
    card, pieces = _card(net, x, recipe), parts(net, in_groups)
    checkpoint = Checkpoint(net, pieces, history, generator, card, x, rates, in_groups)
    with checkpoint.alone():
        for part in checkpoint.left():
            generator.set_state(shuffles)
            orders = batches(x.shape[-2], batch_size, generator)
            points = x[part] if x.dim() == 3 else x[None]
            if in_groups:
                groups = compiled.grouped(net, count, train=part)
                compiled_adam(groups, points, orders, rates, progress, history[:, part], checkpoint)
            else:
                learner = Backpropagation(net, part, count, precision)
                stream = fed_batches(points, orders, noise, generator)
                with threads(learner.nets * count * net.width**2), torch.autocast(x.device.type, enabled=False):
                    adam(learner, stream, rates, progress, history[:, part], checkpoint)
    return history if net.nets else history[:, 0]


def fit_in_stages(net: MLP, x: Tensor, *, steps: Sequence[int], lrs: Sequence[float], **options) -> Tensor:
    """`fit` once for each pair of steps and learning rate, with the same `options`; the losses of all, end to end.

    Adam starts anew in each stage. Raises `ValueError`, before the first, for stages that do not pair up.
    """
    if not 0 < len(steps) == len(lrs):
        raise ValueError(f"steps, lrs: got {len(steps)} and {len(lrs)} stages, needed as many of both, at least one")
    return torch.cat([fit(net, x, steps=n, lr=lr, **options) for n, lr in zip(steps, lrs, strict=True)])


def train(
    x: Tensor, width: int, depth: int, *, output: nn.Module | None = None, nets: int | None = None, seed: int, **options
) -> tuple[MLP, Tensor]:
    """An `MLP` that has learned `x`, (n, d) or (k, n, d), on its device, and its losses, as `fit` returns them.

    Its first weights are drawn from `seed`, and so, from another generator, are batches and noise. `options` are those
    of `fit`, or, with `lrs`, of `fit_in_stages`; the errors are those of `MLP` and `fit`.
    """
    check_data("x", x)
    net = MLP(x.shape[-1], width, depth, output=output, nets=nets, generator=torch.Generator().manual_seed(seed))
    learn = fit_in_stages if "lrs" in options else fit
    return net, learn(net.to(x.device), x, generator=torch.Generator(x.device).manual_seed(seed), **options)


def one_cycle(done: float) -> float:
    """A schedule for `fit`: from .04 up to 1 over the first 30% of the steps and down to 0, along half cosines.

    The one-cycle policy of Smith and Topin (2018, arXiv 1708.07120), for Adam's learning rate alone.
    """
    if not 0 <= done <= 1:
        raise ValueError(f"done: got {done!r}, needed a share of the steps, in [0, 1]")
    if done < 0.3:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * done / 0.3)) / 2
    return (1 + math.cos(math.pi * (done - 0.3) / 0.7)) / 2


def converged(history: Tensor) -> Tensor:
    """Which networks have stopped learning: (k,), from the losses that `fit` returns, (steps, k).

    The lowest loss of the last fifth of the steps is less than 1% below the lowest before, or at most 1e-12, where
    float32 rounds. Raises `ValueError` for fewer than five steps.
    """
    if len(history) < 5:
        raise ValueError(f"history: got {len(history)} steps, needed at least 5")
    before, lowest = history[: len(history) * 4 // 5].amin(0), history.amin(0)
    return (lowest > 0.99 * before) | (lowest <= 1e-12)


def fitted(loss: Tensor) -> Tensor:
    """Which networks learned their data: a final loss of at most 1e-6. `loss` and result are (k,)."""
    return loss <= 1e-6


def collapsed(loss: Tensor, x: Tensor) -> Tensor:
    """Which networks became a constant: a final loss of at least 0.9 times the variance of the data `x`, not fitted.

    The mean of the data, returned for every input, has just that variance as its loss; that of a single point is 0.
    `x` is (n, d) or (k, n, d), `loss` and result are (k,).
    """
    check_data("x", x)
    return (loss >= 0.9 * x.var(dim=-2, correction=0).mean(-1)) & ~fitted(loss)


def _check(net, x, steps, lr, batch_size, precision) -> None:
    """Raise the `ValueError`s of `fit`."""
    if net.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"net: got {net.dtype}, needed float32 or float64; `precision` multiplies in another")
    if not all(p.requires_grad for p in net.parameters()):
        raise ValueError("net: got frozen weights, needed some to learn: net.requires_grad_()")
    check_points("x", x, net)
    check_range("x", x, *net.range)
    check_count("steps", steps)
    if not 0 < lr < math.inf:
        raise ValueError(f"lr: got {lr!r}, needed a number above 0")
    if batch_size is not None:
        check_batch_size(batch_size, x)
    if not precision.is_floating_point:
        raise ValueError(f"precision: got {precision!r}, needed a floating type such as torch.bfloat16")


def _card(net: MLP, x: Tensor, recipe: dict) -> dict:
    """What a fit is, for whoever finds its network in a file."""
    shape = {"dim": net.dim, "width": net.width, "depth": net.depth, "output": type(net.output).__name__}
    return shape | {"skip": net.skip, "points": list(x.shape)} | recipe
