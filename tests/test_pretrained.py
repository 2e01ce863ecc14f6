import json
import math

import pytest
import torch
from safetensors.torch import save_file

from gkn_utils import MLP, judge, kaleidoscope, last, load_images, manifold_loss, points, stored, uniform_starts
from gkn_utils.pretrained import FOLDER, load_network, network_card, pretrained, save_network
from gkn_utils.turning import turning

NAMES = sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def test_a_network_and_its_card_come_back(tmp_path, generator):
    net = MLP(3, 5, 2, output=torch.nn.Tanh(), generator=generator)
    save_network(net, tmp_path / "a.safetensors", {"what": "three numbers", "recipe": {"steps": 5}})
    back, x = load_network(tmp_path / "a.safetensors"), torch.rand(4, 3, generator=generator)
    assert torch.equal(back(x), net(x))
    assert back.range == (-1, 1)
    assert not any(p.requires_grad for p in back.parameters())


def test_half_precision_is_half_the_size_and_nearly_the_network(tmp_path, generator):
    net = MLP(3, 100, 2, generator=generator)
    for half in (False, True):
        save_network(net, tmp_path / f"{half}.safetensors", {}, half=half)
    sizes = [(tmp_path / f"{half}.safetensors").stat().st_size for half in (False, True)]
    assert sizes[1] < 0.6 * sizes[0]
    x = torch.rand(4, 3, generator=generator)
    assert torch.allclose(load_network(tmp_path / "True.safetensors")(x), net(x), atol=1e-3)


def test_another_networks_card_does_not_change_the_shape(tmp_path, generator):
    net = MLP(2, 8, 2, generator=generator)
    save_network(net, tmp_path / "a.safetensors", network_card("mnist-turning"))
    assert load_network(tmp_path / "a.safetensors").width == 8


def test_weights_that_are_too_large_for_half_precision_are_not_written(tmp_path, generator):
    net = MLP(2, 8, 2, generator=generator)
    net.biases[0].data[0, 0] = 1e5
    with pytest.raises(ValueError, match="not finite at half precision"):
        save_network(net, tmp_path / "a.safetensors", {}, half=True)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_those_of_the_project_are_small_and_say_what_they_are(name):
    card, net = network_card(name), pretrained(name)
    assert {"what", "data", "recipe", "sampling", "seed", "measures", "licence"} <= set(card)
    assert (net.dim, net.width, net.depth) == (card["dim"], card["width"], card["depth"])
    assert (FOLDER / f"{name}.safetensors").stat().st_size < 8e6


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("plane")])
def test_the_cards_of_the_plane_measure_what_is_there(name):
    net, x = pretrained(name), points([(0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)])
    measures = network_card(name)["measures"]
    assert stored(net, x).sum() == measures["points stored"]
    starts = torch.rand(500, 2, generator=torch.Generator().manual_seed(1))
    ends = last(kaleidoscope(net, starts, steps=300))
    near = (torch.cdist(ends, x).amin(-1) < 0.02).float().mean().item()
    assert near == pytest.approx(measures["share of 1,000 uniform starts that land"], abs=0.05)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("mnist")])
def test_the_networks_of_digits_return_digits_as_their_cards_say(name):
    loss = manifold_loss(pretrained(name), load_images("mnist-5k", count=500).points(-1, 1)).item()
    assert loss == pytest.approx(network_card(name)["measures"]["loss on unseen digits"], rel=0.1)


@pytest.mark.parametrize(
    ("name", "sampling"),
    [("mnist-paper", {"steps": 300, "jitter": 0.01}), ("mnist-turning", turning(300, period=100, calm=30))],
)
def test_their_samples_are_as_often_like_digits_as_their_cards_say(name, sampling):
    net, measures = pretrained(name), network_card(name)["measures"]
    starts = uniform_starts(net, 400, torch.Generator().manual_seed(1))
    samples = last(kaleidoscope(net, last(kaleidoscope(net, starts, **sampling)), steps=1))
    label, confidence, _ = judge.read(samples)
    assert (confidence > 0.9).float().mean().item() == pytest.approx(measures["confident"], abs=0.05)
    entropy = torch.distributions.Categorical(label.bincount(minlength=10).float()).entropy() / math.log(10)
    assert entropy.item() == pytest.approx(measures["entropy"], abs=0.05)


def test_another_name_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"got 'mnist', needed one of .*plane-2"):
        pretrained("mnist")


def test_what_is_no_such_file_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    with pytest.raises(FileNotFoundError):
        load_network(path)
    path.write_bytes(b"no such thing")
    with pytest.raises(ValueError, match="cannot be read"):
        load_network(path)
    save_file({"weights.0": torch.zeros(2, 2)}, path)
    with pytest.raises(ValueError, match="no card"):
        load_network(path)
    for card in ({}, {"dim": 2, "width": 3, "depth": 1, "output": "tanh"}, {"dim": 2, "width": 3, "depth": 0}):
        save_file({"weights.0": torch.zeros(2, 2), "biases.0": torch.zeros(1, 2)}, path, {"card": json.dumps(card)})
        with pytest.raises(ValueError, match="do not belong together"):
            load_network(path)


@pytest.mark.parametrize("options", [{"nets": 2}, {"skip": True}])
def test_what_is_no_single_plain_network_is_not_written(tmp_path, options):
    with pytest.raises(ValueError, match="needed a single network"):
        save_network(MLP(2, 3, 1, **options), tmp_path / "a.safetensors", {})
    assert not list(tmp_path.iterdir())
