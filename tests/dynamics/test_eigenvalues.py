import pytest
import torch
from torch import nn

from gkn_utils import MLP, spectral_radius
from gkn_utils.dynamics.eigenvalues import arnoldi_radius


def test_known_eigenvalues_of_linear_maps(affine):
    diagonal = torch.diag(torch.tensor([0.5, -2.0, 1.0, 0.1]))
    turn = torch.zeros(4, 4)
    turn[0, 1], turn[1, 0] = -0.9, 0.9  # a pair of complex eigenvalues
    for matrix, radius in [(diagonal, 2.0), (turn, 0.9), (torch.zeros(4, 4), 0.0)]:
        found, residual = arnoldi_radius(affine(matrix, 0.0), torch.rand(3, 4), steps=4)
        torch.testing.assert_close(found, torch.full((3,), radius), atol=1e-5, rtol=1e-5)
        assert residual.max() < 1e-5


def test_it_is_the_exact_radius_long_before_all_dimensions(generator):
    net = MLP(100, 60, 4, output=nn.Tanh(), generator=generator)
    for weight in net.weights:
        weight.data *= 2.5  # a radius near 1
    x = torch.rand(5, 100, generator=generator) * 2 - 1
    found, residual = arnoldi_radius(net, x, steps=40)
    torch.testing.assert_close(found, spectral_radius(net, x), rtol=2e-2, atol=1e-3)
    assert residual.max() < 0.05


@pytest.mark.parametrize(("dim", "rank"), [(12, 12), (12, 3), (100, 1)])
def test_more_steps_than_there_are_dimensions_do_no_harm(dim, rank, affine, generator):
    a, b = torch.randn(2, dim, rank, generator=generator)
    matrix = a @ b.T / dim
    exact = torch.linalg.eigvals(matrix).abs().max()
    found, residual = arnoldi_radius(affine(matrix, 0.0), torch.rand(5, dim, generator=generator), steps=30)
    torch.testing.assert_close(found, exact.expand(5), rtol=1e-4, atol=1e-5)
    assert residual.max() < 1e-5


@pytest.mark.parametrize("options", [{"steps": 0}, {"x": torch.rand(2, 3)}, {"net": MLP(4, 3, 1, nets=2)}])
def test_bad_arguments_stop(options, affine):
    options = {"net": affine(torch.eye(4), 0.0), "x": torch.rand(2, 4)} | options
    with pytest.raises(ValueError, match="got"):
        arnoldi_radius(**options)
