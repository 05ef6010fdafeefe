"""The class report as a browser shows it: offline, at phone width, by keyboard.

    uv run --group browser pytest tests/browser/test_report.py

Needs a Chromium that is installed already; skipped where there is none.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from autograder.reporting.page.document import write_page
from autograder.reporting.submissions import Flag, State, Submission

from ..autograder.reporting.samples import LESSON, a_class, graded

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

LONG = "W" * 300


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """A report with long names and messages, and with everything that it can show."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    everybody = [
        graded(f"s{i}", 5, i % 3, 1.5, i % 2, 0, last_name=f"Name {i}", late=7200.0 * (i % 2))
        for i in range(40)
    ]
    hostile = graded(
        "x", 0, 0, 0, 0, 0, last_name=LONG, flags=(Flag("Mul", f"<img src=http://x.test/{LONG}>"),)
    )
    gone = Submission("gil", LESSON, State.UNGRADED, reason=f"no notebook: {LONG}")
    write_page(path, "Class report", [a_class(*everybody, hostile, gone)], datetime(2026, 3, 1))
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator:
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_loads_nothing_and_fits_the_width(browser, report: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_keyboard_gets_to_a_student_and_unfolds_a_mistake(browser, report: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator(".heat tbody a").nth(3).press("Enter")
    assert page.locator(".student:target").count() == 1
    first = page.locator(".mistakes details").first
    first.locator("summary").press("Enter")
    assert first.get_attribute("open") is not None
    page.close()


def test_on_paper_the_table_is_whole(browser, report: Path) -> None:
    page = browser.new_page(viewport={"width": 750, "height": 1060})
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    box = page.locator(".heat").bounding_box()
    assert box is not None
    assert box["width"] <= 750
    assert page.locator(".wide").first.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
    page.close()
