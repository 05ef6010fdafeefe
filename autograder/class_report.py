"""The class at a glance: who has which points, and what each learner reads first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import nbformat
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from autograder.exercise import Exercise
from autograder.exercises import exercises
from autograder.judge import Verdict
from autograder.report import Report, rich_text


@dataclass(frozen=True)
class Row:
    """One submission: its points by exercise, or why there are none."""

    student: str
    lesson: str
    scores: tuple[float, ...] = ()
    message: str = ""
    ungraded: str = ""

    @property
    def total(self) -> float:
        """All points of this submission."""
        return sum(self.scores)


def graded_row(student: str, lesson: str, path: Path) -> Row:
    """The row of an autograded notebook, from the reports in its check cells."""
    notebook = nbformat.read(path, as_version=4)
    found = {}
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and not about.get("solution"):  # elsewhere learners show what they like
            for output in cell.get("outputs", []):
                data = output.get("metadata", {}).get("autograder")
                if data:
                    found[data["name"]] = Report.from_data(data)
    reports = [found.get(exercise.name) or _without_check(exercise) for exercise in exercises(lesson)]
    first = next((f"{_short(r.name)}: {r.message}" for r in reports if r.message), "")
    return Row(student, lesson, tuple(report.points for report in reports), first)


def _without_check(exercise: Exercise) -> Report:
    gone = "The check cell of this exercise is no longer in the notebook."
    return Report(exercise.name, (Verdict("check", exercise.points, 0.0, difference=gone),))


def as_table(lesson: str, rows: Sequence[Row]) -> Table:
    """The rows of one lesson for the terminal."""
    asked = exercises(lesson)
    table = Table(title=lesson, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("who")
    for exercise in asked:
        table.add_column(f"{_short(exercise.name)}\n[dim]{exercise.points:g}", justify="right")
    table.add_column(f"total\n[dim]{_most(lesson):g}", justify="right")
    table.add_column("first message")
    for row in rows:
        if row.ungraded:
            table.add_row(Text(row.student), *("" for _ in asked), "", Text(f"not graded: {row.ungraded}"))
        else:
            table.add_row(
                Text(row.student), *(f"{s:g}" for s in row.scores), f"{row.total:g}", _first_line(row)
            )
    return table


def as_page(title: str, lessons: Sequence[tuple[str, Sequence[Row]]]) -> str:
    """All rows as one HTML page that needs nothing from elsewhere."""
    sections = "".join(_section(lesson, rows) for lesson, rows in lessons)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{sections}"
        "<p class=note>Each cell shows the points earned; its shade, their share of the exercise's. "
        "The message is the first one that the learner reads.</p></main></body></html>\n"
    )


def _section(lesson: str, rows: Sequence[Row]) -> str:
    asked = exercises(lesson)
    heads = "".join(
        f"<th scope=col>{escape(_short(e.name))}<small>of {e.points:g}</small></th>" for e in asked
    )
    body = "".join(_row(row, [exercise.points for exercise in asked]) for row in rows)
    graded = [row for row in rows if not row.ungraded]
    most = _most(lesson)
    mean = sum(row.total for row in graded) / len(graded) if graded else 0
    return (
        f"<h2>{escape(lesson)}</h2><p>{len(graded)} of {len(rows)} graded, {mean:.1f} of {most:g} points "
        f"on average.</p><div class=wide><table><thead><tr><th scope=col>who</th>{heads}"
        f"<th scope=col>total<small>of {most:g}</small></th><th scope=col class=text>first message</th>"
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Row, most: Sequence[float]) -> str:
    if row.ungraded:
        cells = f'<td class=gone colspan="{len(most) + 1}">not graded</td>'
        cells += f"<td class=text>{escape(row.ungraded)}</td>"
    else:
        shades = [score / points if points else 1 for score, points in zip(row.scores, most, strict=True)]
        cells = "".join(
            f'<td style="background:{_shade(shade)}">{score:g}</td>'
            for score, shade in zip(row.scores, shades, strict=True)
        )
        cells += f"<td><b>{row.total:g}</b></td><td class=text>{rich_text(row.message)}</td>"
    return f"<tr><th scope=row>{escape(row.student)}</th>{cells}</tr>"


def _shade(share: float) -> str:
    """From sand to blue; lightness alone tells them apart, too."""
    low, high = (250, 238, 214), (122, 176, 222)
    return "rgb(" + ",".join(str(round(a + (b - a) * share)) for a, b in zip(low, high, strict=True)) + ")"


def _first_line(row: Row) -> Text:
    """What is wrong, without the hint that may follow, and without the marks around code."""
    return Text(row.message.split("\n")[0].replace("`", ""))


def _most(lesson: str) -> float:
    return sum(exercise.points for exercise in exercises(lesson))


def _short(name: str) -> str:
    """The last word of an exercise's name: "03_function/Function.__call__" is __call__ here."""
    return re.split(r"[/. ]", name)[-1]


_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fdfdfc; color: #1b1f24; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 76em; margin: 0 auto; padding: 2em 1.5em; }
h1 { font-size: 1.6em; margin: 0 0 .5em; } h2 { margin: 1.8em 0 .2em; font-size: 1.2em; }
p { margin: .2em 0 .8em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .45em .6em; border: 1px solid #e3e1dc; text-align: center; vertical-align: top; }
thead th { background: #f3f1ec; font-weight: 600; }
small { display: block; font-weight: 400; color: #57606a; }
tbody th { text-align: left; } .text { text-align: left; min-width: 22em; }
.gone { background: repeating-linear-gradient(45deg, #f3f1ec, #f3f1ec 6px, #fff 6px, #fff 12px); }
code { background: #f0eee9; padding: 0 .25em; border-radius: 3px; } .note { margin-top: 2em; color: #57606a; }
"""
