"""A judge of digits: a small convolutional network that reads them, trained on MNIST's 60,000."""

from functools import cache
from importlib.resources import files

import torch
from safetensors.torch import load
from torch import Tensor, nn

from gkn_utils._checks import check_range


class Judge(nn.Module):
    """Reads digits in [-1, 1], (..., 784), as `Images.points(-1, 1)` gives them: logits (..., 10).

    `scripts/train_networks.py` made its weights, `judge.safetensors`, and says how well it reads.
    """

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *[nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU()],
        )
        self.last = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """What the last layer reads the digit from: (..., 64)."""
        return self.layers(x.reshape(-1, 1, 28, 28)).reshape(*x.shape[:-1], 64)


@cache
def judge(device: torch.device | str = "cpu") -> Judge:
    """The trained judge, frozen."""
    with torch.device("meta"):  # no first weights are drawn
        net = Judge()
    weights = load(files("gkn_utils.quality").joinpath("judge.safetensors").read_bytes())
    net.load_state_dict({name: value.float() for name, value in weights.items()}, assign=True)
    return net.requires_grad_(False).eval().to(device)


def read(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What the judge sees in pictures (n, 784) in [-1, 1]: labels (n,), confidences (n,) and features (n, 64).

    The confidence is the largest of the ten probabilities. Raises `ValueError` outside [-1, 1], or for another shape.
    """
    if x.dim() != 2 or x.shape[1] != 784:
        raise ValueError(f"x: got shape {tuple(x.shape)}, needed (n, 784)")
    check_range("x", x, -1, 1)
    net = judge(x.device)
    features = torch.cat([net.features(part) for part in x.split(2000)])
    confidence, label = net.last(features).softmax(-1).max(-1)
    return label, confidence, features
