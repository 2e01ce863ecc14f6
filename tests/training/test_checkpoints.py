"""Training that is stopped and begun again ends as if it had not been stopped, to the last bit."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from gkn_utils import MLP, checkpoints, fit, one_cycle


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_CHECKPOINTS", str(tmp_path / "kept"))
    monkeypatch.setattr(checkpoints, "SECONDS", 0)
    return tmp_path / "kept"


def run(stop=None, *, weights=5, data=1, shuffles=5, width=5, output=None, skip=False, nets=None, **options):
    """Weights, losses and the generator after a fit that breaks off before step `stop`; the first three are seeds."""

    def progress(rates):
        for i, rate in enumerate(rates):
            if i == stop:
                raise RuntimeError("stopped")
            yield rate

    first, points, generator = (torch.Generator().manual_seed(seed) for seed in (weights, data, shuffles))
    net = MLP(2, width, 3, output=output, skip=skip, nets=nets, generator=first)
    x = torch.rand(20, 2, generator=points)
    history = fit(net, x, **{"steps": 60, "progress": progress} | options, generator=generator)
    return torch.cat([p.detach().flatten() for p in net.parameters()]), history, generator.get_state()


@pytest.mark.parametrize("stop", [1, 7, 31])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 3, "schedule": one_cycle},
        {"batch_size": 3, "noise": (0.0, 0.5), "nets": 64},  # multiplied side by side
        {"noise": (0.1, 0.5), "nets": 3, "width": 40, "precision": torch.bfloat16},
    ],
)
def test_it_ends_as_if_it_had_not_been_stopped(options, stop, folder, monkeypatch):
    monkeypatch.delenv("GKN_CHECKPOINTS")
    undisturbed = run(**options)
    monkeypatch.setenv("GKN_CHECKPOINTS", str(folder))
    for after in (stop, stop // 2 + 1):
        with pytest.raises(RuntimeError, match="stopped"):
            run(after, **options)
    for one, other in zip(run(**options), undisturbed, strict=True):
        assert torch.equal(one, other)


def test_what_is_done_is_not_done_again(folder):
    first = run()
    again = run(stop=0)  # it has no step to take
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))


OTHERS = [
    {"lr": 1e-4},
    {"schedule": one_cycle},
    {"steps": 61},
    {"noise": (0.0, 0.1)},
    {"batch_size": 4},
    {"precision": torch.bfloat16},
    {"nets": 2},
    {"output": nn.Tanh()},
    {"skip": True},
    {"weights": 6},
    {"data": 2},
    {"shuffles": 6},
]


@pytest.mark.parametrize("options", OTHERS)
def test_another_descent_does_not_find_it(options, folder):
    run()
    with pytest.raises(RuntimeError, match="stopped"):
        run(stop=0, **options)


@pytest.mark.parametrize("stopped", [7, 60 + 7, 5 * 60 + 1, 20 * 60 - 1])  # so many steps, in 20 parts of 60
def test_parts_that_are_trained_one_after_another_are_not_trained_again(stopped, folder, monkeypatch):
    monkeypatch.setattr("gkn_utils.descent.CACHE", 1)  # one network at a time
    monkeypatch.setattr(checkpoints, "SECONDS", 1000)
    undisturbed, taken = run(nets=20), []
    monkeypatch.setattr(checkpoints, "SECONDS", 0)

    def progress(rates):
        for rate in rates:
            if len(taken) == stopped:
                raise RuntimeError("stopped")
            taken.append(rate)
            yield rate

    with pytest.raises(RuntimeError, match="stopped"):
        run(nets=20, progress=progress)
    stopped = None
    for one, other in zip(run(nets=20, progress=progress), undisturbed, strict=True):
        assert torch.equal(one, other)
    assert len(taken) == 20 * 60


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-1])


def no_weights(path):
    path.write_bytes(b"no weights")


def a_bit_of_a_weight(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def a_name(path):
    path.write_bytes(path.read_bytes().replace(b"history", b"histori", 1))


def no_digest(path):
    save_file(load_file(path), path)


@pytest.mark.parametrize("damage", [cut_off, no_weights, a_bit_of_a_weight, a_name, no_digest])
def test_a_checkpoint_that_is_not_as_it_was_written_counts_as_none(damage, folder):
    undisturbed = run()
    [path] = folder.iterdir()
    damage(path)
    for one, other in zip(run(), undisturbed, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(("took", "keeps"), [(5.9, False), (6.1, True)])
def test_a_descent_leaves_its_end_if_it_took_a_tenth_of_the_seconds(took, keeps, folder, monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS", 60)
    clock = iter([100.0] + [100.0 + took] * 60)
    monkeypatch.setattr(checkpoints, "time", SimpleNamespace(monotonic=lambda: next(clock, 100.0 + took)))
    run()
    assert folder.exists() == keeps
    if keeps:
        run(stop=0)  # it has no step to take


def test_without_the_variable_nothing_is_written(folder, monkeypatch):
    monkeypatch.delenv("GKN_CHECKPOINTS")
    run()
    assert not folder.exists()


def test_the_process_may_be_killed(tmp_path):
    """By SIGKILL, while it trains; another process then goes on."""
    code = (
        "import hashlib, os, signal, sys, torch\n"
        "from gkn_utils import MLP, checkpoints, fit\n"
        "checkpoints.SECONDS = 0\n"
        "def progress(rates):\n"
        "    for i, rate in enumerate(rates):\n"
        "        if str(i) == sys.argv[1]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield rate\n"
        "net = MLP(5, 20, 3, generator=torch.Generator().manual_seed(0))\n"
        "x = torch.rand(50, 5, generator=torch.Generator().manual_seed(1))\n"
        "fit(net, x, steps=40, batch_size=20, progress=progress)\n"
        "print(hashlib.sha256(torch.cat([p.flatten() for p in net.parameters()]).detach().numpy()).hexdigest())"
    )

    def process(stop, kept):
        environment = {"GKN_CHECKPOINTS": str(tmp_path / kept), "PATH": ""}
        return subprocess.run([sys.executable, "-c", code, stop], env=environment, capture_output=True, text=True)

    assert process("25", "killed").returncode == -9
    assert process("10", "killed").returncode == -9
    assert process("never", "killed").stdout == process("never", "whole").stdout != ""
