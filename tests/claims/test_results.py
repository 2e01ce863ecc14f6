import json
from pathlib import Path

import imageio.v3 as imageio
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from gkn_utils import all_claims, claim, claims_table, save_figure, save_gif, save_results
from gkn_utils.claims.estimates import Estimate

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))
    return tmp_path


def example() -> dict:
    c = claim("s", "m", Estimate(0.66442, 0.6, 0.71, 256), paper="p", verdict="holds", more=Estimate(1, 0, 2, 3))
    return {"settings": {"nets": 256}, "claims": {"F3a": c}, "data": {"source": "x", "standin": False}}


def test_results_are_the_same_bytes_twice(folder):
    path = folder / "full" / "02_two_points.json"
    save_results("full/02_two_points", example())
    first = path.read_bytes()
    save_results("full/02_two_points", example())
    assert path.read_bytes() == first
    content = json.loads(first)
    assert (content["notebook"], content["profile"]) == ("02_two_points", "full")
    assert content["claims"]["F3a"]["measured"] == 0.664
    assert content["claims"]["F3a"]["also"]["more"]["n"] == 3
    assert "few networks" not in content
    save_results("02_two_points", example(), few_networks=True)
    content = json.loads((folder / "02_two_points.json").read_text())
    assert (content["profile"], content["few networks"]) == ("default", True)


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


def test_what_is_refused_leaves_nothing(folder):
    with pytest.raises(ValueError, match="JSON"):
        save_results("c", example() | {"settings": {"lr": float("nan")}})
    with pytest.raises(ValueError, match="verdict: got 'true', needed one of holds"):
        claim("s", "m", Estimate(1, 1, 1, 1), paper="p", verdict="true")
    with pytest.raises(ValueError, match="needed claims, data, settings"):
        save_results("d", {"claims": {}})
    with pytest.raises(ValueError, match="at least one uint8"):
        save_gif([], "e")
    assert list(folder.iterdir()) == []


def test_tables_show_what_was_measured_here_and_all_that_is_committed():
    assert claims_table(example()["claims"]).loc["F3a", "measured here"] == "0.664 [0.6, 0.71]"
    found = all_claims()
    assert set(found["profile"]) == {"default", "full"}
    [row] = found.query("claim == 'F2a' and profile == 'default'").to_dict("records")
    content = json.loads((ROOT / "figures" / "01_single_point.json").read_text())["claims"]["F2a"]
    assert (row["measured"], row["low"], row["high"]) == (content["measured"], *content["interval"])
    assert (row["notebook"], row["verdict"], row["standin"]) == ("01_single_point", content["verdict"], False)


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
