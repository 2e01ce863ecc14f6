"""The files of a folder or a zip archive, read one at a time, into memory and to a bound."""

import io
import os
import struct
import warnings
import weakref
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

BYTES = 2**26  # of a file
MEMBERS = 2**19  # files of an archive
DIRECTORY = 128 * MEMBERS  # bytes of its list of them
RATIO = 100  # to which a file in an archive may be packed
BROKEN_ARCHIVE = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, OverflowError, struct.error)
Files = tuple[list[str], Callable[[str], bytes]]


def files_of(path: Path) -> Files:
    """The names of the files in a folder, with its subfolders, or in a zip archive, and a function that reads one.

    Hidden files are left out; links to folders are followed, to each folder once. What is read is at most 67 MB; the
    function raises `ValueError` for a larger file, one that is packed by a method that has no bound or to less than a
    hundredth, and whatever `zipfile` raises for one that is damaged. Nothing is written.

    Raises `ValueError`, here, for what is no zip archive, one of over 524,288 files or of files that share their
    content, and one with a path in it that leaves its folder.
    """
    return _zip(path) if path.is_file() else _folder(path)


def shown(name: str | Path) -> str:
    """A path as it can be printed: what is no printable character, or not even Unicode, escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(name))


def _folder(path: Path) -> Files:
    names, seen = [], set()
    for folder, below, files in os.walk(path, followlinks=True, onerror=_left_out):
        below.sort()
        if (real := os.path.realpath(folder)) in seen:
            below.clear()
            continue
        seen.add(real)
        names += [file.relative_to(path).as_posix() for file in map(Path(folder).joinpath, files) if file.is_file()]

    def read(name: str) -> bytes:
        _check_bytes((path / name).stat().st_size)
        return (path / name).read_bytes()

    return _visible(names), read


def _left_out(error: OSError) -> None:
    warnings.warn(f"left out {shown(error.filename)}: {error.strerror}", stacklevel=2)


def _zip(path: Path) -> Files:
    file = _Archive(io.FileIO(path))
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN_ARCHIVE as error:
        file.close()
        raise ValueError(f"{shown(path)}: got no whole zip archive ({error}), needed one, or a folder") from None
    file.opening = False
    weakref.finalize(archive, file.close)
    if len({info.header_offset for info in archive.infolist()}) < len(archive.infolist()):
        raise ValueError(f"{shown(path)}: got files that share their content, needed a content for each")
    names = [info.filename for info in archive.infolist() if info.filename and not info.is_dir()]
    outside = [name for name in names if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    if outside:
        raise ValueError(f"{shown(path)}: got the path {outside[0]!r}, needed paths inside the archive's own folder")

    def read(name: str) -> bytes:
        info = archive.getinfo(name)
        _check_bytes(info.file_size)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without a bound
            raise ValueError("got another compression, needed stored or deflated")
        if info.file_size > RATIO * info.compress_size + 2**20:
            raise ValueError(f"got a file packed to less than a {RATIO}th, needed one that is not")
        with archive.open(info) as file:
            return file.read(info.file_size)

    return _visible(names), read


class _Archive(io.BufferedReader):
    """An archive whose list of files has to be short."""

    opening = True

    def read(self, size: int | None = -1) -> bytes:
        if not self.opening:
            return super().read(size)
        if (size or 0) > DIRECTORY:
            raise ValueError(f"its list of files has {size:,} bytes, of at most {DIRECTORY:,}")
        content = super().read(size)
        if (members := content.count(b"PK\x01\x02")) > MEMBERS:
            raise ValueError(f"it has {members:,} files, of at most {MEMBERS:,}")
        return content


def _visible(names: list[str]) -> list[str]:
    return sorted(name for name in names if not any(part.startswith(".") for part in PurePosixPath(name).parts))


def _check_bytes(size: int) -> None:
    if size > BYTES:
        raise ValueError(f"got {size:,} bytes, needed at most {BYTES:,}")
