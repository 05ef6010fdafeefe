"""Small pieces that several parts of the page share."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from html import escape

from autograder.reporting.submissions import Submission


def anchor(one: Submission) -> str:
    """The id of a student's section; the same on every run, and free of what the student's id may hold."""
    return f"{one.lesson}-{sha256(one.student.encode()).hexdigest()[:12]}"


def name(one: Submission) -> str:
    """The name, kept to itself whichever way it is written."""
    return f"<bdi>{escape(one.name)}</bdi>"


def link(one: Submission) -> str:
    """The name, leading to the student's section."""
    return f'<a href="#{anchor(one)}">{name(one)}</a>'


def links(submissions: Iterable[Submission], most: int = 4) -> str:
    """Some names that lead to their sections, and how many more there are."""
    everybody = list(submissions)
    shown = ", ".join(link(one) for one in everybody[:most])
    more = len(everybody) - most
    return f"{shown} and {more} more" if more > 0 else shown


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 student", "3 students"."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def bar(share: float) -> str:
    """A horizontal bar; what it shows stands in words beside it."""
    return f'<span class="bar" aria-hidden="true"><span style="width:{share:.1%}"></span></span>'


def duration(seconds: float) -> str:
    """ "3 days", "5 hours", "12 minutes": the largest unit that fits."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return counted(int(seconds // size), unit)
    return counted(int(seconds), "second")
