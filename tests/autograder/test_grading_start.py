"""What makes the start quick, and a submission, changes nothing else."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator, common

from autograder.exercises import LESSONS
from autograder.grading.lesson import Lesson, SourceCell, lesson_instead
from autograder.grading.one import Job, grade
from autograder.grading.schemas import checked_once
from autograder.grading.settings import Settings

from .lessons import ROOT, notebook


def test_the_grammar_is_read_when_it_is_needed_and_answers_as_before() -> None:
    loaded = "print('rfc3987_syntax' in sys.modules)\n"
    program = (
        f"import sys, autograder.grading.late_grammar, nbgrader.converters\n{loaded}"
        "from jsonschema import FormatChecker\n"
        "print(*(FormatChecker().conforms(text, 'iri') for text in ('http://a b', 'http://a/b')))\n"
        f"{loaded}"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True", "True"]


BROKEN: list[dict[str, Any]] = [
    {"points": "three"},
    {"points": -1},
    {"grade_id": "a b"},
    {"locked": 3},
    {"more": 1},
    {"cell_type": "video"},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_cells_are_validated_as_before(broken: dict[str, Any]) -> None:
    made = deepcopy(notebook("notebooks", "03_function"))
    own = common.jsonschema
    with checked_once():
        MetadataValidator().validate_nb(made)
        assert common.jsonschema is not own
    assert common.jsonschema is own
    check = next(cell for cell in made.cells if cell.id == "check_mul")
    check.metadata.nbgrader.update(broken)
    with pytest.raises(jsonschema.ValidationError) as before:
        MetadataValidator().validate_nb(made)
    with checked_once(), pytest.raises(jsonschema.ValidationError) as now:
        MetadataValidator().validate_nb(made)
    assert str(now.value) == str(before.value)


def described(lesson: str) -> Lesson:
    """A lesson as the gradebook would describe it, as far as which cells there are."""
    names = [cell.id for cell in notebook("notebooks", lesson).cells if "nbgrader" in cell.metadata]
    cells = tuple(SourceCell(name, "code", False, "", "") for name in names)
    return Lesson(lesson, None, cells, (), (), frozenset(), {})


@pytest.mark.parametrize("lesson", LESSONS)
def test_another_lessons_notebook_is_known(lesson: str) -> None:
    asked = described(lesson)
    for other in LESSONS:
        made = notebook("notebooks", other)
        assert lesson_instead(made, asked, Settings(ROOT)) == ("" if other == lesson else other)


def test_one_own_cell_makes_it_the_lessons_notebook() -> None:
    made = deepcopy(notebook("notebooks", "03_function"))
    *_, own = (cell for cell in notebook("notebooks", "02_gradient").cells if "nbgrader" in cell.metadata)
    made.cells.append(deepcopy(own))
    assert lesson_instead(made, described("02_gradient"), Settings(ROOT)) == ""
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    assert lesson_instead(bare, described("02_gradient"), Settings(ROOT)) == ""


def test_another_lessons_notebook_cannot_be_graded(tmp_path: Path) -> None:
    nbformat.write(notebook("notebooks", "01_tensor"), tmp_path / "02_gradient.ipynb")
    outcome = grade(Job(Settings(ROOT), described("02_gradient"), "ada", tmp_path))
    assert outcome.reason == "02_gradient.ipynb is the notebook of 01_tensor"
