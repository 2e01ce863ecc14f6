import zipfile

import pytest

from gkn_utils import folders
from gkn_utils.folders import files_of, shown


@pytest.fixture(params=["a folder", "an archive"])
def place(request, tmp_path):
    """Three files, one of them hidden and one in a hidden folder."""
    files = {"a/b.txt": b"12345", ".hidden": b"1", ".git/c.txt": b"1"}
    if request.param == "a folder":
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content)
        return tmp_path
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return tmp_path / "a.zip"


def test_what_is_not_hidden_is_read(place):
    names, read = files_of(place)
    assert names == ["a/b.txt"]
    assert read("a/b.txt") == b"12345"


@pytest.mark.parametrize(("most", "refused"), [(5, False), (4, True)])
def test_a_larger_file_is_refused(place, most, refused, monkeypatch):
    monkeypatch.setattr(folders, "BYTES", most)
    _, read = files_of(place)
    if not refused:
        assert read("a/b.txt") == b"12345"
        return
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


@pytest.mark.parametrize(("most", "refused"), [(53, False), (52, True)])  # 46 bytes and its name
def test_a_long_list_of_files_is_refused(most, refused, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/b.txt", b"12345")
    monkeypatch.setattr(folders, "DIRECTORY", most)
    if not refused:
        assert files_of(tmp_path / "a.zip")[0] == ["a/b.txt"]
        return
    with pytest.raises(ValueError, match="list of files has 53 bytes, of at most 52"):
        files_of(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("name", "printed"), [("ä b.png", "ä b.png"), ("a\n\x1b[31m", "a\\n\\x1b[31m"), ("\udcff", "\\udcff")]
)
def test_names_can_be_printed(name, printed):
    assert shown(name) == printed
