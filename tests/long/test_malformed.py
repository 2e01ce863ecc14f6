"""Files that are damaged, or made to do harm, end in a clear error or in a valid result, soon and in little memory.

4,600 cases, the same each time: whole files of each kind with bytes cut off, turned, put in, and numbers in their
headers replaced by large ones; and some made by hand: bombs, paths that lead out, links, names that are no text.
"""

import gzip
import io
import json
import os
import re
import resource
import shutil
import struct
import sys
import time
import warnings
import zipfile
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save

from gkn_utils import MLP, fit, kaleidoscope, load_images, load_network, pretrained, read_idx, save_network
from gkn_utils.cifar import ARCHIVE, RECORD_BYTES, dogs
from gkn_utils.pictures import picture_sizes, read_pictures

SECONDS, MEMORY = 2, 500 * 2**20
CLEAR = re.compile(r"got .*needed|needed|not that of|cannot be (read|unpacked)", re.DOTALL)
EXAMPLES = 500
many = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
CHANGES = {
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
}
watchers = []  # lists of what is written, made or removed, wherever it lies


def watch(event: str, details: tuple) -> None:
    if watchers and (event in CHANGES or (event == "open" and opens_to_write(*details[1:]))):
        watchers[-1].append((event, details))


def opens_to_write(mode: str | None, flags: int) -> bool:
    return (mode or "r")[0] in "wax" or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


sys.addaudithook(watch)


@contextmanager
def nothing_is_written():
    watchers.append([])
    try:
        yield
    finally:
        written = watchers.pop()
    assert not written, written


def ends_well(load):
    """What `load` returns, or None if it raises a clear `ValueError`; within the seconds of a processor it may take."""
    started = time.process_time()
    with warnings.catch_warnings(), nothing_is_written():
        warnings.simplefilter("ignore")
        try:
            found, error = load(), None
        except ValueError as raised:
            found, error = None, str(raised)
    assert time.process_time() - started < SECONDS
    assert error is None or CLEAR.search(error), error
    return found


def test_writing_would_be_seen(tmp_path):
    (tmp_path / "a").touch()
    for write in (lambda: (tmp_path / "a").write_text(""), lambda: (tmp_path / "b").mkdir(), (tmp_path / "a").unlink):
        with pytest.raises(AssertionError, match=r"open|os\."):
            ends_well(write)


def peak() -> int:
    """The most memory that this process has taken, in bytes."""
    if sys.platform == "linux":
        return 1024 * int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture(autouse=True, scope="module")
def torch_has_its_folder():
    """PyTorch makes one for its compiler, which is not asked for anything, when it first loads a network."""
    pretrained("mnist-turning")


@pytest.fixture(autouse=True)
def in_little_memory():
    """A test takes no more than MEMORY at any time."""
    with suppress(OSError):  # only Linux forgets the peak before
        Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    yield
    assert peak() - before < MEMORY


