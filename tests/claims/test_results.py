import json

import numpy as np
import pytest

from gkn_utils import Claims, all_claims
from gkn_utils.claims import registry as registered
from gkn_utils.claims import results
from gkn_utils.claims.intervals import Estimate
from gkn_utils.claims.registry import Claim, Line

DATA = {"source": "two points", "standin": False}


@pytest.fixture(autouse=True)
def figures(tmp_path, monkeypatch):
    """A folder of figures, that is the committed one, too, and a registry of three claims."""
    claims = [
        Claim(
            key,
            "02_two_points",
            "Figure 3",
            "It is so",
            "Fig. 3",
            "share",
            "network",
            Line(line),
            synthetic=key == "F2",
        )
        for key, line in (("F1", ">= .9"), ("F2", "> 0"), ("F3", "told"))
    ]
    monkeypatch.setattr(results, "registry", lambda: {claim.id: claim for claim in claims})
    monkeypatch.setattr(results, "COMMITTED", tmp_path)
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))
    return tmp_path


def measured(name: str, *, low: float = 0.95, source: str = "two points") -> Claims:
    claims = Claims(name)
    claims.measure("F1", Estimate((low + 1) / 2, low, 1, 256), collapsed=Estimate(0.05123, 0.04, 0.06, 256))
    claims.untested("F2", "none fitted")
    claims.measure("F3", Estimate(0.5, 0.4, 0.6, 8))
    claims.save(settings={"nets": 256}, data=DATA | {"source": source})
    return claims


def test_the_line_decides_at_the_full_settings(figures):
    claims = measured("full/02_two_points")
    assert claims.verdicts().startswith("F1: holds\nF2: not tested\nF3: told\n\nholds: ")
    content = json.loads((figures / "full" / "02_two_points.json").read_text())
    assert (content["profile"], content["settings"], content["data"]) == ("full", {"nets": 256}, DATA)
    assert content["claims"]["F1"] == {
        "measured": 0.975,
        "interval": [0.95, 1.0],
        "n": 256,
        "line": ">= .9",
        "verdict": "holds",
        "beside": {"collapsed": {"measured": 0.0512, "interval": [0.04, 0.06], "n": 256}},
    }
    assert content["claims"]["F2"] == {"line": "> 0", "verdict": "not tested", "reason": "none fitted"}


@pytest.mark.parametrize(
    ("low", "source", "here"),
    [(0.9, "two points", "agrees"), (0.99, "two points", "agrees"), (0.95, "three points", "not comparable")],
)
def test_the_default_settings_agree_or_not(low, source, here):
    measured("full/02_two_points")
    claims = measured("02_two_points", low=low, source=source)
    assert claims.verdicts().startswith(f"F1: holds at the full settings; this run: {here}\n")
    assert claims.table().loc["F1", "line"] == ">= .9"
    row = all_claims().loc["F1"]
    assert (row.verdict, row.here, row.number, row.standin) == ("holds", here, "0.975 [0.95, 1], n=256", False)


def test_standin_data_are_named_beside_the_number():
    claims = Claims("full/02_two_points")
    for key in ("F1", "F2", "F3"):
        claims.measure(key, Estimate(0.5, 0.4, 0.6, 8))
    claims.save(settings={}, data=DATA | {"standin": True})
    number = "0.5 [0.4, 0.6], n=8"
    assert all_claims()["number"].tolist() == [f"{number}, stand-in data", number, f"{number}, stand-in data"]


def test_a_number_outside_the_recorded_interval_differs():
    measured("full/02_two_points")
    claims = Claims("02_two_points")
    claims.measure("F1", Estimate(0.8, 0.7, 0.94, 256))
    claims.measure("F2", Estimate(0.8, 0.7, 0.94, 256))
    claims.measure("F3", Estimate(0.8, 0.7, 0.94, 256))
    claims.save(settings={}, data=DATA)
    lines = claims.verdicts().splitlines()
    recorded = ("F1: holds", "F2: not tested", "F3: told")
    assert lines[:3] == [f"{each} at the full settings; this run: differs" for each in recorded]
    assert [line.partition(":")[0] for line in lines[4:]] == ["holds", "told", "not tested", "differs"]


