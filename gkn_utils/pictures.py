"""Pictures from a folder or a zip archive, of any size and mode, and the ones that ship inside scikit-image."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

# What Pillow raises for files that are no pictures, and zipfile for members that are damaged, locked or unknown to it.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    zlib.error,
    zipfile.BadZipFile,
    Image.DecompressionBombError,
)


def read_pictures(path: Path, size: tuple[int, int], *, count: int | None, seed: int) -> Tensor:
    """Pictures of a folder (with its subfolders) or a zip archive in the random order of `seed`, or the first `count`.

    Each becomes RGB of `size` (width, height): cropped about its middle to that shape, then resized, transparency on
    white. Returns uint8 (n, 3, h, w). Files that are no pictures are skipped, by a warning that counts and names
    them; hidden files without one. Nothing is unpacked to disk.

    Raises:
        ValueError: no picture in it, fewer than `count`, not a zip archive, or a path in it that leaves its folder.
    """
    names, read = _zip(path) if path.is_file() else _folder(path)
    order = torch.randperm(len(names), generator=torch.Generator().manual_seed(seed)).tolist()
    pictures, skipped = [], []
    for name in (names[i] for i in order):
        if len(pictures) == count:
            break
        try:
            pictures.append(_picture(read(name), size))
        except BROKEN:
            skipped.append(name)
    if skipped:
        named = ", ".join(sorted(skipped)[:10]) + (", ..." if len(skipped) > 10 else "")
        warnings.warn(f"{path}: skipped {len(skipped)} of {len(names)} files, not pictures: {named}", stacklevel=2)
    if len(pictures) < (count or 1):
        raise ValueError(f"{path}: got {len(pictures)} pictures in {len(names)} files, needed {count or 'at least 1'}")
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def picture_sizes(path: Path) -> list[tuple[int, int]]:
    """(width, height) of each picture of a folder or zip archive, read from their headers, in order of name.

    Files whose header is none of a picture are left out; a picture that breaks off later is not found out. Raises
    `ValueError` as `read_pictures` does.
    """
    names, read = _zip(path) if path.is_file() else _folder(path)
    sizes = []
    for name in names:
        with suppress(*BROKEN), Image.open(io.BytesIO(read(name))) as image:
            sizes.append(image.size)
    if not sizes:
        raise ValueError(f"{path}: got no pictures in {len(names)} files, needed at least 1")
    return sizes


def photo_patches() -> Tensor:
    """The 858 whole 32 x 32 tiles of four free photographs inside scikit-image: uint8 (858, 3, 32, 32)."""
    from skimage import data

    photos = [data.astronaut(), data.chelsea(), data.coffee(), data.rocket()]
    return torch.cat([_tiles(torch.from_numpy(photo)) for photo in photos])


def faces() -> Tensor:
    """The 100 grey faces inside scikit-image, from Labeled Faces in the Wild: uint8 (100, 1, 25, 25)."""
    from skimage import data

    return torch.from_numpy(data.lfw_subset()[:100]).mul(255).round().to(torch.uint8).unsqueeze(1)


def _tiles(photo: Tensor, size: int = 32) -> Tensor:
    return photo.unfold(0, size, size).unfold(1, size, size).reshape(-1, 3, size, size)


def _folder(path: Path) -> tuple[list[str], Callable[[str], bytes]]:
    names = [file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()]
    return _visible(names), lambda name: (path / name).read_bytes()


def _zip(path: Path) -> tuple[list[str], Callable[[str], bytes]]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{path}: got no whole zip archive ({error}), needed one, or a folder") from None
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    outside = [name for name in names if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    if outside:
        raise ValueError(f"{path}: got the path {outside[0]!r}, needed paths inside the archive's own folder")
    return _visible(names), archive.read


def _visible(names: list[str]) -> list[str]:
    return sorted(name for name in names if not any(part.startswith(".") for part in PurePosixPath(name).parts))


def _picture(content: bytes, size: tuple[int, int]) -> np.ndarray:
    image = Image.open(io.BytesIO(content))
    image.draft(None, (2 * size[0], 2 * size[1]))
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) / 257).round().clip(0, 255).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("got a picture of floats, whose range is unknown, needed integers")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(ImageOps.fit(image.convert("RGB"), size))
