"""What notebooks measured, and what the registry's lines make of it."""

import json
import math
from collections.abc import Callable

import pandas as pd

from gkn_utils._arguments import checked, json_of
from gkn_utils._files import atomic_write
from gkn_utils.claims.figures import COMMITTED, figures_folder
from gkn_utils.claims.intervals import Estimate
from gkn_utils.claims.registry import Claim, registry

UNTESTED = "not tested"
VERDICT, HERE = "verdict of the full settings", "this run"
AGREES, DIFFERS, APART = "agrees", "differs", "not comparable"
MEANING = {
    "holds": "the whole interval is on the claim's side of the line",
    "fails": "the whole interval is on the other side of the line",
    "open": "the line lies within the interval",
    "told": "there is no line",
    UNTESTED: "what the claim presupposes is not there",
    AGREES: "the intervals of this run and of the full settings overlap",
    DIFFERS: "they do not overlap",
    APART: "this run has other data",
}


class Claims:
    """The claims of one notebook: it measures, and the registry's lines decide.

    A name that starts with `full/` belongs to the full settings, whose verdicts are the recorded ones. At the default
    settings a number has no verdict of its own: it *agrees* with the recorded one where the two intervals overlap,
    else it *differs*; with that of other data it is *not comparable*.
    """

    @checked
    def __init__(self, name: str) -> None:
        self.name, self.notebook = name, name.rpartition("/")[2]
        self.profile = name.rpartition("/")[0] or "default"
        self._claims = {key: claim for key, claim in registry().items() if claim.notebook == self.notebook}
        self._records: dict[str, dict] = {}

    def measure(self, claim_id: str, measured: Estimate, **beside: Estimate) -> None:
        """Note the number of a claim; `beside` are further ones that a reader should see with it.

        Three digits are kept and intervals rounded outwards, so that whoever sees number and line can say the verdict.
        An interval without a width is none, and the claim not tested. Raises `ValueError` for a claim that the registry
        does not have for this notebook, for one measured before, and for a NaN.
        """
        claim = self._claim(claim_id)
        for name, estimate in {"the number": measured, **beside}.items():
            if math.isnan(estimate.value + estimate.low + estimate.high):
                raise ValueError(f"{claim_id}: got NaN for {name}: {estimate}, needed a number with its interval")
        measured = _rounded(measured)
        if measured.low == measured.high:
            self.untested(claim_id, f"each of {measured.n} gave {measured.value:g}, which has no interval")
            return
        verdict = claim.line.verdict(measured)
        others = {name: _record(_rounded(estimate)) for name, estimate in beside.items()}
        self._records[claim_id] = _record(measured) | {"line": claim.line.text, "verdict": verdict, "beside": others}

    def untested(self, claim_id: str, reason: str) -> None:
        """Note that a claim is not tested, and why. Raises `ValueError` as `measure` does."""
        self._records[claim_id] = {"line": self._claim(claim_id).line.text, "verdict": UNTESTED, "reason": reason}

    def save(self, *, settings: dict, data: dict) -> None:
        """Write figures/<name>.json: `settings`, the claims, and `data`, a dict of `source` and `standin`.

        Raises `ValueError`, before it writes, for a claim of this notebook that was neither measured nor called
        untested, and for NaN or infinity.
        """
        if missing := [key for key in self._claims if key not in self._records]:
            raise ValueError(f"{self.name}: got no number for {', '.join(missing)}, needed one, or why there is none")
        if self.profile == "default":
            recorded = _read(self.notebook, "full")
            for key, record in self._records.items():
                record |= {"verdict": "", "here": self._agreement(key, record, data, recorded)}
        content = {"notebook": self.notebook, "profile": self.profile, "settings": settings}
        content |= {"claims": self._records, "data": data}
        with atomic_write(figures_folder() / f"{self.name}.json") as path:
            text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False, default=json_of) + "\n"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")  # of paths that are no Unicode

    def verdicts(self) -> str:
        """A line a claim, the same on every machine: recorded verdict and agreement; below, what the words mean."""
        rows = self.table()
        form = "{}: {}" if self.profile == "full" else "{}: {} at the full settings; this run: {}"
        lines = [form.format(*row) for row in rows[[VERDICT, HERE]].itertuples()]
        words = [word for word in MEANING if word in {*rows[VERDICT], *rows[HERE]}]
        return "\n".join([*lines, "", *(f"{word}: {MEANING[word]}" for word in words)])

    def table(self) -> pd.DataFrame:
        """A row a claim, after `save`: what it says, its number, the line, the recorded verdict, and agreement."""
        pd.set_option("display.max_colwidth", None)  # sentences are shown whole
        recorded = self._records if self.profile == "full" else _read(self.notebook, "full")["claims"]
        rows = {}
        for key, record in self._records.items():
            claim = self._claims[key]
            rows[key] = {"claim": claim.statement, "number": claim.metric, "measured here": in_words(record)}
            rows[key] |= {"line": claim.line.text, VERDICT: recorded.get(key, {}).get("verdict", "not measured")}
            rows[key] |= {HERE: record.get("here", "")}
            rows[key] |= {
                "other numbers": "; ".join(f"{k} {v['measured']:g}" for k, v in record.get("beside", {}).items())
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def _claim(self, key: str) -> Claim:
        if key not in self._claims:
            known = ", ".join(self._claims) or "none"
            raise ValueError(f"claim: got {key!r}, needed one that the registry has for {self.notebook}: {known}")
        if key in self._records:
            raise ValueError(f"{key}: got a second number, needed one")
        return self._claims[key]

    def _agreement(self, key: str, record: dict, data: dict, recorded: dict) -> str:
        """Whether a number at the default settings agrees with the recorded one."""
        if key not in recorded["claims"] or recorded["data"]["source"] != data["source"]:
            return APART
        return AGREES if overlap(record, recorded["claims"][key]) else DIFFERS


def in_words(record: dict) -> str:
    """The number of a record and its interval, or why there is none."""
    if "reason" in record:
        return record["reason"]
    return "{measured:g} [{interval[0]:g}, {interval[1]:g}], n={n:,}".format(**record)


def all_claims() -> pd.DataFrame:
    """The registry with what was measured: a row a claim, in its order, from the JSON in the repository's figures/.

    Columns: those of `Claim`, `ours`, and of the full settings `verdict`, `number` and `standin`, of the default ones
    `here` and `number_here`. Raises `ValueError` for a claim recorded by another line than the registry's.
    """
    contents = {
        (notebook, profile): _read(notebook, profile)
        for notebook in {claim.notebook for claim in registry().values()}
        for profile in ("full", "default")
    }
    rows = []
    for key, claim in registry().items():
        full, default = (contents[claim.notebook, profile] for profile in ("full", "default"))
        recorded, here = full["claims"].get(key), default["claims"].get(key)
        if recorded and recorded["line"] != claim.line.text:
            raise ValueError(f"{key}: got a verdict by {recorded['line']}, needed one by {claim.line.text}")
        row = vars(claim) | {"line": claim.line.text, "ours": claim.ours}
        row |= {"verdict": recorded["verdict"] if recorded else UNTESTED, "number": _number(recorded, claim, full)}
        row |= {"here": here["here"] if here else "", "number_here": _number(here, claim, default)}
        rows.append(row | {"standin": _is_standin(claim, full)})
    return pd.DataFrame(rows).set_index("id")


def _number(record: dict | None, claim: Claim, content: dict) -> str:
    """The number of a record in words, which say so if the data stand in for those of the claim."""
    if record is None:
        return ""
    return in_words(record) + (", stand-in data" if _is_standin(claim, content) else "")


def _is_standin(claim: Claim, content: dict) -> bool:
    return content["data"]["standin"] and not claim.synthetic


def _read(notebook: str, profile: str) -> dict:
    """The committed JSON of a notebook; without one, that of nothing."""
    path = COMMITTED / ("" if profile == "default" else profile) / f"{notebook}.json"
    if not notebook or not path.exists():
        return {"claims": {}, "data": {"source": "", "standin": False}}
    return json.loads(path.read_text(encoding="utf-8"))


def overlap(one: dict, other: dict) -> bool:
    """Whether two intervals do; two that have none are alike."""
    if "reason" in one or "reason" in other:
        return "reason" in one and "reason" in other
    (low, high), (lowest, highest) = one["interval"], other["interval"]
    return low <= highest and lowest <= high


def _rounded(estimate: Estimate) -> Estimate:
    """With three digits: the value to the nearest, the ends outwards."""
    ends = _digits(estimate.low, math.floor), _digits(estimate.high, math.ceil)
    return Estimate(_digits(estimate.value, round), *ends, estimate.n)


def _digits(value: float, to_whole: Callable[[float], int]) -> float:
    if value == 0 or math.isinf(value):
        return value
    places = 2 - math.floor(math.log10(abs(value)))
    nearest = round(value, places)  # what is a number of three digits but for rounding stays one
    return nearest if math.isclose(nearest, value, rel_tol=1e-9) else to_whole(value * 10**places) / 10**places


def _record(estimate: Estimate) -> dict:
    return {"measured": estimate.value, "interval": [estimate.low, estimate.high], "n": estimate.n}
