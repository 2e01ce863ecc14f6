"""Write figures/index.html, and each notebook as figures/notebooks/NN.html; with --check, only say whether they are.

The pages need no server and no network: styles, scripts and weights are in them, pictures lie beside them.
"""

import base64
import json
import sys
from pathlib import Path

from markupsafe import Markup
from pages import ROOT, alt, cells, digest, markdown, part, template, title
from PIL import Image
from readme_tables import FIGURES

from gkn_utils import all_claims
from gkn_utils.files import written_whole
from gkn_utils.pretrained import network_card, pretrained

TARGET = ROOT / "figures"
PLANE = ["plane-2", "plane-4", "plane-7", "plane-10"]
SECTIONS = {"paper": "The paper's figures", "beyond": "Beyond the paper"}
KINDS = ("holds", "partly", "fails")


def kind(verdict: str) -> str:
    """The class that colours a verdict."""
    return verdict if verdict in KINDS else "other"


def index_page() -> str:
    claims = all_claims().set_index(["notebook", "profile"])
    figures = {"paper": [], "beyond": []}
    for stem, number in FIGURES.items():
        if stem != "99_scoreboard":
            figures["beyond" if number.startswith("beyond") else "paper"].append(_figure(stem, claims))
    return template("index.html", kind=kind).render(
        counts=_counts(claims),
        networks=[_network(name) for name in PLANE],
        script=part("kaleidoscope.js"),
        sections=[{"id": key, "title": words, "figures": figures[key]} for key, words in SECTIONS.items()],
        style=part("style.css"),
    )


def _figure(stem: str, claims) -> dict:
    content = json.loads((TARGET / f"{stem}.json").read_text())
    links = [
        (TARGET / "paper" / f"{stem}.png", "at the paper's settings"),
        (TARGET / "paper" / f"{stem}.gif", "animated, at the paper's settings"),
    ]
    return {
        "stem": stem,
        "title": title(stem),
        "intro": Markup(markdown(cells(stem)[0][1].partition("\n")[2])),
        "data": ("stand-in: " if content["data"]["standin"] else "") + content["data"]["source"],
        "alt": alt(stem),
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


def write(path: Path, page: str) -> None:
    with written_whole(path) as draft:
        draft.write_text(page)


def main() -> None:
    (TARGET / "notebooks").mkdir(exist_ok=True)
    stale = [stem for stem in FIGURES if not _up_to_date(stem)]
    index, path = index_page(), TARGET / "index.html"
    if "--check" in sys.argv[1:]:
        stale += ["index"] if not path.exists() or path.read_text() != index else []
        sys.exit(f"out of date: {', '.join(stale)}; run python scripts/gallery.py" if stale else 0)
    if stale:
        from notebook_pages import notebook_page  # nbconvert takes seconds to import
    for stem in stale:
        write(TARGET / "notebooks" / f"{stem}.html", notebook_page(stem))
    write(path, index)


if __name__ == "__main__":
    main()
