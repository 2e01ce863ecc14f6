"""Real digits, to learn from and to judge samples beside."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gkn_utils._checks import check_count
from gkn_utils.data.images import load_images
from gkn_utils.dynamics.neighbours import nearest_neighbours
from gkn_utils.quality import measures
from gkn_utils.quality.judge import NONE, judged
from gkn_utils.quality.reader import read


@dataclass(frozen=True)
class Digits:
    """Digits as points in [-1, 1], as `load_digits` returns them."""

    train: Tensor  # (n, 784), to learn
    labels: Tensor  # (n,)
    unseen: Tensor  # (unseen, 784), drawn like those to learn, and kept away
    real: Tensor  # (count, 784), kept away: what samples should be like
    held_out: Tensor  # (count, 784), kept away: what samples and `real` are compared with
    source: str  # where they come from, in words


def load_digits(name: str, *, count: int, unseen: int = 0, seed: int = 0, device: torch.device | str = "cpu") -> Digits:
    """Digits to learn, `unseen` drawn from the same and kept away, and twice `count` more that are kept away.

    `name` is `mnist-5k`, of which all are taken (the judge has learned from them), or `mnist`: its 60,000 to learn and
    the `unseen`; twice `count` of its test part, written by other people, which the judge has never seen. Raises
    `ValueError` for another name, a count below 6, a negative `unseen`, more than 4,000 of `mnist-5k` or 14,000 of
    `mnist` to keep away, 10,000 of these from its test part.
    """
    check_count("count", count, 6)
    check_count("unseen", unseen, 0)
    kept, most = 2 * count + unseen, {"mnist-5k": 4_000, "mnist": 14_000}
    if kept > most.get(name, 0):
        raise ValueError(f"got {name!r}, {kept:,} to keep away, needed one of these names and at most so many: {most}")
    if name == "mnist":
        learned, test = load_images("mnist-train", seed=seed), load_images("mnist-test", count=2 * count, seed=seed)
        x, labels, away = learned.points(-1, 1), learned.labels, test.points(-1, 1)
    else:
        learned = load_images(name, seed=seed)
        away, x = learned.points(-1, 1).tensor_split([2 * count])
        labels = learned.labels[2 * count :]
    parts = x[unseen:], labels[unseen:], x[:unseen], away[:count], away[count:]
    return Digits(*(v.to(device) for v in parts), learned.source)


def score(samples: Tensor, digits: Digits) -> dict[str, float]:
    """All that is asked of `samples` (m, 784) in [-1, 1].

    * sure: the share that the judge is sure of; classes: the entropy of the digits among its answers, 1 for ten equal
      ones, 0 for one or none;
    * confident: the share of which the reader, which cannot say no, has a confidence above .9;
    * entropy: of the classes it reads, 1 for ten equal ones;
    * precision, recall, density, coverage and frechet: on the reader's features, beside the digits held out.
    """
    label, confidence, features = read(samples)
    answers, certain = judged(samples)
    answered = torch.bincount(answers, minlength=NONE + 1)[:NONE]
    seen = torch.bincount(label, minlength=10) / len(label)
    real = read(digits.held_out)[2]
    return {
        "sure": certain.float().mean().item(),
        "classes": measures.class_entropy(answered / answered.sum().clamp_min(1)),
        "confident": (confidence > 0.9).float().mean().item(),
        "entropy": measures.class_entropy(seen),
        **measures.neighbourhoods(real, features),
        "frechet": measures.frechet_distance(real, features),
    }


def nearness(samples: Tensor, digits: Digits) -> dict[str, float]:
    """How near `samples` (m, 784) are to the digits to learn.

    * nearest: how many different digits are nearest to a sample, as a share of the samples;
    * distance: the median distance to them; memorised: the share of samples that `measures.memorised` catches.
    """
    distances, index = nearest_neighbours(samples, digits.train, 2)
    return {
        "nearest": len(index[:, 0].unique()) / len(samples),
        "distance": distances[:, 0].median().item(),
        "memorised": measures.memorised(distances).float().mean().item(),
    }
