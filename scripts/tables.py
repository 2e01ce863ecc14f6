"""Write CLAIMS.md, the findings of README.md and the table of docs/speed.md from figures/.

With --check, only say whether they are up to date.
"""

import json
import sys
from pathlib import Path

import jinja2
import pandas as pd

from gkn_utils import all_claims
from gkn_utils._files import atomic_write
from gkn_utils.claims.registry import VERDICTS

ROOT = Path(__file__).resolve().parent.parent
MARK, END = "<!-- {}: written by scripts/tables.py -->", "<!-- end of {} -->"
FINDINGS = ROOT / "scripts" / "parts" / "FINDINGS.md"
EARLIER = (
    "These are verdicts at the full settings from before a line or a measurement was changed. At first every notebook"
    " had rules of its own, with *partly* between their lines:"
)
INTRODUCTION = ROOT / "scripts" / "parts" / "CLAIMS.md"


def claims() -> str:
    """CLAIMS.md: the tally, and a table a subject with a row a claim."""
    table = all_claims()
    lines = [INTRODUCTION.read_text().rstrip(), "", *_tally(table)]
    for subject, rows in table.groupby("subject", sort=False):
        lines += ["", f"## {subject}", "", "| claim | the paper | number [95%] | line | verdict | default run |"]
        lines += ["|---|---|---|---|---|---|", *map(_row, rows.itertuples())]
    before = ", ".join(f"{row.Index} {row.was}" for row in table.itertuples() if row.was)
    lines += ["", "## Earlier verdicts", "", f"{EARLIER} {before}."]
    return "\n".join(lines) + "\n"


def _tally(table: pd.DataFrame) -> list[str]:
    """How many claims, the paper's and this project's own, have which verdict."""
    counts = table.groupby("verdict")["ours"].agg(paper=lambda ours: (~ours).sum(), own="sum")
    lines = ["| verdict | the paper's claims | this project's own |", "|---|---|---|"]
    order = [verdict for verdict in VERDICTS if verdict in counts.index]
    return lines + [f"| {verdict} | {counts.paper[verdict]} | {counts.own[verdict]} |" for verdict in order]


