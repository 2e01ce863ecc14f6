"""Files that met with accidents, kind by kind: each has to end in a clear error or in a valid result.

The cases are the same each time. tests/data/test_accidents.py has a few of each kind, tests/long/test_malformed.py
hundreds.
"""

import io
import os
import re
import struct
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from hypothesis import HealthCheck
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save

from gkn_utils import MLP, load_network, pretrained, read_idx, save_network
from gkn_utils.data.pictures import picture_sizes, read_pictures

SECONDS = 2  # of a processor, that a case may take
CLEAR = re.compile(r"got .*needed|needed|not that of|cannot be (read|unpacked)", re.DOTALL)
SAME_EACH_TIME = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def ends_well(load: Callable):
    """What `load` returns, or None if it raises a clear `ValueError`; it is soon done."""
    pretrained("plane-2")  # PyTorch loads what it needs, which takes long, with the first network
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found, error = load(), None
        except ValueError as raised:
            found, error = None, str(raised)
    assert time.process_time() - started < SECONDS
    assert error is None or CLEAR.search(error), error
    return found


def picture(kind: str, mode: str = "RGB") -> bytes:
    stream, pixels = io.BytesIO(), np.arange(3 * 600, dtype=np.uint32).astype(np.uint8)
    Image.fromarray(pixels.reshape(30, 20, 3)).convert(mode).save(stream, kind)
    return stream.getvalue()


def archive(files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return stream.getvalue()


PICTURES = [picture(kind) for kind in ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")]
PICTURES += [*(picture("PNG", mode) for mode in ("1", "L", "LA", "P", "RGBA", "I;16")), picture("TIFF", "CMYK")]
ARCHIVES = [archive({"a.png": PICTURES[3], "b/c.jpg": PICTURES[2]}, kind) for kind in (0, 8, 12, 14)]
IDX = [b"\0\0\x08\x03" + struct.pack(">III", 2, 3, 4) + bytes(24), b"\0\0\x08\x01" + struct.pack(">I", 5) + bytes(5)]
LARGE = [b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)]


@st.composite
def damaged(draw, wholes: list[bytes]) -> bytes:
    """One of the whole files after one to four accidents."""
    content = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, max(0, len(content) - 1))), draw(st.integers(1, 20))
        match draw(st.sampled_from(["cut off", "a bit", "a large number", "more", "repeated", "less"])):
            case "cut off":
                del content[at:]
            case "a bit":
                content[at : at + 1] = bytes(b ^ (1 << length % 8) for b in content[at : at + 1])
            case "a large number":
                content[at : at + 4] = draw(st.sampled_from(LARGE))
            case "more":
                content[at:at] = draw(st.binary(min_size=length, max_size=length))
            case "repeated":
                content[at:at] = content[at : at + 50]
            case "less":
                del content[at : at + length]
    return bytes(content)


def pictures_of(path: Path):
    found = ends_well(lambda: read_pictures(path, (8, 8), count=None, seed=0))
    sizes = ends_well(lambda: picture_sizes(path))
    assert found is None or (found.dtype == torch.uint8 and found.shape[1:] == (3, 8, 8))
    assert sizes is None or all(width > 0 and height > 0 for width, height in sizes)
    return found


def pictures(draw, folder: Path) -> None:
    (folder / "a.png").write_bytes(draw(damaged(PICTURES)))
    pictures_of(folder)
    assert os.listdir(folder) == ["a.png"]


def archives(draw, folder: Path) -> None:
    (folder / "a.zip").write_bytes(draw(damaged(ARCHIVES)))
    pictures_of(folder / "a.zip")
    assert os.listdir(folder) == ["a.zip"]


def arrays(draw, _) -> None:
    content = draw(st.one_of(damaged(IDX), st.binary(max_size=100)))
    found = ends_well(lambda: read_idx(content))
    assert found is None or (found.dtype == torch.uint8 and len(content) == 4 + 4 * found.dim() + found.numel())


def networks(draw, folder: Path) -> None:
    save_network(MLP(2, 3, 2), folder / "a", {"what": "a test"})
    wholes = [(folder / "a").read_bytes(), save({"a": torch.zeros(3)}, {"card": "{}"})]
    (folder / "a").write_bytes(draw(damaged(wholes)))
    net = ends_well(lambda: load_network(folder / "a"))
    assert net is None or net(torch.zeros(1, net.dim)).isfinite().all()


KINDS = [pictures, archives, arrays, networks]
