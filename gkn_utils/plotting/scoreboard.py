"""The scoreboard: a line a claim, its verdict in colour."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from gkn_utils.plotting.style import DATA

VERDICT_COLORS = {"holds": "#8FD3B6", "open": "#F6E3A1", "fails": "#F2B59B"}
NEITHER = "0.88"  # not tested, told


def scoreboard(ax: Axes, table: pd.DataFrame, *, columns: int = 2) -> None:
    """Draw claims as `all_claims` has them, in `columns` of lines: id in its verdict's colour, statement, number.

    Subjects are headings. A number stands without its interval; a claim that has none has its verdict in its place.
    """
    lines = []
    for subject, claims in table.groupby("subject", sort=False):
        lines += [(subject, None), *claims.iterrows()]
    height = -(-len(lines) // columns)
    ax.set(xlim=(0, columns), ylim=(height, 0))
    ax.axis("off")
    handles = [Patch(color=color, label=verdict) for verdict, color in VERDICT_COLORS.items()]
    handles += [Patch(color=NEITHER, label="told, or not tested")]
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(handles), frameon=False)
    for place, (key, claim) in enumerate(lines):
        column, row = divmod(place, height)
        if claim is None:
            ax.text(column, row + 0.55, key, weight="bold", va="center", color=DATA)
            continue
        color = VERDICT_COLORS.get(claim.verdict, NEITHER)
        ax.fill_between([column, column + 0.065], row + 0.06, row + 0.94, color=color, lw=0)
        number = claim.number.partition(" [")[0] if "[" in claim.number else claim.verdict
        number += " (stand-in)" if claim.standin else ""
        ax.text(column + 0.0325, row + 0.5, key, ha="center", va="center", fontsize="small", color=DATA)
        ax.text(column + 0.08, row + 0.5, claim.statement, va="center", fontsize="small", color=DATA)
        ax.text(column + 0.96, row + 0.5, number, va="center", ha="right", fontsize="small", color=DATA)