def empty(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def picture(kind: str, mode: str = "RGB", size=(20, 30)) -> bytes:
    image, stream = (
        Image.fromarray(np.arange(3 * 600, dtype=np.uint32).astype(np.uint8).reshape(30, 20, 3)),
        io.BytesIO(),
    )
    image.resize(size).convert(mode).save(stream, kind)
    return stream.getvalue()


def archive(files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return stream.getvalue()


def network(folder: Path) -> bytes:
    save_network(MLP(2, 3, 2), folder / "whole", {"what": "a test"})
    content = (folder / "whole").read_bytes()
    (folder / "whole").unlink()
    return content


def nameless() -> bytes:
    """An archive whose directory lists a file without a name."""
    content = bytearray(archive({"a": b""}))
    listed, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    content[end + 12] = content[end + 12] - 1  # bytes of the directory
    content[listed + 28] = 0
    del content[listed + 46]
    return bytes(content)


PICTURES = [
    *[picture(kind) for kind in ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")],
    *[picture("PNG", mode) for mode in ("1", "L", "LA", "P", "RGBA", "I;16")],
    picture("TIFF", "CMYK"),
]
ARCHIVES = [archive({"a.png": PICTURES[3], "b/c.jpg": PICTURES[2]}, kind) for kind in (0, 8, 12, 14)]
IDX = [b"\0\0\x08\x03" + struct.pack(">III", 2, 3, 4) + bytes(24), b"\0\0\x08\x01" + struct.pack(">I", 5) + bytes(5)]


@st.composite
def damaged(draw, wholes):
    """One of the whole files after one to four accidents."""
    content = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        accident = draw(st.sampled_from(["cut", "flip", "large", "insert", "repeat", "remove"]))
        if accident == "cut":
            del content[at:]
        elif accident == "flip":
            content[at : at + 1] = bytes(b ^ (1 << draw(st.integers(0, 7))) for b in content[at : at + 1])
        elif accident == "large":
            content[at : at + 4] = draw(
                st.sampled_from([b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)])
            )
        elif accident == "insert":
            content[at:at] = draw(st.binary(min_size=1, max_size=20))
        elif accident == "repeat":
            content[at:at] = content[at : at + 50]
        else:
            del content[at : at + draw(st.integers(1, 20))]
    return bytes(content)


def pictures_of(path: Path, count=None):
    found = ends_well(lambda: read_pictures(path, (8, 8), count=count, seed=0))
    sizes = ends_well(lambda: picture_sizes(path))
    assert found is None or (found.dtype == torch.uint8 and found.shape[1:] == (3, 8, 8))
    assert sizes is None or all(width > 0 and height > 0 for width, height in sizes)
    return found


# Accidents
@many
@given(content=damaged(PICTURES))
def test_damaged_pictures(content, tmp_path):
    folder = empty(tmp_path / "folder")
    (folder / "a.png").write_bytes(content)
    pictures_of(folder)
    assert os.listdir(folder) == ["a.png"]


@many
@given(content=damaged(ARCHIVES))
@example(content=nameless())
def test_damaged_archives(content, tmp_path):
    path = empty(tmp_path / "folder") / "a.zip"
    path.write_bytes(content)
    pictures_of(path)
    assert os.listdir(path.parent) == ["a.zip"]


@many
@given(content=st.one_of(damaged(PICTURES), st.binary(max_size=300)))
def test_archives_of_damaged_pictures(content, tmp_path):
    path = empty(tmp_path / "folder") / "a.zip"
    path.write_bytes(archive({"a.png": content, "whole.png": PICTURES[3]}))
    assert len(pictures_of(path)) in (1, 2)


@many
@given(content=st.one_of(damaged(IDX), st.binary(max_size=100)))
@example(content=b"\0\0\x08\x03" + bytes(12))
def test_damaged_arrays(content):
    found = ends_well(lambda: read_idx(content))
    assert found is None or (found.dtype == torch.uint8 and len(content) == 4 + 4 * found.dim() + found.numel())


@many
@given(content=damaged([bytes([5]) * RECORD_BYTES, bytes(RECORD_BYTES) * 2]))
def test_damaged_batches(content):
    found = ends_well(lambda: dogs(content))
    assert found is None or found.shape[1:] == (3, 32, 32)


@many
@given(data=st.data())
def test_damaged_networks(data, tmp_path):
    folder = empty(tmp_path / "folder")
    content = data.draw(damaged([network(folder), save({"a": torch.zeros(3)}, {"card": "{}"})]))
    (folder / "a").write_bytes(content)
    net = ends_well(lambda: load_network(folder / "a"))
    assert net is None or net(torch.zeros(1, net.dim)).isfinite().all()


@many
@given(data=st.data())
def test_cards_that_lie(data, tmp_path):
    """Whole files, with JSON of any shape for a card."""
    anything = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-2, 2**70), st.floats(), st.text(max_size=5)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    )
    card = {key: data.draw(anything) for key in ("dim", "width", "depth", "output")}
    truth = {"dim": 2, "width": 3, "depth": 1, "output": "tanh"}
    card |= {key: truth[key] for key in data.draw(st.sets(st.sampled_from(sorted(truth))))}
    weights = {key: value.contiguous() for key, value in MLP(2, 3, 1).state_dict().items()}
    path = empty(tmp_path / "folder") / "a"
    path.write_bytes(save(weights, {"card": json.dumps(card)}))
    net = ends_well(lambda: load_network(path))
    assert (net is not None) == (card == truth and not any(value is True for value in card.values()))


