"""What cameras, phones, scanners, microscopes and software leave in folders: read right, or named with a reason."""

import io
import struct
import warnings
import zlib
from contextlib import suppress

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin, features

from gkn_utils import load_images

WIDTH, HEIGHT = 48, 40
ACROSS = np.linspace(0, 255, WIDTH, dtype=np.uint8)
SCENE = np.stack([np.tile(ACROSS, (HEIGHT, 1)), np.tile(ACROSS[::-1], (HEIGHT, 1)), np.full((HEIGHT, WIDTH), 99)], -1)
SCENE = SCENE.astype(np.uint8)
PICTURE = Image.fromarray(SCENE)
GREY = PICTURE.convert("L")
SHADES = np.asarray(GREY)
SIXTEEN = SHADES.astype(np.uint16) * 257


def saved(kind: str, image: Image.Image = PICTURE, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def tiff(pixels: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **options)
    return stream.getvalue()


def png(pixels: np.ndarray, colour: int) -> bytes:
    """16 bits a number, which Pillow does not write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = chunk(b"IHDR", struct.pack(">2I5B", WIDTH, HEIGHT, 16, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def turned(orientation: int, kind: str = "JPEG") -> bytes:
    """Stored so that it is right once it is turned as its EXIF says."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    exif = Image.Exif()
    exif[0x112] = orientation
    return saved(kind, PICTURE.transpose(Image.Transpose(back)), exif=exif)


def said(**texts: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    return info


def plain_ppm() -> bytes:
    return f"P3\n# by hand\n{WIDTH} {HEIGHT}\n255\n{' '.join(map(str, SCENE.flatten()))}\n".encode()


def wide_pgm() -> bytes:
    return f"P5 {WIDTH} {HEIGHT} 65535\n".encode() + SIXTEEN.astype(">u2").tobytes()


BLACK = PICTURE.convert("1", dither=Image.Dither.NONE)
CLEAR = PICTURE.copy()
CLEAR.putalpha(255)
COLOUR, GREYS, TWO = SCENE, np.stack([SHADES] * 3, -1), np.asarray(BLACK.convert("RGB"))
RIGHT = {  # what it is, the picture that it shows, and how far it may be from it, in the mean
    "PNG of 1 bit": (saved("PNG", BLACK), TWO, 1),
    "PNG, grey": (saved("PNG", GREY), GREYS, 1),
    "PNG, grey with alpha": (saved("PNG", GREY.convert("LA")), GREYS, 1),
    "PNG with a palette": (saved("PNG", PICTURE.convert("P", palette=Image.Palette.ADAPTIVE)), COLOUR, 3),
    "PNG, colour": (saved("PNG"), COLOUR, 1),
    "PNG, colour with alpha": (saved("PNG", CLEAR), COLOUR, 1),
    "PNG, grey of 16 bits": (saved("PNG", Image.fromarray(SIXTEEN)), GREYS, 1),
    "PNG, colour of 16 bits": (png(SCENE.reshape(HEIGHT, -1).astype(np.uint16) * 257, 2), COLOUR, 1),
    "PNG of a screen, with text": (saved("PNG", pnginfo=said(Software="a", Comment="b" * 9999)), COLOUR, 1),
    "PNG of a screen, with its resolution": (saved("PNG", dpi=(144, 144)), COLOUR, 1),
    "PNG, turned": (turned(6, "PNG"), COLOUR, 1),
    "PNG that moves": (saved("PNG", save_all=True, append_images=[GREY.convert("RGB")]), COLOUR, 1),
    "PNG with something behind it": (saved("PNG") + b"\0" * 5000, COLOUR, 1),
    "JPEG, colour": (saved("JPEG", quality=95), COLOUR, 4),
    "JPEG, grey": (saved("JPEG", GREY, quality=95), GREYS, 3),
    "JPEG, CMYK": (saved("JPEG", PICTURE.convert("CMYK"), quality=95), COLOUR, 6),
    "JPEG, progressive": (saved("JPEG", progressive=True, quality=95), COLOUR, 4),
    "JPEG, no subsampling": (saved("JPEG", subsampling=0, quality=95), COLOUR, 4),
    "JPEG, small": (saved("JPEG", quality=20), COLOUR, 15),
    "JPEG with restarts": (saved("JPEG", restart_marker_rows=1, quality=95), COLOUR, 4),
    "JPEG with a comment": (saved("JPEG", comment="c" * 60_000, quality=95), COLOUR, 4),
    "JPEG with a profile": (saved("JPEG", icc_profile=b"p" * 5000, quality=95), COLOUR, 4),
    **{f"JPEG of a phone, turned {i}": (turned(i), COLOUR, 8) for i in range(2, 9)},
    "JPEG of a phone, with a film": (saved("JPEG", quality=95) + b"\0\0\0\x18ftypmp42" + bytes(99_999), COLOUR, 4),
    "JPEG of several": (saved("MPO", save_all=True, append_images=[GREY.convert("RGB")], quality=95), COLOUR, 4),
    "GIF": (saved("GIF", PICTURE.convert("P", palette=Image.Palette.ADAPTIVE)), COLOUR, 3),
    "GIF, grey": (saved("GIF", GREY), GREYS, 1),
    "GIF that moves": (saved("GIF", GREY, save_all=True, append_images=[BLACK]), GREYS, 1),
    "GIF with a comment": (saved("GIF", GREY, comment=b"c" * 9999), GREYS, 1),
    "BMP of 1 bit": (saved("BMP", BLACK), TWO, 1),
    "BMP, grey": (saved("BMP", GREY), GREYS, 1),
    "BMP with a palette": (saved("BMP", PICTURE.convert("P", palette=Image.Palette.ADAPTIVE)), COLOUR, 3),
    "BMP, colour": (saved("BMP"), COLOUR, 1),
    "BMP of 32 bits": (saved("BMP", CLEAR), COLOUR, 1),
    "TIFF of 1 bit, as faxes are": (saved("TIFF", BLACK, compression="group4"), TWO, 1),
    "TIFF, grey": (saved("TIFF", GREY), GREYS, 1),
    "TIFF, colour": (saved("TIFF"), COLOUR, 1),
    "TIFF, colour with alpha": (saved("TIFF", CLEAR), COLOUR, 1),
    "TIFF, CMYK": (saved("TIFF", PICTURE.convert("CMYK")), COLOUR, 3),
    "TIFF of a scanner, packed": (saved("TIFF", compression="tiff_lzw", dpi=(300, 300)), COLOUR, 1),
    "TIFF, deflated": (saved("TIFF", compression="tiff_adobe_deflate"), COLOUR, 1),
    "TIFF, of bits in a row": (saved("TIFF", compression="packbits"), COLOUR, 1),
    "TIFF with a JPEG in it": (saved("TIFF", compression="jpeg", quality=95), COLOUR, 5),
    "TIFF of several pages": (saved("TIFF", save_all=True, append_images=[GREY]), COLOUR, 1),
    "TIFF of a microscope, grey of 16 bits": (tiff(SIXTEEN), GREYS, 1),
    "TIFF, colour of 16 bits": (tiff(SCENE.astype(np.uint16) * 257, photometric="rgb"), COLOUR, 1),
    "TIFF, the other way round": (tiff(SIXTEEN, byteorder=">"), GREYS, 1),
    "TIFF in tiles": (tiff(SCENE, tile=(16, 16), photometric="rgb"), COLOUR, 1),
    "TIFF, plane by plane": (tiff(np.moveaxis(SCENE, -1, 0), photometric="rgb", planarconfig="separate"), COLOUR, 1),
    "TIFF of 64 bits' addresses": (tiff(SCENE, bigtiff=True, photometric="rgb"), COLOUR, 1),
    "TIFF of ImageJ": (tiff(np.stack([SIXTEEN] * 3), imagej=True), GREYS, 1),
    "WebP": (saved("WEBP", quality=95), COLOUR, 6),
    "WebP, nothing lost": (saved("WEBP", lossless=True), COLOUR, 1),
    "WebP with alpha": (saved("WEBP", CLEAR, lossless=True), COLOUR, 1),
    "WebP that moves": (saved("WEBP", save_all=True, append_images=[GREY], lossless=True), COLOUR, 1),
    "PBM": (saved("PPM", BLACK), TWO, 1),
    "PGM": (saved("PPM", GREY), GREYS, 1),
    "PGM of 16 bits": (wide_pgm(), GREYS, 1),
    "PPM": (saved("PPM"), COLOUR, 1),
    "PPM in words": (plain_ppm(), COLOUR, 1),
}
if features.check("avif"):
    RIGHT |= {"AVIF": (saved("AVIF", quality=95), COLOUR, 6), "AVIF with alpha": (saved("AVIF", CLEAR), COLOUR, 8)}
with suppress(ImportError):  # of the extra `heic`
    import pillow_heif  # noqa: F401

    RIGHT |= {"HEIC": (saved("HEIF", quality=95), COLOUR, 6), "HEIC with alpha": (saved("HEIF", CLEAR), COLOUR, 8)}
    RIGHT |= {"HEIC of a phone, with a film": (saved("HEIF") + b"\0\0\0\x18ftypmp42" + bytes(99_999), COLOUR, 8)}
NO_FORMAT = "no picture of a format that is read"
JPEG, NOISE = (
    saved("JPEG"),
    saved("PNG", Image.fromarray(np.random.default_rng(0).integers(0, 256, SCENE.shape, np.uint8))),
)
REASONS = {
    "HEIC of a phone": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(999), "no picture of a|cannot be read"),
    "film of a phone": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(999), NO_FORMAT),
    "Photoshop's": (b"8BPS\0\1" + bytes(999), NO_FORMAT),
    "icon": (saved("ICO"), NO_FORMAT),
    "Targa": (saved("TGA"), NO_FORMAT),
    "PCX": (saved("PCX"), NO_FORMAT),
    "PDF": (saved("PDF"), NO_FORMAT),
    "PostScript": (saved("EPS"), NO_FORMAT),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_FORMAT),
    "page that was saved as a picture": (b"<!DOCTYPE html><title>404</title>", NO_FORMAT),
    "sidecar": (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", NO_FORMAT),
    "thumbnails of Windows": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), NO_FORMAT),
    "empty file": (b"", NO_FORMAT),
    "JPEG that is cut off": (JPEG[: len(JPEG) // 2], "cannot be read: "),
    "PNG that is cut off": (NOISE[: len(NOISE) // 2], "cannot be read"),
    "TIFF of floats": (tiff(SHADES.astype(np.float32)), "got a picture of mode F, whose range is unknown"),
    "TIFF of 32 bits": (
        saved("TIFF", Image.fromarray(SHADES.astype(np.int32))),
        "got a picture of mode I, whose range",
    ),
}


def loaded(content: bytes, folder) -> np.ndarray:
    """As it is read, beside another picture, by its name."""
    (folder / "a").write_bytes(content)
    [pixels] = load_images(str(folder), size=(WIDTH, HEIGHT)).pixels
    return pixels.permute(1, 2, 0).numpy()


@pytest.mark.parametrize("kind", RIGHT)
def test_it_is_read_right(kind, tmp_path):
    content, expected, tolerance = RIGHT[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = loaded(content, tmp_path)
    assert np.abs(found.astype(int) - expected).mean() <= tolerance


@pytest.mark.parametrize("kind", REASONS)
def test_it_is_named_with_the_reason(kind, tmp_path):
    content, reason = REASONS[kind]
    with (
        pytest.warns(UserWarning, match=rf"skipped 1 of 1 files: a \((?:{reason}).*read are .*JPEG.*HEI"),
        pytest.raises(ValueError, match="got 0"),
    ):
        loaded(content, tmp_path)
