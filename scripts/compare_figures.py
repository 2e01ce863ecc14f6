"""Compare figures that were just made with the committed ones: `python scripts/compare_figures.py build/check`.

A picture is the same if, text aside, at most 1% of its squares of 8 x 8 pixels differ by more than 16 of 255 levels in
their mean. A claim is the same if its verdict is, and its number is within the committed interval, give or take 1%.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

COMMITTED = Path(__file__).resolve().parent.parent / "figures"
SQUARE, LEVELS, SHARE, SLACK = 8, 16, 0.01, 0.01
MARGIN = 4  # pixels around text


def compare(fresh: Path, committed: Path) -> list[str]:
    """What is not the same in two files of a name, in words."""
    return (_claims if fresh.suffix == ".json" else _pictures)(fresh, committed)


def _pictures(fresh: Path, committed: Path) -> list[str]:
    with Image.open(fresh) as one, Image.open(committed) as other:
        if one.size != other.size:
            return [f"got {one.size[0]} x {one.size[1]} pixels, needed {other.size[0]} x {other.size[1]}"]
        means = [_means(image, _words(one) + _words(other)) for image in (one, other)]
    share = (np.abs(means[0] - means[1]) > LEVELS).mean()
    return [f"{share:.1%} of the picture differ, needed at most {SHARE:.0%}"] if share > SHARE else []


def _words(image: Image.Image) -> list[list[int]]:
    return json.loads(image.info.get("Words", "[]"))


def _means(image: Image.Image, boxes: list[list[int]]) -> np.ndarray:
    """The mean of each square, with boxes of text made white; (rows, columns), or more for colours."""
    pixels = np.asarray(image.convert("RGB"), np.float32).copy()
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
    (low, high), measured = other["interval"], one["measured"]
    slack, found = SLACK * abs(measured), []
    if one["verdict"] != other["verdict"]:
        found.append(f"got the verdict {one['verdict']}, needed {other['verdict']}")
    if not low - slack <= measured <= high + slack:
        found.append(f"got {measured:g}, needed a number in [{low:g}, {high:g}]")
    return found


def main() -> None:
    [folder] = map(Path, sys.argv[1:])
    files = sorted(path for path in folder.glob("[0-9]*") if path.suffix in (".png", ".json"))
    if not files:
        sys.exit(f"{folder}: got no figures, needed those of a run")
    found = [f"{path.name}: {words}" for path in files for words in compare(path, COMMITTED / path.name)]
    print(f"{len(files)} files compared with figures/")
    sys.exit("\n".join(found) if found else 0)


if __name__ == "__main__":
    main()
