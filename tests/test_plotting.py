import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

import gkn_utils as gkn
from gkn_utils import plotting


def test_a_mosaic_keeps_every_pixel_in_its_place():
    pixels = torch.arange(6, dtype=torch.uint8).reshape(6, 1, 1, 1).expand(6, 1, 4, 5).contiguous()
    grid = plotting.mosaic(pixels, 3, gap=1)
    assert grid.shape == (2 * 5 + 1, 3 * 6 + 1)
    assert [grid[r * 5 + 1, c * 6 + 1] for r in range(2) for c in range(3)] == [0, 1, 2, 3, 4, 5]
    assert plotting.mosaic(pixels.expand(6, 3, 4, 5), 3, scale=2).shape[2] == 3
    with pytest.raises(ValueError, match="divisor"):
        plotting.mosaic(pixels, 4)


def test_a_cobweb_goes_from_curve_to_identity():
    _, ax = plt.subplots()
    plotting.cobweb(ax, torch.tensor([1.0, 0.5, 0.25]))
    x, y = ax.lines[0].get_data()
    assert list(zip(x, y, strict=True)) == [(1, 1), (1, 0.5), (0.5, 0.5), (0.5, 0.25), (0.25, 0.25)]


def test_pairs_captions_and_which_iterations_are_shown():
    upper = torch.arange(4.0).reshape(4, 1)
    assert plotting.paired(upper, upper + 10, 2).flatten().tolist() == [0, 1, 10, 11, 2, 3, 12, 13]
    for colours in ((), (3,)):
        frame = np.zeros((10, 60, *colours), dtype=np.uint8)
        assert plotting.captioned(frame, "iteration 1", height=20).shape == (30, 60, *colours)
    assert list(plotting.moments(5)) == [0, 1, 2, 3, 4, 5]
    assert plotting.moments(100)[-1] == 100
    assert list(plotting.ladder(50)) == [*range(31), 40, 50]
    assert list(plotting.ladder(5)) == [0, 1, 2, 3, 4, 5]


def test_counts_are_shares_of_the_networks():
    _, ax = plt.subplots()
    flags = torch.tensor([[True, True], [True, False], [False, True], [False, False]])
    plotting.counted(ax, {"stored": flags, "recalled": flags & False})
    assert [bar.get_height() for bar in ax.patches] == [0.25, 0.5, 0.25, 1, 0, 0]


def test_basins_have_the_first_coordinate_on_the_horizontal_axis():
    _, ax = plt.subplots()
    ends = torch.tensor([[0, 1], [-1, 1]])  # [1, 0] is the corner at the lower right
    plotting.basins(ax, torch.tensor([0.0, 1.0]), ends, torch.rand(2, 2))
    shown = ax.images[0].get_array()
    assert shown[0, 1] == -1
    assert shown[1, 0] == 1
    assert ax.images[0].origin == "lower"


def test_points_lie_on_the_surface_at_their_own_loss():
    ax = plt.figure().add_subplot(projection="3d")
    axis, place = torch.linspace(0, 1, 5), torch.tensor([[0.1, 0.9]])
    plotting.surface(ax, axis, torch.zeros(5, 5), noise=(place, torch.tensor([0.3])))
    x, y, z = ax.collections[-1]._offsets3d
    assert (x[0], y[0], z[0]) == pytest.approx((0.1, 0.9, 0.3))


def test_the_key_has_the_colours_of_the_basins():
    _, ax = plt.subplots()
    x = torch.tensor([[0.2, 0.8], [0.5, 0.5]])
    plotting.basins(ax, torch.tensor([0.0, 1.0]), torch.tensor([[0, 1], [-1, 1]]), x)
    key = plotting.basin_key(x)
    assert [patch.get_label() for patch in key] == ["(0.2, 0.8)", "(0.5, 0.5)", "none"]
    painted = [ax.images[0].to_rgba(np.array([[place]]), norm=True)[0, 0] for place in (0, 1, -1)]
    np.testing.assert_allclose([patch.get_facecolor() for patch in key], painted)


def test_paths_start_at_crosses_and_end_at_circles():
    _, ax = plt.subplots()
    states = torch.tensor([[[0.0, 0.0]], [[1.0, 2.0]], [[3.0, 4.0]]])
    plotting.paths(ax, states)
    assert [tuple(map(float, line.get_xydata()[0])) for line in ax.lines[1:]] == [(0, 0), (3, 4)]


def test_a_rendered_figure_is_an_array_and_is_closed():
    fig = plt.figure(figsize=(2, 1), dpi=50)
    frame = plotting.rendered(fig)
    assert (frame.shape, frame.dtype) == ((50, 100, 3), np.uint8)
    assert not plt.fignum_exists(fig.number)


def test_a_schematic_puts_each_stack_at_its_place():
    _, ax = plt.subplots()
    plotting.schematic(ax, [0, 4], [np.zeros((8, 2), np.uint8)] * 2, ["$z$", "$f(z)$"])
    plotting.network_icon(ax, 2, frozen=True)
    plotting.arrow(ax, 0.5, 1, text="burn-in")
    assert [image.get_extent() for image in ax.images] == [[-0.25, 0.25, -1, 1], [3.75, 4.25, -1, 1]]
    assert "burn-in" in [text.get_text() for text in ax.texts]


def test_the_scoreboard_colours_verdicts_and_marks_subjects():
    rows = {
        "F2a": {
            "subject": "Figure 2",
            "statement": "One point is learned",
            "number": "1 [.9, 1]",
            "verdict": "holds",
            "standin": True,
        },
        "D1": {
            "subject": "Others",
            "statement": "A dip",
            "number": "no network fitted",
            "verdict": "not tested",
            "standin": False,
        },
    }
    ax = plt.figure().add_subplot()
    plotting.scoreboard(ax, pd.DataFrame.from_dict(rows, orient="index"))
    words = [text.get_text() for text in ax.texts]
    assert words == ["Figure 2", "F2a", "One point is learned", "1 (stand-in)", "Others", "D1", "A dip", "not tested"]
    assert [text.get_text() for text in ax.texts if text.get_weight() == "bold"] == ["Figure 2", "Others"]
    assert len(ax.collections) == 2  # a patch of colour for each verdict


ODD = """
text.usetex: True
font.size: 30
lines.linewidth: 9
axes.grid: True
axes.unicode_minus: False
figure.dpi: 33
figure.autolayout: True
savefig.dpi: 44
savefig.bbox: tight
savefig.transparent: True
path.sketch: 1, 100, 2
"""


def test_a_matplotlibrc_of_ones_own_changes_no_figure(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))
    (tmp_path / "matplotlibrc").write_text(ODD)
    for name in ("plain", "odd"):
        with matplotlib.rc_context(fname=tmp_path / "matplotlibrc" if name == "odd" else None):
            plotting.use_style()
            fig, ax = plt.subplots()
            ax.plot([-1, 1])
            ax.set(title="$x^2$ at 100%")
            gkn.save_figure(fig, name)
            frame = plotting.rendered(fig)
            assert frame.shape == (384, 512, 3)
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "odd.png").read_bytes()
