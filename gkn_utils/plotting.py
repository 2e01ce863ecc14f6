"""One style, and functions that draw on a given axis. Arguments are tensors; nothing is computed that a claim needs."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from PIL import Image, ImageDraw
from torch import Tensor

# The paper's red noise and green samples, in the Okabe-Ito palette, which colour-blind readers can tell apart.
NOISE, SAMPLE, CURVE, DATA, BAND = "#D55E00", "#009E73", "#0072B2", "#000000", "#56B4E9"


def use_style() -> None:
    """The project's look, for every figure of a notebook."""
    sns.set_theme(context="notebook", style="ticks", font_scale=0.85)
    plt.rcParams.update({
        "figure.dpi": 80, "figure.constrained_layout.use": True, "axes.spines.top": False, "axes.spines.right": False,
        "axes.titlesize": "medium", "axes.titlelocation": "left", "legend.frameon": False, "image.cmap": "gray",
    })  # fmt: skip


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


def cobweb(ax: Axes, path: Tensor, *, color: str = SAMPLE) -> None:
    """The staircase of one sample between curve and identity, from its states (t,)."""
    x = path.numpy().repeat(2)
    ax.plot(x[:-1], np.concatenate([x[:1], x[2:]]), color=color, lw=1)
    ax.plot(x[0], x[0], "x", color=NOISE, ms=6, zorder=5)


def samples_on_loss(ax: Axes, grid: Tensor, loss: Tensor, z: Tensor, samples: Tensor, x: Tensor) -> None:
    """One panel of the paper's sampling rows: noise in red and samples in green on the loss curve of one network."""
    ax.plot(grid.flatten(), loss, color=CURVE, lw=1)
    for points, style, color, label in [(z, "x", NOISE, "noise"), (samples, "o", SAMPLE, "samples")]:
        height = np.interp(points.flatten(), grid.flatten(), loss)
        ax.plot(points.flatten(), height, style, color=color, ms=6, mfc="none", mew=1.5, label=label)
    for point in x.flatten():
        ax.axvline(point, color="0.8", lw=1, zorder=0)
    ax.set(xlabel="input $x$", xlim=(grid.min(), grid.max()))


def shares(ax: Axes, estimates: dict) -> None:
    """Shares with their intervals, from `Estimate`s by iteration."""
    values = [e.value for e in estimates.values()]
    errors = [[e.value - e.low for e in estimates.values()], [e.high - e.value for e in estimates.values()]]
    ax.errorbar(list(estimates), values, errors, fmt="o-", color=SAMPLE)
    ax.set(ylim=(0, 1.03))


def step_share(ax: Axes, values: Tensor, *, label: str, color: str) -> None:
    """The share of `values` that are at most what the horizontal axis says."""
    sns.ecdfplot(x=values.flatten().numpy(), ax=ax, label=label, color=color)
    ax.set(ylim=(0, 1.02), ylabel="share")


def outcomes(ax: Axes, groups: dict) -> None:
    """How many networks fitted, ended between, or collapsed: a bar a group, from (fitted, collapsed) flags."""
    for place, (fitted, collapsed) in enumerate(groups.values()):
        parts = [fitted.float().mean().item(), collapsed.float().mean().item()]
        parts.insert(1, 1 - sum(parts))
        starts = np.cumsum([0, *parts])[:-1]
        ax.barh(place, parts, left=starts, color=[SAMPLE, "0.8", NOISE])
        for start, part in zip(starts, parts, strict=True):
            ax.text(start + part / 2, place, f"{part:.0%}", ha="center", va="center", color="black")
    ax.set(yticks=range(len(groups)), yticklabels=groups, xlim=(0, 1), xlabel="share of networks")
    ax.set_title("fitted (green), between (grey), collapsed (red)")
    ax.invert_yaxis()


def mosaic(pixels: Tensor, columns: int, *, scale: int = 1, gap: int = 2) -> np.ndarray:
    """Pictures (n, c, h, w) of uint8 as one array (rows*h, columns*w) or (..., 3), row by row, on a grey ground."""
    n, c, h, w = pixels.shape
    if n % columns:
        raise ValueError(f"columns: got {columns}, needed a divisor of the {n} pictures")
    padded = np.pad(pixels.numpy(), ((0, 0), (0, 0), (gap, 0), (gap, 0)), constant_values=96)
    rows = padded.reshape(n // columns, columns, c, h + gap, w + gap).transpose(0, 3, 1, 4, 2)
    grid = np.pad(rows.reshape(-1, columns * (w + gap), c), ((0, gap), (0, gap), (0, 0)), constant_values=96)
    return grid.repeat(scale, axis=0).repeat(scale, axis=1).squeeze()


def pictures(ax: Axes, grid: np.ndarray, title: str, *, columns: Sequence = ()) -> None:
    """A mosaic on `ax`, without axes; `columns` are labels above its columns."""
    ax.imshow(grid, vmin=0, vmax=255, interpolation="nearest")
    ax.set_title(title, fontsize="medium")
    centres = (np.arange(len(columns)) + 0.5) * grid.shape[1] / max(len(columns), 1)
    ax.set(xticks=centres, xticklabels=columns, yticks=[])
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    sns.despine(ax=ax, left=True, bottom=True)


def captioned(frame: np.ndarray, text: str, *, height: int = 24) -> np.ndarray:
    """`frame` (h, w) or (h, w, 3) with a strip above it that says `text`."""
    image = Image.fromarray(np.pad(frame, [(height, 0), (0, 0), (0, 0)][: frame.ndim], constant_values=255))
    ImageDraw.Draw(image).text((8, height // 2), text, fill="black", anchor="lm", font_size=15)
    return np.asarray(image)


def ladder(last: int, *, dense: int = 30, every: int = 10) -> Sequence[int]:
    """The iterations an animation shows: each one up to `dense`, then every `every`-th up to `last`."""
    return [*range(min(dense, last) + 1), *range(dense + every, last + 1, every)]
