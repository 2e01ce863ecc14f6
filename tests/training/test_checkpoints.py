"""Training that is stopped and begun again ends as if it had not been stopped, to the last bit."""

import json
import threading
from types import SimpleNamespace

import pytest
import torch
from safetensors import safe_open
from torch import nn

from gkn_utils import MLP, AddedNoise, BlendedNoise, fit, one_cycle
from gkn_utils.training import checkpoints


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_NETWORKS", str(tmp_path / "kept"))
    monkeypatch.setattr(checkpoints, "SECONDS", 0)
    return tmp_path / "kept"


def run(stop=None, *, taken=None, weights=5, data=1, shuffles=5, output=None, skip=False, **options):
    """Weights, losses and generator, from three seeds, after a fit that breaks off once `taken` has `stop` steps."""
    taken = [] if taken is None else taken
    shape = {"width": options.pop("width", 5), "nets": options.pop("nets", None), "output": output, "skip": skip}

    def progress(rates):
        for rate in rates:
            if len(taken) == stop:
                raise KeyboardInterrupt
            taken.append(rate)
            yield rate

    first, points, generator = (torch.Generator().manual_seed(seed) for seed in (weights, data, shuffles))
    net = MLP(2, depth=3, **shape, generator=first)
    x = torch.rand(20, 2, generator=points)
    history = fit(net, x, **{"steps": 30, "progress": progress} | options, generator=generator)
    return torch.cat([p.detach().flatten() for p in net.parameters()]), history, generator.get_state()


def same(one, other) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("cache", "options", "steps"),
    [
        (2**24, {"batch_size": 3, "schedule": one_cycle}, 30),
        (2**24, {"batch_size": 3, "noise": AddedNoise(0.0, 0.5), "nets": 64}, 30),
        (2**24, {"batch_size": 3, "nets": 9}, 30),  # in compiled code
        (2**24, {"noise": BlendedNoise(), "nets": 3, "width": 40, "precision": torch.bfloat16}, 30),
        (1, {"noise": AddedNoise(0.0, 0.5), "nets": 5}, 5 * 30),  # one network after another
    ],
)
def test_it_ends_as_if_it_had_not_been_stopped_and_does_no_step_again(cache, options, steps, folder, monkeypatch):
    monkeypatch.setattr("gkn_utils.training.adam.CACHE", cache)
    monkeypatch.delenv("GKN_NETWORKS")
    undisturbed = run(**options)
    monkeypatch.setenv("GKN_NETWORKS", str(folder))
    taken = []
    for stop in (1, 7, steps // 2 + 1, steps - 1):
        with pytest.raises(KeyboardInterrupt):
            run(stop, taken=taken, **options)
    assert same(run(taken=taken, **options), undisturbed)
    assert len(taken) == steps
    assert same(run(stop=0, **options), undisturbed)  # nor any once it is done


OTHERS = {"lr": 1e-4, "schedule": one_cycle, "steps": 31, "noise": AddedNoise(0.0, 0.1), "batch_size": 4, "nets": 2}
OTHERS |= {"precision": torch.bfloat16, "output": nn.Tanh(), "skip": True, "weights": 6, "data": 2, "shuffles": 6}


@pytest.mark.parametrize(("name", "value"), OTHERS.items())
def test_another_fit_does_not_find_it(name, value, folder):
    run()
    with pytest.raises(KeyboardInterrupt):
        run(stop=0, **{name: value})


DAMAGES = {
    "it is cut off": lambda content: content[:-1],
    "it holds something else": lambda _: b"no weights",
    "a bit of a weight has turned": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "a tensor has another name": lambda content: content.replace(b'"history"', b'"histori"', 1),
    "it has no digest": lambda content: content.replace(b"digest", b"digesx", 1),
    "it has no card": lambda content: content.replace(b'"card"', b'"care"', 1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_file_that_is_not_as_it_was_written_counts_as_none(damage, folder):
    undisturbed = run()
    [path] = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(KeyboardInterrupt):
        run(stop=0)
    assert same(run(), undisturbed)


@pytest.mark.parametrize(("took", "keeps"), [(1.1, False), (1.3, True)])
def test_a_fit_leaves_its_end_with_a_card_if_it_took_a_fiftieth_of_the_seconds(took, keeps, folder, monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS", 60)
    clock = iter([100.0])
    monkeypatch.setattr(checkpoints, "time", SimpleNamespace(monotonic=lambda: next(clock, 100.0 + took)))
    run()
    assert len(list(folder.iterdir())) == keeps
    for path in folder.iterdir():
        with safe_open(path, "pt") as file:
            card = json.loads(file.metadata()["card"])
        assert {"dim": 2, "width": 5, "depth": 3, "points": [20, 2], "steps": 30}.items() <= card.items()


def test_who_wants_the_same_fit_waits_for_it(folder):
    begun, go_on, found, taken = threading.Event(), threading.Event(), {}, []

    def slow(rates):
        begun.set()
        assert go_on.wait(60)
        yield from rates

    first = threading.Thread(target=lambda: found.update(first=run(progress=slow)))
    second = threading.Thread(target=lambda: found.update(second=run(taken=taken)))
    first.start()
    assert begun.wait(60)
    second.start()
    second.join(0.5)
    assert second.is_alive()
    assert not taken
    go_on.set()
    first.join(60)
    second.join(60)
    assert same(found["first"], found["second"])
    assert not taken


def test_without_the_variable_nothing_is_written(folder, monkeypatch):
    monkeypatch.delenv("GKN_NETWORKS")
    run()
    assert not folder.exists()
