"""The committed notebooks, their full settings, their JSON and the README agree."""

import json
from pathlib import Path

import nbformat
import pytest
import yaml
from parameters import parameters

from gkn_utils.claims.registry import registry

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
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
