"""IDX, the file format of MNIST: arrays of unsigned bytes, gzipped or not."""

import gzip
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

LARGEST = 2**28  # bytes of a file, unpacked


def read_idx(content: bytes | bytearray | memoryview, name: str = "IDX file") -> Tensor:
    """The array in an uncompressed IDX file of unsigned bytes (MNIST's format): uint8, of the shape it declares.

    Raises `ValueError` for a wrong magic number, a length that differs from what the header declares, or no elements.
    """
    dims = content[3] if len(content) >= 4 else 0
    header = 4 + 4 * dims
    if content[:3] != b"\0\0\x08" or dims not in (1, 3):
        raise ValueError(f"{name}: got magic number {content[:4].hex() or 'none'}, needed 00000801 or 00000803")
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4)]
    expected = header + int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise ValueError(f"{name}: got {len(content):,} bytes, needed {expected:,} for shape {tuple(shape)}")
    if 0 in shape:
        raise ValueError(f"{name}: got an array of shape {tuple(shape)}, needed one that is not empty")
    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=header).reshape(shape)


def unpacked(path: Path) -> bytes:
    """The content of a file, unpacked if it is gzipped, to 268 MB; `ValueError` if it is larger or damaged."""
    if not path.is_file():
        raise ValueError(f"{path}: got a folder, a pipe or a device, needed a file")
    try:
        with _opened(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: cannot be unpacked ({error})") from None
    if len(content) > LARGEST:
        raise ValueError(f"{path}: got more than {LARGEST:,} bytes, needed at most so many")
    return content


def holds_pictures(path: Path) -> bool:
    """Whether `path` is a file that begins as an IDX file of pictures does."""
    with suppress(OSError, EOFError, zlib.error):
        if path.is_file():
            with _opened(path) as file:
                return file.read(4) == b"\0\0\x08\x03"
    return False


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")
