"""Write the gallery, figures/index.html, and each notebook as figures/notebooks/NN.html; none of it is committed.

The pages need no server and no network: styles, scripts and weights are in them, pictures lie beside them.
"""

import base64
import json
from pathlib import Path

import pandas as pd
from markupsafe import Markup
from pages import ROOT, alt, cells, digest, markdown, part, template, title
from PIL import Image

from gkn_utils import all_claims
from gkn_utils._files import atomic_write
from gkn_utils.claims.registry import VERDICTS
from gkn_utils.pretrained import network_card, pretrained

TARGET = ROOT / "figures"
STEMS = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
LAST_OF_THE_PAPER = "08"  # its notebooks are numbered from 00
PLANE = ["plane-2", "plane-4", "plane-7", "plane-10"]
SECTIONS = {"paper": "The paper's figures", "beyond": "Beyond the paper"}
KINDS = ("holds", "open", "fails")


def kind(verdict: str) -> str:
    """The class that colours a verdict."""
    return verdict if verdict in KINDS else "other"


def index_page() -> str:
    claims = all_claims()
    figures = {"paper": [], "beyond": []}
    for stem in STEMS:
        if stem != "99_scoreboard":
            figures["paper" if stem[:2] <= LAST_OF_THE_PAPER else "beyond"].append(_figure(stem, claims))
    return template("index.html", kind=kind).render(
        claims=_rows(claims),
        counts=_counts(claims),
        networks=[_network(name) for name in PLANE],
        script=part("kaleidoscope.js"),
        sections=[{"id": key, "title": words, "figures": figures[key]} for key, words in SECTIONS.items()],
        style=part("style.css"),
    )


def _figure(stem: str, claims: pd.DataFrame) -> dict:
    content = json.loads((TARGET / f"{stem}.json").read_text())
    links = [
        (TARGET / "full" / f"{stem}.png", "at the full settings"),
        (TARGET / "full" / f"{stem}.gif", "animated, at the full settings"),
    ]
    return {
        "stem": stem,
        "title": title(stem),
        "intro": Markup(markdown(cells(stem)[0][1].partition("\n")[2])),
        "data": ("stand-in: " if content["data"]["standin"] else "") + content["data"]["source"],
        "alt": alt(stem),
        "image": _picture(TARGET / f"{stem}.png"),
        "animation": _picture(TARGET / f"{stem}.gif"),
        "claims": _rows(claims[claims["notebook"] == stem]),
        "links": [{"path": p.relative_to(TARGET).as_posix(), "words": words} for p, words in links if p.exists()],
    }


def _picture(path: Path) -> dict | None:
    if not path.exists():
        return None
    with Image.open(path) as image:
        return {"path": path.relative_to(TARGET).as_posix(), "width": image.width, "height": image.height}


def _rows(claims: pd.DataFrame) -> list[dict]:
    return claims.reset_index().to_dict("records")


def _counts(claims: pd.DataFrame) -> list[tuple[str, int]]:
    """How many claims have which verdict."""
    counts = claims["verdict"].value_counts()
    return [(verdict, counts[verdict]) for verdict in VERDICTS if verdict in counts]


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


def write(path: Path, page: str) -> None:
    with atomic_write(path) as draft:
        draft.write_text(page)


def write_pages() -> None:
    """The pages of the notebooks that changed, and the first one; those of notebooks that are gone go, too."""
    (TARGET / "notebooks").mkdir(exist_ok=True)
    for page in (TARGET / "notebooks").glob("*.html"):
        if page.stem not in STEMS:
            page.unlink()
    stale = [stem for stem in STEMS if not _up_to_date(stem)]
    if stale:
        from notebook_pages import notebook_page  # nbconvert takes seconds to import
    for stem in stale:
        write(TARGET / "notebooks" / f"{stem}.html", notebook_page(stem))
    write(TARGET / "index.html", index_page())


if __name__ == "__main__":
    write_pages()
