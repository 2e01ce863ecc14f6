"""One style, and functions that draw on a given axis. Arguments are tensors; nothing is computed that a claim needs."""

from collections.abc import Sequence
from itertools import pairwise, product

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
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


def counted(ax: Axes, groups: dict) -> None:
    """How many points each network has, 0 to all: a bar a count for each label, from flags (networks, points)."""
    width = 0.8 / len(groups)
    for place, (label, flags) in enumerate(groups.items()):
        share = flags.sum(-1).bincount(minlength=flags.shape[-1] + 1) / len(flags)
        offset = (place - (len(groups) - 1) / 2) * width
        bars = ax.bar(np.arange(len(share)) + offset, share, width, color=(CURVE, SAMPLE, NOISE)[place], label=label)
        ax.bar_label(bars, [f"{s:.0%}" for s in share], fontsize="small")
    ax.set(xticks=range(len(share)), ylabel="share of networks")


def surface(ax: Axes, axis: Tensor, loss: Tensor, **points: tuple) -> None:
    """A panel of the paper's Figure 5 on a 3-D axis: the loss (m, m) above the square, and points at their loss.

    `axis` is (m,); `noise` and `samples` are pairs of points (n, 2) and their loss (n,).
    """
    ax.plot_surface(*np.meshgrid(axis, axis, indexing="ij"), loss.numpy(), color=BAND, alpha=0.45, lw=0)
    for label, (place, height) in points.items():
        color = NOISE if label == "noise" else SAMPLE
        ax.scatter(place[:, 0], place[:, 1], height, color=color, s=16, label=label, depthshade=False)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.tick_params(pad=-2, labelsize="x-small")
    ax.view_init(elev=22, azim=-55)


def basins(ax: Axes, axis: Tensor, ends: Tensor, x: Tensor) -> None:
    """Where each start of a square ends: the index (m, m) of its training point in colour, -1 (spurious) in white."""
    palette = ListedColormap(["white", *sns.color_palette("pastel", len(x))])
    box = (axis[0], axis[-1], axis[0], axis[-1])
    ax.imshow(ends.T, origin="lower", extent=box, cmap=palette, vmin=-1.5, vmax=len(x) - 0.5, interpolation="nearest")
    ax.plot(x[:, 0], x[:, 1], "o", color=DATA, ms=6, zorder=6)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")


def paths(ax: Axes, states: Tensor) -> None:
    """The ways of samples in the plane, from their states (t, n, 2): from a red cross to a green circle."""
    ax.plot(states[:, :, 0], states[:, :, 1], color="0.25", lw=0.8)
    ax.plot(states[0, :, 0], states[0, :, 1], "x", color=NOISE, ms=5, mew=1.5, label="noise")
    ax.plot(states[-1, :, 0], states[-1, :, 1], "o", color=SAMPLE, ms=7, mfc="none", mew=1.5, label="samples")


def field(ax: Axes, axis: Tensor, step: Tensor) -> None:
    """The vector field f(x) - x, (m, m, 2), as streamlines whose colour is the length of the step."""
    step = step.permute(2, 1, 0).numpy()
    length = np.hypot(*step)
    ax.streamplot(
        axis.numpy(), axis.numpy(), *step, color=length, cmap="crest", density=1, linewidth=0.9, arrowsize=0.8
    )
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]), aspect="equal")


def rendered(fig: Figure) -> np.ndarray:
    """A figure as an array (h, w, 3) of uint8, for an animation; the figure is closed."""
    fig.canvas.draw()
    frame = np.asarray(fig.canvas.buffer_rgba())[..., :3].copy()
    plt.close(fig)
    return frame


def schematic(ax: Axes, places: Sequence[float], stacks: Sequence[np.ndarray], labels: Sequence[str]) -> None:
    """Stacks of pictures (h, w) in a row at `places`, two units tall, a label above each."""
    for place, stack, label in zip(places, stacks, labels, strict=True):
        half = stack.shape[1] / stack.shape[0]
        ax.imshow(stack, extent=(place - half, place + half, -1, 1), vmin=0, vmax=255, interpolation="nearest")
        ax.text(place, 1.12, label, ha="center", va="bottom", color=CURVE, fontsize="large")
    ax.set(aspect="equal")
    ax.axis("off")


def network_icon(ax: Axes, place: float, *, frozen: bool) -> None:
    """The paper's sign for a network, two units wide: blue while it learns, grey where it is frozen."""
    line, ground = ("0.75", "0.96") if frozen else (CURVE, "#DCEBF7")
    box = FancyBboxPatch((place - 0.85, -0.8), 1.7, 1.6, boxstyle="round,pad=0.05", fc=ground, ec="0.6")
    ax.add_patch(box)
    columns = [[(place + dx, y) for y in np.linspace(-0.65, 0.65, n)] for dx, n in ((-0.6, 4), (0, 5), (0.6, 4))]
    for left, right in pairwise(columns):
        for a, b in product(left, right):
            ax.plot(*zip(a, b, strict=True), color=line, lw=0.5)
    for column, color in zip(columns, (NOISE, SAMPLE, NOISE), strict=True):
        ax.plot(*zip(*column, strict=True), "o", color=color, ms=5, alpha=0.5 if frozen else 1)


def arrow(ax: Axes, start: float, end: float, *, y: float = 0, text: str = "", style: str = "-|>") -> None:
    """A level arrow from `start` to `end`, with `text` in its middle."""
    ax.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": style, "color": "0.3", "lw": 1.2})
    ax.text((start + end) / 2, y, text, ha="center", va="center", bbox={"fc": "white", "ec": "none", "pad": 2})
