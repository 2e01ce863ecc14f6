"""The gallery in a real browser: Chromium, where it and Playwright are installed."""

import shutil
from pathlib import Path

import pytest
import torch

from gkn_utils import burn_in, kaleidoscope, points
from gkn_utils.pretrained import pretrained

playwright = pytest.importorskip("playwright.sync_api", reason="no browser: Playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: Chromium is not installed")

FIGURES = Path(__file__).resolve().parents[2] / "figures"
FOUR_POINTS = points([(0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)])
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ALL_PICTURES = "() => Promise.all([...document.images].map((i) => { i.loading = 'eager'; return i.decode(); }))"
WIDER_THAN_ITS_WINDOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(chromium, request):
    """A page that fails the test for any error, and for any request that leaves the machine."""
    opened, complaints = chromium.new_page(viewport=request.param), []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("requestfailed", lambda asked: complaints.append(asked.url))
    opened.on("request", lambda asked: None if asked.url[:5] in ("file:", "data:") else complaints.append(asked.url))
    yield opened
    opened.close()
    assert complaints == []


@pytest.fixture
def gallery(page):
    page.goto((FIGURES / "index.html").as_uri())
    page.locator("#plane").scroll_into_view_if_needed()
    return page


def drop(page, x: float, y: float) -> list[dict]:
    """Click at a place of the canvas, given as shares of its size; the samples once all have settled."""
    box = page.locator("#plane").bounding_box()
    page.locator("#plane").click(position={"x": x * box["width"], "y": y * box["height"]})
    page.wait_for_function("kaleidoscope.samples.length && kaleidoscope.samples.every((sample) => sample.settled)")
    return page.evaluate("kaleidoscope.samples")


def test_every_picture_loads_and_nothing_sticks_out(gallery):
    gallery.evaluate(ALL_PICTURES)
    assert gallery.evaluate("() => [...document.images].every((image) => image.naturalWidth > 0)")
    assert gallery.evaluate(WIDER_THAN_ITS_WINDOW) <= 0


@pytest.mark.parametrize("index", range(4))
def test_a_dropped_point_moves_as_gkn_utils_says(gallery, index):
    gallery.locator("#depth").fill(str(index))
    depth = [2, 4, 7, 10][index]
    assert gallery.locator("#depth-says").inner_text() == f"L={depth}"
    net, samples = pretrained(f"plane-{depth}"), drop(gallery, 0.3, 0.4)
    assert len(samples) == 12
    trails = [torch.tensor(sample["trail"]) for sample in samples]
    for trail in trails:
        assert torch.allclose(trail[1:], net(trail[:-1]), atol=1e-5)
    first, start = trails[0], trails[0][:1]
    assert torch.allclose(start, torch.tensor([[-0.25 + 1.5 * 0.3, 1.25 - 1.5 * 0.4]]), atol=0.01)
    predicted = burn_in(kaleidoscope(net, start, steps=300), tol=0.01).item()
    assert predicted < len(first)
    near = (first - first[-1]).norm(dim=-1) <= 0.01
    assert near[predicted:].all()
    assert not near[:predicted].any() or predicted == 0
    assert torch.cdist(first[-1:], FOUR_POINTS).min() < 0.015


def test_it_says_how_many_have_settled_and_forgets_them_when_cleared(gallery):
    drop(gallery, 0.3, 0.4)
    assert gallery.locator("#said").inner_text().startswith("12 of 12 samples have settled")
    gallery.locator("#clear").click()
    assert gallery.evaluate("kaleidoscope.samples.length") == 0
    gallery.locator("#rain").click()
    assert gallery.evaluate("kaleidoscope.samples.length") == 100


@pytest.mark.parametrize("path", sorted((FIGURES / "notebooks").glob("*.html")), ids=lambda path: path.stem)
def test_notebooks_read_as_pages(page, path):
    page.goto(path.as_uri())
    page.evaluate(ALL_PICTURES)
    assert page.evaluate(WIDER_THAN_ITS_WINDOW) <= 0
    assert page.locator("h1").count() == 1
