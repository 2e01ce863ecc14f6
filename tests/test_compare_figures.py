"""Figures that differ are told from those that do not, and words do not count."""

import json

import compare_figures
import matplotlib.pyplot as plt
import numpy as np
import pytest
from compare_figures import compare

from gkn_utils import save_figure


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """A function that makes a figure, and returns where it is."""
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))

    def draw(name, *, title="A title", slope=1.0, pixels=0, size=(6, 4)):
        fig, axes = plt.subplots(1, 2, figsize=size)
        axes[0].plot([0, 1], [0, slope], linewidth=5)
        axes[0].set(title=title, xlim=(0, 1), ylim=(0, 1))
        noise = np.random.default_rng(pixels).random((60, 60))
        axes[1].imshow(noise if pixels is not None else 0 * noise, cmap="gray")
        save_figure(fig, name)
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
        ({"slope": 1.001}, []),
        ({"slope": 0.5}, ["of the picture differ"]),
        ({"pixels": 1}, []),  # other samples of the same kind
        ({"pixels": None}, ["of the picture differ"]),
        ({"size": (7, 4)}, ["pixels, needed"]),
    ],
)
def test_pictures(draw, change, said):
    found = compare(draw("one", **change), draw("other"))
    assert len(found) == len(said)
    assert all(words in of for words, of in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"measured": 0.7, "interval": [0.55, 0.8]}, []),
        (
            {"measured": 0.7, "interval": [0.65, 0.8]},
            ["F1: got [0.65, 0.8], needed an interval that overlaps [0.4, 0.6]"],
        ),
        ({"verdict": "fails"}, ["F1: got the verdict fails, needed holds"]),
    ],
)
def test_claims(tmp_path, change, said):
    claim = {"measured": 0.5, "interval": [0.4, 0.6], "verdict": "holds"}
    for name, of in (("one", claim | change), ("other", claim)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"claims": {"F1": of}}))
    assert compare(tmp_path / "one.json", tmp_path / "other.json") == said


def test_figures_that_are_missing(tmp_path, monkeypatch):
    for folder, names in (("fresh", "12"), ("committed", "23")):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.json").write_text('{"claims": {}}')
    monkeypatch.setattr(compare_figures, "COMMITTED", tmp_path / "committed")
    monkeypatch.setattr("sys.argv", ["", str(tmp_path / "fresh")])
    with pytest.raises(SystemExit) as ended:
        compare_figures.main()
    assert ended.value.code.splitlines() == [
        "3.json: got none, needed one as in figures/",
        "1.json: got one, needed it in figures/ as well",
    ]


def test_claims_that_are_missing(tmp_path):
    for name, claims in (("one", {}), ("other", {"F1": {}})):
        (tmp_path / f"{name}.json").write_text(json.dumps({"claims": claims}))
    assert "needed F1" in compare(tmp_path / "one.json", tmp_path / "other.json")[0]
