import json
import os
import struct

import numpy as np
import pytest
import torch
from accidents import ends_well
from safetensors.torch import save_file

from gkn_utils import MLP, kaleidoscope, last, load_images, manifold_loss, points, stored
from gkn_utils.pretrained import FOLDER, load_network, network_card, pretrained, save_network

NAMES = sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def test_a_network_and_its_card_come_back(tmp_path, generator):
    net = MLP(3, 5, 2, output=torch.nn.Tanh(), generator=generator)
    card = {"what": "three numbers", "recipe": {"steps": np.int64(5)}, "width": 9}  # which is not the network's
    save_network(net, tmp_path / "a.safetensors", card)
    back, x = load_network(tmp_path / "a.safetensors"), torch.rand(4, 3, generator=generator)
    assert torch.equal(back(x), net(x))
    assert back.range == (-1, 1)
    assert not any(p.requires_grad for p in back.parameters())


def test_what_is_wrapped_around_a_network_is_not_in_the_file(tmp_path, generator):
    net = MLP(3, 5, 2, generator=generator)
    save_network(net, tmp_path / "plain", {})
    save_network(torch.compile(net), tmp_path / "compiled", {})
    assert (tmp_path / "compiled").read_bytes() == (tmp_path / "plain").read_bytes()


def test_half_precision_is_half_the_size_and_nearly_the_network(tmp_path, generator):
    net, x = MLP(3, 100, 2, generator=generator), torch.rand(4, 3, generator=generator)
    for half in (False, True):
        save_network(net, tmp_path / f"{half}", {}, half=half)
    assert (tmp_path / "True").stat().st_size < 0.6 * (tmp_path / "False").stat().st_size
    assert torch.allclose(load_network(tmp_path / "True")(x), net(x), atol=1e-3)


def test_what_is_no_single_plain_network_or_too_large_for_half_precision_is_not_written(tmp_path, generator):
    net = MLP(2, 8, 2, generator=generator)
    net.biases[0].data[0, 0] = 1e5
    with pytest.raises(ValueError, match="not finite at half precision"):
        save_network(net, tmp_path / "a.safetensors", {}, half=True)
    for options in ({"nets": 2}, {"skip": True}):
        with pytest.raises(ValueError, match="needed a single network"):
            save_network(MLP(2, 3, 1, **options), tmp_path / "a.safetensors", {})
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("plane")])
def test_the_cards_of_the_plane_measure_what_is_there(name):
    net, x = pretrained(name), points([(0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)])
    card, measures = network_card(name), network_card(name)["measures"]
    assert {"what", "data", "recipe", "sampling", "seed", "licence"} <= set(card)
    assert (net.dim, net.width, net.depth) == (card["dim"], card["width"], card["depth"])
    assert stored(net, x).sum() == measures["points stored"]
    starts = torch.rand(500, 2, generator=torch.Generator().manual_seed(1))
    ends = last(kaleidoscope(net, starts, steps=300))
    near = (torch.cdist(ends, x).amin(-1) < 0.02).float().mean().item()
    assert near == pytest.approx(measures["share of 1,000 uniform starts that land"], abs=0.05)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("mnist")])
def test_the_networks_of_digits_return_digits_as_their_cards_say(name):
    loss = manifold_loss(pretrained(name), load_images("mnist-5k", count=500).points(-1, 1)).item()
    assert loss == pytest.approx(network_card(name)["measures"]["loss on unseen digits"], rel=0.1)


def test_another_name_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"got 'mnist', needed one of .*plane-2"):
        pretrained("mnist")


def test_what_is_no_such_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_network(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**27 + 1)
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "large"):
        with pytest.raises(ValueError, match="got a folder, a device or over"):
            load_network(path)
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"no such thing")
    with pytest.raises(ValueError, match="cannot be read"):
        load_network(path)
    save_file({"weights.0": torch.zeros(2, 2)}, path)
    with pytest.raises(ValueError, match="no card"):
        load_network(path)
    right = {"dim": 2, "width": 3, "depth": 0, "output": "tanh"}
    for wrong in ({"dim": "2"}, {"dim": 3}, {"depth": 1}, {"output": None}, {"dim": 2**70}):
        card = right | wrong
        save_file({"weights.0": torch.zeros(2, 2), "biases.0": torch.zeros(1, 2)}, path, {"card": json.dumps(card)})
        with pytest.raises(ValueError, match="do not belong together"):
            load_network(path)
    for bad in (float("nan"), float("inf")):
        weights = {"weights.0": torch.zeros(2, 2) + bad, "biases.0": torch.zeros(1, 2)}
        save_file(weights, path, {"card": json.dumps(right)})
        with pytest.raises(ValueError, match="needed"):
            load_network(path)


def header(content: object, data: bytes = b"", length: int | None = None) -> bytes:
    """A safetensors file with this header."""
    words = content if isinstance(content, bytes) else json.dumps(content).encode()
    return struct.pack("<Q", len(words) if length is None else length) + words + data


TENSOR = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}
LIES = {
    "a length beyond the file": header({}, length=2**40),
    "a length within it": header({}, length=1),
    "a card of six million lists": header({"__metadata__": {"card": "[" + "[]," * 6_000_000 + "[]]"}}),
    "100,000 tensors": header({str(i): {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(100_000)}),
    "deep JSON": header(b"[" * 100_000 + b"]" * 100_000),
    "a tensor without data": header({"weights.0": TENSOR}),
    "a large tensor": header({"weights.0": TENSOR | {"shape": [2**40, 2**40]}}, bytes(16)),
    "an end before its beginning": header({"weights.0": TENSOR | {"data_offsets": [16, 0]}}, bytes(16)),
    "the same data twice": header({"weights.0": TENSOR, "biases.0": TENSOR}, bytes(16)),
    "another type": header({"weights.0": TENSOR | {"dtype": "F64"}}, bytes(16)),
    "a deep card": header({"__metadata__": {"card": "[" * 100_000 + "]" * 100_000}}),
    "a card that is a list": header({"__metadata__": {"card": "[1]"}}),
}


@pytest.mark.parametrize("content", LIES.values(), ids=LIES)
def test_headers_that_lie_end_in_a_clear_error_at_once(content, tmp_path):
    (tmp_path / "a").write_bytes(content)
    assert ends_well(lambda: load_network(tmp_path / "a")) is None
