"""One page from one graded notebook: its cells, what they earned, and what graders said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode

from autograder.feedback.code import code
from autograder.feedback.markdown import as_text, markdown
from autograder.feedback.outputs import shown
from autograder.feedback.room import Room
from autograder.feedback.texts import left_out, printable
from autograder.report import Report

PAGE_SIZE = 3_000_000  # bytes, at most
_FOR_CELLS = 2_300_000
_FOR_GRADES = 500_000  # what checks and comments say is there also when the rest of the page is full
_FOR_MARKDOWN = 120_000  # of source; the longest lesson has a third of it
_MOST_CELLS = 600  # that a learner added
_FRAME_OF_A_CELL = 400  # bytes of the template, about
_LONGEST_WORDS = 2000
_MOST_PARTS = 60
_TEMPLATES = Path(__file__).parents[1] / "templates" / "feedback"


@dataclass(frozen=True)
class _Rooms:
    """What there is room for on one page."""

    cells: Room = field(default_factory=lambda: Room(_FOR_CELLS))
    grades: Room = field(default_factory=lambda: Room(_FOR_GRADES))
    markdown: Room = field(default_factory=lambda: Room(_FOR_MARKDOWN))


@dataclass
class Cell:
    """A cell as the template shows it."""

    kind: str
    anchor: str
    body: str = ""
    outputs: str = ""
    number: int | None = None
    folded: bool = False
    name: str = ""
    comment: str = ""
    score: float | None = None
    most: float = 0
    flagged: bool = False


@dataclass
class Row:
    """A line in the table of points."""

    name: str
    anchor: str
    score: float | None
    most: float
    flagged: bool
    comments: list[str] = field(default_factory=list)

    @property
    def share(self) -> int:
        """Per cent of the points."""
        return round(100 * max(0.0, min(1.0, (self.score or 0) / self.most))) if self.most else 0


def page(notebook: NotebookNode, about: dict[str, Any]) -> str:
    """The page of a notebook in whose metadata nbgrader has put the grades.

    about: nbgrader's "student", "notebook", "score", "max_score" and "late_penalty"; the student's "name", if
    it is known; and the "mark" by which ``mark_of`` later tells whether the gradebook still says the same.
    """
    marks = notebook.metadata.get("autograder", {})
    flags = _flagged_cells(marks)
    cells, missing = _cells(notebook.cells, flags)
    rows, loose = _table(cells)
    return _template().render(
        style=_style(),
        lesson=printable(str(about["notebook"])),
        student=printable(str(about.get("name") or about["student"])),
        mark=str(about.get("mark", "")),
        score=about.get("score"),
        most=about.get("max_score", 0),
        penalty=about.get("late_penalty") or 0,
        rows=rows,
        loose=loose,
        notes=_notes(marks),
        flagged_elsewhere=len(flags) > sum(cell.flagged for cell in cells),
        cells=cells,
        missing=left_out(missing, "cell" if missing == 1 else "cells") if missing else "",
    )


_MARK = re.compile(r'<meta name="recorded" content="(\w+)">')
_UP_TO_THE_MARK = 1000  # characters


def mark_of(path: Path) -> str:
    """The mark in a page's head, or ""."""
    with path.open(encoding="utf-8", errors="replace") as file:
        found = _MARK.search(file.read(_UP_TO_THE_MARK))
    return found[1] if found else ""


# The cells -------------------------------------------------------------------------------------------


def _cells(all_cells: list[NotebookNode], flags: set[str]) -> tuple[list[Cell], int]:
    """The cells that there is room for, and how many there are besides."""
    rooms = _Rooms()
    cells: list[Cell] = []
    missing = added = 0
    for place, node in enumerate(all_cells, 1):
        ours = "nbgrader" in node.metadata
        added += not ours
        full = rooms.cells.left < _FRAME_OF_A_CELL or (added > _MOST_CELLS and not ours)
        if full and not (_is_graded(node) and rooms.grades.left > 0):
            missing += 1
            continue
        cell = _cell(node, f"cell-{place}", rooms)
        cell.flagged = bool(flags & {node.get("id"), node.metadata.get("nbgrader", {}).get("grade_id")})
        rooms.cells.left -= _FRAME_OF_A_CELL
        cells.append(cell)
    return cells, missing


