import pytest

from gkn_utils.progress import watched


@pytest.fixture(autouse=True)
def nobody_there(monkeypatch):
    for name in ("GKN_TERMINAL", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_is_printed_where_nobody_looks(capfd):
    assert list(watched(range(5))) == list(range(5))
    assert list(watched(iter("abc"), total=3)) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


def test_a_person_in_jupyterlab_sees_a_bar(capsys, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "21_your_images.ipynb")
    assert list(watched(range(5), unit="cell")) == list(range(5))
    assert "0/5" in capsys.readouterr().err


def test_the_terminal_that_runs_all_sees_a_bar(tmp_path, capfd, monkeypatch):
    terminal = tmp_path / "terminal"
    monkeypatch.setenv("GKN_TERMINAL", str(terminal))
    assert list(watched(iter("abc"), total=3)) == ["a", "b", "c"]
    assert "0/3" in terminal.read_text()
    assert capfd.readouterr() == ("", "")
