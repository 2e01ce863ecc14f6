"""Write the gallery: figures/index.html, figures/notebooks/, figures/web/, figures/api/; none of it is committed.

The pages need no server and no network: styles, scripts and weights are in them, pictures lie beside them.
"""

import json
from pathlib import Path

import pandas as pd
from api_pages import write_api
from markupsafe import Markup
from page_networks import packed
from pages import ROOT, alt, cells, digest, markdown, part, template, title
from PIL import Image
from tables import findings

from gkn_utils import all_claims
from gkn_utils._files import atomic_write
from gkn_utils.claims.registry import VERDICTS

TARGET = ROOT / "figures"
STEMS = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
LAST_OF_THE_PAPER = "08"  # its notebooks are numbered from 00
DIGITS = ["mnist-small", "mnist-small-turning"]
PLANES = ["plane-2", "plane-4", "plane-7", "plane-10"]
SECONDS = json.loads((ROOT / "notebooks" / "seconds.json").read_text())  # of default runs, two side by side
SECTIONS = {"paper": "The paper's figures", "beyond": "Beyond the paper"}
# The notebook whose figure shows each finding of the README.
FINDINGS = (
    "03_four_points_tanh",
    "02_two_points",
    "05_hypercube_flatness",
    "14_depth_and_quality",
    "16_a_good_sampler",
)
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
        findings=_findings(),
        digits=[packed(name, rounded=True) for name in DIGITS],
        planes=[packed(name) for name in PLANES],
        scripts=[part(f"{name}.js") for name in ("network", "digits", "plane", "table")],
        sections=[{"id": key, "title": words, "figures": figures[key]} for key, words in SECTIONS.items()],
        style=part("style.css"),
    )


def _findings() -> list[dict]:
    """What was found, each with the notebook and the picture that show it."""
    sentences = [line.partition(". ")[2] for line in findings().splitlines()]
    return [
        {
            "words": Markup(markdown(words)),
            "stem": stem,
            "title": title(stem),
            "alt": alt(stem),
            "image": _picture(path),
        }
        for words, stem in zip(sentences, FINDINGS, strict=True)
        for path in [TARGET / "full" / f"{stem}.png"]
    ]


def _figure(stem: str, claims: pd.DataFrame) -> dict:
    """A notebook's figure at the full settings, where there is one, and a link to that at the default ones."""
    full = (TARGET / "full" / f"{stem}.png").exists()
    folder = TARGET / "full" if full else TARGET
    content = json.loads((folder / f"{stem}.json").read_text())
    defaults = [(TARGET / f"{stem}.{kind}", f"{words} default settings")
                for kind, words in (("png", "at the"), ("gif", "animated, at the"))]  # fmt: skip
    return {
        "stem": stem,
        "title": title(stem),
        "intro": Markup(markdown(cells(stem)[0][1].partition("\n")[2])),
        "command": f"./run_all.sh {stem[:2]}",
        "seconds": SECONDS.get(stem),
        "settings": "full settings" if full else "default settings",
        "data": ("stand-in: " if content["data"]["standin"] else "") + content["data"]["source"],
        "alt": alt(stem),
        "image": _picture(folder / f"{stem}.png"),
        "animation": _picture(folder / f"{stem}.gif"),
        "claims": _rows(claims[claims["notebook"] == stem]),
        "links": [{"path": path.name, "words": words} for path, words in defaults if full and path.exists()],
    }


def _picture(path: Path) -> dict | None:
    """The path and the size of a picture, and what the page shows of a figure: the same in a third of the bytes."""
    if not path.exists():
        return None
    with Image.open(path) as image:
        picture = {"path": path.relative_to(TARGET).as_posix(), "width": image.width, "height": image.height}
        if path.suffix == ".png":
            shown = TARGET / "web" / f"{path.parent.name}-{path.stem}.webp"
            picture["shown"] = shown.relative_to(TARGET).as_posix()
            if not shown.exists() or shown.stat().st_mtime < path.stat().st_mtime:
                shown.parent.mkdir(exist_ok=True)
                with atomic_write(shown) as draft:
                    image.convert("RGB").save(draft, "WEBP", quality=80)
    return picture


def _rows(claims: pd.DataFrame) -> list[dict]:
    return claims.reset_index().to_dict("records")


def _counts(claims: pd.DataFrame) -> list[tuple[str, int]]:
    """How many claims have which verdict."""
    counts = claims["verdict"].value_counts()
    return [(verdict, counts[verdict]) for verdict in VERDICTS if verdict in counts]


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
    write_api(TARGET / "api")
    write(TARGET / "index.html", index_page())


if __name__ == "__main__":
    write_pages()
