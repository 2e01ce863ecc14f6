"""Networks of one dimension: curves, the identity line, samples on the loss, and their ways."""

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from torch import Tensor

from gkn_utils.plotting.style import BAND, CURVE, DATA, NOISE, SAMPLE


def curves(ax: Axes, grid: Tensor, values: Tensor, *, shown: int = 0) -> None:
    """Network `shown` as a line, over bands of the middle half and nine tenths of all, from values (k, m)."""
    x, y = grid.flatten(), values.numpy()
    for inner, alpha in [(0.9, 0.2), (0.5, 0.35)]:
        low, high = np.quantile(y, [0.5 - inner / 2, 0.5 + inner / 2], axis=0)
        ax.fill_between(x, low, high, color=BAND, alpha=alpha, lw=0, label=f"{inner:.0%} of {len(y)} networks")
    ax.plot(x, y[shown], color=CURVE, label="one network")
    ax.set(xlabel="input $x$", xlim=(x[0], x[-1]))


def identity_line(ax: Axes, x: Tensor) -> None:
    """The line output = input, and the training points on it."""
    ax.axline((0, 0), slope=1, color="0.6", lw=1, ls="--", label="output = input")
    ax.plot(x, x, "o", color=DATA, ms=5, label="training point", zorder=4)


def cobweb(ax: Axes, path: Tensor) -> None:
    """The staircases of samples between curve and identity, from their states (t,) or (t, n)."""
    x = path.numpy().repeat(2, axis=0)
    ax.plot(x[:-1], np.concatenate([x[:1], x[2:]]), color=SAMPLE, lw=1)
    ax.plot(x[0], x[0], "x", color=NOISE, ms=6, zorder=5)


def basins_in_time(ax: Axes, z: Tensor, at: Tensor, x: Tensor) -> None:
    """Where starts `z` (n, 1) are at each iteration: the index `at` (t, n) of a point of `x` in colour, -1 in white."""
    palette = ListedColormap(["white", *sns.color_palette("pastel", len(x))])
    extent = (z[0].item(), z[-1].item(), -0.5, len(at) - 0.5)
    limits = {"vmin": -1.5, "vmax": len(x) - 0.5, "interpolation": "nearest"}
    ax.imshow(at.numpy(), origin="lower", aspect="auto", extent=extent, cmap=palette, **limits)
    for point in x.flatten():
        ax.axvline(point, color=DATA, lw=1, ls=":")
    ax.set(xlabel="start", ylabel="iteration")


def samples_on_loss(ax: Axes, grid: Tensor, loss: Tensor, z: Tensor, samples: Tensor, x: Tensor) -> None:
    """One panel of the paper's sampling rows: noise in red and samples in green on the loss curve of one network."""
    ax.plot(grid.flatten(), loss, color=CURVE, lw=1)
    for points, style, color, label in [(z, "x", NOISE, "noise"), (samples, "o", SAMPLE, "samples")]:
        height = np.interp(points.flatten(), grid.flatten(), loss)
        ax.plot(points.flatten(), height, style, color=color, ms=6, mfc="none", mew=1.5, label=label)
    for point in x.flatten():
        ax.axvline(point, color="0.8", lw=1, zorder=0)
    ax.set(xlabel="input $x$", xlim=(grid.min(), grid.max()))
