import io
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from gkn_utils.data import archives
from gkn_utils.data.archives import files_of, shown


@pytest.fixture(params=["a folder", "an archive"])
def place(request, tmp_path):
    """Three files, one of them hidden and one in a hidden folder."""
    folder = tmp_path / "folder"
    for name in ("a/b.txt", ".hidden", ".git/c.txt"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(b"12345")
    return folder if request.param == "a folder" else Path(shutil.make_archive(str(folder), "zip", folder))


def test_what_is_not_hidden_is_read(place):
    names, read = files_of(place)
    assert names == ["a/b.txt"]
    assert read("a/b.txt") == b"12345"


def test_a_larger_file_is_refused(place, monkeypatch):
    _, read = files_of(place)
    monkeypatch.setattr(archives, "BYTES", 5)
    assert read("a/b.txt") == b"12345"
    monkeypatch.setattr(archives, "BYTES", 4)
    with pytest.raises(ValueError, match="got 5 bytes, needed at most 4"):
        read("a/b.txt")


@pytest.mark.parametrize(
    ("method", "content", "said"),
    [
        (zipfile.ZIP_DEFLATED, bytes(2**25), "packed to less than a 100th"),
        (zipfile.ZIP_BZIP2, b"12345", "another compression"),
        (zipfile.ZIP_LZMA, b"12345", "another compression"),
    ],
)
def test_what_is_packed_too_well_is_refused(method, content, said, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a.txt", content)
    _, read = files_of(tmp_path / "a.zip")
    with pytest.raises(ValueError, match=said):
        read("a.txt")


def stored(path: Path, names: list[str], content: bytes) -> Path:
    """An archive of many members of the same content, written without `zipfile`, which takes minutes for that."""
    crc, size, flags = zlib.crc32(content), len(content), 0
    with path.open("wb") as file:
        places = []
        for name in names:
            places.append(file.tell())
            header = (20, flags, 0, 0, 33, crc, size, size, len(name), 0)
            file.write(b"PK\3\4" + struct.pack("<5H3I2H", *header) + name.encode() + content)
        start = file.tell()
        for name, place in zip(names, places, strict=True):
            header = (20, 20, flags, 0, 0, 33, crc, size, size, len(name), 0, 0, 0, 0, 0, place)
            file.write(b"PK\1\2" + struct.pack("<6H3I5H2I", *header) + name.encode())
        listed, end = file.tell() - start, file.tell()
        if len(names) >= 2**16 - 1:
            count = len(names)
            file.write(b"PK\6\6" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, count, count, listed, start))
            file.write(b"PK\6\7" + struct.pack("<IQI", 0, end, 1))
        short = min(len(names), 2**16 - 1)
        file.write(b"PK\5\6" + struct.pack("<4H2IH", 0, 0, short, short, listed, start, 0))
    return path


def test_an_archive_of_as_many_files_as_celeba_has(tmp_path):
    names = [f"img_align_celeba/img_align_celeba/{i + 1:06}.jpg" for i in range(202_599)]  # as Kaggle has it
    found, read = files_of(stored(tmp_path / "a.zip", names, b"12345"))
    assert found == names
    assert read(names[-1]) == b"12345"


def streamed(path: Path) -> None:
    with path.open("wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:
        archive.writestr("a/b.jpg", b"12345")


class Unseekable(io.RawIOBase):
    """Where an archiver writes sizes behind what they are of."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, content):
        return self.file.write(content)


def with_entries(path: Path, **options) -> None:
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name in ("a/", "__MACOSX/", "__MACOSX/a/"):
            archive.mkdir(name)
        archive.writestr("a/b.jpg", b"12345")
        archive.writestr("__MACOSX/a/._b.jpg", b"what macOS says of it")
        archive.writestr("a/.DS_Store", b"and of the folder")
        archive.comment = b"a comment"


def extracting(path: Path) -> None:
    with_entries(path)
    path.write_bytes(b"#!/bin/sh that unpacks it\n" + path.read_bytes())


def large(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive, archive.open("a/b.jpg", "w", force_zip64=True) as file:
        file.write(b"12345")


LAYOUTS = {
    "streamed": streamed,
    "with folders, as macOS makes them": with_entries,
    "one that unpacks itself": extracting,
}
LAYOUTS |= {"packed": lambda path: with_entries(path, compression=zipfile.ZIP_DEFLATED), "with sizes of 64 bits": large}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_archives_as_they_are_made(layout, tmp_path):
    LAYOUTS[layout](tmp_path / "a.zip")
    names, read = files_of(tmp_path / "a.zip")
    assert names == ["a/b.jpg"]
    assert read("a/b.jpg") == b"12345"


def test_an_archive_of_too_many_files_is_refused(tmp_path, monkeypatch):
    path = stored(tmp_path / "a.zip", ["a", "b", "c"], b"12345")
    monkeypatch.setattr(archives, "MEMBERS", 3)
    assert files_of(path)[0] == ["a", "b", "c"]
    monkeypatch.setattr(archives, "MEMBERS", 2)
    with pytest.raises(ValueError, match="it has 3 files, of at most 2"):
        files_of(path)


def test_a_long_list_of_files_is_refused(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/b.txt", b"12345")
    monkeypatch.setattr(archives, "DIRECTORY", 53)  # 46 bytes and its name
    assert files_of(tmp_path / "a.zip")[0] == ["a/b.txt"]
    monkeypatch.setattr(archives, "DIRECTORY", 52)
    with pytest.raises(ValueError, match="list of files has 53 bytes, of at most 52"):
        files_of(tmp_path / "a.zip")


def test_what_is_no_whole_archive_or_has_files_that_share_their_content_is_refused(tmp_path):
    (tmp_path / "a.zip").write_text("a text")
    with pytest.raises(ValueError, match="got no whole zip archive"):
        files_of(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", b"12345")
        archive.writestr("b", b"12345")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    listed = content.rindex(b"PK\1\2")
    content[listed + 42 : listed + 46] = bytes(4)  # the second begins where the first does
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ValueError, match="files that share their content"):
        files_of(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("name", "printed"), [("ä b.png", "ä b.png"), ("a\n\x1b[31m", "a\\n\\x1b[31m"), ("\udcff", "\\udcff")]
)
def test_names_can_be_printed(name, printed):
    assert shown(name) == printed
