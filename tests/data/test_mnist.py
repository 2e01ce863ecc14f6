import gzip
import hashlib
import os

import pytest
import torch

from gkn_utils import load_images
from gkn_utils.data import mnist
from tests.data.test_idx import idx


@pytest.fixture
def mnist_folder(tmp_path, monkeypatch):
    """A folder of MNIST's layout, with 5 training and 3 test digits, one file gzipped, and no way to download."""
    (tmp_path / "mnist").mkdir()
    hashes = {}
    for part, n in [("train", 5), ("t10k", 3)]:
        pixels = torch.arange(n, dtype=torch.uint8).reshape(n, 1, 1).expand(n, 28, 28).contiguous()
        files = {f"{part}-images-idx3-ubyte": idx(pixels), f"{part}-labels-idx1-ubyte": idx(pixels[:, 0, 0])}
        for name, content in files.items():
            hashes[name] = hashlib.sha256(content).hexdigest()
            (tmp_path / "mnist" / name).write_bytes(content)
    plain = tmp_path / "mnist" / "train-images-idx3-ubyte"
    plain.with_name(plain.name + ".gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    monkeypatch.setattr(mnist, "SHA256", hashes)
    monkeypatch.setattr(mnist, "MIRRORS", ())
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    return tmp_path / "mnist"


def test_mnist_from_a_folder(mnist_folder):
    images = load_images("mnist")
    assert len(images.pixels) == 8
    assert torch.equal(images.pixels[:, 0, 3, 3].long(), images.labels)
    assert sorted(load_images("mnist-test").labels.tolist()) == [0, 1, 2]
    assert len(load_images("mnist-train").labels) == 5


def test_damaged_mnist_files_are_refused_by_name(mnist_folder):
    labels = mnist_folder / "t10k-labels-idx1-ubyte"
    content = labels.read_bytes()
    labels.write_bytes(content[:-1])
    with pytest.raises(ValueError, match=r"t10k-labels-idx1-ubyte: got 10 bytes"):
        load_images("mnist-test")
    labels.write_bytes(content[:-1] + b"\7")
    with pytest.raises(ValueError, match="SHA-256"):
        load_images("mnist-test")
    packed = mnist_folder / "train-images-idx3-ubyte.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(ValueError, match="cannot be unpacked"):
        load_images("mnist-train")


def test_mnist_that_is_nowhere_says_where_to_put_it_and_a_pipe_is_refused(mnist_folder):
    (mnist_folder / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"t10k-images-idx3-ubyte.gz: not in .* and no mirror gave it"):
        load_images("mnist-test")
    os.mkfifo(mnist_folder / "t10k-images-idx3-ubyte")
    with pytest.raises(ValueError, match="got a folder, a pipe or a device"):
        load_images("mnist-test")
