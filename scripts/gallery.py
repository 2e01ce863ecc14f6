"""Write figures/index.html, and each notebook as figures/notebooks/NN.html; with --check, only say whether they are.

The pages need no server and no network: styles, scripts and weights are in them, pictures lie beside them.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

import jinja2
import nbformat
from latex2mathml.converter import convert as mathml
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from PIL import Image
from pygments.formatters import HtmlFormatter
from readme_tables import FIGURES

from gkn_utils import all_claims
from gkn_utils.pretrained import network_card, pretrained

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "figures"
PARTS = ROOT / "scripts" / "gallery"
PLANE = ["plane-2", "plane-4", "plane-7", "plane-10"]
SECTIONS = {"paper": "The paper's figures", "beyond": "Beyond the paper"}
KINDS = ("holds", "partly", "fails")


class WithMath(IPythonRenderer):
    """Markdown with its formulas as MathML, which browsers draw by themselves."""

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, display="block")


def markdown(source: str) -> str:
    return MarkdownWithMath(renderer=WithMath(escape=False)).render(source)


def kind(verdict: str) -> str:
    """The class that colours a verdict."""
    return verdict if verdict in KINDS else "other"


def template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(PARTS)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["kind"] = kind
    return environment.get_template(name)


def part(name: str) -> Markup:
    return Markup((PARTS / name).read_text())


def read(stem: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)


def digest(stem: str) -> str:
    """Of all that a notebook's page is made from."""
    sources = [ROOT / "notebooks" / f"{stem}.ipynb", PARTS / "notebook.html", PARTS / "style.css", Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


# The notebooks
def notebook_page(stem: str) -> str:
    notebook = read(stem)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data = {"text/html": f'<img src="../{stem}.png" alt="{_alt(notebook)}">'}
    exporter = HTMLExporter(template_name="basic")
    exporter.register_filter("markdown2html", markdown)
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("tango", "github-dark"))
    return template("notebook.html").render(
        body=Markup(exporter.from_notebook_node(notebook)[0]),
        colors=Markup(f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}"),
        digest=digest(stem),
        stem=stem,
        style=part("style.css"),
        title=_title(notebook),
    )


def _title(notebook) -> str:
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def _alt(notebook) -> str:
    """What the notebook says the figure shows: the text before it, without its heading."""
    [shown] = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and "save_figure(" in c.source]
    before = [c.source for c in notebook.cells[:shown] if c.cell_type == "markdown"][-1]
    words = " ".join(line for line in before.splitlines() if not line.startswith("#")).strip()
    return (words or _title(notebook)).replace("$", "").replace('"', "'")


# The gallery
def index_page() -> str:
    claims = all_claims().set_index(["notebook", "profile"])
    figures = {"paper": [], "beyond": []}
    for stem, number in FIGURES.items():
        if stem != "99_scoreboard":
            figures["beyond" if number.startswith("beyond") else "paper"].append(_figure(stem, claims))
    return template("index.html").render(
        counts=_counts(claims),
        networks=[_network(name) for name in PLANE],
        script=part("kaleidoscope.js"),
        sections=[{"id": key, "title": title, "figures": figures[key]} for key, title in SECTIONS.items()],
        style=part("style.css"),
    )


def _figure(stem: str, claims) -> dict:
    notebook, content = read(stem), json.loads((TARGET / f"{stem}.json").read_text())
    links = [
        (TARGET / "paper" / f"{stem}.png", "at the paper's settings"),
        (TARGET / "paper" / f"{stem}.gif", "animated, at the paper's settings"),
    ]
    return {
        "stem": stem,
        "title": _title(notebook),
        "intro": Markup(markdown(notebook.cells[0].source.partition("\n")[2])),
        "data": ("stand-in: " if content["data"]["standin"] else "") + content["data"]["source"],
        "alt": _alt(notebook),
        "image": _picture(TARGET / f"{stem}.png"),
        "animation": _picture(TARGET / f"{stem}.gif"),
        "claims": _claims(stem, claims),
        "links": [{"path": p.relative_to(TARGET).as_posix(), "words": words} for p, words in links if p.exists()],
    }


def _picture(path: Path) -> dict | None:
    if not path.exists():
        return None
    with Image.open(path) as image:
        return {"path": path.relative_to(TARGET).as_posix(), "width": image.width, "height": image.height}


def _claims(stem: str, claims) -> list[dict]:
    if (stem, "quick") not in claims.index:
        return []
    quick = claims.loc[[(stem, "quick")]]
    there = claims.loc[[(stem, "paper")]].set_index("claim") if (stem, "paper") in claims.index else quick.iloc[:0]
    rows = []
    for of in quick.itertuples():
        row = {"id": of.claim, "statement": of.statement, "verdict": of.verdict, "number": _number(of)}
        if of.claim in there.index:
            row |= {"there": there.verdict[of.claim], "number_there": _number(there.loc[of.claim])}
        rows.append(row)
    return rows


def _number(of) -> str:
    return f"{of.measured:.3g} [{of.low:.3g}, {of.high:.3g}]" + (", stand-in" if of.standin else "")


def _counts(claims) -> list[tuple[str, int]]:
    """How many claims got which verdict at the paper's settings."""
    found = claims.xs("paper", level="profile")["verdict"].value_counts()
    return [(verdict, found[verdict]) for verdict in sorted(found.index, key=lambda v: (*KINDS, v).index(v))]


def _network(name: str) -> dict:
    """A network for the page: its layers' weights and biases in turn, as little-endian float32 in base64."""
    net, card = pretrained(name), network_card(name)
    layers = zip(net.weights, net.biases, strict=True)
    numbers = b"".join(v.detach().numpy().astype("<f4").tobytes() for layer in layers for v in layer)
    stored = round(card["measures"]["points stored"])
    return {"depth": net.depth, "width": net.width, "stored": stored, "numbers": base64.b64encode(numbers).decode()}


def _up_to_date(stem: str) -> bool:
    path = TARGET / "notebooks" / f"{stem}.html"
    return path.exists() and digest(stem) in path.read_text()


def main() -> None:
    (TARGET / "notebooks").mkdir(exist_ok=True)
    stale = [stem for stem in FIGURES if not _up_to_date(stem)]
    index, path = index_page(), TARGET / "index.html"
    if "--check" in sys.argv[1:]:
        stale += ["index"] if not path.exists() or path.read_text() != index else []
        sys.exit(f"out of date: {', '.join(stale)}; run python scripts/gallery.py" if stale else 0)
    for stem in stale:
        (TARGET / "notebooks" / f"{stem}.html").write_text(notebook_page(stem))
    path.write_text(index)


if __name__ == "__main__":
    main()
