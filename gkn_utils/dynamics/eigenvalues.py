"""The largest eigenvalue of a Jacobian that is too large to write down."""

import torch
from torch import Tensor

from gkn_utils._checks import as_generator, check_count, check_points
from gkn_utils.network import Network


def arnoldi_radius(
    net: Network, x: Tensor, *, steps: int = 30, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """The largest |eigenvalue| of the Jacobian of f at points `x` (n, d), and a residual that says how good: (n,) each.

    `steps` products of the transposed Jacobian, which has the same eigenvalues, with a vector, for all points at once;
    `spectral_radius` needs d of them. Arnoldi's method (1951) on the space they span. The residual, with J for the
    transposed Jacobian, is |Jv - av| of the eigenvalue a found and its unit vector v: 0 where it is exact, as it is
    after d steps or more. `net` is a single network with `dim`, not only an MLP. Raises `ValueError` for `nets=k`,
    points it cannot take, steps < 1.
    """
    if net.nets is not None:
        raise ValueError(f"net: got nets={net.nets}, needed a single network")
    check_points("x", x, net)
    check_count("steps", steps)
    generator = as_generator(generator, net.device)
    start = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    net = getattr(net, "_orig_mod", net)  # as in `jacobian`
    x = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        y = net(x)
    matrix, rest = _hessenberg(lambda v: torch.autograd.grad(y, x, v, retain_graph=True)[0], start, steps)
    values, vectors = torch.linalg.eig(matrix)
    largest = values.abs().argmax(-1, keepdim=True)
    last = vectors[:, -1].gather(-1, largest).squeeze(-1).abs()
    return values.gather(-1, largest).squeeze(-1).abs(), rest * last


def _hessenberg(product, start: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """`product` on an orthonormal basis of what it spans from `start` (n, d): (n, steps, steps), and what leads out."""
    basis = start.new_zeros(len(start), steps + 1, start.shape[-1])
    matrix = start.new_zeros(len(start), steps + 1, steps)
    basis[:, 0] = torch.nn.functional.normalize(start, dim=-1)
    for j in range(steps):
        v, known = product(basis[:, j]), basis[:, : j + 1]
        size = v.norm(dim=-1)
        for _ in range(2):  # once leaves what rounding adds
            along = torch.einsum("nkd,nd->nk", known, v)
            matrix[:, : j + 1, j] += along
            v = v - torch.einsum("nk,nkd->nd", along, known)
        v = v * (v.norm(dim=-1) > 1e-5 * size).unsqueeze(-1)  # where nothing is left but rounding, the space is whole
        matrix[:, j + 1, j] = v.norm(dim=-1)
        basis[:, j + 1] = torch.nn.functional.normalize(v, dim=-1)
    return matrix[:, :-1], matrix[:, -1, -1]
