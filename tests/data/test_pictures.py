import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gkn_utils import load_images
from gkn_utils.data import pictures


def jpeg(path, shade=100, size=(178, 218)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade, shade, shade)).save(path, quality=95)


@pytest.fixture
def celeba(tmp_path, monkeypatch):
    """Five pictures of CelebA's layout and size, of the shades 10, 50, 90, 130 and 170."""
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    for i in range(5):
        jpeg(tmp_path / "celeba" / "img_align_celeba" / f"{i + 1:06}.jpg", 10 + 40 * i)
    return tmp_path / "celeba" / "img_align_celeba"


def zipped(folder: Path) -> Path:
    """The folder as a zip beside it, in its place."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{folder.name}/{file.name}")
            file.unlink()
    folder.rmdir()
    return path


@pytest.mark.parametrize("as_zip", [False, True])
def test_celeba_from_a_folder_and_from_a_zip(celeba, as_zip):
    path = zipped(celeba) if as_zip else celeba
    images = load_images("celeba")
    assert images.pixels.shape == (5, 3, 39, 32)
    assert sorted(images.pixels[:, 0, 16, 16].tolist()) == [10, 50, 90, 130, 170]
    assert not images.standin
    assert torch.equal(load_images("celeba", count=2).pixels, images.pixels[:2])
    assert not torch.equal(load_images("celeba", seed=1).pixels, images.pixels)
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(FileNotFoundError, match="put your own copy there"):
        load_images("celeba")


SKIPPED = r"skipped 2 of 5 files: broken.jpg \(cannot be read: .*\), notes.txt \(no picture of a format"


def test_any_folder_with_files_that_are_no_pictures(tmp_path):
    for i in range(3):
        jpeg(tmp_path / "more" / f"{i}.jpg", size=(50 + i, 40))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").write_text("no picture")
    whole = (tmp_path / "more" / "0.jpg").read_bytes()
    (tmp_path / "broken.jpg").write_bytes(whole[:-10])
    with pytest.warns(UserWarning, match=SKIPPED):
        images = load_images(str(tmp_path), size=(20, 10))
    assert images.pixels.shape == (3, 3, 10, 20)
    assert images.standin
    with pytest.warns(UserWarning, match="skipped"), pytest.raises(ValueError, match="got 3 pictures in 5 files"):
        load_images(str(tmp_path), count=4)
    with pytest.warns(UserWarning, match="skipped"):
        assert torch.equal(load_images(str(tmp_path), size=(20, 10), count=4, fewer=True).pixels, images.pixels)
    assert sorted(pictures.picture_sizes(tmp_path)) == [(50, 40), (50, 40), (51, 40), (52, 40)]  # one breaks off later


def test_of_a_large_folder_only_what_is_asked_for_is_read(tmp_path, monkeypatch):
    jpeg(tmp_path / "0.jpg")
    for i in range(1, 500):
        (tmp_path / f"{i}.jpg").hardlink_to(tmp_path / "0.jpg")
    read, opened = [], pictures.opened
    monkeypatch.setattr(pictures, "opened", lambda content: read.append(content) or opened(content))
    assert len(load_images(str(tmp_path), count=3).pixels) == len(read) == 3


def test_where_no_picture_is_left(tmp_path):
    with pytest.raises(ValueError, match="got 0 pictures in 0 files"):
        load_images(str(tmp_path))
    Image.fromarray(np.ones((8, 8), np.float32)).save(tmp_path / "floats.tif")
    with pytest.warns(UserWarning, match=r"floats.tif"), pytest.raises(ValueError, match="got 0 pictures in 1 files"):
        load_images(str(tmp_path))
    (tmp_path / "floats.tif").write_text("no picture")
    with pytest.raises(ValueError, match="got no pictures in 1 files"):
        pictures.picture_sizes(tmp_path)


def test_transparency_is_white_and_the_middle_is_kept(tmp_path):
    picture = np.zeros((32, 96, 4), np.uint8)
    picture[:, 32:64] = (200, 100, 0, 255)
    picture[:, 40:64, 3] = 0
    Image.fromarray(picture).save(tmp_path / "a.png")
    [pixels] = load_images(str(tmp_path)).pixels
    assert pixels[:, 0, 0].tolist() == [200, 100, 0]
    assert pixels[:, 0, -1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("name", ["../out.jpg", "a/../../out.jpg", "/out.jpg"])
def test_a_zip_whose_paths_climb_out_is_refused(celeba, name):
    with zipfile.ZipFile(zipped(celeba), "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(ValueError, match="needed paths inside the archive's own folder"):
        load_images("celeba")


LOCKED = r"skipped 3 of 4 files: damaged.bmp \(cannot.*\), link.bmp \(no picture.*\), locked.bmp \(cannot.*encrypted"


def test_a_damaged_stream_a_locked_file_and_a_link_in_a_zip_are_skipped(tmp_path):
    path, noise = tmp_path / "a.zip", np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    link = zipfile.ZipInfo("link.bmp")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("damaged.bmp", "locked.bmp", "whole.bmp"):
            with archive.open(name, "w") as file:
                Image.fromarray(noise // 64).save(file, "bmp")
        archive.writestr(link, "whole.bmp")
    with zipfile.ZipFile(path) as archive:
        places = [info.header_offset for info in archive.infolist()]
    content = bytearray(path.read_bytes())
    content[places[0] + 60 : places[0] + 90] = b"\xff" * 30
    content[places[1] + 6] |= 1  # the flag "encrypted", here and in the central directory
    content[content.index(b"PK\1\2", content.index(b"PK\1\2") + 1) + 8] |= 1
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=LOCKED):
        assert len(load_images(str(path)).pixels) == 1


def test_a_link_to_a_folder_is_followed_once(tmp_path):
    jpeg(tmp_path / "elsewhere" / "holiday" / "a.jpg")
    (tmp_path / "mine").mkdir()
    for name, target in [("linked", "../elsewhere"), ("again", "../elsewhere/holiday"), ("back", ".."), ("b", "a")]:
        (tmp_path / "mine" / name).symlink_to(target)
    assert len(load_images(str(tmp_path / "mine")).pixels) == 1
    jpeg(tmp_path / "mine" / "a" / "b.jpg")  # a link beside what it leads to
    assert len(load_images(str(tmp_path / "mine")).pixels) == 2


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    jpeg(tmp_path / "a.jpg")
    (tmp_path / "locked").mkdir()
    read = os.scandir

    def refused(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.warns(UserWarning, match="left out .*locked: Permission denied"):
        assert len(load_images(str(tmp_path)).pixels) == 1


def test_a_folder_of_what_is_no_file(tmp_path):
    """Links to itself, to nowhere and to a device, a pipe that nobody writes to, a sparse file of 10 GB."""
    (tmp_path / "named.png").mkdir()
    jpeg(tmp_path / "whole.jpg")
    for name, target in [("loop", "."), ("nowhere.png", "nothing"), ("zero.png", "/dev/zero")]:
        (tmp_path / name).symlink_to(target)
    os.mkfifo(tmp_path / "pipe.png")
    with (tmp_path / "sparse.png").open("wb") as file:
        file.truncate(10 * 2**30)
    with pytest.warns(UserWarning, match=r"skipped 1 of 2 files: sparse.png \(got 10,737,418,240 bytes"):
        assert len(load_images(str(tmp_path)).pixels) == 1


def test_the_stand_ins_are_faces_and_patches_that_cut_a_photograph_without_overlap():
    from skimage import data

    images = load_images("faces")
    assert images.pixels.shape == (100, 1, 25, 25)
    assert (images.standin, images.pixels.dtype) == (True, torch.uint8)
    patches, whole = pictures.photo_patches(), torch.from_numpy(data.astronaut())
    assert patches.shape == (858, 3, 32, 32)
    assert torch.equal(patches[17], whole[32:64, 32:64].permute(2, 0, 1))  # 16 to a row
