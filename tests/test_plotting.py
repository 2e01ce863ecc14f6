import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

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


def test_captions_add_a_strip():
    assert plotting.captioned(np.zeros((10, 60), dtype=np.uint8), "iteration 1", height=20).shape == (30, 60)
    assert plotting.captioned(np.zeros((10, 60, 3), dtype=np.uint8), "iteration 1", height=20).shape == (30, 60, 3)


def test_the_ladder_ends_at_the_last():
    assert list(plotting.ladder(50)) == [*range(31), 40, 50]
    assert list(plotting.ladder(5)) == [0, 1, 2, 3, 4, 5]
