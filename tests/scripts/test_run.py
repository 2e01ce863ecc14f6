"""What the one script takes and refuses before anything runs, and that it runs once at a time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import parameters
import pytest
import run
from clones import RESULTS, Clone

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "run.py"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no such"], "no notebook has 'no such'"),
        (["--only", "no such"], "no notebook has 'no such'"),
        (["01", "-p", "nonsense", "1"], "01_single_point has no parameter nonsense"),
        (["01", "-p", "nets", "many"], "-p nets: got 'many', needed one like 256"),
        (["01", "-p", "seed", "1", "--record"], "--record keeps the default settings"),
        (["--full", "--record"], "--record keeps the default settings"),
        (["--check", "--resume"], "--check and --bench do not go with"),
        (["--long"], "--long goes with --check"),
        (["-j", "0"], "-j: got 0, needed at least 1"),
        (["--ful"], "unrecognized arguments"),
    ],
)
def test_bad_options_stop(arguments, message, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["run_all.sh", *arguments])
    with pytest.raises(SystemExit) as stopped:
        run.asked()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["01", "12"], ["--only", "01", "--only", "12"], ["01", "-j", "1", "--only", "12"]]
)
def test_several_names_may_be_given(arguments, monkeypatch):
    monkeypatch.setattr("sys.argv", ["run_all.sh", *arguments])
    assert [path.stem[:2] for path in run.asked()[1]] == ["01", "12"]


@pytest.mark.parametrize(
    ("text", "literal", "value"),
    [
        ("7", 10, 7),
        ("7", 0.5, 7.0),
        ("1e-3", 0.5, 0.001),
        ("[0.1, 0.5]", [0.2], [0.1, 0.5]),
        ("true", False, True),
        ("tanh", "sigmoid", "tanh"),
        ("12", "sigmoid", "12"),
        ("{'MLP': 2}", {"MLP": 3}, {"MLP": 2}),
    ],
)
def test_a_parameter_has_the_type_of_the_notebooks_own(text, literal, value):
    found = parameters.value_of("a", text, literal, False)
    assert (type(found), found) == (type(value), value)


REFUSED = [("x", 1), ("1.5", 1), ("true", 1), ("3", [1]), ("[", [1]), ("1", True), ("[]", [1]), ("{}", {"MLP": 3})]
REFUSED += [("0", 1), ("-1", 0), ("[1, 0]", [2, 3]), ("1e400", 0.5), ("9" * 30, 1), ("None", 0.5), ("[" * 3000, [1])]


@pytest.mark.parametrize(("text", "literal"), REFUSED, ids=lambda value: str(value)[:9])
def test_a_parameter_of_another_type_or_out_of_range_is_refused(text, literal):
    with pytest.raises(ValueError, match="needed one like"):
        parameters.value_of("a", text, literal, False)
    for name in ("depths", "seeds"):
        assert parameters.value_of(name, "[0]", [2], False) == [0]


NOTEBOOKS = sorted((SCRIPT.parents[1] / "notebooks").glob("*.ipynb"))
TEXTS = ["1", "-3", "0.25", "1e-3", "nan", "true", "False", "[1]", "[0.5, 2]", "['a']", "[[1]]", "[", "(1, 2)"]
TEXTS += ["{}", "{'MLP': 1}", "{1: 2}", "None", "tanh", "", " ", "a b", "$(ls)", "1_000", "0x10", "__import__('os')"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem[:2])
def test_every_parameter_takes_what_is_like_it_and_refuses_the_rest_in_a_line(notebook):
    literals, sources = parameters.parameters(notebook)
    for name, literal in literals.items():
        text = literal if isinstance(literal, str) else repr(literal)
        assert parameters.value_of(name, text, literal, name in sources) == literal
        for text in TEXTS:
            try:
                given = parameters.value_of(name, text, literal, name in sources)
            except ValueError as error:
                words = str(error)
            else:
                words = f"got {text!r}, needed "
                assert type(given) is type(literal)
                if isinstance(given, list):
                    assert {type(one) for one in given} <= {type(one) for one in literal}
            assert words.startswith(f"got {text!r}, needed ")


def test_data_are_a_path_from_where_the_script_was_called_or_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr(parameters, "CALLED_FROM", tmp_path)
    (tmp_path / "my pictures").mkdir()
    assert parameters.value_of("folder", "my pictures", "faces", True) == str(tmp_path / "my pictures")
    assert parameters.value_of("folder", "mnist-5k", "faces", True) == "mnist-5k"
    with pytest.raises(ValueError, match="got 'nowhere', needed a folder, zip or IDX file of pictures, or"):
        parameters.value_of("folder", "nowhere", "faces", True)
    (tmp_path / "caf\udce9").mkdir()
    with pytest.raises(ValueError, match="needed a path in UTF-8"):
        parameters.value_of("folder", "caf\udce9", "faces", True)


def test_help_needs_nothing_but_python():
    ran = subprocess.run([sys.executable, "-S", "-I", str(SCRIPT), "--help"], capture_output=True, text=True)
    assert ran.returncode == 0
    assert "--check --long" in ran.stdout


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("DATA", "nowhere", "which is not a folder"), ("CHECKPOINT_SECONDS", "soon", "which is no number of seconds")],
)
def test_a_variable_that_is_set_to_what_it_cannot_be_stops_it(name, value, said, clone):
    clone.add("a", RESULTS)
    status, output = clone.run(**{f"GKN_{name}": value})
    assert (status, output.strip()) == (1, f"GKN_{name} is {value}, {said}")


def test_notebooks_of_ones_own_are_named_and_left_alone(clone):
    clone.add("a", RESULTS)
    for name, content in {
        "mine": '{"cells": []}',
        "broken": "{",
        "copy": (clone.root / "notebooks" / "a.ipynb").read_text(),
    }.items():
        (clone.root / "notebooks" / f"{name}.ipynb").write_text(content)
    status, output = clone.run()
    assert status == 0, output
    assert os.listdir(clone.figures) == ["a.json"]
    for name in ("mine", "broken", "copy"):
        assert f"notebooks/{name}.ipynb is left alone: it has no cell" in output


def test_one_run_at_a_time(clone):
    clone.add("a", "import pathlib, time\npathlib.Path('runs').touch()\ntime.sleep(3)", RESULTS)
    first = clone.start()
    clone.wait_for("runs", first)
    status, output = clone.run()
    assert status == 2
    assert f"another run is at work in this folder (process {first.pid})" in output
    first.communicate(timeout=60)
    assert first.returncode == 0


def test_parameters_that_are_given_go_before_those_of_the_full_settings(clone):
    clone.add("a", "open('ran', 'w').write(f'{name} {seed} {size}')", RESULTS, parameters="seed = 0\nsize = 1")
    (clone.root / "notebooks" / "full").mkdir()
    (clone.root / "notebooks" / "full" / "a.yaml").write_text("name: full/a\nsize: 2\nseed: 3")
    for arguments, used in {("--full",): "full/a 3 2", ("--full", "-p", "seed", "4"): "yours/a 4 2"}.items():
        status, output = clone.run(*arguments)
        assert status == 0, output
        assert (clone.root / "notebooks" / "ran").read_text() == used


def test_the_package_of_this_folder_is_used(clone):
    """And not that of another one, which is installed."""
    (clone.root / "gkn_utils").mkdir()
    (clone.root / "gkn_utils" / "__init__.py").write_text("here = True")
    clone.add("a", "import gkn_utils\nassert gkn_utils.here", RESULTS)
    status, output = clone.run()
    assert status == 0, output
    assert os.listdir(clone.figures) == ["a.json"]


SURROUNDINGS = {
    "a locale that is not UTF-8": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "another kernel of that name": {"JUPYTER_PATH": "another"},
    "variables that are empty": {"GKN_DATA": "", "GKN_CHECKPOINT_SECONDS": "", "GKN_PROGRESS": ""},
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_what_surrounds_a_run_does_not_change_it(name, tmp_path):
    clone = Clone(tmp_path / "curly{1} and {name}")
    clone.add("a", "# Ångström\nopen('ran', 'w').write('Ångström')", RESULTS)
    kernel = clone.root / "another" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["false"], "display_name": "another", "language": "python"}))
    status, output = clone.run("--record", **SURROUNDINGS[name])
    assert status == 0, output
    assert (clone.root / "notebooks" / "ran").read_text(encoding="utf-8") == "Ångström"
    assert "Ångström" in (clone.root / "notebooks" / "a.ipynb").read_text(encoding="utf-8")
