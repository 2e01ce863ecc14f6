import gzip

import pytest
import torch

from gkn_utils import load_images, read_idx
from gkn_utils.data.idx import holds_pictures, unpacked


def idx(array: torch.Tensor) -> bytes:
    """`array` of uint8 as an IDX file."""
    header = bytes([0, 0, 8, array.dim()]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.numpy().tobytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "magic number none"),
        (b"\0\0\x0d\x03" + b"\0" * 12, "magic number 00000d03"),
        (idx(torch.zeros(2, 3, 3, dtype=torch.uint8))[:-1], "got 33 bytes, needed 34"),
        (idx(torch.zeros(2, 0, 3, dtype=torch.uint8)), "needed one that is not empty"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "got 16 bytes"),
    ],
)
def test_a_damaged_idx_file(content, message):
    with pytest.raises(ValueError, match=message):
        read_idx(content)


@pytest.fixture
def pictures():
    return torch.arange(2 * 3 * 4, dtype=torch.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_of_ones_own(pictures, pack, tmp_path):
    path = tmp_path / "clothes"
    path.write_bytes(pack(idx(pictures)))
    images = load_images(path, seed=1)
    assert images.pixels.shape == (2, 1, 3, 4)
    assert torch.equal(images.pixels[:, 0].sort(0).values, pictures)
    assert images.source == "pictures of clothes"
    assert images.standin
    with pytest.raises(ValueError, match="got 3, needed at most the 2 images"):
        load_images(path, count=3)
    with pytest.raises(ValueError, match="size of its own"):
        load_images(path, size=(9, 9))


def test_other_files_are_told_apart_and_damaged_ones_refused(pictures, tmp_path):
    path = tmp_path / "a"
    for content in (b"", b"PK\3\4", b"\x1f\x8b\0", idx(pictures[:, 0, 0]), gzip.compress(b"\0\0")):
        path.write_bytes(content)
        assert not holds_pictures(path)
    assert not holds_pictures(tmp_path)
    path.write_bytes(gzip.compress(idx(pictures))[:-9])
    with pytest.raises(ValueError, match="cannot be unpacked"):
        load_images(path)


def test_what_unpacks_to_too_much_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(gzip.compress(bytes(2**28 + 1)))
    with pytest.raises(ValueError, match="got more than 268,435,456 bytes"):
        unpacked(tmp_path / "a")
