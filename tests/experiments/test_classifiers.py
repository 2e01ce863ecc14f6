import pytest
import torch

from gkn_utils.experiments.classifiers import Classifier, accuracies, fit_classifier


def test_each_network_is_as_if_alone_and_has_a_shape_that_can_be(generator):
    x = torch.rand(5, 3, generator=generator)
    together = Classifier(3, 8, 2, 4, nets=3, generator=torch.Generator().manual_seed(1))
    draws = torch.Generator().manual_seed(1)
    for k in range(3):
        alone = Classifier(3, 8, 2, 4, nets=1, generator=draws)
        torch.testing.assert_close(together(x)[k], alone(x)[0])
    for shape in [(3, 8, 0, 2), (3, 8, 1, 1), (0, 8, 1, 2), (3, 2.5, 1, 2)]:
        with pytest.raises(ValueError, match="got"):
            Classifier(*shape, nets=1)


def test_each_keeps_the_weights_that_reach_the_accuracy_and_else_uses_all_steps(generator):
    """Two classes, left and right of 0 in the first of three coordinates."""
    x = torch.rand(400, 3, generator=generator) * 2 - 1
    labels, options = (x[:, 0] > 0).long(), {"batch_size": 100, "lr": 3e-3}
    net, again = Classifier(3, 16, 2, 2, nets=3), Classifier(3, 16, 2, 2, nets=3)
    steps = fit_classifier(net, x, labels, (x, labels), accuracy=0.9, most=500, **options)
    assert (steps < 500).all()
    assert ((accuracies(net, x, labels) >= 0.9) & (accuracies(net, x, labels) < 0.99)).all()
    fewest, first = steps.min().item(), steps.argmin()
    assert fewest < steps.max()
    assert fit_classifier(again, x, labels, (x, labels), accuracy=1.1, most=fewest, **options).tolist() == [fewest] * 3
    torch.testing.assert_close(again(x)[first], net(x)[first])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": torch.tensor([0, 2])}, "needed 2 integers from 0 to 1"),
        ({"labels": torch.tensor([0])}, "needed 2 integers"),
        ({"labels": torch.tensor([0.0, 1.0])}, "needed 2 integers"),
        ({"batch_size": 0}, "batch_size: got 0"),
        ({"most": 0}, "got 0, needed an integer"),
    ],
)
def test_bad_arguments_stop(change, said):
    x, labels = torch.rand(2, 3), torch.tensor([0, 1])
    options = {"labels": labels, "held_out": (x, labels), "accuracy": 1, "most": 1, "batch_size": 2} | change
    with pytest.raises(ValueError, match=said):
        fit_classifier(Classifier(3, 4, 1, 2, nets=1), x, **options)
