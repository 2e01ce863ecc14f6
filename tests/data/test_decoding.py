import io

import numpy as np
import pytest
from PIL import Image

from gkn_utils.data import decoding
from gkn_utils.data.decoding import check_pixels, check_work, opened

COLOURS = Image.fromarray(np.arange(1800, dtype=np.uint16).astype(np.uint8).reshape(20, 30, 3))


def written(kind: str, image: Image.Image = COLOURS, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_png_loses_nothing_that_its_pixels_need(mode):
    grey = Image.fromarray(257 * np.asarray(COLOURS.convert("L"), dtype=np.uint16))
    image = grey if mode == "I;16" else COLOURS.convert(mode)
    options = {"transparency": 3} if mode == "P" else {}
    content = written("PNG", image, **options)
    plain = Image.open(io.BytesIO(content))
    assert np.array_equal(np.asarray(opened(content)), np.asarray(plain))
    assert opened(content).info.get("transparency") == plain.info.get("transparency")


def test_a_picture_of_more_pixels_is_refused(monkeypatch):
    check_pixels((30, 20), 600)
    with pytest.raises(ValueError, match="got a picture of 30 x 20, needed at most 599 pixels"):
        check_pixels((30, 20), 599)
    monkeypatch.setattr(decoding, "DECLARED", 599)
    with pytest.raises(ValueError, match="needed at most 599"):
        opened(written("JPEG"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_camera_may_say_which_way_is_up_but_not_at_length(kind, monkeypatch):
    exif = Image.Exif()
    exif[0x112] = 6
    content = written(kind, exif=exif)
    check_work(image := opened(content), content)
    assert image.getexif()[0x112] == 6
    image.info["exif"] = None  # as pillow-heif has it, where there is none
    check_work(image, content)
    monkeypatch.setattr(decoding, "EXIF", 9)
    with pytest.raises(ValueError, match="bytes of EXIF, needed at most 9"):
        check_work(opened(content), content)


def test_a_progressive_jpeg_of_many_scans_is_refused(monkeypatch):
    content = written("JPEG", progressive=True)
    check_work(opened(content), content)
    monkeypatch.setattr(decoding, "SCANS", 2)
    with pytest.raises(ValueError, match="got a JPEG of over 2 scans, needed at most these"):
        check_work(opened(content), content)


BEHIND = {
    "a film": b"\0\0\0\x18ftypmp42" + bytes(2**16),
    "anything": np.random.default_rng(0).bytes(2**22),
    "what looks like scans": b"\xff\xda" * 40,
    "another picture": written("JPEG", progressive=True) * 5,
}


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("behind", BEHIND)
def test_what_lies_behind_a_jpeg_is_none_of_it(behind, progressive):
    content = written("JPEG", progressive=progressive)
    longer = content + BEHIND[behind]
    check_work(image := opened(longer), longer)
    assert np.array_equal(np.asarray(image), np.asarray(opened(content)))


def test_a_jpeg_of_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(decoding, "MARKERS", 3)
    content = written("JPEG", progressive=True)
    with pytest.raises(ValueError, match="got a JPEG of over 3 parts"):
        check_work(opened(content), content)


def test_a_png_of_many_chunks_is_refused(monkeypatch):
    content = written("PNG")
    monkeypatch.setattr(decoding, "CHUNKS", 2)
    assert opened(content).size == (30, 20)
    monkeypatch.setattr(decoding, "CHUNKS", 1)
    with pytest.raises(ValueError, match="got a PNG of over 1 chunks"):
        opened(content)


@pytest.mark.parametrize(("name", "value"), [("HEADER_READS", 5), ("HEADER_BYTES", 1)])
def test_a_long_header_is_refused(name, value, monkeypatch):
    monkeypatch.setattr(decoding, name, value)
    with pytest.raises(ValueError, match="got a header of over"):
        opened(written("TIFF"))
