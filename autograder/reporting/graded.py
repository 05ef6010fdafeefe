"""A graded notebook: the verdicts in its check cells, and what grading noted about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.exercise import Exercise
from autograder.judge import Verdict
from autograder.report import Report
from autograder.reporting.foreign import as_list, as_object, clean, read_object


@dataclass(frozen=True)
class Graded:
    """What a graded notebook says.

    reports: by the id of the check cell. flags: that id, or "", and a sentence. layers: of the sandbox; None
    where that was not recorded. submission: the fingerprint of what was handed in, or "".
    """

    reports: dict[str, Report]
    flags: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    layers: tuple[str, ...] | None = None
    submission: str = ""


def read_graded(path: Path, asked: Sequence[Exercise]) -> Graded | None:
    """What the notebook says about these exercises; None if it cannot be read."""
    notebook = read_object(path)
    if not isinstance(notebook.get("cells"), list):
        return None
    about = as_object(as_object(notebook.get("metadata")).get("autograder"))
    cells = _check_cells(notebook["cells"])
    flags = map(as_object, as_list(about.get("flags")))
    layers = about.get("layers")
    return Graded(
        {f"check_{one.cell}": _report(one, cells.get(f"check_{one.cell}")) for one in asked},
        tuple((clean(flag.get("cell", "")), clean(flag.get("text", ""))) for flag in flags),
        tuple(map(clean, as_list(about.get("notes")))),
        tuple(map(clean, as_list(layers))) if isinstance(layers, list) else None,
        clean(about.get("submission") or ""),
    )


def _check_cells(cells: list[Any]) -> dict[str, dict[str, Any]]:
    """The check cells by their id. In other cells learners show what they like."""
    found: dict[str, dict[str, Any]] = {}
    for cell in map(as_object, cells):
        about = as_object(as_object(cell.get("metadata")).get("nbgrader"))
        if about.get("grade") and not about.get("solution"):
            found.setdefault(str(about.get("grade_id")), cell)
    return found


def _report(exercise: Exercise, cell: dict[str, Any] | None) -> Report:
    """The verdict in a check cell: it is the cell's only output."""
    if cell is None:
        return _without(exercise, "The check cell of this exercise is no longer in the notebook.")
    outputs = as_list(cell.get("outputs"))
    output = as_object(outputs[0]) if len(outputs) == 1 else {}
    data = as_object(as_object(output.get("metadata")).get("autograder"))
    try:
        verdicts = tuple(map(_verdict, data["verdicts"]))
    except (LookupError, TypeError, ValueError, AttributeError):
        verdicts = ()
    if not verdicts or data.get("name") != exercise.name:
        return _without(exercise, "Its check cell holds no verdict. Grade this submission again.")
    return Report(exercise.name, verdicts, tuple(map(clean, as_list(data.get("notes")))))


def _without(exercise: Exercise, why: str) -> Report:
    return Report(exercise.name, (Verdict("check", exercise.points, 0.0, difference=why),))


def _verdict(data: dict[str, Any]) -> Verdict:
    points, earned = float(data["points"]), float(data["earned"])
    if not (math.isfinite(points) and math.isfinite(earned)):
        raise ValueError("points are numbers")
    texts = {name: clean(data.get(name, "")) for name in ("case", "difference", "hint", "family")}
    return Verdict(clean(data["label"]), points, earned, **texts)
