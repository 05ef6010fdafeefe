"""The grading step for nbgrader: between ``Execute`` and ``SaveAutoGrades``, the trusted verdict."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from autograder.exercises import UnknownExercise, exercises
from autograder.report import Report
from autograder.source import demo_mark
from autograder.trusted import reports


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
        verdicts = reports(asked, _learners_cells(nb), self.seconds, self.total)
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("check_")
            if utils.is_grade(cell) and name in verdicts:  # others are graded by hand
                cell.outputs = [_as_output(verdicts[name], cell)]
        return nb, resources


def _learners_cells(nb: NotebookNode) -> list[tuple[str, str]]:
    """What may hold the learner's code: all but checks, and pictures and trials that are as they were."""
    return [
        (cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id", "")), cell.source)
        for cell in nb.cells
        if cell.cell_type == "code"
        and not utils.is_grade(cell)
        and cell.metadata.get("autograder", {}).get("demo") != demo_mark(cell.source)
    ]


def _as_output(report: Report, cell: NotebookNode) -> NotebookNode:
    """The report as the cell's result: nbgrader reads the number, people see the rest."""
    data = {"text/plain": repr(report), "text/html": report._repr_html_()}
    about = {"autograder": report.as_data()}
    return new_output("execute_result", data, execution_count=cell.execution_count, metadata=about)
