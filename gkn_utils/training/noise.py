"""Noise on what a network is fed in training, while it still has to return the point itself."""

from math import inf

import torch
from torch import Tensor

from gkn_utils._arguments import checked


# Vincent et al. 2010, JMLR 11
class AddedNoise:
    """x + s n is fed for x, with n ~ N(0, 1) and s uniform in [low, high]: a denoising autoencoder.

    Raises `ValueError` unless 0 <= low <= high < inf.
    """

    @checked
    def __init__(self, low: float, high: float):
        if not 0 <= low <= high < inf:
            raise ValueError(f"low, high: got {low!r}, {high!r}, needed 0 <= low <= high, both finite")
        self.low, self.high = low, high

    def __repr__(self) -> str:
        return f"AddedNoise({self.low!r}, {self.high!r})"

    def __call__(self, x: Tensor, generator: torch.Generator) -> tuple[Tensor, None]:
        """What is fed for points `x` (k, n, d), the same noise for each of k networks; the loss has no weights."""
        sd = torch.empty_like(x[:1, :, :1]).uniform_(self.low, self.high, generator=generator)
        return x + sd * torch.empty_like(x[:1]).normal_(generator=generator), None


class FadedNoise:
    """t x + s n is fed for x, with n ~ N(0, 1), t uniform in [0, 1] and s, apart from it, uniform in [0, high].

    So points are learned from near them, from far, and from near 0. Raises `ValueError` unless 0 < high < inf.
    """

    @checked
    def __init__(self, high: float):
        if not 0 < high < inf:
            raise ValueError(f"high: got {high!r}, needed a finite number above 0")
        self.high = high

    def __repr__(self) -> str:
        return f"FadedNoise({self.high!r})"

    def __call__(self, x: Tensor, generator: torch.Generator) -> tuple[Tensor, None]:
        """What is fed for points `x` (k, n, d), the same noise for each of k networks; the loss has no weights."""
        t = torch.empty_like(x[:1, :, :1]).uniform_(generator=generator)
        sd = torch.empty_like(t).uniform_(0, self.high, generator=generator)
        return t * x + sd * torch.empty_like(x[:1]).normal_(generator=generator), None


# Lipman et al. 2022, arXiv 2210.02747, for the path; Esser et al. 2024, arXiv 2403.03206, for how t is drawn
class BlendedNoise:
    """t x + (1 - t) n is fed for x, with n ~ N(0, 1) and logit t ~ N(mean, sd^2): from all noise to none.

    The network is not told t. Its square error counts 1 / (1 - t) times, at most `most`: between once, and the
    1 / (1 - t)^2 times of an error in the velocity of the flow (`noise_schedule`). Raises `ValueError` for an sd or a
    `most` that is not positive.
    """

    @checked
    def __init__(self, mean: float = -0.5, sd: float = 0.85, *, most: float = 20.0):
        if not (abs(mean) < inf and 0 < sd < inf and 0 < most < inf):
            raise ValueError(f"mean, sd, most: got {mean!r}, {sd!r}, {most!r}, needed finite ones, sd and most above 0")
        self.mean, self.sd, self.most = mean, sd, most

    def __repr__(self) -> str:
        return f"BlendedNoise({self.mean!r}, {self.sd!r}, most={self.most!r})"

    def __call__(self, x: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """What is fed for points `x` (k, n, d), and their weights (1, n, 1); each of k networks has the same noise."""
        t = torch.empty_like(x[:1, :, :1]).normal_(self.mean, self.sd, generator=generator).sigmoid_()
        fed = torch.lerp(torch.empty_like(x[:1]).normal_(generator=generator), x, t)
        return fed, (1 / (1 - t)).clamp_max(self.most)
