"""What makes the start quick, and a submission, changes nothing else."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from nbgrader.nbgraderformat import MetadataValidator, common

from autograder.grading.schemas import checked_once

from .lessons import notebook


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
