"""The site, built once for all tests of this folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.site.build import missing

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def run_site(*options: str) -> subprocess.CompletedProcess[str]:
    """The command, as it is called."""
    start = "from autograder.cli import app; app(prog_name='autograder')"
    return subprocess.run(
        [sys.executable, "-c", start, "site", *options], cwd=ROOT, capture_output=True, text=True
    )


@pytest.fixture(scope="session")
def html(tmp_path_factory) -> Path:
    """The folder with the site, whose building had nothing to complain about."""
    if missing():
        pytest.skip(f"{', '.join(missing())}: not installed; uv run --group site-checks")
    out = tmp_path_factory.mktemp("site") / "html"
    done = run_site("--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """A Chromium that is installed already."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()
