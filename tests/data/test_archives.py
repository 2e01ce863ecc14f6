import shutil
import zipfile
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