@many
@given(content=damaged([gzip.compress(IDX[0])]), name=st.sampled_from(["images-idx3", "labels-idx1"]))
def test_damaged_downloads(content, name, tmp_path):
    """Whatever lies in the place of a data set is refused, by its hash at the latest."""
    folder = empty(tmp_path / "folder")
    (folder / "mnist").mkdir()
    for kind in ("images-idx3", "labels-idx1"):
        (folder / "mnist" / f"t10k-{kind}-ubyte.gz").write_bytes(content if kind == name else b"")
    (folder / ARCHIVE).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GKN_DATA", str(folder))
        for data_set in ("mnist-test", "cifar10-dogs"):
            assert ends_well(lambda data_set=data_set: load_images(data_set)) is None


@many
@given(values=st.lists(st.floats(width=32), min_size=2, max_size=8), bad=st.sampled_from(["nan", "inf", "-inf"]))
def test_arrays_that_are_not_finite(values, bad):
    x = torch.tensor([*values, float(bad)]).unsqueeze(1)
    net = MLP(1, 3, 1)
    assert ends_well(lambda: fit(net, x, steps=1)) is None
    assert ends_well(lambda: kaleidoscope(net, x, steps=1)) is None


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


def jpeg(width: int, height: int) -> bytes:
    """A JPEG of 20 x 30 that declares another size."""
    size = struct.pack(">HH", height, width)
    return re.sub(rb"(\xff\xc0...)....", lambda found: found[1] + size, PICTURES[2], count=1, flags=re.DOTALL)


def tiff(width: int) -> bytes:
    """A TIFF of a width of 20 that declares another."""
    declared, lie = (struct.pack("<HHII", 256, 4, 1, pixels) for pixels in (20, width))
    assert declared in PICTURES[5]
    return PICTURES[5].replace(declared, lie)


BOMBS = {
    "a PNG of 900 million pixels": png(30_000, 30_000, zeros(2**26)),
    "a PNG of 64 million pixels": png(8_000, 8_000, zeros(65 * 2**20)),
    "a PNG that declares 4 billion": png(65_535, 65_535, b""),
    "a PNG with a chunk of 2 GB": png(8, 8, b"", before=struct.pack(">I", 2**31 - 1) + b"tEXt"),
    "a PNG with a text that unpacks to 256 MB": png(8, 8, b"", before=chunk(b"zTXt", b"k\0\0" + zeros(2**28))),
    "a GIF of 4 billion": b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b"," + bytes(20),
    "a BMP of a billion": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**15, 2**15, 1, 24, *[0] * 6),
    "a JPEG of 4 billion": jpeg(65_535, 65_535),
    "a JPEG of 80 million": jpeg(8_944, 8_944),
    "a TIFF of a billion": tiff(2**26),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(a) (w) file\n",
}


@pytest.mark.parametrize("zipped", [False, True], ids=["in a folder", "in an archive"])
@pytest.mark.parametrize("name", BOMBS)
def test_pictures_that_would_be_too_large(name, zipped, tmp_path):
    path = tmp_path / "a"
    if zipped:
        path.write_bytes(archive({"a.png": BOMBS[name]}))
    else:
        path.mkdir()
        (path / "a.png").write_bytes(BOMBS[name])
    assert pictures_of(path) is None


def scans(mode: str, side: int, more: int) -> bytes:
    """A progressive JPEG without a detail, its last scan written several times."""
    stream = io.BytesIO()
    Image.new(mode, (side, side)).save(stream, "JPEG", progressive=True, subsampling=0)
    content = stream.getvalue()
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + more * last + content[-2:]


def with_previews(content: bytes) -> bytes:
    """A JPEG that names two pictures, which Pillow calls an MPO."""
    pictures = b"".join(struct.pack("<IIIHH", 0x30000 * (i == 0), len(content), 0, 0, 0) for i in range(2))
    entries = [(0xB000, 7, 4, int.from_bytes(b"0100", "little")), (0xB001, 4, 1, 2), (0xB002, 7, 32, 50)]
    index = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4) + pictures
    segment = b"MPF\0II*\0" + struct.pack("<I", 8) + index
    return content[:2] + b"\xff\xe2" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


