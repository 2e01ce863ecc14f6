"""`--resume` leaves alone what is finished and as it was, and nothing else."""

import json
import os
import shutil
import time
from types import SimpleNamespace

import digests
import pytest
from clones import RESULTS, RUN, Clone

from gkn_utils.data import ARRAYS, PICTURES

LOOK = (  # whether there are checkpoints to go on from, and how many folders of them
    "import os, pathlib\n"
    "here = pathlib.Path(os.environ['GKN_CHECKPOINTS'])\n"
    "open('seen', 'w').write(f'{here.exists()} {len(list(here.parent.glob(\"*\")))}')"
)
LOG = "open('ran', 'a').write('{} ')"  # in notebooks/, where notebooks run


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder of a clone in which two notebooks have been run."""
    clone = Clone(tmp_path_factory.mktemp("ran"))
    for name in ("a", "b"):
        clone.add(name, LOG.format(name), RESULTS, parameters="data = 'celeba'\nseed = 0")
    (clone.root / "gkn_utils").mkdir()
    (clone.root / "gkn_utils" / "code.py").write_text("one = 1")
    assert clone.run(GKN_DATA=str(clone.root / "data"))[0] == 0
    return clone.root


@pytest.fixture
def two(ran, tmp_path):
    """A copy of it."""
    shutil.copytree(ran, tmp_path / "clone")
    return Clone(tmp_path / "clone")


def resumed(clone, *arguments) -> str:
    """Which notebooks a resumed run ran."""
    (clone.root / "notebooks" / "ran").unlink()
    (clone.root / "notebooks" / "ran").touch()
    status, output = clone.run("--resume", *arguments, GKN_DATA=str(clone.root / "data"))
    assert status == 0, output
    return (clone.root / "notebooks" / "ran").read_text().strip()


def test_what_is_finished_is_left_alone_and_named(two):
    assert resumed(two) == ""
    status, output = two.run("--resume", GKN_DATA=str(two.root / "data"))
    assert status == 0
    assert output.count("finished") == 2
    assert output.count("Z1 holds") == 2


def text(clone):
    path = clone.root / "notebooks" / "b.ipynb"
    path.write_text(path.read_text().replace("open('ran'", "open( 'ran'"))


def output_of_the_notebook(clone):
    path = clone.root / "notebooks" / "b.ipynb"
    path.write_text(path.read_text().replace('"outputs": []', '"outputs": [{"output_type": "stream", "text": "1"}]'))


def figure(clone):
    (clone.figures / "b.json").write_text("{}")


def no_figure(clone):
    (clone.figures / "b.json").unlink()


def copy(clone):
    (clone.build / "b.ipynb").unlink()


def code(clone):
    (clone.root / "gkn_utils").mkdir(exist_ok=True)
    (clone.root / "gkn_utils" / "code.py").write_text("one = 2")


def data(clone):
    (clone.root / "data" / "celeba").mkdir(parents=True)
    (clone.root / "data" / "celeba" / "new.png").touch()


def data_behind_a_link(clone):
    (clone.root / "elsewhere").mkdir()
    (clone.root / "elsewhere" / "new.png").touch()
    (clone.root / "data" / "celeba").mkdir(parents=True)
    (clone.root / "data" / "celeba" / "img_align_celeba").symlink_to(clone.root / "elsewhere")


def other_data(clone):
    (clone.root / "data" / "mnist").mkdir(parents=True)
    (clone.root / "data" / "mnist" / "train-images-idx3-ubyte").touch()


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (text, "b"),
        (output_of_the_notebook, ""),
        (figure, "b"),
        (no_figure, "b"),
        (copy, "b"),
        (code, "a b"),
        (data, "a b"),
        (data_behind_a_link, "a b"),
        (other_data, ""),
    ],
    ids=lambda value: getattr(value, "__name__", value or "none"),
)
def test_what_changed_is_run_again(change, again, two):
    change(two)
    assert resumed(two) == again


def test_other_parameters_are_another_run(two):
    assert resumed(two, "-p", "seed", "1") == "a b"
    assert resumed(two, "-p", "seed", "1") == ""
    assert resumed(two, "-p", "seed", "2") == "a b"


def test_parameters_that_are_given_go_before_those_of_the_paper(clone):
    clone.add("a", "open('ran', 'w').write(f'{name} {seed} {size}')", RESULTS, parameters="seed = 0\nsize = 1")
    (clone.root / "notebooks" / "paper").mkdir()
    (clone.root / "notebooks" / "paper" / "a.yaml").write_text("name: paper/a\nsize: 2\nseed: 3")
    for arguments, used in {("--paper",): "paper/a 3 2", ("--paper", "-p", "seed", "4"): "yours/a 4 2"}.items():
        status, output = clone.run(*arguments)
        assert status == 0, output
        assert (clone.root / "notebooks" / "ran").read_text() == used


def test_what_reads_the_claims_is_run_again_when_they_change(two):
    two.add("c", "all_claims = None", LOG.format("c"), RESULTS)
    (two.figures / "00_other.json").write_text("{}")
    assert resumed(two) == "c"
    assert resumed(two) == ""
    (two.figures / "00_other.json").write_text('{"claims": {}}')
    assert resumed(two) == "c"


def test_a_record_that_was_cut_off_is_none(two):
    two.record("b").write_text("")
    two.record("b").with_name("seconds.json").write_text('{"a": 1')
    assert resumed(two) == "b"


def test_without_resume_all_is_run(two):
    two.run()
    assert (two.root / "notebooks" / "ran").read_text() == "a b a b "


def test_what_was_finished_is_recorded_too(two):
    path = two.root / "notebooks" / "a.ipynb"
    before = json.loads(path.read_text())
    assert all(not cell["execution_count"] for cell in before["cells"])
    assert resumed(two, "--record") == ""
    after = json.loads(path.read_text())
    assert [cell["execution_count"] for cell in after["cells"]] == [1, 2, 3]
    assert [cell["source"] for cell in after["cells"]] == [cell["source"] for cell in before["cells"]]


def test_a_second_run_is_kept_out(clone):
    clone.add("nap", "import pathlib, time\npathlib.Path('runs').touch()\ntime.sleep(5)", RESULTS)
    first = clone.start()
    while not (clone.root / "notebooks" / "runs").exists():
        assert first.poll() is None
        time.sleep(0.1)
    status, output = clone.run()
    assert status == 2
    assert f"another run is at work in this folder (process {first.pid})" in output
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert clone.run()[0] == 0


def test_drafts_of_a_killed_run_are_cleared_away(two):
    (two.figures / ".draft-1234").mkdir()
    (two.figures / ".draft-1234" / "b.png").touch()
    resumed(two)
    assert sorted(os.listdir(two.figures)) == ["a.json", "b.json"]


WAIT = "import pathlib, time\npathlib.Path('runs').touch()\nwhile pathlib.Path('runs').exists(): time.sleep(0.1)"


def while_it_runs(clone, change) -> str:
    """What a run of a notebook says that waits until `change` is made."""
    running, sign = clone.start(GKN_DATA=str(clone.root / "data")), clone.root / "notebooks" / "runs"
    while not sign.exists():
        assert running.poll() is None
        time.sleep(0.1)
    change(clone)
    sign.unlink()
    output, _ = running.communicate(timeout=60)
    assert running.returncode == 0, output
    return output


def new_picture(clone):
    (clone.root / "data" / "celeba" / "new.png").touch()


@pytest.mark.parametrize(("change", "counts"), [(code, False), (new_picture, False), (data, True)])
def test_what_changed_while_it_ran_does_not_count(change, counts, clone):
    """Except that data come where none were, as those that are downloaded do."""
    if change is new_picture:
        (clone.root / "data" / "celeba").mkdir(parents=True)
        (clone.root / "data" / "celeba" / "old.png").touch()
    clone.add("a", WAIT, RESULTS, parameters="data = 'celeba'")
    assert ("changed while it ran" in while_it_runs(clone, change)) != counts
    assert clone.record("a").exists() == counts


def test_the_package_of_this_folder_is_used(clone):
    """And not that of another one, which is installed."""
    (clone.root / "gkn_utils").mkdir()
    (clone.root / "gkn_utils" / "__init__.py").write_text("here = True")
    clone.add("a", "import gkn_utils\nassert gkn_utils.here", RESULTS)
    status, output = clone.run()
    assert status == 0, output


@pytest.mark.parametrize("before", [False, True])
def test_a_notebook_that_writes_no_results_has_failed(before, clone):
    """Those of a run before do not count."""
    clone.add("b", RESULTS)
    if before:
        clone.add("a", RESULTS)
        assert clone.run()[0] == 0
    clone.add("a", "1 + 1")
    status, output = clone.run()
    assert status != 0
    assert "a wrote no" in output
    assert "Z1 holds" in output
    assert not clone.record("a").exists()


@pytest.mark.parametrize(("arguments", "left"), [([], False), (["--resume"], True)])
def test_checkpoints_count_in_a_resumed_run_from_the_same_inputs(arguments, left, clone):
    path, kept = clone.add("a", LOOK, RESULTS), clone.build / "checkpoints" / "a"
    code = f"import digests, pathlib\nprint(digests.inputs(pathlib.Path({str(path)!r}), None, {{}}))"
    same, _ = clone.start(code=code).communicate(timeout=60)
    for inputs in (same.strip(), "0" * 64):
        (kept / inputs).mkdir(parents=True)
    status, output = clone.run(*arguments)
    assert status == 0, output
    assert (clone.root / "notebooks" / "seen").read_text() == f"{left} {int(left)}"
    assert not kept.exists()


def test_figures_may_go_to_a_folder_from_here(clone):
    clone.add("a", RESULTS)
    code = f"import os\nos.environ['GKN_FIGURES'] = 'out'\n{RUN}"
    output, _ = clone.start(code=code).communicate(timeout=60)
    assert (clone.root / "out" / "a.json").exists(), output


def test_digests_know_all_names_of_data():
    in_a_package = {"mnist-5k", "photos", "faces"}
    assert set(digests.FILES) | in_a_package == {*ARRAYS, *PICTURES}


def test_another_version_of_a_package_or_of_python_is_another_input(clone, monkeypatch):
    path, found = clone.add("a", RESULTS), set()
    for version, python in [("2.6", "3.11"), ("2.13", "3.11"), ("2.13", "3.12")]:
        monkeypatch.setattr(digests, "distributions", lambda v=version: [SimpleNamespace(name="torch", version=v)])
        monkeypatch.setattr(digests.sys, "version", python)
        digests._environment.cache_clear()
        found.add(digests.inputs(path, None, {}))
    digests._environment.cache_clear()
    assert len(found) == 3


def test_links_to_their_own_folder_are_followed_once(tmp_path):
    (tmp_path / "picture.png").touch()
    for name in ("a", "b", "c"):
        (tmp_path / name).symlink_to(tmp_path)
    assert digests._files({tmp_path}) == {tmp_path / "picture.png"}
