"""A judge of digits that can say no: eleven answers, ten digits and *no digit*."""

from functools import cache

import torch
from torch import Tensor

from gkn_utils.quality.reader import DigitNetwork, check_pictures, frozen

NONE = 10  # the answer that it is no digit
SURE = 0.7  # the judge is sure of a digit with more than this; its card says how often it is right then


@cache
def judge(device: torch.device | str = "cpu") -> DigitNetwork:
    """The trained judge, frozen. `scripts/train_judge.py` made it, from digits and from what `nondigits` makes.

    `reader.card("judge")` says what it is sure of.
    """
    return frozen("judge.safetensors", NONE + 1).to(device)


def judged(x: Tensor) -> tuple[Tensor, Tensor]:
    """Answers (n,) to pictures (n, 784) in [-1, 1], a digit or `NONE`, and whether the judge is sure of a digit, (n,).

    Raises `ValueError` outside [-1, 1], or for another shape.
    """
    probabilities = _probabilities(x)
    return probabilities.argmax(-1), probabilities[:, :NONE].amax(-1) > SURE


def certainty(x: Tensor) -> Tensor:
    """The probability of the likeliest digit, (n,), of pictures (n, 784) in [-1, 1]; errors as `judged`."""
    return _probabilities(x)[:, :NONE].amax(-1)


def sure(x: Tensor) -> float:
    """The share of pictures (n, 784) that the judge is sure of."""
    return judged(x)[1].float().mean().item()


def _probabilities(x: Tensor) -> Tensor:
    check_pictures(x)
    net = judge(x.device)
    return torch.cat([net(part) for part in x.split(2000)]).softmax(-1)
