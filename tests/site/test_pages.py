"""What is on the pages, as a reader without JavaScript gets them.

uv run --group site-checks pytest -n 0 -m site
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from autograder.exercises import LESSONS, exercises
from autograder.site import operations

from .conftest import run_site

pytestmark = pytest.mark.site

MOST = 1_000_000
"""Bytes of a lesson with all that it loads, before figures."""


@pytest.fixture(scope="module")
def pages(html: Path) -> dict[str, BeautifulSoup]:
    """Every page by its place."""
    return {
        path.relative_to(html).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(html.rglob("*.html"))
    }


def test_a_second_build_runs_no_lesson(html: Path) -> None:
    done = run_site("--out", str(html))
    assert done.returncode == 0, done.stderr
    assert "no lesson had to be run" in done.stdout


def test_a_folder_with_other_things_is_left_alone(html: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    done = run_site("--out", str(tmp_path))
    assert done.returncode == 1
    assert "holds other things" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_everything_has_its_page(pages: dict[str, BeautifulSoup]) -> None:
    assert {f"lessons/{lesson}.html" for lesson in LESSONS} < set(pages)
    assert {f"operations/{made.__name__}.html" for made in operations.classes()} < set(pages)
    assert {"index.html", "learn.html", "instructor.html", "authors.html", "glossary.html"} < set(pages)


def test_every_link_leads_somewhere(html: Path, pages: dict[str, BeautifulSoup]) -> None:
    ids = {
        place: {tag["id"] for tag in page.select("[id]")} | {tag["name"] for tag in page.select("a[name]")}
        for place, page in pages.items()
    }
    broken = []
    for place, page in pages.items():
        for tag, attribute in (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src")):
            for found in page.find_all(tag, {attribute: True}):
                address = urlsplit(str(found[attribute]))
                if address.scheme or address.netloc:
                    continue
                here = Path(place).parent / unquote(address.path) if address.path else Path(place)
                target = (html / here).resolve()
                if not target.is_file():
                    broken.append(f"{place}: {found[attribute]}")
                elif target.suffix == ".html" and address.fragment:
                    name = target.relative_to(html.resolve()).as_posix()
                    if unquote(address.fragment) not in ids[name]:
                        broken.append(f"{place}: {found[attribute]}")
    assert broken == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_solutions_and_hints_are_folded_away(pages: dict[str, BeautifulSoup], lesson: str) -> None:
    article = pages[f"lessons/{lesson}.html"].select_one("article")
    assert article is not None
    folds = article.select("details")
    assert not [fold for fold in folds if fold.has_attr("open")]
    solved = [fold for fold in folds if "solution" in fold.get("class", [])]
    assert len(solved) == len(exercises(lesson))
    for fold in solved:
        assert "Try first" in fold.find("summary").text
        assert "YOUR CODE HERE" not in fold.text
        fold.extract()
    assert article.text.count("YOUR CODE HERE") >= len(exercises(lesson))
    assert len([fold for fold in folds if fold.find("summary").text.startswith("Hint")]) == 3 * len(solved)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_says_its_points_and_its_time_and_can_be_taken_along(
    html: Path, pages: dict[str, BeautifulSoup], lesson: str
) -> None:
    page = pages[f"lessons/{lesson}.html"]
    points = sum(exercise.points for exercise in exercises(lesson))
    label = page.select_one("p.label").text
    assert re.fullmatch(rf"{points:g} points · about \d+ minutes", label)
    (link,) = [link for link in page.select(".lesson-bar a") if link.has_attr("download")]
    assert "BEGIN SOLUTION" not in (html / "lessons" / link["href"]).read_text(encoding="utf-8")


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_figure_has_words(pages: dict[str, BeautifulSoup], lesson: str) -> None:
    figures = pages[f"lessons/{lesson}.html"].select("article svg")
    assert figures
    for figure in figures:
        assert figure["role"] == "img"
        assert len(figure.find("title").text) > 5
        assert len(figure.find("desc").text) > 20
    assert all(image.get("alt") for image in pages[f"lessons/{lesson}.html"].select("article img"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_light(html: Path, pages: dict[str, BeautifulSoup], lesson: str) -> None:
    page = pages[f"lessons/{lesson}.html"]
    loaded = {str(tag["src"]) for tag in page.select("script[src]")}
    loaded |= {str(tag["href"]) for tag in page.select("link[rel=stylesheet], link[rel=preload]")}
    files = [html / "lessons" / urlsplit(place).path for place in loaded]
    files += [*(html / "_static").glob("*.woff")]
    page = BeautifulSoup(str(page), "html.parser")
    for figure in page.select("article svg"):
        figure.extract()
    assert len(str(page).encode()) + sum(path.stat().st_size for path in files) < MOST


def test_formulas_are_there_without_a_script(pages: dict[str, BeautifulSoup]) -> None:
    assert len(pages["lessons/02_gradient.html"].select("math")) > 5
    for place, page in pages.items():
        assert not page.select("code.formula"), place
        assert not re.search(r"\$[^$\s]+\\[a-z]+", "".join(p.text for p in page.select("article p"))), place


def test_no_lesson_ends_with_an_error(pages: dict[str, BeautifulSoup]) -> None:
    for place, page in pages.items():
        assert "Traceback (most recent call last)" not in page.text, place
