"""Networks of two dimensions: the loss surface, and basins and ways from above."""

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from torch import Tensor

from gkn_utils.plotting.style import BAND, DATA, NOISE, SAMPLE


def surface(ax: Axes, axis: Tensor, loss: Tensor, **points: tuple) -> None:
    """A panel of the paper's Figure 5 on a 3-D axis: the loss (m, m) above the square, and points at their loss.

    `axis` is (m,); `noise` and `samples` are pairs of points (n, 2) and their loss (n,).
    """
    ax.plot_surface(*np.meshgrid(axis, axis, indexing="ij"), loss.numpy(), color=BAND, alpha=0.45, lw=0)
    for label, (place, height) in points.items():
        color = NOISE if label == "noise" else SAMPLE
        look = {"color": color, "s": 22, "ec": "black", "lw": 0.4, "depthshade": False}
        ax.scatter(place[:, 0], place[:, 1], height, label=label, **look)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.tick_params(pad=-2, labelsize="x-small")
    ax.view_init(elev=22, azim=-55)


def basins(
    ax: Axes, axis: Tensor, ends: Tensor, x: Tensor, *, marked: Tensor | None = None, burn_in: Tensor | None = None
) -> None:
    """Where each start of a rectangle ends: the index (m, m) of its training point in colour, -1 (spurious) in white.

    `axis` is (m,), the same for both coordinates, or (2, m); the points of `marked` are drawn, or else those of `x`.
    The longer a start takes to one, `burn_in` (m, m), the darker it is.
    """
    palette = ListedColormap(["white", *sns.color_palette("pastel", len(x))])
    extent = axis.expand(2, -1)[:, [0, -1]].flatten().tolist()
    limits = {"vmin": -1.5, "vmax": len(x) - 0.5}
    ax.imshow(ends.T.numpy(), origin="lower", extent=extent, cmap=palette, interpolation="nearest", **limits)
    if burn_in is not None:
        shade = burn_in.T.double().log1p() / burn_in.double().log1p().max().clamp_min(1)
        shade, black = shade.where(ends.T >= 0, 0), np.zeros(shade.shape)
        ax.imshow(black, origin="lower", extent=extent, cmap="gray", alpha=0.7 * shade.numpy(), interpolation="nearest")
    ax.plot(*(x if marked is None else marked).T.numpy(), "o", color=DATA, ms=6, zorder=6)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")


def paths(ax: Axes, states: Tensor) -> None:
    """The ways of samples in the plane, from their states (t, n, 2): from a red cross to a green circle."""
    ax.plot(states[:, :, 0], states[:, :, 1], color="0.25", lw=0.8)
    ax.plot(states[0, :, 0], states[0, :, 1], "x", color=NOISE, ms=5, mew=1.5, label="noise")
    ax.plot(states[-1, :, 0], states[-1, :, 1], "o", color=SAMPLE, ms=7, mfc="none", mew=1.5, label="samples")


def basin_key(x: Tensor) -> list[Patch]:
    """Handles of a legend for basins: the colour of each point of `x` (n, d), and the white of none."""
    names = [", ".join(f"{v:g}" for v in point) for point in x.tolist()]
    colors = sns.color_palette("pastel", len(x))
    key = [Patch(color=color, label=f"({name})") for color, name in zip(colors, names, strict=True)]
    return [*key, Patch(fc="white", ec="0.6", label="none")]
