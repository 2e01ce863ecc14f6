import pytest
import torch
from torch import nn

from gkn_utils import MLP, manifold_loss
from gkn_utils.training.backpropagation import Backpropagation


@pytest.fixture(params=[(nn.Sigmoid, False), (nn.Tanh, False), (nn.Identity, False), (nn.Sigmoid, True)])
def net(request, generator):
    output, skip = request.param
    return MLP(3, 4, 2, output=output(), skip=skip, nets=5, generator=generator).double()


def test_loss_and_gradient_are_those_of_autograd(net, generator):
    x = torch.rand(5, 6, 3, generator=generator, dtype=torch.double)
    part = slice(1, 4)
    by_hand = Backpropagation(net, part, 6, torch.double)
    loss = by_hand(x[part], x[part], None)

    expected = manifold_loss(net, x)
    expected.sum().backward()
    torch.testing.assert_close(loss, expected[part].detach())
    weights, biases = by_hand._split(by_hand.flat.grad)
    for found, parameter in zip(weights + biases, [*net.weights, *net.biases], strict=True):
        torch.testing.assert_close(found, parameter.grad[part])


def test_points_count_as_often_as_their_weights_say(net, generator):
    x, weight = torch.rand(5, 2, 3, generator=generator, dtype=torch.double), torch.tensor([[[2.0], [1.0]]]).double()
    learners = [Backpropagation(net, slice(0, 5), count, torch.double) for count in (2, 3)]
    three = torch.cat([x[:, :1], x], dim=1)
    torch.testing.assert_close(learners[0](x, x, weight) * 2 / 3, learners[1](three, three, None))
    torch.testing.assert_close(learners[0].flat.grad * 2 / 3, learners[1].flat.grad)
