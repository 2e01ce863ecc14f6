"""Jobs, as many at once as there are processors, each with its share of the threads, the longest first."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Protocol

import psutil

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
POLL, REDRAW = 0.05, 0.5  # seconds
FAILED = "FAILED"
BYTES = 2**20 if sys.platform == "darwin" else 2**10  # a MB in the units of ru_maxrss


class Job(Protocol):
    """What is run in a process of its own."""

    name: str
    seconds: float | None  # that it is expected to take
    last: bool  # whether it waits for all others
    progress: Path  # where it says how far it is

    def start(self, threads: int) -> Popen | None: ...  # None where there is nothing to do

    def end(self, failed: bool, interrupted: bool) -> str: ...  # what the table says of it


@dataclass
class Row:
    """What the table says of a job; `whole`: it came to a good end, `stopped`: an interrupt ended it."""

    name: str
    seconds: str = ""
    cpu: str = ""  # seconds of processors
    peak: str = ""
    words: str = ""
    whole: bool = True
    stopped: bool = False


@dataclass
class Running:
    job: Job
    process: Popen
    began: float
    interrupted: bool = False

    def interrupt(self, again: bool) -> None:
        """Interrupt the cell that runs, as the button in JupyterLab does; the second time, end it."""
        self.interrupted = True
        try:
            kernels = psutil.Process(self.process.pid).children()
            for kernel in kernels:
                kernel.send_signal(signal.SIGKILL if again else signal.SIGINT)
        except psutil.NoSuchProcess:
            return
        if not kernels:
            os.kill(self.process.pid, signal.SIGTERM)

    def ended(self) -> Row | None:
        """The row of the table, once it has ended."""
        pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
        if not pid:
            return None
        self.process.returncode = os.waitstatus_to_exitcode(status)
        words = self.job.end(self.process.returncode != 0, self.interrupted)
        whole = not self.interrupted and words != FAILED
        seconds = f"{time.monotonic() - self.began:.0f}"
        cpu, peak = f"{usage.ru_utime + usage.ru_stime:.0f}", f"{usage.ru_maxrss / BYTES:.0f}"
        return Row(self.job.name, seconds, cpu, peak, words, whole, self.interrupted and words == FAILED)


def run(jobs: Sequence[Job], at_once: int, report: Callable[[Row], None] = lambda row: None) -> list[Row]:
    """Run all; the rows of those that were begun, in the order of `jobs`. After Ctrl-C no other is begun.

    The first Ctrl-C interrupts the cells that run: some notebooks then go on with what they have. The second ends them.
    """
    waiting = sorted(jobs, key=lambda job: (job.last, -(job.seconds if job.seconds is not None else float("inf"))))
    threads, running, rows = max(1, PROCESSORS // at_once), [], {}
    with Display(len(jobs)) as display, interrupts() as heard:
        handled = 0
        while running or waiting:
            while handled < len(heard):
                display.say("interrupting what runs; Ctrl-C again ends it")
                for one in running:
                    one.interrupt(handled > 0)
                handled += 1
            stopped = any(row.stopped for row in rows.values())
            while waiting and not stopped and len(running) < at_once and not (waiting[0].last and running):
                job = waiting.pop(0)
                process = job.start(threads)
                if process is None:
                    rows[job.name] = Row(job.name, words=f"{job.end(False, False)}, finished before")
                    continue
                running.append(Running(job, process, time.monotonic()))
                display.begun(running, waiting, len(rows), at_once)
            if stopped and not running:
                break
            for one in list(running):
                if row := one.ended():
                    running.remove(one)
                    rows[row.name] = row
                    display.say(f"{row.name}: {row.words}, {row.seconds} s", quiet=True)
                    report(row)
            display.draw(running, waiting, len(rows), at_once)
            time.sleep(POLL)
    return [rows[job.name] for job in jobs if job.name in rows]


def table(rows: Sequence[Row], needed: int) -> int:
    """Print the closing table; 1 if something failed, or was not run."""
    width = max([8, *(len(row.name) for row in rows)])
    for row in [Row("notebook", "seconds", "CPU s", "peak MB", "outcome"), *rows]:
        print(f"{row.name:<{width}}{row.seconds:>9}{row.cpu:>7}{row.peak:>9}  {row.words}")
    sys.stdout.flush()
    stopped = [row.name for row in rows if row.stopped]
    failed = [row.name for row in rows if row.words == FAILED and not row.stopped]
    if stopped:
        words = f"stopped in {', '.join(stopped)}, {needed - len(rows)} notebooks were not run; --resume goes on"
        print(words, file=sys.stderr)
    if failed:
        print(f"failed: {', '.join(failed)}; --resume runs just these", file=sys.stderr)
    return 1 if stopped or failed else 0


@contextmanager
def interrupts():
    """A list that grows with each Ctrl-C."""
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(time.monotonic()))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def time_left(running: Sequence[Running], waiting: Sequence[Job], at_once: int) -> str:
    """What is left, from what jobs took the last time; nothing where one of them is new."""
    jobs = [(one.job.seconds, time.monotonic() - one.began) for one in running] + [(job.seconds, 0) for job in waiting]
    if any(seconds is None for seconds, _ in jobs):
        return ""
    left = [max(seconds - gone, 1) for seconds, gone in jobs]
    total = max([sum(left) / at_once, *left], default=0)
    return f"about {total:.0f} s left" if total < 90 else f"about {round(total / 60)} min left"


class Display:
    """One line that tells what runs, in a terminal; elsewhere a line where a job begins."""

    def __init__(self, total: int):
        self.total, self.live, self.drawn = total, bool(sys.stderr) and sys.stderr.isatty(), 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._clear()

    def _clear(self) -> None:
        self._draw("")

    def _draw(self, line: str) -> None:
        if self.live:
            with suppress(OSError):  # the terminal is gone, or another user's
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def say(self, words: str, *, quiet: bool = False) -> None:
        """A line that stays; with `quiet`, in a terminal only."""
        self._clear()
        if self.live or not quiet:
            print(words, flush=True)

    def begun(self, running: Sequence[Running], waiting: Sequence[Job], done: int, at_once: int) -> None:
        if not self.live:
            left = time_left(running, waiting, at_once)
            print(f"[{done + len(running)}/{self.total}] {', '.join([running[-1].job.name, *filter(None, [left])])}")
            sys.stdout.flush()

    def draw(self, running: Sequence[Running], waiting: Sequence[Job], done: int, at_once: int) -> None:
        if not self.live or time.monotonic() < self.drawn + REDRAW:
            return
        self.drawn = time.monotonic()
        words = [f"[{done}/{self.total}]", *map(_state, running), time_left(running, waiting, at_once)]
        line = "  ".join(filter(None, words))
        self._draw(line[: shutil.get_terminal_size().columns - 1])


def _state(one: Running) -> str:
    minutes, seconds = divmod(int(time.monotonic() - one.began), 60)
    try:
        said = one.job.progress.read_text()
    except OSError:
        said = ""
    return " ".join(filter(None, [one.job.name, f"{minutes}:{seconds:02}", said]))
