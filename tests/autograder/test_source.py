"""The source of a lesson: what it becomes, and where it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.exercises import LESSONS
from autograder.source import SourceError, demo_mark, read_lesson

from .lessons import ROOT, notebook

LESSON = "01_tensor"
SOURCE = (ROOT / "solutions" / LESSON / f"{LESSON}.py").read_text(encoding="utf-8")
CHECK = '# %% tags=["check:ensure_tensor:2"]\ncheck("01_tensor/_ensure_tensor", _ensure_tensor)\n'
SOLUTION = '# %% tags=["solution:ensure_tensor"]\n'


def replaced(old: str, new: str) -> Callable[[], str]:
    """The source with one thing changed."""

    def change() -> str:
        assert SOURCE.count(old) == 1
        return SOURCE.replace(old, new)

    return change


def without_marks(cell: str) -> Callable[[], str]:
    """The source where a cell has lost its last END SOLUTION."""

    def change() -> str:
        before, after = SOURCE.split(cell)
        return before + cell + after.replace("    ### END SOLUTION\n", "", 1)

    return change


# name: what is changed, the line that begins the offending cell (or "" for the file), what is said
WRONG: dict[str, tuple[Callable[[], str], str, str]] = {
    "malformed tag": (
        replaced("check:ensure_tensor:2", "check:ensure_tensor"),
        '# %% tags=["check:ensure_tensor"]',
        "has one of: given:NAME, solution:NAME, check:NAME:POINTS, figure",
    ),
    "unknown kind": (
        replaced("solution:ensure_tensor", "answer:ensure_tensor"),
        '# %% tags=["answer:ensure_tensor"]',
        "none that the builder knows",
    ),
    "open bracket": (
        replaced('tags=["given:imports"]', 'tags=["given:imports"'),
        '# %% tags=["given:imports"\n',
        "and nothing else",
    ),
    "two tags": (
        replaced('["given:imports"]', '["given:imports", "figure"]'),
        '# %% tags=["given:imports", "figure"]',
        "none that the builder knows",
    ),
    "duplicate cell": (
        lambda: SOURCE + '\n# %% tags=["given:imports"]\nimport math\n',
        '# %% tags=["given:imports"]\nimport math',
        "there is another cell given:imports before this one",
    ),
    "missing check": (
        replaced(CHECK, ""),
        "",
        "exercise 01_tensor/_ensure_tensor has no check cell, check:ensure_tensor",
    ),
    "check before its solution": (
        lambda: SOURCE.replace(CHECK, "").replace(SOLUTION, CHECK + "\n" + SOLUTION),
        '# %% tags=["check:ensure_tensor:2"]',
        "there is no cell solution:ensure_tensor before this check",
    ),
    "check of nothing": (
        lambda: (
            SOURCE
            + '\n# %% tags=["solution:other"]\n### BEGIN SOLUTION\n3\n### END SOLUTION\n'
            + '\n# %% tags=["check:other:2"]\ncheck("01_tensor/other", other)\n'
        ),
        '# %% tags=["check:other:2"]',
        "no exercise has the cell other. Those that exist: tensor_init, tensor_methods, ensure_tensor",
    ),
    "no marks": (
        lambda: SOURCE + '\n# %% tags=["solution:other"]\nother = 3\n',
        '# %% tags=["solution:other"]',
        "this one has none",
    ),
    "half a mark": (without_marks(SOLUTION), SOLUTION.strip(), "this one has ['BEGIN']"),
    "marks the wrong way round": (
        lambda: SOURCE + '\n# %% tags=["solution:other"]\n### END SOLUTION\n3\n### BEGIN SOLUTION\n',
        '# %% tags=["solution:other"]',
        "in turn; this one has ['END', 'BEGIN']",
    ),
    "wrong points": (
        replaced("check:ensure_tensor:2", "check:ensure_tensor:3"),
        '# %% tags=["check:ensure_tensor:3"]',
        "the tag says 3 points, the parts of 01_tensor/_ensure_tensor sum to 2",
    ),
    "check of another exercise": (
        replaced('check("01_tensor/_ensure_tensor", _', 'check("01_tensor/Tensor.__init__", _'),
        '# %% tags=["check:ensure_tensor:2"]',
        'must read check("01_tensor/_ensure_tensor", _ensure_tensor)',
    ),
    "check that does more": (
        replaced(CHECK, CHECK + "print(3)\n"),
        '# %% tags=["check:ensure_tensor:2"]',
        'must read check("01_tensor/_ensure_tensor", _ensure_tensor)',
    ),
    "check that is no Python": (
        replaced(CHECK, CHECK.replace('", _', '" _')),
        '# %% tags=["check:ensure_tensor:2"]',
        'must read check("01_tensor/_ensure_tensor", _ensure_tensor)',
    ),
    "empty cell": (
        lambda: SOURCE + "\n# %%\n\n# %% [markdown]\nThe end.\n",
        "# %%\n\n# %% [markdown]\nThe end.",
        "this cell is empty",
    ),
    "raw cell": (lambda: SOURCE + "\n# %% [raw]\nThe end.\n", "# %% [raw]", "either code or [markdown]"),
    "text before the first cell": (lambda: "import math\n\n" + SOURCE, "", "must begin with a cell marker"),
    "nothing at all": (lambda: "", "", "exercise 01_tensor/Tensor.__init__ has no check cell"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_file_and_line(name: str, tmp_path: Path) -> None:
    change, cell, words = WRONG[name]
    source = change()
    path = tmp_path / f"{LESSON}.py"
    path.write_text(source, encoding="utf-8")
    line = source[: source.rindex(cell)].count("\n") + 1 if cell else 1
    with pytest.raises(SourceError) as error:
        read_lesson(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert words in str(error.value)


def test_a_lesson_that_has_no_exercises_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "98_nothing.py"
    path.write_text(SOURCE, encoding="utf-8")
    with pytest.raises(SourceError) as error:
        read_lesson(path)
    assert str(error.value) == (f'{path}:1: there is no lesson "98_nothing". Lessons: {", ".join(LESSONS)}.')


# What it becomes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
def test_every_cell_has_metadata_that_nbgrader_accepts(lesson: str, folder: str) -> None:
    made = notebook(folder, lesson)
    MetadataValidator().validate_nb(made)
    for cell in made.cells:
        about = cell.metadata.get("nbgrader")
        if about:
            assert about.schema_version == 3
            assert about.locked is (not about.solution)
            assert about.grade_id == cell.id
            assert about.cell_type == cell.cell_type == "code"
            assert ("points" in about) is about.grade


@pytest.mark.parametrize("lesson", LESSONS)
def test_cell_ids_are_unique_and_say_what_the_cell_is(lesson: str) -> None:
    ids = [cell.id for cell in notebook("solutions", lesson).cells]
    assert len(set(ids)) == len(ids)
    assert ids == [cell.id for cell in notebook("notebooks", lesson).cells]
    for place, cell in enumerate(notebook("solutions", lesson).cells):
        if "nbgrader" not in cell.metadata:
            assert cell.id == f"cell-{place:02d}"


def test_ids_of_exercises_do_not_depend_on_what_stands_around_them(tmp_path: Path) -> None:
    path = tmp_path / f"{LESSON}.py"
    path.write_text("# %% [markdown]\nA word before.\n\n" + SOURCE, encoding="utf-8")
    ours = {cell.id for cell in notebook("solutions", LESSON).cells if "nbgrader" in cell.metadata}
    assert {cell.id for cell in read_lesson(path).cells if "nbgrader" in cell.metadata} == ours
    assert {"given_imports", "tensor_init", "check_tensor_init"} <= ours


@pytest.mark.parametrize("lesson", LESSONS)
def test_pictures_and_trials_carry_a_mark_of_their_text_and_nothing_else_does(lesson: str) -> None:
    for cell in notebook("notebooks", lesson).cells:
        marked = cell.metadata.get("autograder", {}).get("demo")
        free = cell.cell_type == "code" and "nbgrader" not in cell.metadata
        assert marked == (demo_mark(cell.source) if free else None)


def test_a_mark_is_broken_by_any_change() -> None:
    assert demo_mark("print(3)") == demo_mark("print(3)")
    assert demo_mark("print(3)") != demo_mark("print(3) ")


def test_points_are_whole_where_they_are_whole(tmp_path: Path) -> None:
    checks = [c for c in notebook("solutions", LESSON).cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert [repr(cell.metadata.nbgrader.points) for cell in checks] == ["4", "2", "2"]
