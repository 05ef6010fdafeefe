"""Notebooks that are run as a submission, and what their cells then show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import setenv

from autograder.execute import SandboxedExecute


def notebook(*sources: str) -> NotebookNode:
    """A notebook of these code cells."""
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def resources(folder: Path) -> dict[str, Any]:
    """What nbgrader tells a step about a submission in `folder`."""
    return {
        "metadata": {"path": str(folder)},
        "nbgrader": {"assignment": "", "notebook": "lesson", "student": "s"},
    }


def executed(nb: NotebookNode, folder: Path, step: type = SandboxedExecute, **settings: Any) -> NotebookNode:
    """`nb` after a step of autograding."""
    with setenv(NBGRADER_EXECUTION="autograde"):
        nb, _ = step(**settings).preprocess(nb, resources(folder))
    nbformat.validate(nb)
    return nb


def run(folder: Path, *sources: str, **limits: Any) -> list[NotebookNode]:
    """The cells of a notebook that ran in the sandbox."""
    return executed(notebook(*sources), folder, **{"timeout": 5, **limits}).cells


def shown(cell: NotebookNode) -> str:
    """All text in a cell's outputs."""
    return "\n".join(
        o.get("text", "") + o.get("evalue", "") + "".join(o.get("traceback", [])) + str(o.get("data", ""))
        for o in cell.outputs
    )
