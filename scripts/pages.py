"""What the gallery's pages are made of: notebooks as they are read, text with formulas, templates."""

import hashlib
import json
from pathlib import Path

import jinja2
import mistune
from latex2mathml.converter import convert as mathml
from markupsafe import Markup

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "scripts" / "parts"


class WithMath(mistune.HTMLRenderer):
    """Markdown with its formulas as MathML, which browsers draw by themselves."""

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, display="block")


markdown = mistune.create_markdown(renderer=WithMath(escape=False), plugins=["math", "table"])


def template(name: str, **filters) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(PARTS)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= filters
    return environment.get_template(name)


def part(name: str) -> Markup:
    return Markup((PARTS / name).read_text())


def notebook_path(stem: str) -> Path:
    return ROOT / "notebooks" / f"{stem}.ipynb"


def cells(stem: str) -> list[tuple[str, str]]:
    """The kind and the text of each cell of a notebook."""
    content = json.loads(notebook_path(stem).read_text())
    return [(cell["cell_type"], "".join(cell["source"])) for cell in content["cells"]]


def title(stem: str) -> str:
    return cells(stem)[0][1].splitlines()[0].removeprefix("# ")


def alt(stem: str) -> str:
    """What the notebook says its figure shows: the text before it, without its heading."""
    of = cells(stem)
    [shown] = [i for i, (kind, source) in enumerate(of) if kind == "code" and "save_figure(" in source]
    before = [source for kind, source in of[:shown] if kind == "markdown"][-1]
    words = " ".join(line for line in before.splitlines() if not line.startswith("#")).strip()
    return (words or title(stem)).replace("$", "").replace('"', "'")


def digest(stem: str) -> str:
    """Of all that a notebook's page is made from."""
    code = [ROOT / "scripts" / name for name in ("pages.py", "notebook_pages.py")]
    sources = [notebook_path(stem), PARTS / "notebook.html", PARTS / "style.css", *code]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
