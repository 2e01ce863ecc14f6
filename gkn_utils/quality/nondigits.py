"""Pictures that no person reads as a digit: what a judge of digits has to say no to."""

import torch
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter
from torch import Tensor
from torch.nn.functional import interpolate

from gkn_utils._checks import check_count
from gkn_utils.data.images import load_images

TRANSPOSED, MIRRORED, ON_ITS_SIDE = (3, 7), (3, 6, 7, 9), (2, 3, 4, 7)  # classes that are no digit then
SHUFFLED = (0, 2, 3, 4, 5, 6, 7, 8, 9)
LETTERS, FONTS = "AEFHKMNRTWXaehkmnrwx", ("DejaVu Sans", "DejaVu Serif", "STIXGeneral")


def nondigits(x: Tensor, labels: Tensor, count: int, generator: torch.Generator) -> dict[str, Tensor]:
    """`count` pictures of each kind, (count, 784) in [-1, 1], made of noise or of the digits `x` (n, 784).

    Transposed, mirrored, turned and shuffled digits are different ones, of those classes only that are no digit then:
    a mirrored 0 still is one, and a mirrored 5 may be a 2. Raises `ValueError` for a count below 1, and where `x` has
    too few digits of these classes.
    """
    check_count("count", count)

    def drawn(classes: tuple[int, ...]) -> Tensor:
        some = torch.isin(labels, torch.tensor(classes)).nonzero().flatten()
        if len(some) < count:
            raise ValueError(f"labels: got {len(some)} of the classes {classes}, needed {count}")
        return x[some[torch.randperm(len(some), generator=generator)[:count]]].reshape(-1, 28, 28)

    noise = torch.rand(count, 28, 28, generator=generator) * 2 - 1
    kinds = {
        "pages": torch.linspace(-1, 1, count)[:, None, None].expand(count, 28, 28),
        "noise": noise,
        "blurred noise": blurred_noise(count, generator),
        "blobs": blobs(count, generator),
        "transposed": drawn(TRANSPOSED).mT,
        "mirrored": drawn(MIRRORED).flip(2),
        "on its side": drawn(ON_ITS_SIDE).rot90(1, (1, 2)),
        "columns shuffled": columns_shuffled(drawn(SHUFFLED), generator),
        "pieces": pieces(drawn(SHUFFLED), generator),
        "means of two": torch.stack(two_digits(x, labels, count, generator)).mean(0),
        "two at once": torch.maximum(*two_digits(x, labels, count, generator)),
    }
    return {kind: v.reshape(count, 784).clamp(-1, 1) for kind, v in kinds.items()}


def blurred_noise(count: int, generator: torch.Generator) -> Tensor:
    """Noise, blurred by 1 to 4 pixels, each picture stretched from -1 to 1: (count, 28, 28)."""
    noise = torch.rand(count, 28, 28, generator=generator)
    widths = torch.linspace(1, 4, count)
    soft = torch.stack([torch.from_numpy(gaussian_filter(v, s.item())) for v, s in zip(noise, widths, strict=True)])
    low, high = soft.amin((1, 2), keepdim=True), soft.amax((1, 2), keepdim=True)
    return 2 * (soft - low) / (high - low) - 1


def blobs(count: int, generator: torch.Generator) -> Tensor:
    """One to four round spots, of a radius from 1.5 to 5 pixels: (count, 28, 28)."""
    centre = 4 + 20 * torch.rand(count, 4, 2, 1, 1, generator=generator)
    radius = 1.5 + 3.5 * torch.rand(count, 4, 1, 1, generator=generator)
    there = torch.arange(4) < torch.randint(1, 5, (count, 1), generator=generator)
    pixels = torch.stack(torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij"))
    inside = (radius - (pixels - centre).square().sum(2).sqrt()).clamp(-1, 1)
    return inside.where(there[:, :, None, None], -1).amax(1)


def columns_shuffled(v: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (n, 28, 28), the columns of each in an order of its own."""
    order = torch.rand(len(v), 1, 28, generator=generator).argsort(-1)
    return v.gather(2, order.expand_as(v))


def pieces(v: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (n, 28, 28), cut into sixteen squares that lie in an order of their own."""
    squares = v.reshape(-1, 4, 7, 4, 7).transpose(2, 3).reshape(-1, 16, 49)
    order = torch.rand(len(v), 16, 1, generator=generator).argsort(1)
    return squares.gather(1, order.expand_as(squares)).reshape(-1, 4, 4, 7, 7).transpose(2, 3).reshape(-1, 28, 28)


def two_digits(x: Tensor, labels: Tensor, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pairs of digits of different classes, (count, d) each."""
    first, second = torch.randint(len(x), (2, 4 * count + 100), generator=generator)
    differ = labels[first] != labels[second]
    if differ.sum() < count:
        raise ValueError(f"labels: got {sorted(set(labels.tolist()))}, needed several classes")
    return x[first[differ][:count]], x[second[differ][:count]]


def strangers() -> dict[str, Tensor]:
    """Kinds that the judge has not learned, (n, 784) each: photographs, faces, stripes, scribbles, printed letters.

    The fonts come with Matplotlib; letters that are like a digit, such as B, I, O, S and Z, are left out.
    """
    grey = {name: load_images(name).pixels.float().mean(1, keepdim=True) for name in ("photos", "faces")}
    kinds = {name: interpolate(v, (28, 28), mode="bilinear") / 127.5 - 1 for name, v in grey.items()}
    kinds |= {"stripes": stripes(), "scribbles": scribbles(400, torch.Generator().manual_seed(0))}
    kinds |= {"letters": torch.stack([letter(c, font) for font in FONTS for c in LETTERS])}
    return {kind: v.reshape(len(v), 784).clamp(-1, 1) for kind, v in kinds.items()}


def stripes() -> Tensor:
    """Black and white stripes of twenty directions and four widths: (80, 28, 28)."""
    directions = torch.linspace(0, 3, 20)[:, None, None, None]
    waves = torch.tensor([0.3, 0.5, 0.8, 1.2])[:, None, None]
    down, right = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    return torch.sin(waves * (down * directions.cos() + right * directions.sin())).sign().flatten(0, 1)


def scribbles(count: int, generator: torch.Generator) -> Tensor:
    """Three curved strokes of a pen, each through five places drawn at random: (count, 28, 28)."""
    places = 4 + 20 * torch.rand(count * 3, 2, 5, generator=generator)
    curves = interpolate(places, 60, mode="linear", align_corners=True)
    soft = torch.from_numpy(gaussian_filter(curves.numpy(), (0, 0, 5))).reshape(count, 3, 2, 60)
    pixels = torch.stack(torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij"))
    away = (pixels.reshape(1, 2, 1, -1) - soft.transpose(1, 2).reshape(count, 2, -1, 1)).square().sum(1).amin(1).sqrt()
    return (2 * (2.0 - away).clamp(0, 1) - 1).reshape(count, 28, 28)


def letter(character: str, font: str) -> Tensor:
    """A printed letter in the middle of a black page: (28, 28)."""
    page = Image.new("L", (28, 28))
    drawn = ImageFont.truetype(findfont(font), 22)
    ImageDraw.Draw(page).text((14, 14), character, fill=255, font=drawn, anchor="mm")
    return torch.frombuffer(bytearray(page.tobytes()), dtype=torch.uint8).reshape(28, 28) / 127.5 - 1
