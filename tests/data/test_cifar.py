import hashlib
import io
import shutil
import tarfile

import pytest
import torch
from PIL import Image

from gkn_utils import load_images
from gkn_utils.data import cifar


def batch(labels: list[int]) -> bytes:
    """A binary batch in which picture i is of the colour (10 i, 10 i + 1, 10 i + 2)."""
    planes = [bytes([label]) + b"".join(bytes([10 * i + c]) * 1024 for c in range(3)) for i, label in enumerate(labels)]
    return b"".join(planes)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Five batches of four pictures, two of them dogs, in a folder of CIFAR-10's layout."""
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    monkeypatch.setattr(cifar, "MIRRORS", ())
    monkeypatch.setattr(cifar, "BATCH_PICTURES", 4)
    (tmp_path / cifar.FOLDER).mkdir()
    for name in cifar.BATCHES:
        (tmp_path / cifar.FOLDER / name).write_bytes(batch([5, 0, 5, 9]))
    return tmp_path / cifar.FOLDER


@pytest.fixture
def archive(folder, monkeypatch):
    """The same as an archive, and no folder."""
    path = folder.parent / cifar.ARCHIVE
    with tarfile.open(path, "w:gz") as tar:
        for file in sorted(folder.iterdir()):
            info = tarfile.TarInfo(f"{cifar.FOLDER}/{file.name}")
            info.size = file.stat().st_size
            tar.addfile(info, io.BytesIO(file.read_bytes()))
    shutil.rmtree(folder)
    monkeypatch.setattr(cifar, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def test_the_dogs_of_a_batch():
    pixels = cifar.dogs(batch([3, 5, 8, 5]))
    assert pixels.shape == (2, 3, 32, 32)
    assert pixels[:, :, 7, 9].tolist() == [[10, 11, 12], [30, 31, 32]]


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_all_five_batches_are_read(kind, request):
    request.getfixturevalue(kind)
    images = load_images("cifar10-dogs")
    assert images.pixels.shape == (10, 3, 32, 32)
    assert images.pixels[:, 0, 0, 0].sort().values.tolist() == [0] * 5 + [20] * 5
    assert not images.standin
    assert torch.equal(load_images("cifar10-dogs", count=3).pixels, images.pixels[:3])


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "got 0 bytes"), (batch([5])[:-1], "got 3,072 bytes, needed a multiple of 3,073"), (batch([17]), "label 17")],
)
def test_a_damaged_batch(content, message):
    with pytest.raises(ValueError, match=message):
        cifar.dogs(content)


def test_a_batch_that_is_missing_too_short_or_too_long(folder):
    batch_3 = folder / "data_batch_3.bin"
    for records, size in [(2, "6,146"), (7, "12,293")]:  # no more is read
        batch_3.write_bytes(records * batch([5]))
        with pytest.raises(ValueError, match=f"data_batch_3.bin: got {size} bytes, needed 12,292"):
            load_images("cifar10-dogs")
    batch_3.unlink()
    with pytest.raises(ValueError, match=r"got no data_batch_3.bin"):
        load_images("cifar10-dogs")


def test_the_folder_of_batches_comes_before_the_folder_of_pictures(folder):
    pictures = folder.parent / "cifar10-dogs"
    pictures.mkdir()
    Image.new("RGB", (32, 32), (200, 0, 0)).save(pictures / "0.png")
    assert len(load_images("cifar10-dogs").pixels) == 10
    shutil.rmtree(folder)
    assert load_images("cifar10-dogs").pixels[0, :, 5, 5].tolist() == [200, 0, 0]


def test_what_is_not_the_archive_is_refused_and_left_alone(archive):
    content = archive.read_bytes()[:-50]
    archive.write_bytes(content)
    with pytest.raises(ValueError, match=r"SHA-256 .* not that of CIFAR-10"):
        load_images("cifar10-dogs")
    assert archive.read_bytes() == content
    archive.unlink()
    with pytest.raises(FileNotFoundError, match=r"cifar-10-binary.tar.gz: not in"):
        load_images("cifar10-dogs")
    archive.symlink_to("/dev/zero")
    with pytest.raises(ValueError, match="got a folder, a device or over"):
        load_images("cifar10-dogs")
