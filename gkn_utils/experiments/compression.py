"""Bits that pictures cost: as JPEG, as principal components, as the weights of a network and where to start it."""

import copy
import io

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from gkn_utils._checks import check_count
from gkn_utils.network import MLP


def jpeg(pixels: Tensor, quality: int) -> tuple[Tensor, Tensor]:
    """Pictures (n, c, h, w) of uint8, c of 1 or 3, written as JPEG and read again: bits (n,) and pictures.

    `quality` is Pillow's, 1 to 100. The tables that each file repeats, some 300 bytes, of colours 600, are not counted:
    they would be sent once (those of the smallest possible picture are taken off).
    """
    found = [_jpeg(picture, quality) for picture in pixels.permute(0, 2, 3, 1).squeeze(-1).numpy()]
    _, c, *_ = pixels.shape
    tables, _ = _jpeg(np.zeros((1, 1, 3) if c == 3 else (1, 1), dtype=np.uint8), quality)
    back = torch.from_numpy(np.stack([picture for _, picture in found])).reshape(len(pixels), *pixels.shape[2:], c)
    return torch.tensor([size - tables for size, _ in found]), back.permute(0, 3, 1, 2)


def components(x: Tensor, count: int, *, bits: int = 8) -> tuple[float, Tensor]:
    """Points (n, d) by `count` principal components: bits a point, the components among them, and the points again.

    The mean, the components and each point's numbers are sent with so many bits each.
    """
    check_count("count", count)
    mean = x.mean(0)
    _, _, directions = torch.linalg.svd(x - mean, full_matrices=False)
    kept = quantised(directions[:count], bits)
    numbers = quantised((x - mean) @ kept.T, bits)
    sent = mean.numel() + kept.numel() + numbers.numel()
    return bits * sent / len(x), quantised(mean, bits) + numbers @ kept


def coarse(net: MLP, bits: int) -> MLP:
    """A copy of `net` with the weights that so many bits each can say, layer by layer."""
    sent = copy.deepcopy(net)
    with torch.no_grad():
        for parameter in sent.parameters():
            parameter.copy_(quantised(parameter, bits))
    return sent


def weights(net: nn.Module) -> int:
    """How many numbers a network consists of."""
    return sum(p.numel() for p in net.parameters())


def quantised(v: Tensor, bits: int) -> Tensor:
    """`v` with each number the nearest of 2^bits evenly spread from its smallest to its largest."""
    check_count("bits", bits)
    low, high = v.min(), v.max()
    step = (high - low) / (2**bits - 1)
    return low + ((v - low) / step).round() * step if step > 0 else v


def _jpeg(picture: np.ndarray, quality: int) -> tuple[int, np.ndarray]:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=quality, optimize=False)
    return 8 * stream.getbuffer().nbytes, np.array(Image.open(stream))
