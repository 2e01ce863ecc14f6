"""What image samples and reconstructions are worth."""

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import rankdata
from torch import Tensor

from gkn_utils._checks import check_count
from gkn_utils.dynamics.neighbours import nearest


def class_entropy(shares: Tensor) -> float:
    """The entropy of class shares (c,) as a part of the largest: 1 for c equal classes, 0 for a single one."""
    return (torch.special.entr(shares.double()).sum() / torch.tensor(float(len(shares))).log()).item()


def frechet_distance(x: Tensor, y: Tensor) -> float:
    """Of normal distributions with the means and covariances of features `x` (n, d) and `y` (m, d); 0 for equal ones.

    Heusel et al. (2017, arXiv 1706.08500), squared as they give it. Raises `ValueError` for fewer than two of either.
    """
    if min(len(x), len(y)) < 2:
        raise ValueError(f"x, y: got {len(x)} and {len(y)} points, needed at least two of both")
    x, y = x.double(), y.double()
    a, b = torch.atleast_2d(x.T.cov(), y.T.cov())
    product = torch.linalg.eigvals(a @ b).real.clamp_min(0).sqrt().sum()  # the trace of (ab)^(1/2)
    return ((x.mean(0) - y.mean(0)).square().sum() + a.trace() + b.trace() - 2 * product).clamp_min(0).item()


def neighbourhoods(real: Tensor, samples: Tensor, *, k: int = 5) -> dict[str, float]:
    """Precision, recall, density and coverage of features `samples` (m, d) beside `real` (n, d).

    A point's neighbourhood is the ball to its k-th nearest neighbour among its own kind. Precision: the share of
    samples in some real neighbourhood; recall: of real points in some sample's (Kynkaanniemi et al. 2019). Density:
    how many real neighbourhoods a sample lies in, over k; coverage: the share of real neighbourhoods that hold a
    sample (Naeem et al. 2020, arXiv 2002.09797).
    """
    check_count("k", k)
    if min(len(real), len(samples)) <= k:
        raise ValueError(f"got {len(real)} and {len(samples)} points, k={k}, needed more than k of both")
    across = torch.cdist(real, samples)
    of_real, of_samples = (torch.cdist(v, v).kthvalue(k + 1).values for v in (real, samples))
    inside = across <= of_real[:, None]
    return {
        "precision": inside.any(0).float().mean().item(),
        "recall": (across <= of_samples).any(1).float().mean().item(),
        "density": inside.sum().item() / (k * len(samples)),
        "coverage": inside.any(1).float().mean().item(),
    }


def end_states(samples: Tensor, *, tol: float = 0.01) -> Tensor:
    """How many of `samples` (m, d) ended in each state, (states,): those that chains of steps <= tol * sqrt(d) join."""
    return torch.bincount(_states(samples, tol))


def distinct(samples: Tensor, *, tol: float = 0.01) -> Tensor:
    """The first of `samples` (m, d) in each of their `end_states`, (states, d)."""
    first = np.unique(_states(samples, tol).numpy(), return_index=True)[1]
    return samples[torch.from_numpy(first).to(samples.device)]


def _states(samples: Tensor, tol: float) -> Tensor:
    near = torch.cdist(samples, samples) <= tol * samples.shape[1] ** 0.5
    return torch.from_numpy(connected_components(csr_array(near.cpu().numpy()))[1]).long()


def memorised(distances: Tensor) -> Tensor:
    """Which samples, of `distances` (m, 2), lie less than a third as far from the first point as from the second.

    The rule of Yoon et al. (2023, "Diffusion probabilistic models generalize when they fail to memorize").
    """
    return distances[:, 0] < distances[:, 1] / 3


def copied(samples: Tensor, learned: Tensor, unseen: Tensor) -> float:
    """The share of `samples` (m, d) that are copies of `learned` (n, d) rather than new: 1 for all, about 0 for none.

    What copies nothing is nearest to a learned point as often as these are among all points, if `unseen` (l, d) are
    drawn alike; a copy always is. The share follows from how often it happens. After Meehan et al. (2020, arXiv
    2004.05675), who compare the two distances. Blur alone does not count: it brings a sample nearer to both.
    """
    to_learned, to_unseen = (nearest(samples, v)[0] for v in (learned, unseen))
    chance = len(learned) / (len(learned) + len(unseen))
    return ((to_learned < to_unseen).float().mean().item() - chance) / (1 - chance)


def data_copying(samples: Tensor, learned: Tensor, unseen: Tensor, *, cells: int = 5, least: int = 20) -> float:
    """The statistic C_T of Meehan, Chaudhuri and Dasgupta (2020, arXiv 2004.05675): far below 0 where samples copy.

    Are `samples` (m, d) nearer to the points learned (n, d) than `unseen` ones (l, d) are? In each cell of a k-means
    clustering of what was learned, the z-score of Mann and Whitney's U says so; the mean weights cells by their unseen
    points. Cells with fewer than `least` samples, or than two unseen points, do not count. Samples like the unseen give
    about 0, with a standard deviation of at most 1. Raises `ValueError` if no cell counts.
    """
    check_count("cells", cells)
    centres, home = kmeans2(learned.double().cpu().numpy(), cells, minit="++", seed=0)
    centres, home = torch.from_numpy(centres).to(learned), torch.from_numpy(home).to(learned.device)
    z, weights = [], []
    for cell in range(cells):
        at_home = [v[nearest(v, centres)[1] == cell] for v in (samples, unseen)]
        if len(at_home[0]) >= least and len(at_home[1]) >= 2:
            z.append(mann_whitney(*(nearest(v, learned[home == cell])[0] for v in at_home)))
            weights.append(len(at_home[1]))
    if not z:
        raise ValueError(f"samples: got {len(samples)} in {cells} cells, needed one with at least {least} of them")
    return float(np.average(z, weights=weights))


def mann_whitney(a: Tensor, b: Tensor) -> float:
    """The z-score of Mann and Whitney's U of values `a` (m,) and `b` (n,): below 0 where those of `a` are smaller."""
    m, n = len(a), len(b)
    u = rankdata(torch.cat([a, b]).cpu().numpy())[:m].sum() - m * (m + 1) / 2
    return (u - m * n / 2) / (m * n * (m + n + 1) / 12) ** 0.5


def left_by_components(learned: Tensor, x: Tensor) -> Tensor:
    """The mean square error of `x` (n, d), rebuilt from 0, 1, ... d principal components of `learned` (m, d): (d + 1,).

    The best that a linear map through so many numbers can do: Pearson (1901).
    """
    learned, x = learned.double(), x.double()
    centre = learned.mean(0)
    components = torch.linalg.eigh(torch.atleast_2d((learned - centre).T.cov())).eigenvectors.flip(1)
    squares = ((x - centre) @ components).square().mean(0)
    left = squares.sum() - torch.cat([squares.new_zeros(1), squares.cumsum(0)])
    return left.clamp_min(0) / x.shape[1]
