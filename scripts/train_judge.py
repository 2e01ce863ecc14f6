"""Train the two networks that read digits: gkn_utils/quality/reader.safetensors and judge.safetensors.

`python scripts/train_judge.py` makes both, with a name only that one: the reader in three minutes, the judge in
twenty-five, on one core. MNIST is read from $GKN_DATA, or downloaded.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors.torch import save
from scipy.ndimage import gaussian_filter
from torch import Tensor, nn
from torch.nn import functional as F

import gkn_utils as gkn
from gkn_utils import quality
from gkn_utils._files import atomic_write
from gkn_utils._progress import progress_bar
from gkn_utils.quality.judge import NONE, SURE
from gkn_utils.quality.nondigits import nondigits, strangers
from gkn_utils.quality.reader import DigitNetwork

FOLDER = Path(quality.__file__).parent
LR = 3e-3


def shifted(x: Tensor, generator: torch.Generator) -> Tensor:
    """Digits (n, 784), each moved by up to two pixels each way."""
    padded = F.pad(x.reshape(-1, 28, 28), (2, 2, 2, 2), value=-1.0)
    down, right = torch.randint(0, 5, (2, len(x), 1), generator=generator) + torch.arange(28)
    return padded[torch.arange(len(x))[:, None, None], down[:, :, None], right[:, None, :]].flatten(1)


def moved(x: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (n, 784), moved by up to two pixels; half of them turned by up to 14 degrees, sheared and scaled."""
    change = 2 * torch.rand(3, len(x), generator=generator) - 1
    turn, shear, scale = change * torch.tensor([[0.25], [0.2], [0.2]]) * (torch.rand(len(x), generator=generator) < 0.5)
    shift = torch.randint(-2, 3, (2, len(x)), generator=generator) / 14
    cosine, sine = turn.cos() * scale.exp(), turn.sin() * scale.exp()
    places = torch.stack([cosine, shear - sine, shift[0], sine, cosine, shift[1]], dim=1).reshape(-1, 2, 3)
    grid = F.affine_grid(places, [len(x), 1, 28, 28], align_corners=False)
    return F.grid_sample((x + 1).reshape(-1, 1, 28, 28), grid, align_corners=False).flatten(1).clamp(0, 2) - 1


def blurred(x: Tensor, generator: torch.Generator) -> Tensor:
    """Digits (n, 784), all blurred alike, by up to nine tenths of a pixel: still to be read."""
    width = 0.9 * torch.rand((), generator=generator).item()
    return torch.from_numpy(gaussian_filter(x.reshape(-1, 28, 28).numpy(), (0, width, width))).flatten(1)


def paler(x: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (n, 784), each at seven tenths to all of its brightness."""
    return (x + 1) * (0.7 + 0.3 * torch.rand(len(x), 1, generator=generator)) - 1


def samples_of_weak_networks(x: Tensor) -> Tensor:
    """What networks of one or two hidden layers end at, and pass on the way: scraps, mostly, (n, 784)."""
    found = []
    for depth, steps in ((1, 300), (1, 1500), (2, 300)):
        net, _ = gkn.train(x, 300, depth, output=nn.Tanh(), seed=0, steps=steps, lr=1e-3, batch_size=128)
        states = gkn.kaleidoscope(net, gkn.uniform_starts(net, 500), steps=100, jitter=0.01)
        found += [state for i, state in enumerate(states) if i in (2, 3, 5, 10, 30, 100)]
    return torch.cat(found)


def digits_for_the_reader(x: Tensor, labels: Tensor, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Shifted digits; and a little noise, for which all ten answers are right alike, and which weighs as 25 digits do.

    Outlier exposure, Hendrycks et al. (2019, arXiv 1812.04606): else it can be as sure about noise as about digits.
    """
    while True:
        for batch in torch.randperm(len(x), generator=generator).split(250):
            noise = torch.rand(10, 784, generator=generator) * 2 - 1
            wanted = torch.cat([F.one_hot(labels[batch], 10).float(), torch.full((10, 10), 0.25)])
            yield torch.cat([shifted(x[batch], generator), noise]), wanted


def digits_for_the_judge(x: Tensor, labels: Tensor, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Digits, half of them blurred, and twelve kinds of pictures that are no digit; all of them moved."""
    weak = samples_of_weak_networks(x)
    while True:
        digits, others = torch.randint(len(x), (2256,), generator=generator).split([256, 2000])
        sharp = x[digits]
        none = [*nondigits(x[others], labels[others], 25, generator).values()]
        none.append(weak[torch.randint(len(weak), (25,), generator=generator)])
        pictures = torch.cat([blurred(sharp[:128], generator), sharp[128:], *none])
        answers = torch.cat([labels[digits], torch.full((len(pictures) - 256,), NONE)])
        yield paler(moved(pictures, generator), generator), F.one_hot(answers, NONE + 1).float()


def learned(batches: Callable, answers: int, steps: int) -> DigitNetwork:
    """A network that has learned the batches, its weights rounded to half precision as they are written."""
    torch.manual_seed(0)  # the weights; the rest is drawn from a generator
    train = gkn.load_images("mnist-train")
    net = DigitNetwork(answers)
    optimizer = torch.optim.Adam(net.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=steps)
    drawn = batches(train.points(-1, 1), train.labels, torch.Generator().manual_seed(0))
    for _ in progress_bar(range(steps)):
        x, wanted = next(drawn)
        loss = F.cross_entropy(net(x), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net.half().float().eval().requires_grad_(False)


def write(net: DigitNetwork, name: str) -> None:
    """The network, with a card that says what it knows and where it fails, measured on MNIST's test digits."""
    test = gkn.load_images("mnist-test")
    x, labels = test.points(-1, 1), test.labels

    def asked(v: Tensor) -> tuple[Tensor, Tensor]:
        probability, answer = net(v).softmax(-1)[:, :NONE].max(-1)
        return probability > SURE, answer

    certain, answers = asked(x)
    others = nondigits(x, labels, 1000, torch.Generator().manual_seed(1)) | strangers()
    shares = {"of test digits": certain, "rightly": (answers == labels)[certain]}
    shares |= {f"of {kind}": asked(v)[0] for kind, v in others.items()}
    card = {"data": "MNIST's 60,000 training digits", "answers": len(net.last.bias), "licence": "MIT"}
    card |= {"sure": {key: round(v.float().mean().item(), 4) for key, v in shares.items()}}
    print(name, card["sure"])
    weights = {key: value.half().contiguous() for key, value in net.state_dict().items()}
    with atomic_write(FOLDER / f"{name}.safetensors") as draft:
        draft.write_bytes(save(weights, {"card": json.dumps(card)}))


def main() -> None:
    makers = {"reader": (digits_for_the_reader, 10, 1200), "judge": (digits_for_the_judge, NONE + 1, 5000)}
    names = sys.argv[1:] or list(makers)
    if unknown := sorted(set(names) - set(makers)):
        sys.exit(f"got {', '.join(unknown)}, needed some of {', '.join(makers)}")
    for name in names:
        write(learned(*makers[name]), name)


if __name__ == "__main__":
    main()
