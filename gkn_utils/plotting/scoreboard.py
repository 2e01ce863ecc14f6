"""The scoreboard: a line a claim, the verdict in colour and in words."""

import pandas as pd
from matplotlib.axes import Axes

from gkn_utils.plotting.style import BAND, DATA

VERDICT_COLORS = {"holds": "#8FD3B6", "partly": "#F6E3A1", "fails": "#F2B59B"}  # else grey


def scoreboard(
    ax: Axes, table: pd.DataFrame, *, columns: dict[str, float], verdicts: list[str], note: str | None = None
) -> None:
    """Draw `table` as text, a row a line, in `columns` that start at the given places (0 to 1) of the axis.

    A row that is empty but for its first two cells is a heading. The columns of `verdicts` have the verdict's colour.
    The text of the column `note` stands below the second cell, in grey.
    """
    ax.set(xlim=(0, 1), ylim=(len(table) + 0.5, -1))
    ax.axis("off")
    for name, place in columns.items():
        ax.text(place, -0.5, name, weight="bold", va="center")
    edges = [*columns.values(), 1.0]
    for row, line in enumerate(table.to_dict("records")):
        ax.axhline(row, color="0.9", lw=0.6)
        for (name, place), end in zip(columns.items(), edges[1:], strict=True):
            if name in verdicts and line[name]:
                color = VERDICT_COLORS.get(line[name].split(",")[0].split(" (")[0], "0.88")
                ax.fill_between([place - 0.004, end - 0.012], row + 0.06, row + 0.94, color=color, lw=0)
            heading = not any(line[other] for other in list(columns)[2:])
            style = {"weight": "bold", "color": DATA} if heading else {"color": DATA}
            height = row + (0.32 if note and line[note] and name not in verdicts else 0.5)
            ax.text(place, height, line[name], va="center", fontsize="small", **style)
        if note:
            ax.text(list(columns.values())[1], row + 0.74, line[note], va="center", fontsize="x-small", color="0.45")
    ax.axhline(len(table), color=BAND, lw=1)
