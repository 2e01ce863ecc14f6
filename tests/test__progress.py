import io
import sys
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


class Terminal(io.StringIO):
    """One that does something else than to show what is written to it."""

    def __init__(self, error: Exception | None):
        super().__init__()
        self.error = error

    def isatty(self):
        return True

    def write(self, text):
        if self.error:
            raise self.error
        return super().write(text)

    flush = isatty


@pytest.mark.parametrize(
    "error", [PermissionError(13, "another user's"), OSError(5, "gone"), ValueError("closed"), None]
)
def test_no_bar_is_no_error_whatever_the_terminal(error, monkeypatch):
    terminal = Terminal(error)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress_bar(range(5))) == list(range(5))
    assert ("0/5" in terminal.getvalue()) == (error is None)
    terminal.close()
    for there_is_none in (terminal, None):
        monkeypatch.setattr(sys, "stderr", there_is_none)
        assert list(progress_bar(range(5))) == list(range(5))
