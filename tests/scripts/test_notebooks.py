"""The committed notebooks, their paper settings, their JSON and the README agree."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def parameters(path: Path) -> dict:
    [cell] = [c for c in code_cells(path) if "parameters" in c.metadata.get("tags", [])]
    tree = ast.parse(cell.source)
    return {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body}


def test_there_are_notebooks():
    assert NOTEBOOKS


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
def test_its_paper_settings_are_parameters_it_has(path):
    settings = yaml.safe_load((path.parent / "paper" / f"{path.stem}.yaml").read_text())
    defaults = parameters(path)
    assert settings["name"] == f"paper/{path.stem}"
    for key, value in settings.items():
        assert key in defaults
        assert type(value) is type(defaults[key]), key


@each_notebook
@pytest.mark.parametrize("profile", ["quick", "paper"])
def test_its_json_agrees_with_its_settings(path, profile):
    folder = ROOT / "figures" / ("paper" if profile == "paper" else "")
    content = json.loads((folder / f"{path.stem}.json").read_text())
    expected = parameters(path)
    if profile == "paper":
        expected |= yaml.safe_load((path.parent / "paper" / f"{path.stem}.yaml").read_text())
    assert (content["notebook"], content["profile"]) == (path.stem, profile)
    assert content["settings"] == {key: expected[key] for key in expected if key not in {"name", "data", "digits"}}
    assert content["data"].get("name") in [None, *expected.values()]
    assert (folder / f"{path.stem}.png").exists()


@each_notebook
def test_both_settings_test_the_same_claims(path):
    folders = [ROOT / "figures", ROOT / "figures" / "paper"]
    quick, paper = (json.loads((folder / f"{path.stem}.json").read_text())["claims"] for folder in folders)
    said = [{key: (claim["statement"], claim["paper"]) for key, claim in of.items()} for of in (quick, paper)]
    assert said[0] == said[1]


@each_notebook
def test_its_printed_verdicts_are_those_of_its_json(path):
    content = json.loads((ROOT / "figures" / f"{path.stem}.json").read_text())
    printed = "".join(o.text for c in code_cells(path) for o in c.outputs if o.output_type == "stream")
    for claim_id, claim in content["claims"].items():
        assert f"{claim_id} {claim['verdict']}: {claim['statement']}" in printed


def test_the_readme_is_up_to_date():
    changed = subprocess.run(
        ["git", "diff", "--name-only", "HEAD", "--", "README.md", "figures/*.json"],
        cwd=ROOT, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    if changed and "README.md" not in changed:
        pytest.skip("figures/ were made anew here: the README's tables are of those that are committed")
    subprocess.run([sys.executable, str(ROOT / "scripts" / "readme_tables.py"), "--check"], check=True)
