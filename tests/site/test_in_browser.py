"""The site as a browser shows it: nothing from outside, for everybody, in light and dark, on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.site.serve import served

pytestmark = pytest.mark.site

PAGES = [
    "index.html",
    "lessons/04_elementwise.html",
    "lessons/08_backward.html",
    "operations/index.html",
    "operations/Log.html",
    "reference/tensor.html",
    "glossary.html",
    "search.html",
]
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def address(html: Path):
    """The site on a web server, as it is read."""
    with served(html, 0) as address:
        yield address


@pytest.fixture
def page(browser):
    """A page, whose requests and complaints are written down."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    page.close()


@pytest.mark.parametrize("place", PAGES)
def test_no_request_leaves_the_site(page, address: str, place: str) -> None:
    page.goto(address + place)
    page.wait_for_load_state("networkidle")
    assert len(page.asked) > 2
    assert [url for url in page.asked if not url.startswith((address, "data:"))] == []
    assert page.said == []


def test_the_search_finds_an_operation(page, address: str) -> None:
    page.goto(f"{address}search.html?q=logsumexp")
    page.locator("#search-results a", has_text="LogSumExp").first.wait_for(timeout=20_000)
    assert [url for url in page.asked if not url.startswith((address, "data:"))] == []


def test_it_reads_straight_from_the_folder(page, html: Path) -> None:
    page.goto((html / "lessons" / "04_elementwise.html").as_uri())
    assert {url.split(":")[0] for url in page.asked} <= {"file", "data"}
    assert page.said == []


def test_formulas_are_set_in_the_font_that_comes_along(page, address: str) -> None:
    page.goto(f"{address}operations/Div.html")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math Course\"', 'x')")
    assert page.locator("article mfrac").first.bounding_box()["height"] > 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["index.html", "lessons/08_backward.html", "operations/Log.html"])
def test_axe_finds_nothing_serious(browser, address: str, place: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(address + place)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    found = axe.Axe().run(page).response["violations"]
    page.close()
    serious = {
        violation["id"]: [node["html"][:200] for node in violation["nodes"][:3]]
        for violation in found
        if violation["impact"] in SERIOUS
    }
    assert serious == {}


def test_a_keyboard_opens_a_fold_and_closes_it(page, address: str) -> None:
    page.goto(f"{address}lessons/04_elementwise.html")
    for kind in ("details.solution", "details.figure-code", "article details"):
        fold = page.locator(kind).first
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.get_attribute("open") is not None
        assert fold.locator(":scope > :not(summary)").first.is_visible()
        page.keyboard.press("Space")
        assert fold.get_attribute("open") is None


def test_tab_leads_to_the_folds(page, address: str) -> None:
    page.goto(f"{address}lessons/00_start.html")
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "SUMMARY"} <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PAGES)
def test_a_phone_has_to_scroll_in_one_direction_only(browser, address: str, place: str, scheme: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.goto(address + place)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_bring_their_own_paper_and_stay_readable(browser, address: str, scheme: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.goto(f"{address}lessons/04_elementwise.html")
    figures = page.locator("article figure svg").all()
    assert figures
    for figure in figures:
        natural = float(figure.get_attribute("width"))
        assert figure.bounding_box()["width"] >= 0.69 * natural
        assert "#fdfdfc" in figure.inner_html()
    page.close()


def test_everything_is_there_without_javascript(browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}lessons/04_elementwise.html")
    assert page.get_by_role("heading", name="4.1 Minus").is_visible()
    assert page.locator("article figure svg").first.is_visible()
    assert page.locator("article math").first.is_visible()
    fold = page.locator("details.solution").first
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()
    context.close()
