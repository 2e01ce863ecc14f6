"""Jobs run as many at once as asked, the longest first, and stop when they are told to."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import jobs
import pytest
from clones import RESULTS


class Nap:
    """A job that sleeps, and may fail."""

    def __init__(self, name, seconds=0.1, *, last=False, fails=False, finished=False, expected=None):
        self.name, self.last, self.fails, self.finished = name, last, fails, finished
        self.seconds = seconds if expected is None else expected
        self.progress, self.sleeps, self.threads = Path("nowhere"), seconds, None

    def start(self, threads):
        self.threads = threads
        if self.finished:
            return None
        self.began = time.monotonic()
        code = f"import time; time.sleep({self.sleeps}); raise SystemExit({int(self.fails)})"
        return subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True)

    def end(self, failed, interrupted):
        self.ended = time.monotonic()
        return "FAILED" if failed else "done"


def test_the_longest_begins_first_and_what_waits_for_all_ends_last():
    naps = [Nap("a", expected=1), Nap("b", expected=3), Nap("c", expected=2), Nap("d", last=True, expected=9)]
    rows = jobs.run(naps, 1)
    assert [row.name for row in rows] == ["a", "b", "c", "d"]  # the table is in the order of the notebooks
    assert sorted(naps, key=lambda nap: nap.began) == [naps[1], naps[2], naps[0], naps[3]]


def test_as_many_run_at_once_as_asked_with_their_share_of_threads(monkeypatch):
    monkeypatch.setattr(jobs, "PROCESSORS", 6)
    naps = [Nap(name, 0.5) for name in "abcd"]
    jobs.run(naps, 2)
    for nap in naps:
        assert nap.threads == 3
        assert (
            sum(other.began < nap.ended and nap.began < other.ended for other in naps) <= 3
        )  # itself, and those it met
    assert naps[1].began < naps[0].ended


def test_one_that_fails_stops_no_other_and_one_that_is_finished_is_not_begun():
    rows = jobs.run([Nap("a", fails=True), Nap("b"), Nap("c", finished=True)], 1)
    assert [row.words for row in rows] == ["FAILED", "done", "done, finished before"]
    assert not any(row.stopped for row in rows)
    assert [bool(row.seconds) for row in rows] == [True, True, False]


@pytest.mark.parametrize(
    ("waiting", "at_once", "said"),
    [
        ([20, 40], 1, "about 60 s left"),
        ([20, 40], 2, "about 40 s left"),
        ([100, 140], 1, "about 4 min left"),
        ([None], 1, ""),
    ],
)
def test_the_time_left_is_what_it_took_the_last_time(waiting, at_once, said):
    assert (
        jobs.time_left([], [Nap("a", expected=0) if s is None else Nap("a", s) for s in waiting], at_once) == said
        or said == ""
    )
    unknown = Nap("new")
    unknown.seconds = None
    assert jobs.time_left([], [unknown], 1) == ""


def test_ctrl_c_ends_what_runs_and_begins_nothing_else():
    naps = [Nap("a", 30), Nap("b", 29), Nap("c", 28)]
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    rows = jobs.run(naps, 2)
    assert [row.name for row in rows] == ["a", "b"]
    assert all(row.stopped for row in rows)


@pytest.mark.parametrize("keeps", [True, False])
def test_an_interrupt_reaches_every_cell_that_runs(keeps, clone):
    caught = "except KeyboardInterrupt:\n    pass" if keeps else "finally:\n    pass"
    nap = f"import pathlib, time\ntry:\n    pathlib.Path(name).touch()\n    time.sleep(60)\n{caught}"
    for name in ("a", "b"):
        clone.add(name, nap, RESULTS)
    running = clone.start("-j", "2")
    for name in ("a", "b"):
        clone.wait_for(name, running)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=50)
    assert output.count("Z1 holds; interrupted" if keeps else "FAILED") == 2
    assert (running.returncode == 0) == keeps
    assert not clone.record("a").exists()  # what was interrupted is not finished


def test_a_second_interrupt_ends_a_cell_that_does_not_heed_the_first(clone):
    deaf = "while True:\n    try:\n        pathlib.Path('runs').touch()\n        time.sleep(60)\n"
    deaf += "    except KeyboardInterrupt:\n        pathlib.Path('heard').touch()"
    clone.add("nap", f"import pathlib, time\n{deaf}", RESULTS)
    running = clone.start()
    for sign in ("runs", "heard"):
        clone.wait_for(sign, running)
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=50)
    assert running.returncode == 1
    assert "stopped in nap" in output
    assert not (clone.figures / "nap.json").exists()


def test_no_display_is_no_error(monkeypatch):
    class Gone:
        isatty = lambda self: True  # noqa: E731

        def write(self, text):
            raise PermissionError(13, "another user's")

        flush = isatty

    for terminal in (Gone(), None):
        monkeypatch.setattr(sys, "stderr", terminal)
        assert [row.words for row in jobs.run([Nap("a")], 1)] == ["done"]
