"""Compare figures that were just made with others.

On the same machine they are the same, byte for byte. On another processor a network is another one, and so are its
samples; then

* a picture is the same if, text aside, at most 5% of its squares of 128 x 128 pixels differ in their mean by more than
  32 of 255 levels (this sees areas); if at most 5% of what is drawn, which is what is not nearly white, or the share
  that the figure itself allows (`save_figure`), has nothing of its colour, to 48 levels, within 8 pixels in the other
  picture, and the other way round (this sees curves and dots, unless photographs are most of the picture); and if its
  sides differ by at most 1%, as words of other lengths make them;
* an animation is the same if its sides and its time are, and its colours in the mean and in their spread, to 32
  levels: one network of digits draws other digits than another;
* a claim is the same if its verdict is, and at the default settings its agreement with it, and the two intervals
  overlap, unless it has no verdict yet; it was made with the same settings, from the same data.

These bounds let pass what PyTorch draws with MKL_CBWR=COMPATIBLE, and with ATEN_CPU_CAPABILITY=default. If a
twelfth of a figure that is not empty is made white, they see it in seven of ten.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence
from scipy.ndimage import maximum_filter, minimum_filter

from gkn_utils.claims.results import in_words, overlap

SHARE, SIDES = 0.05, 0.01
SQUARE, LEVELS = 128, 32  # pixels, and levels by which the means of two squares differ
NEAR, COLOURS, DRAWN = 8, 48, 32  # pixels around a drawn one, levels its colour may differ by, and is less than white
MARGIN = 4  # pixels around text


def compare(fresh: Path, committed: Path) -> list[str]:
    """What is not the same in two files of a name, in words."""
    return {".json": _claims, ".gif": _animations, ".png": _pictures}[fresh.suffix](fresh, committed)


def compare_folders(fresh: Path, committed: Path, names: str = "[0-9]*") -> list[str]:
    """What is not the same in two folders of figures, in words."""
    made, needed = figures(fresh, names), figures(committed, names)
    found = [f"{name}: got none, needed one" for name in sorted(needed - made)]
    found += [f"{name}: got one, needed none" for name in sorted(made - needed)]
    both = sorted(made & needed)
    return found + [f"{name}: {words}" for name in both for words in compare(fresh / name, committed / name)]


def figures(folder: Path, names: str = "[0-9]*") -> set[str]:
    """The names of the figures and JSON in a folder."""
    return {path.name for path in folder.glob(names) if path.suffix in (".png", ".gif", ".json")}


def _pictures(fresh: Path, committed: Path) -> list[str]:
    with Image.open(fresh) as one, Image.open(committed) as other:
        if found := _sides(one, other):
            return found
        allowed = float(other.info.get("Allowed", SHARE))
        words = [box for image in (one, other) for box in json.loads(image.info.get("Words", "[]"))]
        pixels = [_pixels(image, words) for image in (one.convert("RGB").resize(other.size), other.convert("RGB"))]
    differ = (np.abs(np.subtract(*map(_means, pixels))).max(-1) > LEVELS).mean()
    alone = max(_alone(*pixels), _alone(*pixels[::-1]))
    shares = {
        "of the picture differ": (differ, SHARE),
        "of what is drawn is not near in the other": (alone, allowed),
    }
    return [f"{share:.1%} {of}, needed at most {most:.0%}" for of, (share, most) in shares.items() if share > most]


def _animations(fresh: Path, committed: Path) -> list[str]:
    with Image.open(fresh) as one, Image.open(committed) as other:
        found = _sides(one, other)
        (time, *colours), (needed, *others) = _animation(one), _animation(other)
    if time != needed:
        found.append(f"got {time:g} s, needed {needed:g} s")
    if np.abs(np.subtract(colours, others)).max() > LEVELS:
        found.append("got other colours, in their mean or their spread")
    return found


def _animation(image: Image.Image) -> tuple[float, np.ndarray, np.ndarray]:
    """Seconds, and the mean and the standard deviation of each colour over all frames."""
    frames = [(frame.info["duration"], np.asarray(frame.convert("RGB"))) for frame in ImageSequence.Iterator(image)]
    pixels = np.stack([frame for _, frame in frames]).reshape(-1, 3)
    return sum(duration for duration, _ in frames) / 1000, pixels.mean(0), pixels.std(0)


def _sides(one: Image.Image, other: Image.Image) -> list[str]:
    if any(abs(a - b) > SIDES * b for a, b in zip(one.size, other.size, strict=True)):
        return [f"got {one.size[0]} x {one.size[1]} pixels, needed {other.size[0]} x {other.size[1]}"]
    return []


def _pixels(image: Image.Image, boxes: list[list[int]]) -> np.ndarray:
    """The colours, (rows, columns, 3), with boxes of text made white."""
    pixels = np.array(image, np.int16)
    for left, top, right, bottom in boxes:
        rows, columns = slice(*_around(top, bottom)), slice(*_around(left, right))
        pixels[rows, columns] = 255
    return pixels


def _around(low: int, high: int) -> tuple[int, int]:
    """With a margin, and not before the first pixel."""
    return max(0, low - MARGIN), max(0, high + MARGIN)


def _means(pixels: np.ndarray) -> np.ndarray:
    """The mean colour of each square: (rows, columns, 3)."""
    h, w = (size - size % SQUARE for size in pixels.shape[:2])
    return pixels[:h, :w].reshape(h // SQUARE, SQUARE, w // SQUARE, SQUARE, 3).mean((1, 3))


def _alone(pixels: np.ndarray, other: np.ndarray) -> float:
    """The share of the drawn pixels whose colour is outside what is around them in the other picture."""
    drawn = np.abs(pixels - 255).max(-1) > DRAWN
    low, high = (of(other, (2 * NEAR + 1, 2 * NEAR + 1, 1)) for of in (minimum_filter, maximum_filter))
    far = ((pixels < low - COLOURS) | (pixels > high + COLOURS)).any(-1)
    return (drawn & far).sum() / max(1, drawn.sum())


def _claims(fresh: Path, committed: Path) -> list[str]:
    one, other = (json.loads(path.read_text()) for path in (fresh, committed))
    if set(one["claims"]) != set(other["claims"]):
        return [f"got the claims {', '.join(sorted(one['claims']))}, needed {', '.join(sorted(other['claims']))}"]
    made, needed = (content["settings"] | {"source": content["data"]["source"]} for content in (one, other))
    found = [] if made == needed else [f"made with {made}, needed {needed}"]
    return found + [
        f"{key}: {words}" for key in one["claims"] for words in _claim(one["claims"][key], other["claims"][key])
    ]


def _claim(one: dict, other: dict) -> list[str]:
    got, needed = (f"{record['verdict']} {record.get('here', '')}".strip() for record in (one, other))
    if got != needed:
        return [f"got {got}, needed {needed}"]
    return [] if overlap(one, other) else [f"got {in_words(one)}, needed an interval that overlaps {in_words(other)}"]
