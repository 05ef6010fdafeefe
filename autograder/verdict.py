"""Two grading steps for nbgrader: the trusted verdict in place of a check's own answer, and flags for humans.

``TrustedVerdict`` stands between running the notebook and ``SaveAutoGrades``, ``FlagForHumans`` right after.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from autograder.exercises import UnknownExercise, exercises
from autograder.report import Report
from autograder.source import demo_mark
from autograder.trusted import outcome


class TrustedVerdict(NbGraderPreprocessor):
    """Replace what each check cell answered in the learner's process by the verdict from outside it."""

    seconds = Float(5, help="Seconds for each cell, and for each look at the learner's code.").tag(
        config=True
    )
    total = Float(60, help="Seconds for one whole notebook.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Re-check a notebook of this course; other notebooks pass through."""
        try:
            asked = exercises(resources["nbgrader"]["assignment"])
        except UnknownExercise:
            return nb, resources
        seen = outcome(asked, _learners_cells(nb), self.seconds, self.total, _beside(resources))
        verdicts, flags = dict(seen.reports), []
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("check_")
            if utils.is_grade(cell) and name in verdicts:  # others are graded by hand
                difference = _claimed_more(claim(cell), verdicts[name].points)
                if difference:
                    verdicts[name] = replace(verdicts[name], notes=(*verdicts[name].notes, difference))
                    flags.append({"cell": cell.metadata.nbgrader.grade_id, "text": difference})
                cell.outputs = [_as_output(verdicts[name], cell)]
        about = nb.metadata.setdefault("autograder", NotebookNode())
        about["flags"] = [*about.get("flags", []), *map(NotebookNode, flags)]
        about["layers"] = [layer for layer in about.get("layers", []) if layer in seen.layers]
        return nb, resources


class FlagForHumans(NbGraderPreprocessor):
    """Have nbgrader show what is flagged as still to be graded by a human; the score stays as it is."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Mark the grade of each flagged check; of the first one, where a flag is for the whole notebook."""
        flags = nb.metadata.get("autograder", {}).get("flags", [])
        checks = [cell.metadata.nbgrader.grade_id for cell in nb.cells if utils.is_grade(cell)]
        flagged = {flag["cell"] or next(iter(checks), "") for flag in flags} & set(checks)
        if not flagged:
            return nb, resources
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            for name in sorted(flagged):
                try:
                    grade = gradebook.find_grade(
                        name, about["notebook"], about["assignment"], about["student"]
                    )
                except MissingEntry:
                    continue
                grade.needs_manual_grade = True
            gradebook.db.commit()
        return nb, resources


def claim(cell: NotebookNode) -> float:
    """The points that a check cell showed in the learner's process: 0 for an error, or for none at all."""
    outputs = cell.get("outputs", [])
    if any(output.output_type == "error" for output in outputs):
        return 0.0
    result = next((output for output in outputs if output.output_type == "execute_result"), None)
    if result is None:
        return 0.0
    try:
        points = float(result.data["text/plain"])
    except (KeyError, TypeError, ValueError):
        return 0.0
    return points if points > 0 else 0.0  # also where it is not a number


def _claimed_more(claimed: float, earned: float) -> str:
    """What is to be said where the notebook showed more than the verdict; "" where it did not."""
    if claimed <= earned + 1e-9:
        return ""
    unit = "point" if claimed == 1 else "points"
    return (
        f"In the notebook this check showed {claimed:g} {unit}; outside it, with other inputs, {earned:g}. "
        "The points outside count."
    )


def _learners_cells(nb: NotebookNode) -> list[tuple[str, str]]:
    """What may hold the learner's code: all but checks, their copies, and what is still only to look at."""
    checks = {cell.source for cell in nb.cells if utils.is_grade(cell) and not utils.is_solution(cell)}
    return [
        (cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id", "")), cell.source)
        for cell in nb.cells
        if cell.cell_type == "code"
        and not utils.is_grade(cell)
        and cell.source not in checks
        and cell.metadata.get("autograder", {}).get("demo") != demo_mark(cell.source)
    ]


def _beside(resources: dict[str, Any]) -> Path | None:
    """The folder with the other files of the submission, if there is one."""
    place = resources.get("metadata", {}).get("path")
    return Path(place) if place and Path(place).is_dir() else None


def _as_output(report: Report, cell: NotebookNode) -> NotebookNode:
    """The report as the cell's result: nbgrader reads the number, people see the rest."""
    data = {"text/plain": repr(report), "text/html": report._repr_html_()}
    about = {"autograder": report.as_data()}
    return new_output("execute_result", data, execution_count=cell.execution_count, metadata=about)
