"""What the one script refuses before it runs anything, and what Ctrl-C does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from clones import RESULTS

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "run_notebooks.py"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "no such"], "no notebook has 'no such'"),
        (["--only", "01", "-p", "nonsense", "1"], "01_single_point has no parameter nonsense"),
        (["--only", "01", "-p", "seed", "1", "--record"], "--record keeps the quick settings"),
        (["--paper", "--record"], "--record keeps the quick settings"),
    ],
)
def test_bad_arguments_stop(arguments, message):
    ran = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)
    assert ran.returncode == 2
    assert message in ran.stderr


@pytest.mark.parametrize(
    ("names", "said"), [(["a"], ", about 20 s left"), (["a", "b"], ", about 2 min left"), (["a", "new"], "")]
)
def test_the_time_left_is_what_it_took_the_last_time(names, said):
    code = (
        "import pathlib, run_notebooks as r\n"
        f"print(r.time_left([pathlib.Path(n + '.ipynb') for n in {names}], {{'a': 20, 'b': 100}}), end='')"
    )
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parent)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == said


@pytest.mark.parametrize("keeps", [True, False])
def test_an_interrupt_reaches_the_cell_that_runs(keeps, clone):
    caught = "except KeyboardInterrupt:\n    pass" if keeps else "finally:\n    pass"
    clone.add(
        "nap",
        f"import pathlib, time\ntry:\n    pathlib.Path('runs').touch()\n    time.sleep(60)\n{caught}",
        RESULTS,
    )
    running = clone.start()
    while not (clone.root / "notebooks" / "runs").exists():
        assert running.poll() is None
        time.sleep(0.1)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=50)
    assert ("Z1 holds" if keeps else "FAILED") in output
    assert (running.returncode == 0) == keeps
    assert not clone.record("nap").exists()  # what was interrupted is not finished


def test_a_second_interrupt_ends_a_cell_that_does_not_heed_the_first(clone):
    deaf = "while True:\n    try:\n        pathlib.Path('runs').touch()\n        time.sleep(60)\n"
    deaf += "    except KeyboardInterrupt:\n        pathlib.Path('heard').touch()"
    clone.add("nap", f"import pathlib, time\n{deaf}", RESULTS)
    running = clone.start()
    for sign in ("runs", "heard"):
        while not (clone.root / "notebooks" / sign).exists():
            assert running.poll() is None
            time.sleep(0.1)
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=50)
    assert running.returncode != 0
    assert "failed: nap; --resume runs just these" in output
    assert not (clone.figures / "nap.json").exists()


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


def test_what_was_interrupted_is_not_recorded(clone):
    caught = "try:\n    pathlib.Path('runs').touch()\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    pass"
    path = clone.add("nap", f"import pathlib, time\n{caught}", RESULTS)
    before, running = path.read_bytes(), clone.start("--record")
    while not (clone.root / "notebooks" / "runs").exists():
        assert running.poll() is None
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=50)
    assert "Z1 holds, interrupted" in output
    assert path.read_bytes() == before


def test_an_interrupt_before_there_is_a_kernel_ends_the_run(clone):
    for name in ("a", "b"):
        clone.add(name, RESULTS)
    running = clone.start()
    while "[1/2] a" not in running.stdout.readline():
        assert running.poll() is None
    time.sleep(0.2)  # papermill is still being imported
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=50)
    assert running.returncode != 0
    assert "stopped in a, 1 notebooks were not run" in output