def test_without_recorded_numbers_nothing_is_compared():
    first = measured("02_two_points").verdicts().splitlines()[0]
    assert first == "F1: not measured at the full settings; this run: not comparable"


@pytest.mark.parametrize("value", [0.12345, 0.9996, 1.0, -0.0345678, 123456.0, 0.0])
def test_intervals_are_rounded_outwards_to_three_digits(value):
    rounded = results._rounded(Estimate(value, value, value, 1))
    assert rounded.low <= value <= rounded.high
    assert rounded.high - rounded.low <= 0.0101 * abs(value)
    assert all(float(f"{end:.3g}") == end for end in (rounded.low, rounded.high))


def test_the_verdict_is_that_of_the_number_that_is_shown():
    claims = Claims("full/02_two_points")
    claims.measure("F1", Estimate(0.95, 0.89996, 0.97, 9))
    assert claims.table().loc["F1", ["measured here", "verdict of the full settings"]].tolist() == [
        "0.95 [0.899, 0.97], n=9",
        "open",
    ]


def test_settings_may_hold_numbers_of_numpy_and_paths_that_are_no_unicode(figures):
    claims = Claims("full/other")
    settings = {"folder": "caf\udce9", "count": np.int64(3), "lr": np.float32(0.5)}
    claims.save(settings=settings, data=DATA)
    assert json.loads((figures / "full" / "other.json").read_text())["settings"] == settings
    with pytest.raises(ValueError, match="got PosixPath, needed what JSON can hold"):
        claims.save(settings={"folder": figures}, data=DATA)


def test_an_interval_without_a_width_is_none():
    claims = Claims("full/02_two_points")
    claims.measure("F1", Estimate(1, 1, 1, 8))
    assert "not tested" in claims.verdicts()
    assert claims.table().loc["F1", "measured here"] == "each of 8 gave 1, which has no interval"


def test_what_is_wrong_is_named_before_anything_is_written(figures):
    claims = Claims("full/02_two_points")
    for bad in (Estimate(np.nan, 0, 1, 8), Estimate(0.5, np.nan, 1, 8)):
        with pytest.raises(ValueError, match="F1: got NaN"):
            claims.measure("F1", bad)
    with pytest.raises(ValueError, match="got 'F9', needed one that the registry has for 02_two_points: F1, F2, F3"):
        claims.measure("F9", Estimate(0.5, 0, 1, 8))
    claims.measure("F1", Estimate(0.5, 0, 1, 8))
    with pytest.raises(ValueError, match="F1: got a second number"):
        claims.measure("F1", Estimate(0.5, 0, 1, 8))
    with pytest.raises(ValueError, match="full/02_two_points: got no number for F2, F3"):
        claims.save(settings={}, data=DATA)
    claims.untested("F2", "none fitted")
    claims.measure("F3", Estimate(0.5, 0, 1, 8))
    with pytest.raises(ValueError, match="JSON"):
        claims.save(settings={"lr": float("nan")}, data=DATA)
    assert list(figures.rglob("*.json")) == []


def test_a_verdict_by_another_line_is_not_shown(monkeypatch):
    measured("full/02_two_points")
    moved = {key: Claim(**(vars(claim) | {"line": Line(">= .5")})) for key, claim in results.registry().items()}
    monkeypatch.setattr(results, "registry", lambda: moved)
    with pytest.raises(ValueError, match=r"F1: got a verdict by >= \.9, needed one by >= \.5"):
        all_claims()


def test_every_claim_of_the_registry_is_in_the_table(monkeypatch):
    monkeypatch.undo()
    assert list(all_claims().index) == list(registered.registry())
