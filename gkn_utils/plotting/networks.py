"""Many networks at once: shares, distributions and counts."""

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from torch import Tensor

from gkn_utils.plotting.style import CURVE, NOISE, SAMPLE


def shares(ax: Axes, estimates: dict, **line) -> None:
    """Shares with their intervals, from `Estimate`s by iteration, or by place; `line` is label, color and the like."""
    values = [e.value for e in estimates.values()]
    errors = [[e.value - e.low for e in estimates.values()], [e.high - e.value for e in estimates.values()]]
    ax.errorbar(list(estimates), values, errors, **({"fmt": "o-", "color": SAMPLE} | line))
    ax.set(ylim=(0, 1.03))


def cumulative(ax: Axes, values: Tensor, **line) -> None:
    """The share of `values` that are at most what the horizontal axis says; `line` is label, color and the like."""
    sns.ecdfplot(x=values.flatten().numpy(), ax=ax, **line)
    ax.set(ylim=(0, 1.02), ylabel="share")


def counted(ax: Axes, groups: dict) -> None:
    """How many points each network has, 0 to all: a bar a count for each label, from flags (networks, points)."""
    width = 0.8 / len(groups)
    for place, (label, flags) in enumerate(groups.items()):
        share = np.bincount(flags.sum(-1).numpy(), minlength=flags.shape[-1] + 1) / len(flags)
        offset = (place - (len(groups) - 1) / 2) * width
        bars = ax.bar(np.arange(len(share)) + offset, share, width, color=(CURVE, SAMPLE, NOISE)[place], label=label)
        ax.bar_label(bars, [f"{s:.0%}" for s in share], fontsize="small")
    ax.set(xticks=range(len(share)), ylabel="share of networks")
