"""The course as people meet it: JupyterLab in a browser.

    uv run --group browser pytest tests/browser

Needs a Chromium that is installed already; skipped where there is none.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course folder with lesson 03 released, in which somebody has got one rule wrong."""
    from autograder.demo_class import SUBMISSIONS, hand_in

    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder / "03_function", course / folder / "03_function")
    dee = next(s for s in SUBMISSIONS if (s.student, s.lesson) == ("dee", "03_function"))
    shutil.copy(hand_in(dee, course), course / "mine.ipynb")
    return course


@pytest.fixture(scope="module")
def server(course) -> Iterator[str]:
    """JupyterLab in that folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--no-browser", "--allow-root", "--IdentityProvider.token="]
    bin_first = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, "--LabApp.news_url=None"],
        cwd=course,
        env={**os.environ, "PATH": bin_first},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        lab.terminate()
        lab.wait(30)


@pytest.fixture(scope="module")
def page(server):
    """A browser page."""
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def test_a_failing_check_reads_well(page, server):
    page.goto(f"{server}/lab/tree/mine.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).first.click()
    page.get_by_text("by_hand 2 of 2 points").wait_for()
    _scroll_to(page, "Mul 1.5 of 3 points")
    assert page.get_by_text("the first gradient should be 20, and yours is 15").first.is_visible()
    assert page.get_by_text("Yours equals out_grad times the input's own value").first.is_visible()


def test_validate_shows_the_message_of_the_check(page):
    page.get_by_text("Validate", exact=True).first.click()
    results = page.locator(".jp-Dialog")
    results.get_by_text("1.5 of 3 points").wait_for()
    assert "Yours equals out_grad times" in results.inner_text()
    results.get_by_text("Ok", exact=True).click()


def test_formgrader_shows_the_lesson(page, server):
    page.goto(f"{server}/formgrader")
    page.get_by_text("03_function").first.wait_for()


def _wait_for(address: str) -> None:
    """Until the server answers."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=1) as answer:
                json.load(answer)
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("JupyterLab did not start within a minute")


def _scroll_to(page, text: str) -> None:
    """JupyterLab only keeps the visible part of a notebook on the page: scroll until the text is there."""
    notebook = page.locator(".jp-WindowedPanel-outer").first
    notebook.evaluate("panel => { panel.scrollTop = 0 }")
    for _ in range(100):
        found = page.get_by_text(text)
        if found.count() and found.first.is_visible():
            found.first.scroll_into_view_if_needed()
            return
        notebook.evaluate("panel => { panel.scrollTop += 400 }")
        page.wait_for_timeout(200)
    raise AssertionError(f"{text!r} is nowhere in the notebook")
