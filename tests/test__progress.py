import time

import pytest

from gkn_utils import _progress
from gkn_utils._progress import progress_bar


@pytest.fixture(autouse=True)
def nobody_there(monkeypatch):
    for name in ("GKN_PROGRESS", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_progress, "DELAY", 0)


def test_nothing_is_printed_where_nobody_looks(capfd):
    assert list(progress_bar(range(5))) == list(range(5))
    assert list(progress_bar(iter("abc"), total=3)) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


def test_a_person_in_jupyterlab_sees_a_bar_unless_it_is_soon_done(capsys, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "21_your_images.ipynb")
    assert list(progress_bar(range(5), unit="cell")) == list(range(5))
    assert "0/5" in capsys.readouterr().err
    monkeypatch.setattr(_progress, "DELAY", 0.2)
    assert list(progress_bar(range(5))) == list(range(5))
    assert capsys.readouterr().err.strip() == ""
    assert sum(1 for _ in progress_bar(map(time.sleep, [0.15] * 4), total=4)) == 4
    assert "/4" in capsys.readouterr().err


def test_the_run_of_all_notebooks_reads_how_far_one_is(tmp_path, capfd, monkeypatch):
    note = tmp_path / "note"
    monkeypatch.setenv("GKN_PROGRESS", str(note))
    _progress.note("compiling")
    assert note.read_text() == "compiling"
    read = [time.sleep(0.15) or note.read_text() for _ in progress_bar(range(4), unit="cell")]
    assert read == ["0% of 4 cells", "25% of 4 cells", "50% of 4 cells", "75% of 4 cells"]
    monkeypatch.setenv("GKN_PROGRESS", str(tmp_path / "gone" / "note"))  # no bar is no error
    _progress.note("compiling")
    assert list(progress_bar(range(5))) == list(range(5))
    assert capfd.readouterr() == ("", "")
