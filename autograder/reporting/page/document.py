"""The page as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path

from autograder.reporting.overview import overview
from autograder.reporting.page.attention import attention
from autograder.reporting.page.figures import figures
from autograder.reporting.page.heat import heat_map
from autograder.reporting.page.mistakes import mistakes
from autograder.reporting.page.parts import counted
from autograder.reporting.page.shades import as_css
from autograder.reporting.page.students import students
from autograder.reporting.submissions import LessonClass

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""For the browser: load nothing and run nothing, whatever the page says."""

_PARTS = (
    ("overview", "Overview", figures),
    ("points", "Points by exercise", heat_map),
    ("mistakes", "Most frequent mistakes", mistakes),
    ("students", "What each student reads", students),
)


def write_page(path: Path, title: str, lessons: Sequence[LessonClass], made: datetime) -> None:
    """Write the page; whatever cannot be written as UTF-8 becomes a question mark."""
    path.write_text(as_page(title, lessons, made), encoding="utf-8", errors="replace")


def as_page(title: str, lessons: Sequence[LessonClass], made: datetime) -> str:
    """The report on these lessons as one HTML page. made: when, as the page says it."""
    style = files("autograder.reporting.page").joinpath("style.css").read_text(encoding="utf-8")
    about = f"{counted(sum(len(one.handed_in) for one in lessons), 'submission')}, {made:%d %B %Y, %H:%M}"
    table = _lessons(lessons) if len(lessons) > 1 else ""
    sections = "".join(map(_lesson, lessons))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
        f"<style>{style}{as_css()}</style></head>\n"
        '<body><a class="skip" href="#look">Skip to what needs a look</a>'
        f'<header class="top"><h1>{escape(title)}</h1><p>{about}</p>{_navigation(lessons)}</header>'
        f"<main>{table}{attention(lessons)}{sections}</main>"
        "<footer><p>Made by <code>autograder report</code> from the graded notebooks and the gradebook. It "
        "holds students' names and work: keep it to those who may see them.</p></footer></body></html>\n"
    )


def _navigation(lessons: Sequence[LessonClass]) -> str:
    look = '<li><a href="#look">Look first</a></li>'
    if len(lessons) == 1:
        targets = [(f"{lessons[0].lesson}-{part}", title) for part, title, _ in _PARTS]
    else:
        targets = [(lesson.lesson, lesson.lesson) for lesson in lessons]
    listed = "".join(f'<li><a href="#{escape(to)}">{escape(title)}</a></li>' for to, title in targets)
    return f'<nav aria-label="Parts of this page"><ul>{look}{listed}</ul></nav>'


def _lesson(lesson: LessonClass) -> str:
    parts = "".join(
        f'<section id="{lesson.lesson}-{part}" aria-labelledby="{lesson.lesson}-{part}-h">'
        f'<h3 id="{lesson.lesson}-{part}-h">{title}</h3>{show(lesson)}</section>'
        for part, title, show in _PARTS
    )
    name = escape(lesson.lesson)
    head = f'<h2 id="{name}-h">{name}</h2>'
    return f'<section class="lesson" id="{name}" aria-labelledby="{name}-h">{head}{parts}</section>'


def _lessons(lessons: Sequence[LessonClass]) -> str:
    """All lessons in one table."""
    columns = ("handed in", "graded", "not graded", "not yet", "flagged", "late", "mean", "median", "points")
    heads = "".join(f'<th scope="col">{column}</th>' for column in ("lesson", *columns))
    return (
        '<section aria-labelledby="all-h"><h2 id="all-h">All lessons</h2><div class="wide" role="region" '
        'tabindex="0" aria-label="All lessons"><table class="lessons"><thead><tr>'
        f"{heads}</tr></thead><tbody>{''.join(map(_lesson_row, lessons))}</tbody></table></div></section>"
    )


def _lesson_row(lesson: LessonClass) -> str:
    one = overview(lesson)
    name = escape(lesson.lesson)
    figures = [one.handed_in, one.graded, one.ungraded, one.waiting, one.flagged, one.late]
    known = one.mean is not None and lesson.most
    scores = (
        [f"{one.mean:.1f}", f"{one.median:g}", f"{lesson.most:g}"] if known else ["", "", f"{lesson.most:g}"]
    )
    cells = "".join(f"<td>{value}</td>" for value in [*figures, *scores])
    return f'<tr><th scope="row"><a href="#{name}">{name}</a></th>{cells}</tr>'
