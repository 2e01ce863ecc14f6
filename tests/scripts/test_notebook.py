"""A notebook that is run has written what it should; `--resume` leaves alone what is finished and as it was."""

import json
import os
import shutil

import pytest
from clones import RESULTS, Clone

LOG = "open('ran', 'a').write('{} ')"  # in notebooks/, where notebooks run


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder of a clone in which two notebooks have been run."""
    clone = Clone(tmp_path_factory.mktemp("ran"))
    for name in ("a", "b"):
        clone.add(name, LOG.format(name), RESULTS)
    status, output = clone.run()
    assert status == 0, output
    return clone.root


@pytest.fixture
def two(ran, tmp_path):
    """A copy of it."""
    shutil.copytree(ran, tmp_path / "clone")
    return Clone(tmp_path / "clone")


def resumed(clone, *arguments) -> str:
    """Which notebooks a resumed run ran."""
    (clone.root / "notebooks" / "ran").write_text("")
    status, output = clone.run("--resume", *arguments)
    assert status == 0, output
    return (clone.root / "notebooks" / "ran").read_text().strip()


def test_what_is_finished_is_left_alone_and_named(two):
    status, output = two.run("--resume")
    assert status == 0
    assert output.count("Z1 holds, finished before") == 2
    (two.figures / ".draft-1234").mkdir()  # of a run that was killed
    two.path = two.root / "notebooks" / "b.ipynb"
    two.path.write_text(two.path.read_text().replace("open('ran'", "open( 'ran'"))
    assert resumed(two) == "b"
    assert sorted(os.listdir(two.figures)) == ["a.json", "b.json"]


@pytest.mark.parametrize("change", ["figure", "no figure", "copy", "record"])
def test_what_is_not_there_as_it_was_written_is_run_again(change, two):
    if change == "figure":
        (two.figures / "b.json").write_text("{}")
    elif change == "record":
        two.record("b").write_text(two.record("b").read_text()[:50])  # cut off
    else:
        (two.figures / "b.json" if change == "no figure" else two.build / "b.ipynb").unlink()
    assert resumed(two) == "b"


@pytest.mark.parametrize("before", [False, True])
def test_a_notebook_that_writes_no_results_has_failed(before, two):
    """Those of a run before do not count."""
    if not before:
        (two.figures / "a.json").unlink()
    two.add("a", "1 + 1")
    status, output = two.run()
    assert status == 1
    assert "a wrote no" in output
    assert "Z1 holds" in output
    assert "failed: a; --resume runs just these" in output
    assert not two.record("a").exists()


def test_what_changed_while_it_ran_does_not_count(clone):
    (clone.root / "gkn_utils").mkdir()
    code = clone.root / "gkn_utils" / "code.py"
    code.write_text("one = 1")
    clone.add("a", f"open({str(code)!r}, 'w').write('one = 2')", RESULTS)
    status, output = clone.run()
    assert status == 0
    assert "changed while it ran" in output
    assert not clone.record("a").exists()


def test_outputs_are_kept_where_a_notebook_is_recorded(clone):
    path = clone.add("a", "print('Z1 holds')", RESULTS)
    status, output = clone.run("--record")
    assert status == 0, output
    content = json.loads(path.read_text())
    assert content["cells"][1]["outputs"][0]["text"] == ["Z1 holds\n"]
    assert "papermill" not in path.read_text()
    assert set(json.loads((clone.root / "notebooks" / "seconds.json").read_text())) == {"a"}


def test_notebooks_that_cannot_be_written_back_end_the_run_with_a_word(clone):
    """As on a full disk: nbstripout, a process of its own, fails."""
    path = clone.add("a", RESULTS)
    before = path.read_bytes()
    (clone.root / "scripts" / "nbstripout.py").write_text("raise SystemExit('No space left on device')")
    status, output = clone.run("--record")
    assert status == 1
    assert "Traceback" not in output
    assert "--resume" in output
    assert path.read_bytes() == before


TRAIN = """
import gkn_utils as gkn, pathlib, torch
x = torch.rand(300, 20, generator=torch.Generator().manual_seed(1))
net, losses = gkn.train(x, 200, 5, seed=0, steps=100, batch_size=100)
pathlib.Path(name).write_text(f"{losses[-1].item()} {net.weights[2].sum().item()}")
"""


def test_notebooks_that_need_the_same_network_share_it(clone):
    """Side by side: the second waits for what the first trains."""
    for name in ("a", "b"):
        clone.add(name, TRAIN, RESULTS)
    status, output = clone.run("-j", "2", GKN_CHECKPOINT_SECONDS="1")
    assert status == 0, output
    first, second = ((clone.root / "notebooks" / name).read_text() for name in ("a", "b"))
    assert first == second
    [kept] = clone.build.glob("networks/*/*.safetensors")
    assert not list(kept.parent.glob("*.lock"))
