"""The gallery, made anew, is of all figures and notebooks, and leads nowhere that is not there."""

import importlib
from html.parser import HTMLParser
from pathlib import Path

import api_pages
import gallery
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages() -> list[Path]:
    gallery.write_pages()
    return [gallery.TARGET / "index.html", *sorted((gallery.TARGET / "notebooks").glob("*.html"))]


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


def test_every_notebook_has_a_page(pages):
    assert [page.stem for page in pages[1:]] == [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def test_all_that_pages_name_is_there_and_nothing_comes_from_elsewhere(pages):
    for path in pages:
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


def test_every_picture_says_what_it_shows(pages):
    for path in pages:
        links = Links(path.read_text())
        assert links.pictures == len(links.found["alt"])
        assert min(len(alt) for alt in links.found["alt"]) > 10


def test_every_public_name_has_a_place_in_the_pages_of_functions(pages):
    for folder in api_pages.FOLDERS:
        package = importlib.import_module(folder)
        page = gallery.TARGET / "api" / f"{folder.replace('.', '/')}.html"
        ids = Links(page.read_text()).found["id"]
        modules = [path.stem for path in Path(package.__file__).parent.glob("[!_]*.py")]
        for name in getattr(package, "__all__", modules):
            assert name in ids or (page.with_suffix("") / f"{name}.html").exists(), (folder, name)
