"""A reader of digits: a small convolutional network, trained on MNIST's 60,000 and never shown a sample."""

import json
from functools import cache
from importlib.resources import files

import torch
from safetensors import safe_open
from safetensors.torch import load
from torch import Tensor, nn

from gkn_utils._checks import check_range


class DigitNetwork(nn.Module):
    """Reads pictures in [-1, 1], (..., 784), as `Images.points(-1, 1)` gives them: logits (..., answers).

    `scripts/train_judge.py` made the weights of the two that the project has.
    """

    def __init__(self, answers: int):
        super().__init__()
        self.layers = nn.Sequential(
            *[nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU()],
        )
        self.last = nn.Linear(64, answers)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """What the last layer answers from: (..., 64)."""
        return self.layers(x.reshape(-1, 1, 28, 28)).reshape(*x.shape[:-1], 64)


def frozen(name: str, answers: int) -> DigitNetwork:
    """The network whose weights are in `name`, a file of this folder."""
    with torch.device("meta"):  # no first weights are drawn
        net = DigitNetwork(answers)
    weights = load(files("gkn_utils.quality").joinpath(name).read_bytes())
    net.load_state_dict({name: value.float() for name, value in weights.items()}, assign=True)
    return net.requires_grad_(False).eval()


def card(name: str) -> dict:
    """What the "reader" or the "judge" learned from, and what it is sure of: digits, rightly, and what is no digit."""
    with safe_open(files("gkn_utils.quality").joinpath(f"{name}.safetensors"), "pt") as file:
        return json.loads(file.metadata()["card"])


@cache
def reader(device: torch.device | str = "cpu") -> DigitNetwork:
    """The trained reader, of ten answers: which digit, never whether."""
    return frozen("reader.safetensors", 10).to(device)


def check_pictures(x: Tensor) -> None:
    """Raises `ValueError` for what is not (n, 784) in [-1, 1]."""
    if x.dim() != 2 or x.shape[1] != 784:
        raise ValueError(f"x: got shape {tuple(x.shape)}, needed (n, 784)")
    check_range("x", x, -1, 1)


def read(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What the reader sees in pictures (n, 784) in [-1, 1]: labels (n,), confidences (n,) and features (n, 64).

    The confidence is the largest of the ten probabilities. It can be high for what is no digit: ask the judge.
    Raises `ValueError` outside [-1, 1], or for another shape.
    """
    check_pictures(x)
    net = reader(x.device)
    features = torch.cat([net.features(part) for part in x.split(2000)])
    confidence, label = net.last(features).softmax(-1).max(-1)
    return label, confidence, features
