"""CIFAR-10's dogs, from the binary version of the data set: no pickle is ever opened."""

import hashlib
import tarfile
from pathlib import Path

import torch
from torch import Tensor

from gkn_utils.data.downloads import data_folder, fetch

FOLDER, ARCHIVE = "cifar-10-batches-bin", "cifar-10-binary.tar.gz"
MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
BATCHES = [f"data_batch_{i}.bin" for i in range(1, 6)]
LARGEST = 2**28  # bytes of an archive
RECORD_BYTES, BATCH_PICTURES, DOG = 1 + 3 * 32 * 32, 10_000, 5


def cifar10_dogs() -> Tensor:
    """The dogs of the training batches, (5000, 3, 32, 32).

    From the folder cifar-10-batches-bin/ in the data folder, else from cifar-10-binary.tar.gz beside it, which is
    downloaded (162 MB) if missing and checked against its hash.
    """
    folder, archive = data_folder() / FOLDER, data_folder() / ARCHIVE
    if folder.is_dir():
        missing = [name for name in BATCHES if not (folder / name).is_file()]
        if missing:
            raise ValueError(f"{folder}: got no {', '.join(missing)}, needed the five training batches")
        contents = [_start(folder / name) for name in BATCHES]
    else:
        contents = _unpacked(archive) if archive.exists() else fetch(archive, [m + ARCHIVE for m in MIRRORS], _unpacked)
    whole = BATCH_PICTURES * RECORD_BYTES
    for content, name in zip(contents, BATCHES, strict=True):
        if len(content) != whole:
            raise ValueError(f"{name}: got {len(content):,} bytes, needed {whole:,}, {BATCH_PICTURES:,} pictures")
    return torch.cat([dogs(content, name) for content, name in zip(contents, BATCHES, strict=True)])


def dogs(content: bytes, name: str = "CIFAR-10 batch") -> Tensor:
    """The dogs in a binary batch: uint8 (n, 3, 32, 32). A record is a label below 10 and 3 x 32 x 32 pixels.

    Raises `ValueError` if the length is no number of whole records, or a label is not below 10.
    """
    if not content or len(content) % RECORD_BYTES:
        raise ValueError(f"{name}: got {len(content):,} bytes, needed a multiple of {RECORD_BYTES:,}")
    records = torch.frombuffer(bytearray(content), dtype=torch.uint8).reshape(-1, RECORD_BYTES)
    if records[:, 0].max() > 9:
        raise ValueError(f"{name}: got the label {records[:, 0].max()}, needed labels below 10: not a CIFAR-10 batch")
    return records[records[:, 0] == DOG, 1:].reshape(-1, 3, 32, 32)


def _start(path: Path) -> bytes:
    """A batch, and one byte more where there is more: a file may be of any size."""
    with path.open("rb") as file:
        return file.read(BATCH_PICTURES * RECORD_BYTES + 1)


def _unpacked(archive: Path) -> list[bytes]:
    """The five training batches, read by name; `ValueError` if the archive is not the published one."""
    if not archive.is_file() or archive.stat().st_size > LARGEST:
        raise ValueError(f"{archive}: got a folder, a device or over {LARGEST:,} bytes, needed {ARCHIVE}")
    with archive.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != SHA256:
        raise ValueError(f"{archive}: got SHA-256 {sha256}, not that of CIFAR-10; remove it to fetch it again")
    with tarfile.open(archive) as tar:
        return [tar.extractfile(f"{FOLDER}/{name}").read() for name in BATCHES]
