"""Pictures from a folder or a zip archive, of any size and mode, and the ones that ship inside scikit-image."""

import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from gkn_utils.data.archives import files_of, shown
from gkn_utils.data.decoding import FORMATS, check_pixels, check_work, opened

READ = f"{', '.join(FORMATS[:-1])} and {FORMATS[-1]}" + "; HEIC where pillow-heif is installed" * (
    "HEIF" not in FORMATS
)


def read_pictures(path: Path, size: tuple[int, int], *, count: int | None, seed: int, fewer: bool = False) -> Tensor:
    """Pictures of a folder (with its subfolders) or a zip archive in the random order of `seed`, or the first `count`.

    With `fewer`, if fewer can be read, these.

    Each becomes RGB of `size` (width, height): cropped about its middle to that shape, then resized, transparency on
    white. Returns uint8 (n, 3, h, w). Files that are no pictures, or too large ones (67 MB, or 67 million pixels, half
    that where the format is not JPEG, a quarter for WebP, a million for run-length BMP and PPM of other than 8 or 16
    bits; JPEGs of over 20 scans, PNGs of over a million chunks, over 65 kB of EXIF), are skipped, by a warning that
    counts and names them, and says why; hidden files without one. Nothing is unpacked to disk.

    Raises:
        ValueError: no picture in it, fewer than `count`, not a zip archive, or a path in it that leaves its folder.
    """
    names, read = files_of(path)
    order = torch.randperm(len(names), generator=torch.Generator().manual_seed(seed)).tolist()
    pictures, skipped = [], {}
    for name in (names[i] for i in order):
        if len(pictures) == count:
            break
        try:
            pictures.append(_picture(read(name), size))
        except Exception as error:  # a decoder may raise anything for what is no picture
            skipped[name] = _reason(error)
    if skipped:
        named = [f"{shown(name)} ({skipped[name]})" for name in sorted(skipped)[:10]] + ["..."] * (len(skipped) > 10)
        said = f"{shown(path)}: skipped {len(skipped)} of {len(names)} files: {', '.join(named)}; read are {READ}"
        warnings.warn(said, stacklevel=2)
    if len(pictures) < (1 if fewer else count or 1):
        got = f"{len(pictures)} pictures in {len(names)} files"
        raise ValueError(f"{shown(path)}: got {got}, needed {count or 'at least 1'}")
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def picture_sizes(path: Path) -> list[tuple[int, int]]:
    """(width, height) of each picture of a folder or zip archive, read from their headers, in order of name.

    Files whose header is none of a picture are left out; a picture that breaks off later is not found out. Raises
    `ValueError` as `read_pictures` does.
    """
    names, read = files_of(path)
    sizes = []
    for name in names:
        with suppress(Exception):  # a decoder may raise anything for what is no picture
            sizes.append(opened(read(name)).size)
    if not sizes:
        raise ValueError(f"{shown(path)}: got no pictures in {len(names)} files, needed at least 1")
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


def _reason(error: Exception) -> str:
    """Why a file was skipped, in a few words."""
    if isinstance(error, UnidentifiedImageError):
        return "no picture of a format that is read"
    said = shown(str(error).splitlines()[0] if str(error) else type(error).__name__)
    return said if said.startswith("got ") else f"cannot be read: {said}"


def _picture(content: bytes, size: tuple[int, int]) -> np.ndarray:
    image = opened(content)
    check_work(image, content)
    image.draft(None, (2 * size[0], 2 * size[1]))
    check_pixels(image.size)
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode == "F" or (image.mode == "I" and image.format == "TIFF"):
        raise ValueError(f"got a picture of mode {image.mode}, whose range is unknown, needed 8 or 16 bits")
    if image.mode.startswith("I"):
        shades = np.divide(image, 257, dtype=np.float32)
        image = Image.fromarray(shades.round(out=shades).clip(0, 255, out=shades).astype(np.uint8))
    if not image.has_transparency_data:
        return np.asarray(ImageOps.fit(image.convert("RGB"), size))
    image = ImageOps.fit(image.convert("RGBA"), size)
    return np.asarray(Image.alpha_composite(Image.new("RGBA", size, "white"), image).convert("RGB"))
