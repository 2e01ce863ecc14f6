"""One look for every figure, and the colours that carry meaning."""

import matplotlib
import matplotlib.pyplot as plt
import seaborn as sns

# The paper's red noise and green samples, in the Okabe-Ito palette, which colour-blind readers can tell apart.
NOISE, SAMPLE, CURVE, DATA, BAND = "#D55E00", "#009E73", "#0072B2", "#000000", "#56B4E9"


def use_style() -> None:
    """The project's look, for every figure of a notebook, whatever the user's own is."""
    matplotlib.rcdefaults()
    sns.set_theme(context="notebook", style="ticks", font_scale=0.85)
    plt.rcParams.update({
        "figure.dpi": 80, "figure.constrained_layout.use": True, "axes.spines.top": False, "axes.spines.right": False,
        "axes.titlesize": "medium", "axes.titlelocation": "left", "legend.frameon": False, "image.cmap": "gray",
    })  # fmt: skip
