"""Pictures in rows, and frames for animations."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, ImageDraw
from torch import Tensor

from gkn_utils.data import to_pixels


def mosaic(pixels: Tensor, columns: int, *, scale: int = 1, gap: int = 2) -> np.ndarray:
    """Pictures (n, c, h, w) of uint8 as one array (rows*h, columns*w) or (..., 3), row by row, on a grey ground."""
    n, c, h, w = pixels.shape
    if n % columns:
        raise ValueError(f"columns: got {columns}, needed a divisor of the {n} pictures")
    padded = np.pad(pixels.numpy(), ((0, 0), (0, 0), (gap, 0), (gap, 0)), constant_values=96)
    rows = padded.reshape(n // columns, columns, c, h + gap, w + gap).transpose(0, 3, 1, 4, 2)
    grid = np.pad(rows.reshape(-1, columns * (w + gap), c), ((0, gap), (0, gap), (0, 0)), constant_values=96)
    return grid.repeat(scale, axis=0).repeat(scale, axis=1).squeeze()


def tiles(x: Tensor, shape: Sequence[int], columns: int, *, scale: int = 1) -> np.ndarray:
    """A `mosaic` of points (..., d) in [-1, 1], each a picture of `shape` (c, h, w)."""
    return mosaic(to_pixels(x.reshape(-1, x.shape[-1]), shape, -1, 1), columns, scale=scale)


def pictures(ax: Axes, grid: np.ndarray, title: str, *, columns: Sequence = ()) -> None:
    """A mosaic on `ax`, without axes; `columns` are labels above its columns."""
    ax.imshow(grid, vmin=0, vmax=255, interpolation="nearest")
    ax.set_title(title, fontsize="medium")
    centres = (np.arange(len(columns)) + 0.5) * grid.shape[1] / max(len(columns), 1)
    ax.set(xticks=centres, xticklabels=columns, yticks=[])
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    sns.despine(ax=ax, left=True, bottom=True)


def paired(upper: Tensor, lower: Tensor, columns: int) -> Tensor:
    """Points for a mosaic of `columns`: each row of `upper` (n, d) above the same row of `lower` (n, d): (2n, d)."""
    d = upper.shape[-1]
    return torch.stack([v.reshape(-1, columns, d) for v in (upper, lower)], dim=1).reshape(-1, d)


def captioned(frame: np.ndarray, text: str, *, height: int = 24) -> np.ndarray:
    """`frame` (h, w) or (h, w, 3) with a strip above it that says `text`."""
    image = Image.fromarray(np.pad(frame, [(height, 0), (0, 0), (0, 0)][: frame.ndim], constant_values=255))
    ImageDraw.Draw(image).text((8, height // 2), text, fill="black", anchor="lm", font_size=15)
    return np.asarray(image)


def rendered(fig: Figure) -> np.ndarray:
    """A figure as an array (h, w, 3) of uint8, for an animation; the figure is closed."""
    fig.canvas.draw()
    frame = np.asarray(fig.canvas.buffer_rgba())[..., :3].copy()
    plt.close(fig)
    return frame


def moments(last: int) -> Sequence[int]:
    """The iterations at which the life of a sample is shown: each one at first, ever fewer later, up to `last`."""
    return [i for i in (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60, 100) if i <= last]


def ladder(last: int, *, dense: int = 30, every: int = 10) -> Sequence[int]:
    """The iterations an animation shows: each one up to `dense`, then every `every`-th up to `last`."""
    return [*range(min(dense, last) + 1), *range(dense + every, last + 1, every)]
