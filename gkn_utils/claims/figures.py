"""Where figures go: the only place that knows the folder figures/."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from gkn_utils._files import atomic_write

DOTS_PER_INCH, USUAL = 100, 0.05
LONGEST = 655_350  # milliseconds that a GIF can show a picture
COMMITTED = Path(__file__).resolve().parents[2] / "figures"


def figures_folder() -> Path:
    """$GKN_FIGURES, as `run_all.sh` sets it; for what is run by hand, maybe with other parameters, figures/yours/."""
    return Path(os.environ.get("GKN_FIGURES") or COMMITTED / "yours")


def save_figure(fig: Figure, name: str, *, allowed: float = USUAL) -> None:
    """Write figures/<name>.png. A name that starts with `full/` belongs to the full settings.

    `allowed` is the share of what is drawn that another processor may draw elsewhere: more than the usual .05 where
    curves are those of one network, which there is another one. The metadata hold it, and, as `Words`, where there is
    text: boxes [left, top, right, bottom] of pixels, in JSON. The title of the whole figure, which may name a folder,
    is drawn as it is, without mathematics.
    """
    with atomic_write(figures_folder() / f"{name}.png") as path:
        for title in fig.texts:
            title.set_parse_math(False)
        fig.draw_without_rendering()
        fig.set_layout_engine("none")  # it is laid out: whoever draws it again need not do that again
        whole = fig.get_tightbbox().padded(plt.rcParams["savefig.pad_inches"])
        metadata = {"Software": None, "Words": json.dumps(_boxes_of_text(fig, whole))}
        metadata |= {"Allowed": str(allowed)} if allowed != USUAL else {}
        fig.savefig(path, dpi=DOTS_PER_INCH, bbox_inches=whole, metadata=metadata)


def save_gif(frames: Sequence[np.ndarray], name: str, *, milliseconds: int | Sequence[int] = 100) -> None:
    """Write figures/<name>.gif, which repeats forever, from uint8 frames (h, w) or (h, w, 3).

    `milliseconds` is the time a frame is shown: one for all, or one each. Brightness is reduced to 32 levels, which
    the eye hardly sees and which makes the file several times smaller. Raises `ValueError` for no frames, for frames
    that are not uint8 or not of one such shape, for times that are no whole numbers from 10 on, and for one picture
    that is shown for over 655 seconds, the most that the format can say.
    """
    if len(frames) == 0 or any(np.shape(f) != np.shape(frames[0]) or f.dtype != np.uint8 for f in frames):
        raise ValueError(f"frames: got {len(frames)}, needed at least one uint8 array, all of one shape")
    shape = frames[0].shape
    if len(shape) < 2 or shape[2:] not in ((), (3,)) or not 0 < min(shape[:2]) <= max(shape[:2]) < 2**16:
        raise ValueError(f"frames: got shape {shape}, needed (h, w) or (h, w, 3), sides from 1 to 65,535")
    times = [milliseconds] * len(frames) if isinstance(milliseconds, int) else milliseconds
    if len(times) != len(frames) or min(times) < 10:
        raise ValueError(f"milliseconds: got {milliseconds!r}, needed one whole number from 10 on, or {len(frames)}")
    levels = (np.round(np.arange(256) * 31 / 255) * 255 / 31).astype(np.uint8)
    reduced = [levels[frame] for frame in frames]
    shown = 0
    for before, frame, time in zip([None, *reduced], reduced, times, strict=False):
        shown = time + (shown if np.array_equal(before, frame) else 0)
        if shown > LONGEST:
            raise ValueError(f"frames: got one picture for over {LONGEST / 1000:.0f} s, needed a shorter time")
    first, *others = map(Image.fromarray, reduced)
    with atomic_write(figures_folder() / f"{name}.gif") as path:
        first.save(path, save_all=True, append_images=others, duration=times, loop=0)


def _boxes_of_text(fig: Figure, whole: Bbox) -> list[list[int]]:
    """In a picture of `whole`, a part of the figure in inches."""
    scale = DOTS_PER_INCH / fig.dpi
    texts = [text for text in fig.findobj(Text) if text.get_visible() and text.get_text().strip()]
    boxes = np.array([text.get_window_extent().extents for text in texts]).reshape(-1, 4) * scale
    left, top = whole.x0 * DOTS_PER_INCH, whole.y1 * DOTS_PER_INCH
    return [[round(v) for v in (x0 - left, top - y1, x1 - left, top - y0)] for x0, y0, x1, y1 in boxes]
