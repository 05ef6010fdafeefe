"""The most frequent mistakes: a bar each, and, folded, what the students were told."""

from __future__ import annotations

from html import escape

from autograder.report import rich_text
from autograder.reporting.mistakes import Example, Frequent, frequent_mistakes, unwritten
from autograder.reporting.page.parts import bar, counted, links
from autograder.reporting.submissions import LessonClass

_SHOWN = 10
_EXAMPLES = 6


def mistakes(lesson: LessonClass) -> str:
    """The kinds of mistakes by how many students made them."""
    found = frequent_mistakes(lesson)
    graded = len(lesson.graded)
    shown = _list(found[:_SHOWN], graded) if found else '<p class="calm">None.</p>'
    if found[_SHOWN:]:
        count = counted(len(found) - _SHOWN, "more kind")
        shown += f"<details><summary>{count}</summary>{_list(found[_SHOWN:], graded)}</details>"
    return shown + _unwritten(unwritten(lesson))


def _list(found: list[Frequent], graded: int) -> str:
    return f'<ol class="mistakes">{"".join(_mistake(one, graded) for one in found)}</ol>'


def _mistake(one: Frequent, graded: int) -> str:
    where = ", ".join(f"{escape(title)} {count}" for title, count in one.exercises)
    examples = "".join(map(_example, one.examples[:_EXAMPLES]))
    more = len(one.examples) - _EXAMPLES
    rest = f'<p class="told faint">and {counted(more, "more message")}</p>' if more > 0 else ""
    return (
        f'<li><details><summary><span class="what">{rich_text(one.group[:1].upper() + one.group[1:])}</span>'
        f'{bar(one.students / graded)}<span class="much"><b>{one.students}</b> '
        f'{"student" if one.students == 1 else "students"}</span><span class="faint">{where}</span></summary>'
        f"{examples}{rest}</details></li>"
    )


def _example(one: Example) -> str:
    where = escape(", ".join(one.exercises))
    return (
        f'<div class="told"><p class="faint"><b>{where}</b> · {links(one.students)}</p>'
        f'<blockquote dir="auto">{rich_text(one.message)}</blockquote></div>'
    )


def _unwritten(one: Frequent | None) -> str:
    if one is None:
        return ""
    where = ", ".join(f"{escape(title)} {count}" for title, count in one.exercises)
    return f'<p class="unwritten"><b>Not written yet</b> by {counted(one.students, "student")}: {where}.</p>'
