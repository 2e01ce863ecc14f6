"""Nothing that is loaded can run code, nothing comes unchecked, and nothing committed tells of a machine."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest
from safetensors import safe_open

from gkn_utils.data import cifar, mnist

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("gkn_utils/**/*.py"), *ROOT.glob("scripts/*.py")])
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("gkn_utils/*.md"),
    *ROOT.glob("figures/*.json"),
    *ROOT.glob("figures/full/*.json"),  # not those of parameters of one's own
]
RUNS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
CALLS_CODE = {"eval", "exec", "compile", "__import__"}
READS_CODE = {"torch.load", "yaml.load", "os.system", "pd.read_pickle"}
PRIVATE = re.compile(
    r"/(home|root|Users|mnt|work|tmp|opt)/\w|[A-Z]:\\\\|ghp_\w{20}|hf_\w{20}|token=\w{8}|BEGIN \w* ?PRIVATE KEY"
)


def code_of(path: Path) -> ast.AST:
    if path.suffix == ".py":
        return ast.parse(path.read_text())
    cells = json.loads(path.read_text())["cells"]
    return ast.parse("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))


@pytest.mark.parametrize("path", [*SOURCES, *NOTEBOOKS], ids=lambda path: path.name)
def test_no_code_loads_code(path):
    for node in ast.walk(code_of(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
            assert not {name.split(".")[0] for name in names} & RUNS_CODE
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in CALLS_CODE | READS_CODE
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert options.get("allow_pickle", "False") == options.get("shell", "False") == "False"


def committed() -> list[Path]:
    ran = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if ran.returncode:
        pytest.skip("this is no checkout")
    listed = ran.stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_weights_are_committed_in_a_format_that_holds_nothing_else():
    kinds = {path.suffix for path in committed()}
    assert not kinds & {".pt", ".pth", ".pkl", ".pickle", ".npy", ".npz", ".ckpt", ".bin", ".joblib", ".h5"}
    for path in ROOT.glob("gkn_utils/**/*.safetensors"):
        with safe_open(path, framework="pt") as file:
            assert list(file.keys())


def test_what_is_downloaded_comes_over_https_and_has_a_hash():
    assert all(mirror.startswith("https://") for mirror in [*mnist.MIRRORS, *cifar.MIRRORS])
    assert all(re.fullmatch("[0-9a-f]{64}", found) for found in [*mnist.SHA256.values(), cifar.SHA256])
    assert not [path for path in SOURCES if "http://" in path.read_text()]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_tell_nothing_of_a_machine(path):
    content = json.loads(path.read_text())
    assert set(content["metadata"]) <= {"kernelspec", "language_info"}
    for cell in content["cells"]:
        outputs = [
            o | {"data": {k: v for k, v in o.get("data", {}).items() if k != "image/png"}}
            for o in cell.get("outputs", [])
        ]
        found = PRIVATE.search(json.dumps([cell["source"], cell["metadata"], outputs]))
        assert not found, found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_tell_nothing_of_a_machine(path):
    text = re.sub(r"base64,[\w+/=]+", "", path.read_text())
    found = PRIVATE.search(text)
    assert not found, found
