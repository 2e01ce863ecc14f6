import pytest
import torch

from gkn_utils.quality import equal_components, neighbour_votes


def test_components_of_data_on_a_plane(generator):
    x = torch.zeros(500, 10)
    x[:, :2] = torch.randn(500, 2, generator=generator)
    assert equal_components(x, 1e-6) == 2
    assert equal_components(x, x.var(dim=0).mean().item()) == 0


def test_neighbours_vote_for_the_cluster_they_are_in(generator):
    centres = torch.tensor([[0.0, 0.0], [9.0, 9.0]])
    x = torch.cat([c + torch.randn(20, 2, generator=generator) for c in centres])
    labels = torch.tensor([0] * 20 + [1] * 20)
    label, votes = neighbour_votes(torch.stack([centres, centres.flip(0)]), x, labels)
    assert label.tolist() == [[0, 1], [1, 0]]
    assert votes.tolist() == [[10, 10], [10, 10]]
    with pytest.raises(ValueError, match="k at most"):
        neighbour_votes(centres, x, labels, k=41)
