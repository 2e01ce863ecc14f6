"""The parameters that a notebook has, and the values that are given to them."""

import ast
import json
import math
import os
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CALLED_FROM = Path(os.environ.get("GKN_CALLED_FROM") or Path.cwd())


def cells(notebook: Path, kind: str = "code") -> list[tuple[str, list[str]]]:
    """The text and the tags of each cell of a kind."""
    content = json.loads(notebook.read_text())["cells"]
    return [("".join(c["source"]), c["metadata"].get("tags", [])) for c in content if c["cell_type"] == kind]


def parameters(notebook: Path) -> tuple[dict, set[str]]:
    """What its cell of parameters sets, by name, and which of these are annotated as a `Source` of data."""
    [source] = [source for source, tags in cells(notebook) if "parameters" in tags]
    values, sources = {}, set()
    for line in ast.parse(source).body:
        target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
        values[target.id] = ast.literal_eval(line.value)
        if isinstance(line, ast.AnnAssign) and ast.unparse(line.annotation).endswith("Source"):
            sources.add(target.id)
    return values, sources


def value_of(name: str, text: str, literal, is_source: bool):
    """The value that was meant, of the type of the parameter's own and in its range; a path that holds from anywhere.

    Raises `ValueError` for what is none.
    """
    if is_source:
        path = CALLED_FROM / Path(text).expanduser()
        if not path.exists() and text not in data_sets():
            known = ", ".join(data_sets())
            raise ValueError(f"got {text!r}, needed a folder, zip or IDX file of pictures, or one of {known}")
        found = str(path.resolve()) if path.exists() else text
        if any("\ud800" <= c <= "\udfff" for c in found):
            raise ValueError(f"got {text!r}, needed a path in UTF-8, as notebooks are; rename it")
        return found
    if isinstance(literal, str):
        return text
    try:
        value = ast.literal_eval({"true": "True", "false": "False"}.get(text, text))
        found = like(value, literal, least=0 if re.search("depth|seed", name) else 1)
        if isinstance(found, float) and found < 0 <= literal:
            raise ValueError
        return found
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(f"got {text!r}, needed one like {literal!r}") from None


def like(value, literal, *, least: int):
    """`value` as one of the type of `literal`, of lists and dicts all that is in them, too; else `TypeError`.

    Integers are at least `least`, or 0 where the literal is; other numbers are finite.
    """
    kind = type(literal)
    if kind is float and type(value) is int:
        value = float(value)
    wide = kind is int and not (least if literal else 0) <= value < 2**63
    if type(value) is not kind or wide or (kind is float and not math.isfinite(value)):
        raise TypeError
    if kind is list and value:
        return [like(one, min(literal), least=least) for one in value]
    if kind is dict and value.keys() == literal.keys():
        return {key: like(value[key], literal[key], least=least) for key in literal}
    if kind in (list, dict):
        raise TypeError
    return value


@cache
def data_sets() -> list[str]:
    sys.path.insert(0, str(ROOT))  # this folder's package before another's
    from gkn_utils.data.images import DATA_SETS

    return list(DATA_SETS)