def _row(claim) -> str:
    notebook = f" ([{claim.notebook[:2]}](notebooks/{claim.notebook}.ipynb))" if claim.notebook else ""
    paper = claim.place if claim.ours else f"“{claim.quote}” ({claim.place})" if claim.quote else claim.place
    number = f"{claim.number}<br>{claim.metric}" + (f"; {claim.presupposes}" if claim.presupposes else "")
    here = f"{claim.here}: {claim.number_here}" if claim.number_here else ""
    cells = [f"**{claim.Index}** {claim.statement}{notebook}", paper, number, claim.line, f"**{claim.verdict}**", here]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def benchmarks() -> str:
    measured = json.loads((ROOT / "figures" / "benchmarks.json").read_text())
    rows = sorted(measured["rows"], key=lambda row: row["work"], reverse=True)
    lines = [
        "| work | here | share of the arithmetic limit | compared with | there | [range of rounds] |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        if "peak_mb" in row:
            lines.append(f"| {row['work']} | peak memory **{row['peak_mb']} MB** | | | | |")
        elif "unit" in row and "panel" not in row and "shape" not in row:
            times = [f"{_seconds(row[key])} per {row['unit']}" for key in ("ours", "other")]
            cells = [row["work"], times[0], _share(row), row["against"], times[1], _ratio(row)]
            lines.append(f"| {' | '.join(cells)} |")
    machine = f"{measured['machine']}, PyTorch {measured['torch']}. {_recall(rows)}"
    return "\n".join([*lines, "", *_peers(rows), "", f"{machine}{_compiling(rows)}"])


PEERS = ["JAX", "torch.func", "plain loop"]


def _peers(rows: list[dict]) -> list[str]:
    """A line for each size of many small networks on one thread: time per network and step, here and elsewhere."""
    shapes = {tuple(row["shape"]) for row in rows if "shape" in row}
    lines = [
        "| networks, H, hidden layers, points | here | share of the arithmetic limit | JAX | torch.func | plain loop |",
        "|---|---|---|---|---|---|",
    ]
    for shape in sorted(shapes, key=lambda shape: (shape[1:], shape)):
        at = {row["against"]: row for row in rows if row.get("shape") == list(shape)}
        first = next(iter(at.values()))
        there = [f"{_seconds(at[peer]['other'])}: {_ratio(at[peer])}" if peer in at else "" for peer in PEERS]
        cells = [", ".join(f"{size:,}" for size in shape), _seconds(first["ours"]), _share(first), *there]
        lines.append(f"| {' | '.join(cells)} |")
    return lines if shapes else []


def _share(row: dict) -> str:
    return f"{row['share']:.0%}" if "share" in row else ""


def _compiling(rows: list[dict]) -> str:
    """What the first step takes, of ours on a machine and in a process, of JAX for each shape."""
    ours = [
        _seconds(value) for row in rows if row["work"] == "compiling for small networks" for value in row["compiling"]
    ]
    theirs = sorted(row["compiling"] for row in rows if row.get("against") == "JAX")
    if not ours or not theirs:
        return ""
    words = f" The first step takes {ours[0]} on a new machine, and {ours[1]} in each process after that"
    return f"{words}; JAX compiles each size in each process, in {_seconds(theirs[0])} to {_seconds(theirs[-1])}."


def _seconds(value: float) -> str:
    unit, size = next(pair for pair in (("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)) if value >= pair[1])
    return f"{value / size:.3g} {unit}"


def _ratio(row: dict) -> str:
    """How many times faster or slower, or which share of a limit or of a step."""
    ratio, (low, high) = row["ratio"], row["ratios"]
    if row["against"] not in ("matrix products", "Adam alone"):
        word = "faster"
        if ratio < 1:
            ratio, low, high, word = 1 / ratio, 1 / high, 1 / low, "slower"
        digits = 1 if low < 10 else 0
        return f"**{ratio:,.{digits}f} times** {word} [{low:,.{digits}f}, {high:,.{digits}f}]"
    whole = "the limit" if row["against"] == "matrix products" else "the step"
    return f"**{ratio:.0%}** of {whole} [{low:.0%}, {high:.0%}]"


def _recall(rows: list[dict]) -> str:
    [landing] = [row["landing"] for row in rows if "landing" in row]
    found = [f"{full:.3f} and {half:.3f} ({what})" for what, (full, half) in landing.items()]
    return f"Share of samples that land on a learned point in float32 and in bfloat16: {', '.join(found)}."


def findings() -> str:
    """What was found, in words, with the numbers of the full settings."""
    records = {}
    for path in sorted((ROOT / "figures" / "full").glob("[0-9]*.json")):
        records |= json.loads(path.read_text())["claims"]
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # Markdown: nothing is escaped # noqa: S701
    environment.filters["percent"] = lambda record: f"{record['measured']:.0%}"
    environment.filters["digits"] = lambda record: f"{record['measured']:.2g}"
    return environment.from_string(FINDINGS.read_text()).render(records).rstrip()


def pages() -> dict[Path, str]:
    """What each page is to say."""
    found = "\n".join([findings(), "", *_tally(all_claims())])
    parts = {"README.md": ("findings", found), "docs/speed.md": ("benchmarks", benchmarks())}
    marked = {ROOT / name: _between_marks(ROOT / name, *part) for name, part in parts.items()}
    return {ROOT / "CLAIMS.md": claims()} | marked


def _between_marks(page: Path, name: str, text: str) -> str:
    before, _, rest = page.read_text().partition(MARK.format(name))
    after = rest.partition(END.format(name))[2]
    return f"{before}{MARK.format(name)}\n{text}\n{END.format(name)}{after}"


def write(*, check: bool = False) -> None:
    for path, text in pages().items():
        if check and (not path.exists() or path.read_text() != text):
            sys.exit(f"{path.name} is out of date: run python scripts/tables.py")
        if not check:
            with atomic_write(path) as draft:
                draft.write_text(text)


if __name__ == "__main__":
    write(check="--check" in sys.argv[1:])
