import shutil
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gkn_utils import load_images, pictures


def jpeg(path, shade, size=(178, 218)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade, shade, shade)).save(path, quality=95)


@pytest.fixture
def celeba(tmp_path, monkeypatch):
    """Five pictures of CelebA's layout and size, of the shades 10, 50, 90, 130 and 170."""
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    folder = tmp_path / "celeba" / "img_align_celeba"
    for i in range(5):
        jpeg(folder / f"{i + 1:06}.jpg", 10 + 40 * i)
    return folder


def zipped(folder):
    """The folder as a zip beside it, in its place."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{folder.name}/{file.name}")
            file.unlink()
    folder.rmdir()
    return path


def shades(images):
    return sorted(images.pixels[:, 0, 16, 16].tolist())


@pytest.mark.parametrize("as_zip", [False, True])
def test_celeba_from_a_folder_and_from_a_zip(celeba, as_zip):
    if as_zip:
        zipped(celeba)
    images = load_images("celeba")
    assert images.pixels.shape == (5, 3, 39, 32)
    assert shades(images) == [10, 50, 90, 130, 170]
    assert not images.standin
    assert torch.equal(load_images("celeba", count=2).pixels, images.pixels[:2])
    assert not torch.equal(load_images("celeba", seed=1).pixels, images.pixels)


def test_celeba_that_is_nowhere_says_where_to_put_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="put your own copy there"):
        load_images("celeba")


def test_any_folder_with_files_that_are_no_pictures(tmp_path):
    for i in range(3):
        jpeg(tmp_path / "more" / f"{i}.jpg", 100, size=(50 + i, 40))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").write_text("no picture")
    whole = (tmp_path / "more" / "0.jpg").read_bytes()
    (tmp_path / "broken.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.warns(UserWarning, match=r"skipped 2 of 5 files, not pictures: broken.jpg, notes.txt"):
        images = load_images(str(tmp_path))
    assert images.pixels.shape == (3, 3, 32, 32)
    assert images.standin
    with pytest.warns(UserWarning, match="skipped"), pytest.raises(ValueError, match="got 3 pictures in 5 files"):
        load_images(str(tmp_path), count=4)


@pytest.mark.parametrize("as_zip", [False, True])
def test_sizes_are_known_before_anything_is_read(tmp_path, as_zip):
    folder = tmp_path / "mine"
    for i in range(3):
        jpeg(folder / "more" / f"{i}.jpg", 100, size=(50 + i, 40))
    (folder / "notes.txt").write_text("no picture")
    path = Path(shutil.make_archive(str(folder), "zip", folder)) if as_zip else folder
    assert pictures.picture_sizes(path) == [(50, 40), (51, 40), (52, 40)]
    with pytest.warns(UserWarning, match="skipped 1 of 4"):
        assert load_images(str(path), size=(20, 10)).pixels.shape == (3, 3, 10, 20)


def test_no_sizes_without_pictures(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(ValueError, match="got no pictures in 1 files"):
        pictures.picture_sizes(tmp_path)


@pytest.mark.parametrize(
    ("name", "size", "message"), [("faces", (9, 9), "size of its own"), ("faces", (0, 9), "got 0")]
)
def test_a_size_that_cannot_be_is_refused(name, size, message):
    with pytest.raises(ValueError, match=message):
        load_images(name, size=size)


def test_no_picture_is_left(tmp_path):
    with pytest.raises(ValueError, match="got 0 pictures in 0 files"):
        load_images(str(tmp_path))
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.warns(UserWarning, match=r"notes.txt"), pytest.raises(ValueError, match="got 0 pictures in 1 files"):
        load_images(str(tmp_path))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_the_same_white(tmp_path, mode):
    white = Image.new("RGB", (40, 50), "white")
    image = Image.fromarray(np.full((50, 40), 65535, np.uint16)) if mode == "I;16" else white.convert(mode)
    image.save(tmp_path / ("a.tif" if mode == "CMYK" else "a.png"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (load_images(str(tmp_path)).pixels == 255).all()


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
    path = zipped(celeba)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(ValueError, match="needed paths inside the archive's own folder"):
        load_images("celeba")


def test_a_zip_cut_off_or_mislabelled_is_refused(celeba):
    path = zipped(celeba)
    for content in (path.read_bytes()[:-30], b"a text"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="got no whole zip archive"):
            load_images(str(path))


def test_a_damaged_picture_in_a_zip_is_skipped(celeba):
    path = zipped(celeba)
    content = bytearray(path.read_bytes())
    content[60:100] = bytes(40)
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"skipped 1 of 5 files, not pictures: img_align_celeba/000001.jpg"):
        assert len(load_images("celeba").pixels) == 4


def test_a_damaged_stream_and_a_locked_member_are_skipped(tmp_path):
    path, noise = tmp_path / "a.zip", np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("damaged.bmp", "locked.bmp", "whole.bmp"):
            with archive.open(name, "w") as file:
                Image.fromarray(noise // 64).save(file, "bmp")
    with zipfile.ZipFile(path) as archive:
        places = [info.header_offset for info in archive.infolist()]
    content = bytearray(path.read_bytes())
    content[places[0] + 60 : places[0] + 90] = b"\xff" * 30
    content[places[1] + 6] |= 1  # the flag "encrypted", here and in the central directory
    content[content.index(b"PK\1\2", content.index(b"PK\1\2") + 1) + 8] |= 1
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"skipped 2 of 3 files, not pictures: damaged.bmp, locked.bmp"):
        assert len(load_images(str(path)).pixels) == 1


def test_a_picture_of_floats_is_skipped(tmp_path):
    Image.fromarray(np.ones((8, 8), np.float32)).save(tmp_path / "a.tif")
    with pytest.warns(UserWarning, match=r"a.tif"), pytest.raises(ValueError, match="got 0 pictures"):
        load_images(str(tmp_path))


def test_the_stand_ins():
    photos, faces = load_images("photos"), load_images("faces")
    assert photos.pixels.shape == (858, 3, 32, 32)
    assert faces.pixels.shape == (100, 1, 25, 25)
    assert photos.standin
    assert faces.standin
    assert photos.pixels.dtype == faces.pixels.dtype == torch.uint8
    assert len(load_images("photos", count=20).pixels) == 20


def test_tiles_cut_a_picture_without_overlap():
    photo = torch.arange(3 * 70 * 70).reshape(70, 70, 3)
    tiles = pictures._tiles(photo, 32)
    assert tiles.shape == (4, 3, 32, 32)
    assert torch.equal(tiles[3], photo[32:64, 32:64].permute(2, 0, 1))
