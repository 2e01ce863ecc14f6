"""Figures that differ are told from those that do not, and words do not count."""

import json

import compare as comparison
import matplotlib.pyplot as plt
import numpy as np
import pytest
from compare import compare
from PIL import Image

from gkn_utils import save_figure, save_gif


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """A function that makes a figure, and returns where it is."""
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))

    def draw(name, *, title="A title", slope=1.0, color="C0", pixels=0, size=(6, 4), allowed=0.05):
        fig, axes = plt.subplots(1, 2, figsize=size)
        axes[0].plot([0, 1], [0, slope], color, linewidth=1.5)
        axes[0].set(title=title, xlim=(0, 1), ylim=(0, 1))
        noise = np.random.default_rng(pixels).random((60, 60))
        axes[1].imshow(noise if pixels is not None else 1 + 0 * noise, cmap="gray", vmin=0, vmax=1)
        save_figure(fig, name, allowed=allowed)
        plt.close(fig)
        return tmp_path / f"{name}.png"

    return draw


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"title": "A title."}, []),
        ({"title": "Another title"}, []),
        ({"size": (6.05, 4)}, []),
        ({"pixels": 1}, []),  # other samples of the same kind
        ({"pixels": None}, ["of the picture differ", "of what is drawn is not near"]),
        ({"size": (7, 4)}, ["pixels, needed"]),
    ],
)
def test_pictures(draw, change, said):
    one, other = draw("one", **change), draw("other")
    for found in (compare(one, other), compare(other, one)):
        assert len(found) == len(said)
        assert all(words in of for words, of in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("change", "same"), [({"slope": 1.01}, True), ({"slope": 0.8}, False), ({"color": "C1"}, False)]
)
def test_curves(draw, change, same):
    found = compare(draw("one", pixels=None, **change), draw("other", pixels=None))
    assert bool(found) != same
    assert all("of what is drawn is not near" in words for words in found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"levels": 200}, []),  # another network's samples
        ({"size": 60}, ["got 60 x 40 pixels, needed 40 x 40"]),
        ({"milliseconds": 50}, ["got 0.1 s, needed 0.2 s"]),
        ({"levels": 1}, ["got other colours, in their mean or their spread"]),  # black
    ],
)
def test_animations(tmp_path, monkeypatch, change, said):
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))
    for name, of in (("one", change), ("other", {})):
        frames = np.random.default_rng(0).integers(of.get("levels", 256), size=(2, 40, of.get("size", 40)))
        save_gif(frames.astype(np.uint8), name, milliseconds=of.get("milliseconds", 100))
    assert compare(tmp_path / "one.gif", tmp_path / "other.gif") == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"measured": 0.7, "interval": [0.55, 0.8]}, []),
        (
            {"measured": 0.7, "interval": [0.65, 0.8]},
            ["F1: got 0.7 [0.65, 0.8], n=8, needed an interval that overlaps 0.5 [0.4, 0.6], n=8"],
        ),
        ({"verdict": "fails"}, ["F1: got fails, needed holds"]),
        ({"here": "differs"}, ["F1: got holds differs, needed holds"]),
    ],
)
def test_claims(tmp_path, change, said):
    claim = {"measured": 0.5, "interval": [0.4, 0.6], "n": 8, "verdict": "holds"}
    for name, of in (("one", claim | change), ("other", claim)):
        write(tmp_path / f"{name}.json", {"F1": of})
    assert compare(tmp_path / "one.json", tmp_path / "other.json") == said


def write(path, claims, **settings):
    content = {"claims": claims, "settings": settings, "data": {"source": "two points"}}
    path.write_text(json.dumps(content))


def test_other_settings(tmp_path):
    for name, nets in (("one", 16), ("other", 256)):
        write(tmp_path / f"{name}.json", {}, nets=nets)
    [said] = compare(tmp_path / "one.json", tmp_path / "other.json")
    assert said.startswith("made with {'nets': 16")


def test_words_outside_the_picture_hide_nothing():
    white = Image.new("RGB", (40, 20), "black")
    assert comparison._pixels(white, [[-30, -30, -10, -10], [-9, 5, -6, 9], [60, 60, 70, 70]]).max() == 0
    assert (comparison._pixels(white, [[10, 10, 12, 12]]) == 255).any(-1).sum() == 10 * 10


def test_a_figure_says_what_it_allows(draw):
    one, other = draw("one", pixels=None, slope=0.8), draw("other", pixels=None)
    assert compare(one, other)
    assert not compare(one, draw("other", pixels=None, allowed=0.9))


def test_figures_that_are_missing(tmp_path):
    for folder, names in (("fresh", "12"), ("committed", "23")):
        (tmp_path / folder).mkdir()
        for name in names:
            write(tmp_path / folder / f"{name}.json", {})
    found = comparison.compare_folders(tmp_path / "fresh", tmp_path / "committed")
    assert found == ["3.json: got none, needed one", "1.json: got one, needed none"]


def test_claims_that_are_missing(tmp_path):
    for name, claims in (("one", {}), ("other", {"F1": {}})):
        write(tmp_path / f"{name}.json", claims)
    assert "needed F1" in compare(tmp_path / "one.json", tmp_path / "other.json")[0]
