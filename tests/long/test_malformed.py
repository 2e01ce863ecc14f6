"""Files that are damaged, or made to do harm, end in a clear error or in a valid result, soon and in little memory.

2,000 cases, the same each time: whole files of each kind with bytes cut off, turned, put in, and numbers in their
headers replaced by large ones; and some made by hand: bombs, and pictures that take long. More that are made by hand,
and are read at once, stand in tests/data/ and tests/test_pretrained.py.
"""

import gzip
import io
import re
import struct
import sys
import tempfile
import zlib
from pathlib import Path

import pytest
from accidents import KINDS, PICTURES, SAME_EACH_TIME, archive, ends_well, pictures_of
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gkn_utils import load_images, pretrained
from gkn_utils.data.pictures import read_pictures

MEMORY = 500 * 2**20
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no way to ask for the peak of memory")


def peak() -> int:
    """The most memory that this process has taken, in bytes."""
    return 1024 * int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])


@pytest.fixture(autouse=True)
def in_little_memory():
    """A test takes no more than MEMORY at any time."""
    pretrained("plane-2")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak before
    before = peak()
    yield
    assert peak() - before < MEMORY


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=500, **SAME_EACH_TIME)
@given(data=st.data())
def test_what_is_damaged_ends_in_a_clear_error_or_a_valid_result(kind, data):
    with tempfile.TemporaryDirectory() as folder:
        kind(data.draw, Path(folder))


# Made to do harm
def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, pixels: bytes, *, color: int = 0, before: bytes = b"") -> bytes:
    """A PNG that declares what it likes, with other chunks before its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many zeros, compressed."""
    packer = zlib.compressobj(1)
    return b"".join([*[packer.compress(bytes(2**20)) for _ in range(count // 2**20)], packer.flush()])


def lying(content: bytes, before: bytes, size: bytes, lie: bytes) -> bytes:
    """A picture that declares another size, which stands behind some bytes in its header."""
    assert before + size in content
    return content.replace(before + size, before + lie, 1)


BOMBS = {
    "a PNG of 900 million pixels": png(30_000, 30_000, zeros(2**26)),
    "a PNG of 64 million pixels": png(8_000, 8_000, zeros(65 * 2**20)),
    "a PNG that declares 4 billion": png(65_535, 65_535, b""),
    "a PNG with a chunk of 2 GB": png(8, 8, b"", before=struct.pack(">I", 2**31 - 1) + b"tEXt"),
    "a PNG with a text that unpacks to 256 MB": png(8, 8, b"", before=chunk(b"zTXt", b"k\0\0" + zeros(2**28))),
    "a GIF of 4 billion": b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b"," + bytes(20),
    "a BMP of a billion": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**15, 2**15, 1, 24, *[0] * 6),
    "a JPEG of 4 billion": lying(PICTURES[2], b"\xff\xc0\0\x11\x08", b"\0\x1e\0\x14", b"\xff" * 4),
    "a TIFF of a billion": lying(PICTURES[5], b"\0\1\4\0\1\0\0\0", b"\x14\0\0\0", b"\0\0\0\4"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(a) (w) file\n",
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_pictures_that_would_be_too_large(content, tmp_path):
    (tmp_path / "a.zip").write_bytes(archive({"a.png": content}))
    assert pictures_of(tmp_path / "a.zip") is None


def scans(mode: str, side: int, more: int) -> bytes:
    """A progressive JPEG without a detail, its last scan written several times."""
    stream = io.BytesIO()
    Image.new(mode, (side, side)).save(stream, "JPEG", progressive=True, subsampling=0)
    content = stream.getvalue()
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + more * last + content[-2:]


def webp(side: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side)).save(stream, "WEBP", lossless=True, method=0, quality=0)
    return stream.getvalue()


def grey_tiff(*tags: tuple[int, int, int, int], content: bytes) -> bytes:
    """A TIFF of 8 x 8, its directory at the end of `content`, which begins at the 8th byte."""
    size = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted([*size, *tags]))
    head = b"II*\0" + struct.pack("<I", 8 + len(content)) + content
    return head + struct.pack("<H", len(size) + len(tags)) + entries + bytes(4)


def one_tile(side: int) -> bytes:
    content = zeros(side**2 + 2**20)
    tile = [(322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, 8), (325, 4, 1, len(content))]
    return grey_tiff((259, 3, 1, 8), *tile, content=content)


LONG = {
    "JPEG of many scans": scans("L", 8192, 60),
    "small one": scans("L", 64, 20),
    "CMYK of 67 million": scans("CMYK", 8192, 0),
    "PGM in plain text": b"P2 4096 4096 9\n" + b"1 " * 2**24,
    "PGM of a hundred levels": b"P5 2048 2048 100\n" + bytes(2**22),
    "WebP of 17 million": webp(4100),
    "TIFF of one large tile": one_tile(6000),
    "TIFF of half a million strips": grey_tiff((273, 4, 500_000, 8), content=struct.pack("<I", 8) * 500_000),
    "PNG of five million parts": png(8, 8, zlib.compress(bytes(72)), before=5_000_000 * chunk(b"IDAT", b"")),
}


@pytest.mark.parametrize("content", LONG.values(), ids=LONG)
def test_pictures_that_take_long_or_much_memory(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    assert ends_well(lambda: read_pictures(tmp_path, (8, 8), count=None, seed=0)) is None


LARGE = {
    "grey JPEG": scans("L", 8192, 0),
    "coloured JPEG": scans("RGB", 8192, 0),
    "PGM": b"P2 1024 1024 9\n" + b"1 " * 2**20,
    "WebP": webp(4000),
    "TIFF": one_tile(256),
    "PNG": png(5792, 5792, zeros(4 * 5792 * 5793 + 2**20), color=6),
    "PNG of many chunks": png(8, 8, zlib.compress(bytes(72)), before=500_000 * chunk(b"abCd", b"")),
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_large_pictures_that_are_read(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    assert len(pictures_of(tmp_path)) == 1


def test_a_zip_bomb_that_says_it_has_a_hundred_bytes(tmp_path):
    content = archive({"a.bmp": bytes(2**29)})
    (tmp_path / "a.zip").write_bytes(content.replace(struct.pack("<I", 2**29), struct.pack("<I", 100)))
    assert pictures_of(tmp_path / "a.zip") is None


def test_a_gzip_bomb(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    with gzip.open(tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz", "wb", 1) as file:
        for _ in range(600):
            file.write(bytes(2**20))
    assert ends_well(lambda: load_images("mnist-test")) is None
