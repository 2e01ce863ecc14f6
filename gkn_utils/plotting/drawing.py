"""The paper's Figure 1: stacks of pictures, signs for networks, and arrows between them."""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from gkn_utils.plotting.style import CURVE, NOISE, SAMPLE


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
