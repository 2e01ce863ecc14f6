"""The gallery is that of the committed figures and notebooks, and leads nowhere that is not there."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "figures"
PAGES = [FIGURES / "index.html", *sorted((FIGURES / "notebooks").glob("*.html"))]
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


class Links(HTMLParser):
    """What a page names, by attribute: links, pictures, ids."""

    def __init__(self, text: str):
        super().__init__()
        self.found = {"href": [], "src": [], "srcset": [], "alt": [], "id": []}
        self.pictures = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.pictures += tag == "img"
        for name, value in attrs:
            self.found.get(name, []).append(value)


def test_it_is_up_to_date():
    subprocess.run([sys.executable, str(ROOT / "scripts" / "gallery.py"), "--check"], check=True)


def test_every_notebook_has_a_page():
    assert [page.stem for page in PAGES[1:]] == [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


@each_page
def test_all_it_names_is_there_and_nothing_comes_from_elsewhere(path):
    links = Links(path.read_text())
    for link in links.found["href"]:
        target, _, anchor = link.partition("#")
        if not target.startswith("https://"):
            there = (path.parent / target).resolve() if target else path
            assert there.exists(), link
            assert not anchor or there.suffix != ".html" or anchor in Links(there.read_text()).found["id"], link
    sources = links.found["src"] + links.found["srcset"]
    assert sources
    assert all((path.parent / source).exists() for source in sources)
    assert "@import" not in path.read_text()
    assert "url(" not in path.read_text()


@each_page
def test_every_picture_says_what_it_shows(path):
    links = Links(path.read_text())
    assert links.pictures == len(links.found["alt"])
    assert min(len(alt) for alt in links.found["alt"]) > 10
