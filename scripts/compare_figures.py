"""Compare figures that were just made with the committed ones: `python scripts/compare_figures.py build/check`.

On the same machine they are the same, byte for byte. On another processor a network is another one, and so are its
samples; then

* a picture is the same if, text aside, at most 5% of its squares of 64 x 64 pixels differ in their mean by more than 8
  of 255 levels, and its sides by no more than 1%, as words of other lengths make them;
* a claim is the same if its verdict is, and the two intervals overlap.

A finer rule, which was tried first (8 x 8 pixels, 16 levels, 1%, and the number within the other's interval), took
three figures and one number of 60 from another processor for others. This one sees pictures, dots and areas; it does
not see that a thin curve is another one, nor does it look at animations.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

COMMITTED = Path(__file__).resolve().parent.parent / "figures"
SQUARE, LEVELS, SHARE, SIDES = 64, 8, 0.05, 0.01
MARGIN = 4  # pixels around text


def compare(fresh: Path, committed: Path) -> list[str]:
    """What is not the same in two files of a name, in words."""
    return (_claims if fresh.suffix == ".json" else _pictures)(fresh, committed)


def _figures(folder: Path) -> list[Path]:
    return [path for path in folder.glob("[0-9]*") if path.suffix in (".png", ".json")]


def _pictures(fresh: Path, committed: Path) -> list[str]:
    with Image.open(fresh) as one, Image.open(committed) as other:
        if any(abs(a - b) > SIDES * b for a, b in zip(one.size, other.size, strict=True)):
            return [f"got {one.size[0]} x {one.size[1]} pixels, needed {other.size[0]} x {other.size[1]}"]
        words = _words(one) + _words(other)
        means = [_means(image, words) for image in (one.convert("RGB").resize(other.size), other.convert("RGB"))]
    share = (np.abs(means[0] - means[1]).max(-1) > LEVELS).mean()
    return [f"{share:.1%} of the picture differ, needed at most {SHARE:.0%}"] if share > SHARE else []


def _words(image: Image.Image) -> list[list[int]]:
    return json.loads(image.info.get("Words", "[]"))


def _means(image: Image.Image, boxes: list[list[int]]) -> np.ndarray:
    """The mean colour of each square, with boxes of text made white: (rows, columns, 3)."""
    pixels = np.array(image, np.float32)
    for left, top, right, bottom in boxes:
        pixels[max(0, top - MARGIN) : bottom + MARGIN, max(0, left - MARGIN) : right + MARGIN] = 255
    h, w = (size - size % SQUARE for size in pixels.shape[:2])
    return pixels[:h, :w].reshape(h // SQUARE, SQUARE, w // SQUARE, SQUARE, 3).mean((1, 3))


def _claims(fresh: Path, committed: Path) -> list[str]:
    one, other = (json.loads(path.read_text())["claims"] for path in (fresh, committed))
    if set(one) != set(other):
        return [f"got the claims {', '.join(sorted(one))}, needed {', '.join(sorted(other))}"]
    return [f"{claim_id}: {words}" for claim_id in one for words in _claim(one[claim_id], other[claim_id])]


def _claim(one: dict, other: dict) -> list[str]:
    intervals, found = (one["interval"], other["interval"]), []
    if one["verdict"] != other["verdict"]:
        found.append(f"got the verdict {one['verdict']}, needed {other['verdict']}")
    if max(low for low, _ in intervals) > min(high for _, high in intervals):
        found.append(
            "got [{:g}, {:g}], needed an interval that overlaps [{:g}, {:g}]".format(*intervals[0], *intervals[1])
        )
    return found


def main() -> None:
    [folder] = map(Path, sys.argv[1:])
    fresh, committed = ({path.name for path in _figures(of)} for of in (folder, COMMITTED))
    found = [f"{name}: got none, needed one as in figures/" for name in sorted(committed - fresh)]
    found += [f"{name}: got one, needed it in figures/ as well" for name in sorted(fresh - committed)]
    both = sorted(fresh & committed)
    found += [f"{name}: {words}" for name in both for words in compare(folder / name, COMMITTED / name)]
    print(f"{len(both)} files compared with figures/")
    sys.exit("\n".join(found) if found else 0)


if __name__ == "__main__":
    main()
