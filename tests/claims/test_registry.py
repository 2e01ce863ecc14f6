import pytest

from gkn_utils.claims.intervals import Estimate
from gkn_utils.claims.registry import FILE, Line, registry

ROW = """["Figure 2".F2a]
notebook = "01_single_point"
statement = "One point is learned"
place = "Fig. 2"
metric = "share of networks"
unit = "network"
line = ">= .9"
"""


def read(tmp_path, text: str) -> dict:
    path = tmp_path / "claims.toml"
    path.write_text(text)
    return registry(path)


@pytest.mark.parametrize(
    ("line", "low", "high", "verdict"),
    [
        (">= .9", 0.9, 1, "holds"),
        (">= .9", 0.89, 1, "open"),
        (">= .9", 0.5, 0.89, "fails"),
        (">= .9", 0.5, 0.9, "open"),
        ("> 0", 0, 1, "open"),
        ("> 0", 0.01, 1, "holds"),
        ("> 0", -1, 0, "fails"),
        ("< 1", 0.2, 0.99, "holds"),
        ("< 1", 0.2, 1, "open"),
        ("< 1", 1, 2, "fails"),
        ("<= -.9", -1, -0.9, "holds"),
        ("<= -.9", -0.95, -0.5, "open"),
        ("in [-1.25, -.75]", -1.2, -0.8, "holds"),
        ("in [-1.25, -.75]", -1.3, -0.8, "open"),
        ("in [-1.25, -.75]", -1.3, -0.7, "open"),
        ("in [-1.25, -.75]", -0.7, -0.1, "fails"),
        ("in [-1.25, -.75]", -3, -2, "fails"),
        ("told", 0, 1, "told"),
    ],
)
def test_number_and_line_give_the_verdict(line, low, high, verdict):
    assert Line(line).verdict(Estimate((low + high) / 2, low, high, 8)) == verdict


def test_a_row_is_read_as_it_stands(tmp_path):
    [claim] = read(tmp_path, ROW).values()
    assert (claim.id, claim.subject, claim.line, claim.ours) == ("F2a", "Figure 2", Line(">= .9"), False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('line = ">= .9"\n', ""), "F2a: got no line, needed"),
        (('">= .9"', '"about .9"'), "F2a: line: got 'about .9', needed one such as >= .9"),
        (("unit =", "units ="), "F2a: got no unit, needed"),
        (("unit =", 'colour = "red"\nunit ='), "F2a: got colour, needed"),
    ],
)
def test_a_row_that_lacks_something_is_named(change, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, ROW.replace(*change))


def test_a_claim_stands_once(tmp_path):
    with pytest.raises(ValueError, match="F2a: got it twice"):
        read(tmp_path, ROW + ROW.replace("Figure 2", "Figure 3"))


def test_every_claim_is_measured_in_a_notebook_that_is_there():
    notebooks = {path.stem for path in (FILE.parents[2] / "notebooks").glob("*.ipynb")}
    assert {claim.notebook for claim in registry().values()} - {""} <= notebooks