def run_lengths(width: int, height: int) -> bytes:
    """A BMP of runs of one pixel each."""
    runs = (b"\1\0" * width + b"\0\0") * height
    header = struct.pack(
        "<IHHIIiiHHIIiiII", 1078 + len(runs), 0, 0, 1078, 40, width, height, 1, 8, 1, len(runs), *[0] * 4
    )
    return b"BM" + header + bytes(1024) + runs


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


def turned(kind: str, bytes_: int) -> bytes:
    """A picture on its side, of which its camera says this much more."""
    count = bytes_ // 8
    tags = [(0x112, 3, 1, 6), (282, 5, count, 8)]
    exif = b"Exif\0\0" + grey_tiff(*tags, content=struct.pack("<II", 3, 7) * count)
    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, kind, **({"exif": exif} if kind == "WEBP" else {}))
    if kind == "WEBP":
        return stream.getvalue()
    parts = [exif[6:][i : i + 65_000] for i in range(0, len(exif) - 6, 65_000)]
    segments = [b"\xff\xe1" + struct.pack(">H", len(part) + 8) + b"Exif\0\0" + part for part in parts]
    return stream.getvalue()[:2] + b"".join(segments) + stream.getvalue()[2:]


FRACTIONS = struct.pack("<II", 3, 7) * 300_000
LONG = {
    "JPEG of many scans": scans("L", 8192, 60),
    "small one": scans("L", 64, 20),
    "one with previews": with_previews(scans("L", 8192, 60)),
    "CMYK of 67 million": scans("CMYK", 8192, 0),
    "PGM in plain text": b"P2 4096 4096 9\n" + b"1 " * 2**24,
    "PGM of a hundred levels": b"P5 2048 2048 100\n" + bytes(2**22),
    "BMP of short runs": run_lengths(2048, 1024),
    "WebP of 17 million": webp(4100),
    "TIFF of one large tile": one_tile(6000),
    "TIFF of half a million strips": grey_tiff((273, 4, 500_000, 8), content=struct.pack("<I", 8) * 500_000),
    "TIFF of many resolutions": grey_tiff((273, 4, 1, 8), (282, 5, 300_000, 8), content=FRACTIONS),
    "PNG of many resolutions": png(
        8, 8, zlib.compress(bytes(72)), before=chunk(b"eXIf", grey_tiff((282, 5, 300_000, 8), content=FRACTIONS))
    ),
    "PNG of five million parts": png(8, 8, zlib.compress(bytes(72)), before=5_000_000 * chunk(b"IDAT", b"")),
    "JPEG of many resolutions": turned("JPEG", 24_000_000),
    "WebP of many resolutions": turned("WEBP", 15_000_000),
}


@pytest.mark.parametrize("content", LONG.values(), ids=LONG)
def test_pictures_that_take_long_or_much_memory(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert ends_well(lambda: read_pictures(tmp_path, (8, 8), count=None, seed=0)) is None


@pytest.mark.parametrize(
    "content",
    [
        scans("L", 8192, 0),
        scans("RGB", 8192, 0),
        scans("CMYK", 4096, 0),
        with_previews(scans("L", 4096, 0)),
        b"P2 1024 1024 9\n" + b"1 " * 2**20,
        webp(4000),
        one_tile(256),
        png(8, 8, zlib.compress(bytes(72)), before=500_000 * chunk(b"abCd", b"")),
        png(8, 8, zlib.compress(bytes(72)), before=3_000 * chunk(b"iCCP", b"k\0\0" + zeros(2**20))),
    ],
    ids=["grey JPEG", "coloured", "CMYK", "with previews", "PGM", "WebP", "TIFF", "many chunks", "many profiles"],
)
def test_large_pictures_that_are_read(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    assert len(pictures_of(tmp_path)) == 1


def test_the_largest_picture_that_is_read(tmp_path):
    (tmp_path / "a.png").write_bytes(png(5792, 5792, zeros(4 * 5792 * 5793 + 2**20), color=6))
    assert len(pictures_of(tmp_path)) == 1


@pytest.mark.parametrize("lie", [False, True])
def test_a_zip_bomb(lie, tmp_path):
    content = archive({"a.bmp": bytes(2**29)})
    if lie:  # that the file has a hundred bytes
        content = content.replace(struct.pack("<I", 2**29), struct.pack("<I", 100))
    (tmp_path / "a.zip").write_bytes(content)
    assert pictures_of(tmp_path / "a.zip") is None


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_bomb_of_another_method(method, tmp_path):
    (tmp_path / "a.zip").write_bytes(archive({"a.bmp": bytes(2**26)}, method))
    assert pictures_of(tmp_path / "a.zip") is None


def test_an_archive_whose_list_of_files_has_700_megabytes(tmp_path):
    with (tmp_path / "a.zip").open("wb") as file:
        file.truncate(700 * 2**20)
        file.seek(700 * 2**20)
        file.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, 700 * 2**20, 0, 0))
    assert pictures_of(tmp_path / "a.zip") is None


