"""Pictures from anywhere, opened in such a way that none takes long, or much memory."""

import io
import re
import zlib
from contextlib import suppress

from PIL import Image, features

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")  # no decoder that starts another program
if features.check("avif"):
    FORMATS = ("AVIF", *FORMATS)
with suppress(ImportError):  # phones write it, and Pillow does not read it by itself
    from pillow_heif import register_heif_opener

    register_heif_opener()
    FORMATS = (*FORMATS, "HEIF")
DECLARED, DECODED = 2**26, 2**25  # pixels that a header may name, and that are decoded: large JPEGs at a smaller scale
DECODERS_IN_PYTHON, DECODED_IN_PYTHON = ("ppm_plain", "ppm", "bmp_rle"), 2**20  # slow ones, and pixels for them
SCANS, MARKERS = 20, 10_000  # passes over all pixels, as a progressive JPEG makes, and parts of which it consists
MARKER, SCAN, END = re.compile(b"\xff([^\x00\x01\xd0-\xd8\xff])"), b"\xda", b"\xd9"  # what stands between parts
HEADER_READS, HEADER_BYTES = 2000, 2**19  # of a header, and in one of them, unless it is the whole file
PNG, CHUNKS = b"\x89PNG\r\n\x1a\n", 2**20  # how one begins, and of how many parts it may be
EXIF = 2**16  # bytes of what a camera says, as a JPEG has place for in one piece
TILE_WIDTH, TILE_LENGTH = 322, 323  # tags of a TIFF


def opened(content: bytes) -> Image.Image:
    """A picture of which nothing but the header has been read; `ValueError` for a long one, or too many pixels.

    Whatever Pillow raises for what is no picture.
    """
    file = _File(_essential(content) if content.startswith(PNG) else content)
    image = Image.open(file, formats=FORMATS)
    file.opening = False
    check_pixels(image.size, DECLARED)
    return image


def check_pixels(size: tuple[int, int], most: int = DECODED) -> None:
    """Raise `ValueError` for a (width, height) of more than so many pixels."""
    if size[0] * size[1] > most:
        raise ValueError(f"got a picture of {size[0]:,} x {size[1]:,}, needed at most {most:,} pixels")


def check_work(image: Image.Image, content: bytes) -> None:
    """Raise `ValueError` for what would take long, or much memory, for its number of pixels."""
    if (said := len(image.info.get("exif") or b"")) > EXIF:
        raise ValueError(f"got {said:,} bytes of EXIF, needed at most {EXIF:,}")
    if image.tile and image.tile[0][0] in DECODERS_IN_PYTHON:
        check_pixels(image.size, DECODED_IN_PYTHON)
    if image.format == "WEBP":
        check_pixels(image.size, DECODED // 2)
    if image.format == "TIFF":
        check_pixels((image.tag_v2.get(TILE_WIDTH, 1), image.tag_v2.get(TILE_LENGTH, 1)))
    if image.format in ("JPEG", "MPO") and _more_scans(content, image.fp.tell()):
        check_pixels(image.size, 3 * DECLARED // max(3, len(image.getbands())))  # all coefficients are kept


def _more_scans(content: bytes, position: int) -> int:
    """How many scans of a JPEG follow the first, whose data begin at `position`; `ValueError` for too many.

    What lies behind the end of the picture, as a film or another picture may, is none of it.
    """
    scans = 0
    for _ in range(MARKERS):
        marker = MARKER.search(content, position)
        if marker is None or marker[1] == END:
            return scans
        scans += marker[1] == SCAN
        if scans >= SCANS:
            raise ValueError(f"got a JPEG of over {SCANS} scans, needed at most these")
        position = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2], "big")
    raise ValueError(f"got a JPEG of over {MARKERS:,} parts, needed at most these")


class _File(io.BytesIO):
    """A file that is read at length only once its header is known."""

    opening, reads = True, 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += self.opening
        if self.opening and (self.reads > HEADER_READS or (size or 0) > HEADER_BYTES):
            most = f"{HEADER_READS:,} parts, or one of over {HEADER_BYTES:,} bytes"
            raise ValueError(f"got a header of over {most}, needed a short one")
        return super().read(size)


def _essential(content: bytes) -> bytes:
    """A PNG with what its pixels need, and these in one piece: the rest may be much, or come in millions of chunks."""
    view, kept, pixels, position, chunks = memoryview(content), {}, bytearray(), len(PNG), 0
    while (kind := content[position + 4 : position + 8]) not in (b"IEND", b""):
        end = position + 12 + int.from_bytes(view[position : position + 4], "big")
        if kind == b"IDAT":
            pixels += view[position + 8 : end - 4]
        elif kind in (b"IHDR", b"PLTE", b"tRNS", b"eXIf"):
            kept.setdefault(kind, view[position:end])
        position, chunks = end, chunks + 1
        if chunks > CHUNKS:
            raise ValueError(f"got a PNG of over {CHUNKS:,} chunks, needed at most these")
    check = zlib.crc32(pixels, zlib.crc32(b"IDAT"))
    idat = [len(pixels).to_bytes(4, "big"), b"IDAT", pixels, check.to_bytes(4, "big")]
    return b"".join([PNG, *kept.values(), *idat, b"\0\0\0\0IEND\xaeB`\x82"])
