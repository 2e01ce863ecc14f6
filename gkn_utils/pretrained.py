"""Trained networks in files, each with a card that says what it is; some come with the project."""

import json
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from gkn_utils._arguments import json_of
from gkn_utils._files import atomic_write
from gkn_utils.network import MLP, OUTPUTS

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
LARGEST, HEADER = 2**27, 2**20  # bytes of a file, and of the card and the names in it
FOLDER = Path(str(files("gkn_utils"))) / "networks"


def pretrained(name: str) -> MLP:
    """One of the networks that come with the project, frozen: `pretrained("mnist-turning")`.

    `network_card(name)` says what it learned, how, and what it is worth. Raises `ValueError` for any other name.
    """
    return load_network(_path(name))


def network_card(name: str) -> dict:
    """The card of `pretrained(name)`: shape, data, recipe, measures, licence. Raises `ValueError` as that does."""
    return _read(_path(name))[0]


def save_network(net: MLP, path: str | Path, card: dict, *, half: bool = False) -> None:
    """Write a single network and its card to a safetensors file, at half precision (float16) if `half`.

    The card is what JSON can hold, with the network's own shape. Raises `ValueError` for `nets=k`, a skip, weights that
    are not finite in the file, and more than 134 MB.
    """
    if net.nets is not None or net.skip:
        raise ValueError(f"net: got nets={net.nets}, skip={net.skip}, needed a single network without a skip")
    [output] = [name for name, known in OUTPUTS.items() if type(net.output) is known.module]
    shape = {"dim": net.dim, "width": net.width, "depth": net.depth, "output": output}
    parameters = {"weights": net.weights, "biases": net.biases}  # whatever is wrapped around it, as by torch.compile
    named = {f"{kind}.{i}": p for kind, of in parameters.items() for i, p in enumerate(of)}
    weights = {key: value.detach().cpu().contiguous() for key, value in named.items()}
    weights = {key: value.half() if half else value for key, value in weights.items()}
    if not all(value.isfinite().all() for value in weights.values()):
        raise ValueError(f"net: got weights that are not finite{' at half precision' * half}, needed finite ones")
    content = save(weights, {"card": json.dumps(card | shape, ensure_ascii=False, default=json_of)})
    if len(content) > LARGEST:
        raise ValueError(f"net: got {len(content):,} bytes, needed at most {LARGEST:,}; `half` halves them")
    with atomic_write(path) as draft:
        draft.write_bytes(content)


def load_network(path: str | Path) -> MLP:
    """The network that `save_network` wrote, as float32 and frozen.

    Raises `ValueError` for a file that holds no such network, `FileNotFoundError` for none.
    """
    card, weights = _read(Path(path))
    dim, width, depth = (card.get(key) for key in ("dim", "width", "depth"))
    sizes = [dim, *[width] * (len(weights) // 2 - 1), dim]
    needed = {f"weights.{i}": size for i, size in enumerate(pairwise(sizes))}
    needed |= {f"biases.{i}": (1, size) for i, size in enumerate(sizes[1:])}
    got = {key: tuple(value.shape) for key, value in weights.items()}
    output = str(card.get("output"))
    if got != needed or depth != len(weights) // 2 - 1 or output not in OUTPUTS:
        raise ValueError(f"{path}: got a card and weights that do not belong together, needed what save_network writes")
    if not all(value.dtype in FLOATS and value.isfinite().all() for value in weights.values()):
        raise ValueError(f"{path}: got weights that are no finite floating numbers, needed what save_network writes")
    with torch.device("meta"):  # no first weights are drawn
        net = MLP(dim, width, depth, output=OUTPUTS[output].module())
    net.load_state_dict({key: value.float() for key, value in weights.items()}, assign=True)
    return net.requires_grad_(False)


def _check_header(path: Path) -> None:
    """Refuse one that takes long to read: its length is what the file begins with."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > HEADER:
        raise ValueError(f"got a header of {length:,} bytes, needed at most {HEADER:,}")


def _path(name: str) -> Path:
    names = sorted(path.stem for path in FOLDER.glob("*.safetensors"))
    if name not in names:
        raise ValueError(f"name: got {name!r}, needed one of {', '.join(names)}")
    return FOLDER / f"{name}.safetensors"


def _read(path: Path) -> tuple[dict, dict[str, torch.Tensor]]:
    if path.exists() and (not path.is_file() or path.stat().st_size > LARGEST):
        raise ValueError(f"{path}: got a folder, a device or over {LARGEST:,} bytes, needed safetensors with a card")
    try:
        _check_header(path)
        with safe_open(path, framework="pt") as file:
            card = json.loads((file.metadata() or {}).get("card", "null"))
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118, it is no dict
    except (SafetensorError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: got a file that cannot be read ({error}), needed safetensors with a card") from error
    if not isinstance(card, dict):
        raise ValueError(f"{path}: got no card, needed what save_network writes")
    return card, weights