def test_an_archive_of_one_picture_many_times(tmp_path):
    content = archive({"00.png": png(5792, 5792, zeros(5792 * 5793 + 2**20))})
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    files = b"".join(content[start : end - 6] + b"%02d.png" % i for i in range(12))
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 12, 12, len(files), start, 0)
    (tmp_path / "a.zip").write_bytes(content[:start] + files + tail)
    assert pictures_of(tmp_path / "a.zip") is None


def test_a_gzip_bomb(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    with gzip.open(tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz", "wb", 1) as file:
        for _ in range(600):
            file.write(bytes(2**20))
    assert ends_well(lambda: load_images("mnist-test")) is None


def test_batches_of_ten_gigabytes(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    (tmp_path / "cifar-10-batches-bin").mkdir()
    for i in range(1, 6):
        with (tmp_path / "cifar-10-batches-bin" / f"data_batch_{i}.bin").open("wb") as file:
            file.truncate(10 * 2**30)
    assert ends_well(lambda: load_images("cifar10-dogs")) is None


@pytest.mark.parametrize("name", ["../out.png", "/tmp/out.png", "a/../../out.png"])
def test_paths_that_lead_out_of_an_archive(name, tmp_path):
    (tmp_path / "a.zip").write_bytes(archive({name: PICTURES[3], "whole.png": PICTURES[3]}))
    assert pictures_of(tmp_path / "a.zip") is None


def test_names_that_are_no_text(tmp_path):
    folder = tmp_path / os.fsdecode(b"pictures \xff\n")
    folder.mkdir()
    (folder / os.fsdecode(b"\xfe\x1b[31m.png")).write_bytes(PICTURES[3])
    (folder / os.fsdecode(b"\xfd\n.png")).write_text("no picture")
    with pytest.warns(UserWarning, match="skipped 1 of 2") as said:
        images = load_images(str(folder))
    assert len(images.pixels) == 1
    for words in (images.source, str(said[0].message)):
        assert words.isprintable()
        words.encode()


def test_a_folder_of_what_is_no_file(tmp_path):
    """Links to itself, to nowhere and to a device, a pipe that nobody writes to, a sparse file of 10 GB."""
    folder = tmp_path / "folder"
    (folder / "named.png").mkdir(parents=True)
    (folder / "whole.png").write_bytes(PICTURES[3])
    for name, target in [("loop", "."), ("nowhere.png", "nothing"), ("zero.png", "/dev/zero")]:
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.png")
    with (folder / "sparse.png").open("wb") as file:
        file.truncate(10 * 2**30)
    assert len(pictures_of(folder)) == 1


def test_links_in_an_archive_are_text(tmp_path):
    link = zipfile.ZipInfo("a.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    assert pictures_of(tmp_path / "a.zip") is None


def header(content: object, data: bytes = b"", length: int | None = None) -> bytes:
    """A safetensors file with this header."""
    words = content if isinstance(content, bytes) else json.dumps(content).encode()
    return struct.pack("<Q", len(words) if length is None else length) + words + data


TENSOR = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}


@pytest.mark.parametrize(
    "content",
    [
        header({}, length=2**63),
        header({}, length=2**40),
        header({}, length=1),
        header({"__metadata__": {"card": "[" + "[]," * 6_000_000 + "[]]"}}),
        header({str(i): {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(100_000)}),
        header(b"[" * 100_000 + b"]" * 100_000),
        header(b"\xff\xfe{}"),
        header({"weights.0": TENSOR}),
        header({"weights.0": TENSOR | {"shape": [2**40, 2**40]}}, bytes(16)),
        header({"weights.0": TENSOR | {"shape": [-2, 2]}}, bytes(16)),
        header({"weights.0": TENSOR | {"data_offsets": [16, 0]}}, bytes(16)),
        header({"weights.0": TENSOR, "biases.0": TENSOR}, bytes(16)),
        header({"weights.0": TENSOR | {"dtype": "F64"}}, bytes(16)),
        header({"__metadata__": {"card": "[" * 100_000 + "]" * 100_000}}),
        header({"__metadata__": {"card": "9" * 100_000}}),
        header({"__metadata__": {"card": "[1]"}}),
        header({"__metadata__": {"card": "{}"}}),
    ],
)
def test_headers_of_networks_that_lie(content, tmp_path):
    (tmp_path / "a").write_bytes(content)
    assert ends_well(lambda: load_network(tmp_path / "a")) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite(value, tmp_path):
    net = MLP(2, 3, 1)
    net.weights[0].data[0, 0] = value
    card = {"dim": 2, "width": 3, "depth": 1, "output": "sigmoid"}
    (tmp_path / "a").write_bytes(save(dict(net.state_dict()), {"card": json.dumps(card)}))
    assert ends_well(lambda: load_network(tmp_path / "a")) is None


def test_a_folder_is_no_network(tmp_path):
    assert ends_well(lambda: load_network(tmp_path)) is None


def test_a_pipe_is_no_network(tmp_path):
    os.mkfifo(tmp_path / "a")
    assert ends_well(lambda: load_network(tmp_path / "a")) is None


@pytest.mark.parametrize("width", [5_700, 8_700])
def test_a_large_network_of_nothing_but_zeros(width, tmp_path):
    """In half precision, its file sparse: 130 MB, and 300."""
    sizes = {"weights.0": [2, width], "weights.1": [width, width], "weights.2": [width, 2]}
    sizes |= {f"biases.{i}": [1, size] for i, size in enumerate([width, width, 2])}
    tensors, end = {}, 0
    for name, shape in sizes.items():
        begin, end = end, end + 2 * shape[0] * shape[1]
        tensors[name] = {"dtype": "F16", "shape": shape, "data_offsets": [begin, end]}
    card = json.dumps({"dim": 2, "width": width, "depth": 2, "output": "tanh"})
    content = header({"__metadata__": {"card": card}} | tensors)
    with (tmp_path / "a").open("wb") as file:
        file.write(content)
        file.truncate(len(content) + end)
    net = ends_well(lambda: load_network(tmp_path / "a"))
    assert (net is None) == (width > 8_000)


def test_a_pipe_is_no_digits(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    os.mkfifo(tmp_path / "mnist" / "t10k-images-idx3-ubyte")
    assert ends_well(lambda: load_images("mnist-test")) is None


def test_a_file_is_no_folder_of_data(tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path / "a"))
    (tmp_path / "a").touch()
    assert ends_well(lambda: load_images("mnist-test")) is None


def test_a_name_longer_than_any_file_has():
    assert ends_well(lambda: load_images("a" * 5_000)) is None


@pytest.mark.parametrize("kind", ["a folder", "sparse", "a device"])
def test_what_is_no_archive_of_cifar(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("GKN_DATA", str(tmp_path))
    if kind == "a folder":
        (tmp_path / ARCHIVE).mkdir()
    elif kind == "sparse":
        with (tmp_path / ARCHIVE).open("wb") as file:
            file.truncate(4 * 2**30)
    else:
        (tmp_path / ARCHIVE).symlink_to("/dev/zero")
    assert ends_well(lambda: load_images("cifar10-dogs")) is None
