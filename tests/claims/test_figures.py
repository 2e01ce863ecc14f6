import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image, ImageSequence

from gkn_utils import save_figure, save_gif
from gkn_utils.claims.figures import figures_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))
    return tmp_path


def shown(path):
    return [frame.copy() for frame in ImageSequence.Iterator(Image.open(path))]


@pytest.mark.parametrize("shape", [(8, 3), (1, 3), (3, 3), (8, 1, 3), (5, 7, 3)])
def test_frames_of_any_width_are_frames(shape, folder):
    frames = np.random.default_rng(0).integers(0, 256, (4, *shape)).astype(np.uint8)
    save_gif(frames, "a")
    found = shown(folder / "a.gif")
    assert [image.size for image in found] == [shape[1::-1]] * 4
    mode = "RGB" if len(shape) == 3 else "L"
    assert all(np.abs(np.asarray(i.convert(mode), int) - f).max() <= 5 for i, f in zip(found, frames, strict=True))


@pytest.mark.parametrize(
    ("frames", "milliseconds", "said"),
    [
        (3, [100, 200], "needed one whole number from 10 on, or 3"),
        (3, [100] * 4, "needed one whole number from 10 on, or 3"),
        (3, 0.5, "milliseconds: got 0.5"),
        (3, 0, "milliseconds: got 0"),
        (3, [100, "200", 300], "milliseconds: got"),
        (6600, 100, "got one picture for over 655 s"),
        (1, 655_360, "got one picture for over 655 s"),
    ],
)
def test_times_that_a_gif_cannot_say_are_refused(frames, milliseconds, said, folder):
    with pytest.raises(ValueError, match=said):
        save_gif([np.zeros((2, 2), np.uint8)] * frames, "a", milliseconds=milliseconds)
    assert list(folder.iterdir()) == []


def test_the_title_of_a_figure_is_no_markup(folder):
    fig, _ = plt.subplots()
    fig.suptitle("pictures of $100_a^b\\\\$ and $\\\\frac{")
    save_figure(fig, "a")
    assert (folder / "a.png").exists()


def test_figures_and_gifs(folder):
    fig, _ = plt.subplots()
    save_figure(fig, "a")
    first = (folder / "a.png").read_bytes()
    save_figure(fig, "a")
    assert (folder / "a.png").read_bytes() == first
    frames = [np.full((8, 9), value, dtype=np.uint8) for value in (0, 100, 255)]
    save_gif(frames, "b", milliseconds=[100, 200, 300])
    assert [(frame.info["duration"], frame.convert("L").getpixel((0, 0))) for frame in shown(folder / "b.gif")] == [
        (100, 0),
        (200, 98),
        (300, 255),
    ]
    assert sorted(p.name for p in folder.iterdir()) == ["a.png", "b.gif"]


def test_no_frames_leave_nothing(folder):
    with pytest.raises(ValueError, match="at least one uint8"):
        save_gif([], "e")
    for shape in ((0, 4), (1, 70_000), (4,), (4, 4, 1), (4, 4, 4)):
        with pytest.raises(ValueError, match=r"frames: got shape .* needed \(h, w\)"):
            save_gif([np.zeros(shape, np.uint8)], "e")
    assert list(folder.iterdir()) == []


def test_a_figure_says_where_its_words_are_and_how_much_may_differ(folder):
    fig, axes = plt.subplots(1, 2, figsize=(5, 3), layout="constrained")
    for ax in axes:
        ax.set_axis_off()
    axes[0].set_title("A title", fontsize=20)
    axes[1].text(0.2, 0.4, "$x^2$ and\nmore", rotation=30)
    fig.suptitle("Of both")
    save_figure(fig, "words", allowed=0.2)
    plt.close(fig)
    with Image.open(folder / "words.png") as image:
        dark, boxes = np.asarray(image.convert("L")) < 128, json.loads(image.info["Words"])
        assert image.info["Allowed"] == "0.2"
    found = []
    for left, top, right, bottom in boxes:  # some of ticks that are not drawn, outside
        inside = dark[max(0, top - 3) : bottom + 3, max(0, left - 3) : right + 3]
        found.append(inside.any())
        inside[:] = False
    assert sum(found) == 3
    assert not dark.any()


def test_what_is_run_by_hand_leaves_the_committed_figures_alone(monkeypatch):
    monkeypatch.delenv("GKN_FIGURES")
    assert figures_folder() == ROOT / "figures" / "yours"
