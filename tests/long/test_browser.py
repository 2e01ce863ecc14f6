"""The gallery in a real browser: Chromium, where it and Playwright are installed."""

import shutil
from pathlib import Path

import pytest
import torch
from gallery import write_pages
from page_networks import rounded_network

from gkn_utils import burn_in, kaleidoscope, last, noise_schedule, points
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
    write_pages()
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


def iterated(page, way: str, starts: torch.Tensor, steps: int) -> torch.Tensor:
    """What the page's digits are after so many iterations without jitter: (24, 784)."""
    page.locator(f"#way-{way}").check()
    page.evaluate(
        "(starts) => { digits.jitter = 0; digits.begin(starts.map((x) => Float64Array.from(x))); }", starts.tolist()
    )
    shown = page.evaluate(
        f"() => {{ for (let i = 0; i < {steps}; i++) digits.step(); return digits.shown.map((x) => [...x]); }}"
    )
    return torch.tensor(shown)


@pytest.mark.parametrize(
    ("way", "name", "options"),
    [("paper", "mnist-small", {"steps": 10}), ("kept", "mnist-small-turning", noise_schedule(20))],
)
def test_digits_are_those_of_gkn_utils_with_weights_of_8_bits(gallery, way, name, options, generator):
    starts = torch.randn(24, 784, generator=generator)
    expected = last(kaleidoscope(rounded_network(name), starts, **options))
    torch.testing.assert_close(iterated(gallery, way, starts, options["steps"]), expected, atol=1e-3, rtol=0)


def test_after_twenty_iterations_noise_that_is_kept_turns(gallery, generator):
    iterated(gallery, "kept", torch.randn(24, 784, generator=generator), 20)
    assert gallery.evaluate("[digits.turns, digits.iteration]") == [1, 20]
    assert gallery.locator("#digits-say").inner_text() == "Noise, not iterated yet."
    gallery.evaluate("digits.draw()")
    assert gallery.locator("#digits-say").inner_text() == "20 iterations, turned 1 times."


@pytest.mark.parametrize("way", ["paper", "kept"])
def test_a_drawing_goes_through_the_kaleidoscope(gallery, way):
    gallery.locator(f"#way-{way}").check()
    gallery.locator("#pad").scroll_into_view_if_needed()
    box = gallery.locator("#pad").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    gallery.mouse.move(x, y + 0.2 * box["height"])
    gallery.mouse.down()
    gallery.mouse.move(x, y + 0.8 * box["height"], steps=20)
    gallery.mouse.up()
    picture = torch.tensor(gallery.evaluate("[...pad.picture]")).reshape(28, 28)
    assert picture[8:20, 13:15].min() > 0
    assert picture[:, :8].max() == picture[:, 20:].max() == -1
    gallery.locator("#let-go").click()
    gallery.wait_for_function("digits.iteration >= 3")
    gallery.locator("#turn").click()
    assert not gallery.evaluate("digits.running")
    gallery.locator("#wipe").click()
    assert gallery.evaluate("Math.max(...pad.picture)") == -1


def test_claims_can_be_sorted_and_filtered(gallery):
    rows = gallery.locator("#claims tbody tr:visible")
    total = rows.count()
    gallery.locator("#by-verdict").select_option("fails")
    assert 0 < rows.count() < total
    assert set(gallery.locator("#claims tbody tr:visible td:nth-child(6)").all_inner_texts()) == {"fails"}
    gallery.locator("#by-notebook").select_option("02")
    assert set(gallery.locator("#claims tbody tr:visible td:nth-child(3)").all_inner_texts()) == {"02"}
    gallery.locator("#by-words").fill("no claim has these words")
    assert rows.count() == 0
    for name in ("verdict", "notebook"):
        gallery.locator(f"#by-{name}").select_option("")
    gallery.locator("#by-words").fill("")
    assert rows.count() == total
    gallery.locator("#claims th").nth(0).click()
    ids = gallery.locator("#claims tbody td:first-child").all_inner_texts()
    gallery.locator("#claims th").nth(0).click()
    assert gallery.locator("#claims tbody td:first-child").all_inner_texts() == ids[::-1]
    assert ids[0] < ids[-1]


@pytest.mark.parametrize("path", sorted((FIGURES / "notebooks").glob("*.html")), ids=lambda path: path.stem)
def test_notebooks_read_as_pages(page, path):
    page.goto(path.as_uri())
    page.evaluate(ALL_PICTURES)
    assert page.evaluate(WIDER_THAN_ITS_WINDOW) <= 0
    assert page.locator("h1").count() == 1
