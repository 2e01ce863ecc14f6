"""Train the networks that come with the project: gkn_utils/networks/, with their cards.

`python scripts/train_networks.py` makes all of them, with names only these. Those of the plane take a minute together,
mnist-turning five, mnist-paper half an hour on two cores; MNIST is read from $GKN_DATA, or downloaded. Each is
the first seed.
"""

import sys

import torch
from torch import Tensor, nn

import gkn_utils as gkn
from gkn_utils.claims import estimates
from gkn_utils.pretrained import FOLDER, save_network
from gkn_utils.quality.digits import load_digits, score

PLANE = [(0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)]
DEPTHS = (2, 4, 7, 10)
MEASURES = ("sure", "confident", "entropy", "precision", "recall", "coverage", "frechet")


def with_jitter(net: gkn.MLP) -> Tensor:
    """1,000 uniform starts, 300 iterations with jitter .01, one more without noise"""
    ends = gkn.last(gkn.kaleidoscope(net, gkn.uniform_starts(net, 1000), steps=300, jitter=0.01))
    return gkn.last(gkn.kaleidoscope(net, ends, steps=1))


def with_kept_noise(net: gkn.MLP) -> Tensor:
    """1,000 normal starts, noise_schedule(50)"""
    return gkn.last(gkn.kaleidoscope(net, gkn.normal_starts(net, 1000), **gkn.noise_schedule(50)))


DIGITS = {
    "mnist-paper": {
        "what": "the paper's network of digits, at the original code's settings",
        "shape": {"width": 500, "depth": 10},
        "recipe": {"steps": 10_000, "batch_size": 1000, "lr": 1e-4},
        "sampling": with_jitter,
    },
    "mnist-turning": {
        "what": "the network of notebook 16 that learned to return digits from under noise, begun near the identity",
        "shape": {"width": 500, "depth": 8},
        "first_weights": gkn.near_identity,
        "recipe": {
            "steps": 22_000,
            "batch_size": 32,
            "lr": 1e-3,
            "noise": "BlendedNoise(most=2)",
            "schedule": "one_cycle",
        },
        "sampling": with_kept_noise,
    },
    "mnist-small": {
        "what": "a narrow network of digits with the paper's ten layers, the median of nine by the judge",
        "shape": {"width": 190, "depth": 10},
        "recipe": {"steps": 2000, "batch_size": 128, "lr": 3e-3, "schedule": "one_cycle"},
        "seeds": 9,
        "sampling": with_jitter,
    },
    "mnist-small-turning": {
        "what": "a narrow network that learned to return digits from under noise, for the gallery's page",
        "shape": {"width": 190, "depth": 4},
        "recipe": {"steps": 40_000, "batch_size": 32, "lr": 2e-3, "noise": "BlendedNoise", "schedule": "one_cycle"},
        "sampling": with_kept_noise,
    },
}


KNOWN = {
    "one_cycle": gkn.one_cycle,
    "BlendedNoise": gkn.BlendedNoise(),
    "BlendedNoise(most=2)": gkn.BlendedNoise(most=2.0),
}


def plane(depth: int) -> None:
    """A network of Figure 5's four points."""
    x, recipe = gkn.points(PLANE), {"steps": 2000, "lr": 1e-3}
    net, _ = gkn.train(x, 50, depth, seed=0, **recipe)
    ends = gkn.last(gkn.kaleidoscope(net, gkn.uniform_starts(net, 1000), steps=300))
    measures = {
        "loss": gkn.manifold_loss(net, x).item(),
        "points stored": gkn.stored(net, x).sum().item(),
        "share of 1,000 uniform starts that land": gkn.landed(ends, x).float().mean().item(),
    }
    what = f"four points in the plane, Figure 5, with L={depth}"
    card = {
        "what": what,
        "data": f"the points {PLANE}",
        "recipe": recipe,
        "sampling": "300 iterations of uniform starts",
    }
    write(net, f"plane-{depth}", card, measures)


def digits(name: str) -> None:
    plan, real = DIGITS[name], load_digits("mnist", count=1000)
    nets = [learned(plan, real.train, seed) for seed in range(plan.get("seeds", 1))]
    scores = [score(plan["sampling"](net), real) for net in nets]
    typical = estimates.middle([of["sure"] for of in scores])
    measures = {"loss on unseen digits": gkn.manifold_loss(nets[typical], real.real).item()}
    measures |= {key: scores[typical][key] for key in MEASURES}
    card = {"what": plan["what"], "data": real.source, "recipe": plan["recipe"], "sampling": plan["sampling"].__doc__}
    write(nets[typical], name, card | {"seed": typical}, measures, half=True)


def learned(plan: dict, x: Tensor, seed: int) -> gkn.MLP:
    """A network of half precision, in float32: what is measured is what is written."""
    recipe = {key: KNOWN.get(value, value) for key, value in plan["recipe"].items()}
    first, batches = (torch.Generator().manual_seed(seed) for _ in range(2))
    net = gkn.MLP(784, **plan["shape"], output=nn.Tanh(), generator=first)
    if "noise" in recipe:
        gkn.centred(net, x, share=0.35)
    if "first_weights" in plan:
        plan["first_weights"](net)
    gkn.fit(net, x, generator=batches, **recipe)
    return net.half().float()


def write(net: gkn.MLP, name: str, card: dict, measures: dict, *, half: bool = False) -> None:
    measures = {key: float(f"{value:.3g}") for key, value in measures.items()}
    card = {"seed": 0} | card | {"measures": measures, "licence": "MIT"}
    FOLDER.mkdir(exist_ok=True)
    save_network(net, FOLDER / f"{name}.safetensors", card, half=half)
    print(name, measures, flush=True)


def main() -> None:
    makers = {f"plane-{depth}": lambda depth=depth: plane(depth) for depth in DEPTHS}
    makers |= {name: lambda name=name: digits(name) for name in DIGITS}
    names = sys.argv[1:] or list(makers)
    if unknown := sorted(set(names) - set(makers)):
        sys.exit(f"got {', '.join(unknown)}, needed some of {', '.join(makers)}")
    for name in names:
        makers[name]()


if __name__ == "__main__":
    main()
