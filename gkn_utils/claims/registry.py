"""The registry, claims.toml: every claim as one statement, one number and one line, and the verdict that follows."""

import operator
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from gkn_utils.claims.intervals import Estimate

FILE = Path(__file__).with_name("claims.toml")
SIDES = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
NUMBER = r"[-+]?\d*\.?\d+"
VERDICTS = ("holds", "fails", "open", "not tested", "told")


@dataclass(frozen=True)
class Line:
    """What a number is held against, such as `>= .9`, `< 1`, `in [-1.25, -.75]`; or `told`: there is no verdict.

    Raises `ValueError` for another text.
    """

    text: str

    def __post_init__(self) -> None:
        if self.text != "told" and not self._sides:
            raise ValueError(f"line: got {self.text!r}, needed one such as >= .9, < 1, in [-1, 1], or told")

    @property
    def _sides(self) -> list[tuple[Callable, float]]:
        if found := re.fullmatch(rf"(>=|>|<=|<) ({NUMBER})", self.text):
            return [(SIDES[found[1]], float(found[2]))]
        if found := re.fullmatch(rf"in \[({NUMBER}), ({NUMBER})\]", self.text):
            return [(operator.ge, float(found[1])), (operator.le, float(found[2]))]
        return []

    def verdict(self, measured: Estimate) -> str:
        """*holds*: the whole interval is on the claim's side; *fails*: on the other; *open*: the line is within it."""
        if self.text == "told":
            return "told"
        ends = [[side(end, number) for end in (measured.low, measured.high)] for side, number in self._sides]
        return "holds" if all(map(all, ends)) else "open" if all(map(any, ends)) else "fails"


@dataclass(frozen=True)
class Claim:
    """A row of the registry.

    Attributes:
        notebook: where it is measured; empty for what states nothing that can be.
        subject: what it is grouped under.
        statement: one sentence that can fail.
        place: where the paper says it; "ours" if it does not.
        quote: the paper's words.
        metric: what the number is.
        unit: what is independent, and so what the interval is over.
        presupposes: what must be there for the number to speak of the statement.
        synthetic: it is measured on points made for it, whatever the pictures of its notebook are.
        was: the recorded verdict by an earlier rule or line.
    """

    id: str
    notebook: str
    subject: str
    statement: str
    place: str
    metric: str
    unit: str
    line: Line
    quote: str = ""
    presupposes: str = ""
    synthetic: bool = False
    was: str = ""

    @property
    def ours(self) -> bool:
        return self.place == "ours"


@cache
def registry(file: Path = FILE) -> dict[str, Claim]:
    """Every claim by its id, in the order of the file. Raises `ValueError` for a row that lacks something, by name."""
    known = {field.name for field in fields(Claim)} - {"id", "subject"}
    needed = known - {"quote", "presupposes", "synthetic", "was"}
    claims = {}
    for subject, rows in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for claim_id, row in rows.items():
            missing, odd = sorted(needed - set(row)), sorted(set(row) - known)
            if missing or odd or claim_id in claims:
                got = f"no {', '.join(missing)}" if missing else f"{', '.join(odd)}" if odd else "it twice"
                raise ValueError(f"{file.name}: {claim_id}: got {got}, needed one row with {', '.join(sorted(needed))}")
            claims[claim_id] = Claim(claim_id, subject=subject, **(row | {"line": _line(claim_id, row["line"])}))
    return claims


def _line(claim_id: str, text: str) -> Line:
    try:
        return Line(text)
    except ValueError as error:
        raise ValueError(f"{claim_id}: {error}") from None
