"""The class in a terminal: a table for each lesson, and a few lines that sum it up."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from autograder.reporting.mistakes import frequent_mistakes
from autograder.reporting.overview import by_exercise, hardest, overview
from autograder.reporting.submissions import LessonClass, State, Submission, short_name

_LEAST_FOR_THE_MESSAGE = 36


def as_table(lesson: LessonClass, width: int) -> Table:
    """Everybody who handed in, a line each. Where `width` has no room for all exercises, none is shown."""
    titles = [(short_name(name), points) for name, points in lesson.exercises]
    room = width - _taken(lesson, [title for title, _ in titles])
    if room < _LEAST_FOR_THE_MESSAGE:
        titles = []
        room = width - _taken(lesson, [])
    table = Table(title=lesson.lesson, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("who", no_wrap=True)
    for title, points in titles:
        table.add_column(f"{title}\n[dim]{points:g}", justify="right", no_wrap=True)
    table.add_column(f"score\n[dim]{lesson.most:g}", justify="right", no_wrap=True)
    # The page has all of the message.
    table.add_column("first message", no_wrap=True, max_width=max(room, _LEAST_FOR_THE_MESSAGE))
    for one in lesson.handed_in:
        table.add_row(Text(one.name), *_points(one, len(titles)), _first_line(one))
    return table


def summary(lesson: LessonClass) -> Iterator[str]:
    """What to know about the lesson, a line each, without markup."""
    figures = overview(lesson)
    counts = [f"{figures.graded} of {figures.handed_in} graded"]
    counts += [f"{figures.ungraded} could not be graded"] if figures.ungraded else []
    counts += [f"{figures.waiting} not graded yet"] if figures.waiting else []
    counts += [f"{figures.missing} not handed in"] if figures.missing else []
    counts += [f"{figures.flagged} to look at"] if figures.flagged else []
    counts += [f"{figures.late} late"] if figures.late else []
    yield ", ".join(counts) + "."
    if figures.mean is not None and lesson.most:
        yield f"Mean {figures.mean:.1f}, median {figures.median:g} of {lesson.most:g} points."
    hard = [f"{one.title} ({one.share:.0%})" for one in hardest(by_exercise(lesson), 3)]
    if hard:
        yield f"Hardest: {', '.join(hard)}."
    mistakes = [f"{one.group} ({one.students})".replace("`", "") for one in frequent_mistakes(lesson)[:3]]
    if mistakes:
        yield f"Most frequent mistakes: {'; '.join(mistakes)}."


def _taken(lesson: LessonClass, titles: list[str]) -> int:
    """The width of all columns but that of the message, with the three cells that each column adds."""
    names = max((cell_len(one.name) for one in lesson.handed_in), default=3)
    points = [max(len(title), len("0.25")) for title in titles]
    return names + sum(points) + len("score") + 3 * (len(titles) + 3) + 1


def _points(one: Submission, columns: int) -> list[str]:
    if not one.graded:
        return [""] * (columns + 1)
    return [*(f"{answer.points:g}" for answer in one.answers[:columns]), f"{one.score:g}"]


def _first_line(one: Submission) -> Text:
    """What is wrong, without the hint that may follow, and without the marks around code."""
    line = _first_of(one.first_message)
    if one.state is not State.GRADED:
        return Text(one.state.value, style="bold").append(Text(": ") if one.reason else "").append(line)
    if one.open_flags:
        flag = one.open_flags[0]
        return Text("look at this: ", style="bold").append(
            _first_of(f"{flag.title}: {flag.text}".removeprefix(": "))
        )
    return line


def _first_of(text: str) -> Text:
    return Text(text.split("\n")[0].replace("`", ""))