def _cell(node: NotebookNode, anchor: str, rooms: _Rooms) -> Cell:
    about = node.metadata.get("nbgrader", {})
    cell = Cell(_kind(node), anchor)
    cell.body = _fitting(_body(node, rooms), rooms.cells)
    if node.cell_type == "code":
        count = node.get("execution_count")
        cell.number = count if isinstance(count, int) else None
        cell.folded = node.metadata.get("jupyter", {}).get("source_hidden") is True
        report = _report(node) if cell.kind == "check" else None
        cell.outputs = (
            _fitting(Markup(report._repr_html_()), rooms.grades)
            if report
            else shown(node.get("outputs", []), rooms.cells)
        )
        cell.name = report.name.split("/")[-1] if report else ""
    cell.name = printable(cell.name or str(about.get("grade_id", "")).removeprefix("check_"))[:80]
    if _is_graded(node):
        cell.score, cell.most = about.get("score"), about.get("points") or 0
    if about.get("comment"):
        cell.comment = _fitting(markdown(about["comment"]), rooms.grades)
    return cell


def _kind(node: NotebookNode) -> str:
    about = node.metadata.get("nbgrader", {})
    if about.get("solution"):
        return "answer"
    if about.get("grade"):
        return "check"
    if about.get("task"):
        return "task"
    return "code" if node.cell_type == "code" else "prose"


def _is_graded(node: NotebookNode) -> bool:
    about = node.metadata.get("nbgrader", {})
    return bool(about.get("grade") or about.get("task"))


def _body(node: NotebookNode, rooms: _Rooms) -> Markup:
    if node.cell_type == "code":
        return code(node.source)
    if node.cell_type != "markdown":
        return as_text(node.source)
    if not rooms.markdown.has(node.source):
        return as_text(node.source)
    rooms.markdown.take(node.source)
    return Markup('<div class="prose">{}</div>').format(markdown(node.source, node.get("attachments")))


def _fitting(html: Markup, room: Room) -> Markup:
    if not room.has(html):
        room.close()
        return Markup('<p class="gap">Left out: the page is full.</p>')
    room.take(html)
    return html


def _report(node: NotebookNode) -> Report | None:
    """The report that grading put into a check cell, made anew from its data; its HTML is not looked at."""
    for output in node.get("outputs", []):
        data = output.get("metadata", {}).get("autograder")
        if data:
            try:
                parts = [_bounded(part) for part in data["verdicts"][:_MOST_PARTS]]
                notes = [_words(note) for note in data.get("notes", [])[:20]]
                return Report.from_data({"name": _words(data["name"]), "verdicts": parts, "notes": notes})
            except (KeyError, TypeError, AttributeError):
                return None
    return None


def _bounded(part: dict[str, Any]) -> dict[str, Any]:
    return {name: _words(value) if isinstance(value, str) else value for name, value in part.items()}


def _words(text: str) -> str:
    text = printable(text)
    if len(text) <= _LONGEST_WORDS:
        return text
    return f"{text[:_LONGEST_WORDS]} … {left_out(len(text) - _LONGEST_WORDS)}"


# What is said about them -----------------------------------------------------------------------------


def _table(cells: Iterable[Cell]) -> tuple[list[Row], list[str]]:
    """A row for each graded cell, with the comments since the one before; and the comments that are left."""
    rows: list[Row] = []
    comments: list[str] = []
    for cell in cells:
        if cell.comment:
            comments.append(cell.anchor)
        if cell.kind == "task" or cell.most or cell.score is not None:
            rows.append(Row(cell.name, cell.anchor, cell.score, cell.most, cell.flagged, comments))
            comments = []
    return rows, comments


def _flagged_cells(marks: Any) -> set[str]:
    try:
        return {str(flag["cell"]) for flag in marks["flags"]}
    except (KeyError, TypeError):
        return set()


def _notes(marks: Any) -> list[str]:
    notes = marks.get("notes", []) if isinstance(marks, dict) else []
    return [_words(note) for note in notes[:20] if isinstance(note, str)] if isinstance(notes, list) else []


@lru_cache(maxsize=1)
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda number: (
        "\N{EN DASH}" if number is None else f"{round(number, 2):g}"
    )
    return environment.get_template("page.html.j2")


def _points(number: float | None) -> str:
    return "\N{EN DASH}" if number is None else f"{round(number, 2):g}"


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))
