import json
from pathlib import Path

import imageio.v3 as imageio
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from gkn_utils import all_claims, claim, claims_table, save_figure, save_gif, save_results
from gkn_utils.estimates import Estimate

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))
    return tmp_path


def example() -> dict:
    c = claim("s", "m", Estimate(0.66442, 0.6, 0.71, 256), paper="p", verdict="holds", more=Estimate(1, 0, 2, 3))
    return {"settings": {"nets": 256}, "claims": {"F3a": c}, "data": {"source": "x", "standin": False}}


def test_results_are_the_same_bytes_twice(folder):
    path = folder / "paper" / "02_two_points.json"
    save_results("paper/02_two_points", example())
    first = path.read_bytes()
    save_results("paper/02_two_points", example())
    assert path.read_bytes() == first
    content = json.loads(first)
    assert (content["notebook"], content["profile"]) == ("02_two_points", "paper")
    assert content["claims"]["F3a"]["measured"] == 0.664
    assert content["claims"]["F3a"]["also"]["more"]["n"] == 3


def test_figures_and_gifs(folder):
    fig, _ = plt.subplots()
    save_figure(fig, "a")
    first = (folder / "a.png").read_bytes()
    save_figure(fig, "a")
    assert (folder / "a.png").read_bytes() == first
    frames = [np.full((8, 9), value, dtype=np.uint8) for value in (0, 100, 255)]
    save_gif(frames, "b", milliseconds=[100, 200, 300])
    assert len(list(imageio.imiter(folder / "b.gif", mode="RGB"))) == 3
    assert sorted(p.name for p in folder.iterdir()) == ["a.png", "b.gif"]


def test_nothing_half_written_is_left(folder):
    bad = example() | {"settings": {"lr": float("nan")}}
    with pytest.raises(ValueError, match="JSON"):
        save_results("c", bad)
    assert list(folder.iterdir()) == []


def test_bad_arguments():
    with pytest.raises(ValueError, match="verdict: got 'true', needed one of holds"):
        claim("s", "m", Estimate(1, 1, 1, 1), paper="p", verdict="true")
    with pytest.raises(ValueError, match="needed claims, data, settings"):
        save_results("d", {"claims": {}})
    with pytest.raises(ValueError, match="at least one uint8"):
        save_gif([], "e")


def test_the_table_shows_measured_and_verdict():
    assert claims_table(example()["claims"]).loc["F3a", "measured here"] == "0.664 [0.6, 0.71]"


def test_all_claims_are_those_of_the_committed_figures():
    found = all_claims()
    assert set(found["profile"]) == {"quick", "paper"}
    [row] = found.query("claim == 'F2a' and profile == 'quick'").to_dict("records")
    content = json.loads((ROOT / "figures" / "01_single_point.json").read_text())["claims"]["F2a"]
    assert (row["measured"], row["low"], row["high"]) == (content["measured"], *content["interval"])
    assert (row["notebook"], row["verdict"], row["standin"]) == ("01_single_point", content["verdict"], False)


def test_a_figure_says_where_its_words_are(folder):
    fig, axes = plt.subplots(1, 2, figsize=(5, 3), layout="constrained")
    for ax in axes:
        ax.set_axis_off()
    axes[0].set_title("A title", fontsize=20)
    axes[1].text(0.2, 0.4, "$x^2$ and\nmore", rotation=30)
    fig.suptitle("Of both")
    save_figure(fig, "words")
    plt.close(fig)
    with Image.open(folder / "words.png") as image:
        dark, boxes = np.asarray(image.convert("L")) < 128, json.loads(image.info["Words"])
    found = []
    for left, top, right, bottom in boxes:  # some of ticks that are not drawn, outside
        inside = dark[max(0, top - 3) : bottom + 3, max(0, left - 3) : right + 3]
        found.append(inside.any())
        inside[:] = False
    assert sum(found) == 3
    assert not dark.any()
