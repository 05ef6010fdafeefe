"""What a human should look at first: what could not be graded, what was flagged, what waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from autograder.report import rich_text
from autograder.reporting.page.parts import counted, link
from autograder.reporting.submissions import LessonClass, State, Submission

_SHOWN = 12


def attention(lessons: Sequence[LessonClass]) -> str:
    """The section, for all lessons together."""
    everybody = [one for lesson in lessons for one in lesson.submissions]
    many = len(lessons) > 1
    boxes = "".join(
        _box(title, css, advice, [one for one in everybody if belongs(one)], told, many)
        for title, css, advice, belongs, told in _KINDS
    )
    if not boxes:
        boxes = '<p class="calm">Nothing: all that was handed in is graded, and nothing is flagged.</p>'
    head = '<h2 id="look-h">Look at these first</h2>'
    return f'<section id="look" aria-labelledby="look-h">{head}{boxes}</section>'


def _box(
    title: str,
    css: str,
    advice: str,
    those: Sequence[Submission],
    told: Callable[[Submission], str],
    with_lesson: bool,
) -> str:
    if not those:
        return ""
    items = [f"<li>{link(one)}{_lesson(one) if with_lesson else ''}{told(one)}</li>" for one in those]
    first, rest = "".join(items[:_SHOWN]), "".join(items[_SHOWN:])
    folded = (
        f"<details><summary>{len(items) - _SHOWN} more</summary><ul>{rest}</ul></details>" if rest else ""
    )
    return (
        f'<div class="box {css}"><h3>{title}: {counted(len(those), "submission")}</h3>'
        f'<p class="advice">{rich_text(advice)}</p><ul>{first}</ul>{folded}</div>'
    )


def _lesson(one: Submission) -> str:
    return f' <span class="faint">{escape(one.lesson)}</span>'


def _reason(one: Submission) -> str:
    return f": {rich_text(one.reason)}"


def _flags(one: Submission) -> str:
    texts = [
        f"{f'<b>{escape(flag.title)}</b>: ' if flag.title else ''}{rich_text(flag.text)}"
        for flag in one.open_flags
    ]
    return f": {texts[0]}" if len(texts) == 1 else f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"


_KINDS: tuple[tuple[str, str, str, Callable[[Submission], bool], Callable[[Submission], str]], ...] = (
    (
        "Could not be graded",
        "bad",
        "They have no points, and formgrader cannot open them. Read the reason; then put the file right in "
        "`submitted/STUDENT/LESSON/`, or ask the student to hand in again, and run `autograder grade`.",
        lambda one: one.state is State.UNGRADED,
        _reason,
    ),
    (
        "Flagged for a human",
        "warn",
        "They have points. Look at the cell in formgrader (Manual Grading) and decide; what you save there "
        "counts, and settles the flag.",
        lambda one: bool(one.open_flags),
        _flags,
    ),
    (
        "Handed in and not graded yet",
        "wait",
        "Run `autograder grade`, then this report again.",
        lambda one: one.state is State.WAITING,
        lambda one: "",
    ),
)
