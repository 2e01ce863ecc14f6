"""Write the README's table of claims from figures/*.json; with --check, only say whether it is up to date."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- claims: written by scripts/readme_tables.py -->", "<!-- end of claims -->"
FIGURES = {"01_single_point": "2", "02_two_points": "3", "06_mnist_kaleidoscope": "7"}


def table() -> str:
    lines = [
        "| figure | notebook | claim | the paper | quick: measured [95%] | verdict | paper's settings | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted((ROOT / "figures").glob("*.json")):
        quick, paper = _claims(path), _claims(path.parent / "paper" / path.name)
        for claim_id, claim in quick.items():
            link = f"[{path.stem}](notebooks/{path.stem}.ipynb)"
            cells = [FIGURES[path.stem], link, f"{claim_id}: {claim['statement']} ({claim['metric']})", claim["paper"]]
            lines.append("| " + " | ".join(cells + _measured(claim) + _measured(paper.get(claim_id))) + " |")
    return "\n".join(lines)


def _claims(path: Path) -> dict:
    return json.loads(path.read_text())["claims"] if path.exists() else {}


def _measured(claim: dict | None) -> list[str]:
    if claim is None:
        return ["not run", ""]
    low, high = claim["interval"]
    return [f"{claim['measured']:g} [{low:g}, {high:g}]", f"**{claim['verdict']}**"]


def main() -> None:
    text = README.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    fresh = f"{text[:start]}\n{table()}\n{text[end:]}"
    if "--check" in sys.argv[1:]:
        sys.exit(0 if fresh == text else "README.md is out of date: run python scripts/readme_tables.py")
    README.write_text(fresh)


if __name__ == "__main__":
    main()
