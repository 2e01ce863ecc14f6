"""What every public function takes, and refuses in clear words, parameter by parameter."""

import inspect
from collections.abc import Iterable, Sequence
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import gkn_utils as gkn
from gkn_utils.pretrained import FOLDER

X, Z, STATES = gkn.points([0.2, 0.8]), torch.linspace(0, 1, 5).unsqueeze(1), torch.rand(4, 5, 1)
ONE, MANY = gkn.MLP(1, 4, 2), gkn.MLP(1, 4, 2, nets=2)
RIGHT = {
    "MLP": {"dim": 1, "width": 4, "depth": 2, "nets": 3, "skip": True, "output": torch.nn.Tanh()},
    "arnoldi_radius": {"net": ONE, "x": X, "steps": 3},
    "burn_in": {"frames": STATES, "tol": 0.5, "end": STATES[-1]},
    "Claims": {"name": "01_single_point"},
    "centred": {"net": ONE, "x": X, "share": 0.5},
    "collapsed": {"loss": torch.tensor([0.5]), "x": X},
    "converged": {"history": torch.rand(5, 2)},
    "descend": {"net": ONE, "z": Z, "steps": 2, "lr": 0.5},
    "fit": {"net": ONE, "x": X, "steps": 2, "lr": 0.5, "batch_size": 1, "noise": gkn.AddedNoise(0.0, 0.5)},
    "fit_in_stages": {"net": ONE, "x": X, "steps": [2, 1], "lrs": [0.5, 0.25]},
    "fitted": {"loss": torch.tensor([0.5])},
    "kaleidoscope": {"net": ONE, "z": Z, "steps": 3, "jitter": 0.5, "keep": [0.25, 0.5], "low": -1.0, "high": 1.0},
    "last": {"states": STATES},
    "load_images": {"name": "faces", "count": 3, "seed": 1, "fewer": False},
    "load_network": {"path": FOLDER / "plane-2.safetensors"},
    "nearest": {"samples": Z, "x": X},
    "near_identity": {"net": ONE, "share": 0.5},
    "noise_schedule": {"steps": 5},
    "normal_starts": {"net": ONE, "count": 3},
    "AddedNoise": {"low": 0.0, "high": 0.5},
    "BlendedNoise": {"mean": 0.0, "sd": 0.5, "most": 2.0},
    "one_cycle": {"done": 0.5},
    "points": {"values": [0.25, 0.5]},
    "read_idx": {"content": b"\0\0\x08\x01\0\0\0\1a", "name": "a"},
    "save_figure": {"fig": plt.figure(), "name": "a", "allowed": 0.25},
    "save_gif": {"frames": [np.zeros((4, 4), np.uint8)] * 2, "name": "a", "milliseconds": [100, 200]},
    "save_network": {"net": ONE, "path": "a", "card": {}, "half": True},
    "settle": {"net": ONE, "z": Z, "steps": 3, "tol": 0.25},
    "stored": {"net": ONE, "x": X, "steps": 3, "tol": 0.25},
    "to_pixels": {"x": torch.rand(3, 6), "shape": (1, 2, 3), "low": 0.0, "high": 0.5},
    "train": {"x": X, "width": 4, "depth": 2, "seed": 0, "nets": 2},
    "trajectory": {"net": ONE, "z": Z, "steps": 3},
    "uniform_starts": {"net": ONE, "count": 3},
}
RIGHT |= {key: {"net": ONE} for key in ["fixed_points", "flat_share"]}
RIGHT |= {key: {"net": ONE, "x": X} for key in ["jacobian", "manifold_loss", "spectral_radius"]}
RIGHT |= {key: {"frames": STATES} for key in ["jumpiness", "period", "step_sizes"]}
RIGHT |= {key: {"samples": Z, "x": X, "tol": 0.25} for key in ["landed", "recalled", "visits"]}
RIGHT |= {key: {"name": "plane-2"} for key in ["network_card", "pretrained"]}
OPTIONS = {name: lambda: {"net": gkn.MLP(1, 4, 2)} for name in ("centred", "fit", "fit_in_stages", "near_identity")}
OPTIONS |= {
    "train": lambda: {"steps": np.array(2), "lr": np.array(0.5)},
    "trajectory": lambda: {"jitter": np.array(0.5)},
}
FUNCTIONS = [name for name in gkn.__all__ if name not in ("Images", "Network", "Source", "all_claims")]
NETWORKS = [torch.nn.Linear(1, 1), torch.nn.DataParallel(ONE)]
NUMBERS = ["1", True, float("nan"), [None], [[0.5]], {"a": 0.5}]
WRONG = {  # by the kinds that an annotation leaves a choice of
    (gkn.MLP,): NETWORKS,
    (gkn.Network,): NETWORKS,
    (torch.Tensor,): [[[0.5]], np.ones((2, 1)), 0.5],
    (int,): [1.5, "1", True, np.float64(1), torch.tensor([1])],
    (float,): [*NUMBERS, np.array([0.5])],
    (float, Sequence): NUMBERS,
    (int, Sequence): NUMBERS,
    (Sequence,): ["ab", 0.5, [[0.5]], [None]],
    (tuple,): [[0.5], 0.5, "ab", ("a", "b"), (0.5, 0.5, 0.5)],
    (Iterable,): [3, [0.5], np.ones((3, 5, 1)), [torch.zeros(5, 1), torch.zeros(4, 1)]],
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GKN_FIGURES", str(tmp_path))


def kinds(name: str, parameter: str) -> tuple:
    """What the annotation of a parameter leaves a choice of."""
    function = getattr(gkn, name)
    hint = get_type_hints(function.__init__ if inspect.isclass(function) else function)[parameter]
    return tuple(get_origin(kind) or kind for kind in (get_args(hint) if isinstance(hint, UnionType) else [hint]))


def called(name: str, /, **other) -> str:
    """What it returns, in words."""
    arguments = RIGHT[name] | OPTIONS.get(name, dict)()
    found = getattr(gkn, name)(**(arguments | other))
    return repr(list(found) if inspect.isgenerator(found) else found)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numbers_may_be_those_of_numpy_and_have_no_axis(name):
    expected = called(name)
    for parameter, value in RIGHT[name].items():
        if type(value) in (int, float):
            for kind in (np.float32, np.float64) if isinstance(value, float) else (np.int16, np.int64):
                for one in (kind(value), np.array(kind(value)), torch.tensor(kind(value))):
                    assert called(name, **{parameter: one}) == expected
        elif parameter != "values" and isinstance(value, tuple | list) and isinstance(value[0], int | float):
            for many in (np.array(value), torch.tensor(value), list(map(np.array, value))):
                assert called(name, **{parameter: many}) == expected


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_does_not_fit_is_refused_in_clear_words(name):
    for parameter in RIGHT[name]:
        choice = kinds(name, parameter)
        wrong = WRONG.get(tuple(kind for kind in choice if kind is not NoneType), [0.5])
        for value in wrong if NoneType in choice else [None, *wrong]:
            with pytest.raises(ValueError, match=rf"^{parameter}: got .*needed"):
                called(name, **{parameter: value})
