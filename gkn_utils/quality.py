"""What image samples and reconstructions are worth."""

import torch
from torch import Tensor

from gkn_utils.validation import check_count


def equal_components(x: Tensor, loss: float) -> int:
    """The fewest principal components of `x` (n, d) that reconstruct it with a mean square error of at most `loss`.

    0 means that the mean of the data does it alone.
    """
    variances = torch.linalg.eigvalsh(x.T.double().cov(correction=0)).flip(0).clamp_min(0) / x.shape[1]
    left = variances.sum() - torch.cat([variances.new_zeros(1), variances.cumsum(0)])
    return int((left > loss).sum())


def neighbour_votes(samples: Tensor, x: Tensor, labels: Tensor, *, k: int = 10) -> tuple[Tensor, Tensor]:
    """What the `k` points of `x` nearest to each sample say it is: the label most of them carry, and how many do.

    `samples` is (..., d), `x` (n, d), `labels` integers (n,) from 0; returns integers (...) and (...). The k-nearest
    neighbour rule of Cover and Hart (1967).
    """
    check_count("k", k)
    if not len(labels) == len(x) >= k:
        raise ValueError(f"got {len(x)} points, {len(labels)} labels, k={k}, needed as many labels and k at most that")
    flat = samples.reshape(-1, samples.shape[-1])
    neighbours = torch.cat([torch.cdist(part, x).topk(k, largest=False).indices for part in flat.split(1024)])
    votes = torch.nn.functional.one_hot(labels[neighbours]).sum(-2)
    most, label = votes.max(-1)
    return label.reshape(samples.shape[:-1]), most.reshape(samples.shape[:-1])
