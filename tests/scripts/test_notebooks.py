"""The committed notebooks, their full settings, their JSON and the README agree."""

import json
import re
from pathlib import Path

import nbformat
import pytest
import yaml
from parameters import parameters

from gkn_utils.claims.registry import registry

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"(?<![\w.,])(?:\d[\d,]*)?(?:\.\d+|\d)(?!\w)")
CITED = r"\$[^$]*\$|`[^`]*`|\d{4}\.\d{4,5}|\b(?:19|20)\d\d\b|in some \d+ seconds and [\d.]+ GB"
TYPED = {  # what follows from a formula, stands in gkn_utils, or is told of others' data
    "02_two_points": {0.09, 0.3},
    "05_hypercube_flatness": {0.02},
    "06_mnist_kaleidoscope": {0.001, 0.7, 5000},
    "07_cifar_kaleidoscope": {255},
    "13_sample_quality": {0.7},
    "15_baselines": {0.7},
    "16_a_good_sampler": {0.76, 0.85},
    "17_architectures": {0.0001},
    "22_explore": {0.1, 0.3, 0.7},
    "23_other_samplers": {1797},
    "25_recall": {0.89},
}
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


@each_notebook
def test_it_is_committed_as_executed(path):
    cells = code_cells(path)
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    outputs = [o for c in cells for o in c.outputs]
    assert any("image/png" in o.get("data", {}) for o in outputs)
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert not [c for c in cells if "injected-parameters" in c.metadata.get("tags", [])]
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"
    assert path.stat().st_size < 1_000_000


@each_notebook
def test_its_cells_are_short_and_its_parameters_explained(path):
    cells = code_cells(path)
    assert max(len(c.source.splitlines()) for c in cells) <= 20
    [cell] = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    assert all("  # " in line for line in cell.source.splitlines())


def numbers(text: str) -> set[float]:
    return {float(found.replace(",", "")) for found in NUMBER.findall(text)}


@each_notebook
def test_no_measured_number_is_typed_in_its_prose(path):
    """Apart from small whole numbers, all that the text says is in the code, the settings or the registry, too."""
    cells = nbformat.read(path, as_version=4).cells
    prose = " ".join(re.sub(CITED, "", c.source) for c in cells if c.cell_type == "markdown")
    settings = (path.parent / "full" / f"{path.stem}.yaml").read_text()
    claims = [str(vars(claim)) for claim in registry().values() if claim.notebook == path.stem]
    known = numbers(" ".join([*(c.source for c in code_cells(path)), settings, *claims]).replace("_", " "))
    known |= {round(100 * number, 9) for number in known} | TYPED.get(path.stem, set()) | set(range(100))
    assert numbers(prose) - known == set()


@each_notebook
def test_its_full_settings_are_parameters_it_has(path):
    settings = yaml.safe_load((path.parent / "full" / f"{path.stem}.yaml").read_text())
    defaults, _ = parameters(path)
    assert settings["name"] == f"full/{path.stem}"
    for key, value in settings.items():
        assert key in defaults
        assert type(value) is type(defaults[key]), key


@each_notebook
@pytest.mark.parametrize("profile", ["default", "full"])
def test_its_json_agrees_with_its_settings(path, profile):
    folder = ROOT / "figures" / ("full" if profile == "full" else "")
    content = json.loads((folder / f"{path.stem}.json").read_text())
    expected, _ = parameters(path)
    if profile == "full":
        expected |= yaml.safe_load((path.parent / "full" / f"{path.stem}.yaml").read_text())
    assert (content["notebook"], content["profile"]) == (path.stem, profile)
    assert content["settings"] == {key: expected[key] for key in expected if key not in {"name", "data", "digits"}}
    assert content["data"].get("name") in [None, *expected.values()]
    assert (folder / f"{path.stem}.png").exists()


@each_notebook
@pytest.mark.parametrize("profile", ["default", "full"])
def test_every_claim_that_the_registry_has_for_it_is_measured(path, profile):
    folder = ROOT / "figures" / ("full" if profile == "full" else "")
    records = json.loads((folder / f"{path.stem}.json").read_text())["claims"]
    claims = {key: claim for key, claim in registry().items() if claim.notebook == path.stem}
    assert set(records) == set(claims)
    assert {key: record["line"] for key, record in records.items()} == {key: c.line.text for key, c in claims.items()}


@each_notebook
def test_no_number_of_the_default_run_differs_from_the_recorded_one(path):
    records = json.loads((ROOT / "figures" / f"{path.stem}.json").read_text())["claims"]
    assert [key for key, record in records.items() if record["here"] == "differs"] == []


def test_both_scoreboards_are_of_the_same_claims():
    boards = [(ROOT / "figures" / folder / "99_scoreboard.png").read_bytes() for folder in ("", "full")]
    assert boards[0] == boards[1], "run `./run_all.sh --full 99`, too"
