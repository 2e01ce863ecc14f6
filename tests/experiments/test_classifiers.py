import pytest
import torch

from gkn_utils.classifiers import Classifier, accuracies, fit_classifier


@pytest.fixture
def blobs(generator):
    """Two classes, left and right of 0 in the first of three coordinates."""
    x = torch.rand(400, 3, generator=generator) * 2 - 1
    return x, (x[:, 0] > 0).long()


def test_each_network_is_as_if_alone(generator):
    x = torch.rand(5, 3, generator=generator)
    together = Classifier(3, 8, 2, 4, nets=3, generator=torch.Generator().manual_seed(1))
    draws = torch.Generator().manual_seed(1)
    for k in range(3):
        alone = Classifier(3, 8, 2, 4, nets=1, generator=draws)
        torch.testing.assert_close(together(x)[k], alone(x)[0])


def test_it_stops_at_the_accuracy_asked_for(blobs):
    x, labels = blobs
    net = Classifier(3, 16, 2, 2, nets=3)
    steps = fit_classifier(net, x, labels, (x, labels), accuracy=0.9, most=500, batch_size=100, lr=3e-3)
    assert (steps < 500).all()
    assert ((accuracies(net, x, labels) >= 0.9) & (accuracies(net, x, labels) < 0.99)).all()


def test_what_does_not_get_there_uses_all_steps(blobs):
    x, labels = blobs
    net = Classifier(3, 16, 2, 2, nets=2)
    assert fit_classifier(net, x, labels, (x, labels), accuracy=1.1, most=15, batch_size=50).tolist() == [15, 15]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": torch.tensor([0, 2])}, "needed 2 integers from 0 to 1"),
        ({"labels": torch.tensor([0, -1])}, "needed 2 integers from 0 to 1"),
        ({"labels": torch.tensor([0])}, "needed 2 integers"),
        ({"labels": torch.tensor([0.0, 1.0])}, "needed 2 integers"),
        ({"batch_size": 0}, "batch_size: got 0"),
        ({"most": 0}, "most: got 0"),
    ],
)
def test_bad_arguments_stop(change, said):
    x, labels = torch.rand(2, 3), torch.tensor([0, 1])
    options = {"labels": labels, "held_out": (x, labels), "accuracy": 1, "most": 1, "batch_size": 2} | change
    with pytest.raises(ValueError, match=said):
        fit_classifier(Classifier(3, 4, 1, 2, nets=1), x, **options)


@pytest.mark.parametrize("shape", [(3, 8, 0, 2), (3, 8, 1, 1), (0, 8, 1, 2), (3, 0, 1, 2), (3, 2.5, 1, 2)])
def test_bad_shapes_stop(shape):
    with pytest.raises(ValueError, match="got"):
        Classifier(*shape, nets=1)
