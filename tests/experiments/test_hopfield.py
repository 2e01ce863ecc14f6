import pytest
import torch

from gkn_utils import kaleidoscope, last, nearest
from gkn_utils.dynamics.eigenvalues import arnoldi_radius
from gkn_utils.experiments.hopfield import Hopfield


def test_it_recalls_the_nearest_point_where_beta_is_large_and_the_mean_where_it_is_small(generator):
    x, z = torch.rand(20, 50, generator=generator), torch.rand(40, 50, generator=generator)
    net = Hopfield(x, 1000.0)
    end = last(kaleidoscope(net, z, steps=3))
    torch.testing.assert_close(end, x[nearest(z, x)[1]])
    torch.testing.assert_close(last(kaleidoscope(net.to(torch.float64), z.double(), steps=3)), end.double())
    torch.testing.assert_close(Hopfield(x, 1e-6)(z), x.mean(0).expand(40, 50), atol=1e-4, rtol=0)


def test_two_points_have_the_slope_of_a_tanh():
    """On the line with points -1 and 1 the network is tanh(beta z): a slope of beta at 0, 1 - tanh^2 elsewhere."""
    net = Hopfield(torch.tensor([[-1.0], [1.0]]), 3.0)
    z = torch.tensor([[0.0], [0.4]])
    torch.testing.assert_close(net(z), torch.tanh(3 * z))
    torch.testing.assert_close(arnoldi_radius(net, z, steps=1)[0], 3 * (1 - torch.tanh(3 * z[:, 0]) ** 2))


def test_similarities_differ_in_what_they_find():
    """Of (1, 0), (3, 3) and (0, 1.5), the last is nearest to (0, 1); (3, 3) has the largest product with it."""
    x, z = torch.tensor([[1.0, 0.0], [3.0, 3.0], [0.0, 1.5]]), torch.tensor([[0.0, 1.0]])
    for similarity, place in {"euclidean": 2, "manhattan": 2, "dot product": 1}.items():
        torch.testing.assert_close(Hopfield(x, 100.0, similarity=similarity)(z), x[place : place + 1])
    far = torch.tensor([[2.1, 0.0], [1.3, 1.3]])  # the first is nearer to 0 by absolute differences, not by squares
    zero = torch.zeros(1, 2)
    torch.testing.assert_close(Hopfield(far, 100.0, similarity="manhattan")(zero), far[:1])
    torch.testing.assert_close(Hopfield(far, 100.0)(zero), far[1:])


def test_bad_arguments_stop():
    with pytest.raises(ValueError, match="needed"):
        Hopfield(torch.rand(3, 2), 0.0)
    with pytest.raises(ValueError, match="similarity: got 'cosine'"):
        Hopfield(torch.rand(3, 2), 1.0, similarity="cosine")
