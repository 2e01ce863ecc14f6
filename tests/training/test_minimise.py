import pytest
import torch
from torch import nn

from gkn_utils.training.minimise import minimise

GOAL = torch.tensor([3.0, -2.0])


class Point(nn.Module):
    """A point that begins at 0."""

    def __init__(self):
        super().__init__()
        self.at = nn.Parameter(torch.zeros(2))

    def loss(self):
        return (torch.tensor([1.0, 10.0]) * (self.at - GOAL) ** 2).sum()


@pytest.mark.parametrize("later", [1.0, 0.5])
def test_it_takes_the_steps_of_adam(later):
    net, by_hand, schedule = Point(), Point(), None if later == 1 else lambda done: 1 if done < 0.5 else later
    adam, losses = torch.optim.Adam(by_hand.parameters(), lr=0.1), []
    for step in range(200):
        adam.param_groups[0]["lr"] = 0.1 if step < 100 else 0.1 * later
        adam.zero_grad()
        losses.append(by_hand.loss())
        losses[-1].backward()
        adam.step()
    torch.testing.assert_close(
        minimise(net, net.loss, steps=200, lr=0.1, schedule=schedule), torch.stack(losses).detach()
    )
    torch.testing.assert_close(net.at, by_hand.at)
    torch.testing.assert_close(net.at.detach(), GOAL, atol=0.01, rtol=0)


def test_it_ends_where_it_is_told_that_this_is_enough_and_begins_only_if_there_is_a_step():
    net, asked = Point(), []
    history = minimise(net, net.loss, steps=50, done=lambda step: asked.append(step) or step == 7)
    assert asked == [1, 2, 3, 4, 5, 6, 7]
    assert history.shape == (7,)
    assert not history.requires_grad
    with pytest.raises(ValueError, match="steps: got 0"):
        minimise(Point(), Point().loss, steps=0)
    with pytest.raises(FloatingPointError, match="got inf at step 0, needed a number"):
        minimise(net, lambda: net.loss() / 0, steps=3)
