import time

import pytest

from gkn_utils import progress
from gkn_utils.progress import watched


@pytest.fixture(autouse=True)
def nobody_there(monkeypatch):
    for name in ("GKN_TERMINAL", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(progress, "DELAY", 0)


def test_nothing_is_printed_where_nobody_looks(capfd):
    assert list(watched(range(5))) == list(range(5))
    assert list(watched(iter("abc"), total=3)) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


def test_a_person_in_jupyterlab_sees_a_bar(capsys, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "21_your_images.ipynb")
    assert list(watched(range(5), unit="cell")) == list(range(5))
    assert "0/5" in capsys.readouterr().err


def test_what_is_soon_done_gets_no_bar(capsys, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "21_your_images.ipynb")
    monkeypatch.setattr(progress, "DELAY", 0.2)
    assert list(watched(range(5))) == list(range(5))
    assert capsys.readouterr().err.strip() == ""
    assert sum(1 for _ in watched(map(time.sleep, [0.15] * 4), total=4)) == 4
    assert "/4" in capsys.readouterr().err


def test_the_terminal_that_runs_all_sees_a_bar(tmp_path, capfd, monkeypatch):
    terminal = tmp_path / "terminal"
    monkeypatch.setenv("GKN_TERMINAL", str(terminal))
    assert list(watched(iter("abc"), total=3)) == ["a", "b", "c"]
    assert "0/3" in terminal.read_text()
    assert capfd.readouterr() == ("", "")
