"""What is not the learner's to change is as it was released, theirs stays, and nothing stops nbgrader."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.exercises import LESSONS
from autograder.restore import HANDED_IN, RestoreCells, restore
from autograder.source import demo_mark
from autograder.submission import fingerprint

from .lessons import ROOT, notebook

LESSON = "03_function"
Change = Callable[[NotebookNode], None]


def handed_in(lesson: str = LESSON) -> NotebookNode:
    """The released notebook, with an answer in every cell for one."""
    made = nbformat.from_dict(deepcopy(notebook("notebooks", lesson)))
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = f"answer = {cell.id!r}"
    return made


def cell(nb: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in nb.cells if cell.id == name)


def restored(nb: NotebookNode, lesson: str = LESSON) -> list[str]:
    notes = restore(nb, notebook("notebooks", lesson))
    nbformat.validate(nb)
    MetadataValidator().validate_nb(nb)
    names = [c.id for c in nb.cells]
    assert len(set(names)) == len(names)
    return notes


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_is_as_it_was_released_stays(lesson: str) -> None:
    made = handed_in(lesson)
    before = deepcopy(made)
    assert restored(made, lesson) == []
    assert made == before


@pytest.mark.parametrize("name", ["given_imports", "check_mul", "check_by_hand"])
@pytest.mark.parametrize("near", [False, True])
def test_a_deleted_cell_comes_back_at_its_place(name: str, near: bool) -> None:
    made = handed_in()
    before = deepcopy(made)
    place = made.cells.index(cell(made, name))
    if near:  # and what stands around it is gone, too
        texts = [c for c in made.cells[max(place - 1, 0) : place + 2] if "nbgrader" not in c.metadata]
        made.cells = [c for c in made.cells if c not in texts]
        before.cells = [c for c in before.cells if c not in texts]
    made.cells.remove(cell(made, name))
    assert restored(made) == [f"`{name}` was missing; it is back."]
    assert made == before


def test_a_deleted_check_comes_back_after_what_was_added_to_the_answer() -> None:
    made = handed_in()
    place = made.cells.index(cell(made, "check_mul"))
    made.cells[place] = nbformat.v4.new_code_cell("more of mul", id="more")
    restored(made)
    assert [c.id for c in made.cells[place - 1 : place + 2]] == ["mul", "more", "check_mul"]


@pytest.mark.parametrize("name", ["check_mul", "mul", "given_imports"])
@pytest.mark.parametrize(("above", "same_id"), [(True, False), (False, False), (False, True)])
def test_a_copy_keeps_its_text_and_is_an_ordinary_cell(name: str, above: bool, same_id: bool) -> None:
    made = handed_in()
    before = deepcopy(made)
    original = cell(made, name)
    copy = deepcopy(original)
    copy.source += "\n# tried"
    if not same_id:
        copy.id = "pasted"
    made.cells.insert(made.cells.index(original) + (0 if above else 1), copy)
    notes = restored(made)
    assert f"A copy of `{name}` counts as an ordinary cell." in notes
    (extra,) = [c for c in made.cells if c.id not in {c.id for c in before.cells}]
    assert extra.metadata == {}
    assert extra.source == copy.source
    made.cells.remove(extra)
    assert made == before


def retype(c: NotebookNode) -> None:
    c.cell_type = "markdown"
    del c["outputs"], c["execution_count"]


def rename(c: NotebookNode) -> None:
    c.metadata.nbgrader.grade_id = "check_other"


CHANGES: dict[str, Callable[[NotebookNode], Any]] = {
    "type": retype,
    "text": lambda c: c.update(source="3.0"),
    "name": rename,
    "points": lambda c: c.metadata.nbgrader.update(points=300),
    "marks": lambda c: c.metadata.pop("nbgrader"),
    "marks ": lambda c: c.metadata.update(nbgrader={}),
    "marks  ": lambda c: c.metadata.update(nbgrader="graded"),
    "marks   ": lambda c: c.metadata.nbgrader.update(grade=False),
    "marks    ": lambda c: c.metadata.nbgrader.update(solution=True),
    "marks     ": lambda c: c.metadata.nbgrader.update(locked=False),
    "marks      ": lambda c: c.metadata.nbgrader.update(schema_version=99),
    "marks       ": lambda c: c.metadata.nbgrader.pop("schema_version"),
    "marks        ": lambda c: c.metadata.nbgrader.update(mine={"deep": [1]}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_check_is_again_as_it_was_released(what: str) -> None:
    made = handed_in()
    before = deepcopy(made)
    CHANGES[what](cell(made, "check_mul"))
    (note,) = restored(made)
    assert note == f"`check_mul` had been changed ({what.strip()}); it is again as it was released."
    assert made == before


@pytest.mark.parametrize("what", [what for what in CHANGES if what != "text"])
def test_an_answer_keeps_its_text_and_gets_its_marks_back(what: str) -> None:
    made = handed_in()
    before = deepcopy(made)
    CHANGES[what](cell(made, "mul"))
    restored(made)
    assert made == before


def test_a_check_that_points_to_another_exercise_points_back() -> None:
    made = handed_in()
    before = deepcopy(made)
    mul, add = cell(made, "check_mul"), cell(made, "check_add")
    mul.source, add.source = add.source, mul.source
    mul.metadata.nbgrader.grade_id, add.metadata.nbgrader.grade_id = "check_add", "check_mul"
    assert restored(made)
    assert made == before


def test_marks_swapped_between_answer_and_check_are_put_back() -> None:
    made = handed_in()
    before = deepcopy(made)
    mul, check = cell(made, "mul"), cell(made, "check_mul")
    mul.metadata, check.metadata = check.metadata, mul.metadata
    mul.id, check.id = check.id, mul.id
    restored(made)
    assert {c.id: c.metadata for c in made.cells} == {c.id: c.metadata for c in before.cells}
    assert cell(made, "check_mul").source == cell(before, "check_mul").source


@given(st.data())
def test_given_and_check_cells_in_any_order_are_put_in_order(data: st.DataObject) -> None:
    made = handed_in()
    before = deepcopy(made)
    locked = [c for c in made.cells if c.metadata.get("nbgrader", {}).get("locked")]
    for moved in data.draw(st.lists(st.sampled_from(locked), max_size=3, unique_by=id)):
        made.cells = [c for c in made.cells if c is not moved]
        made.cells.insert(data.draw(st.integers(0, len(made.cells))), moved)
    restored(made)
    answers = [c.id for c in made.cells if c.metadata.get("nbgrader")]
    assert answers == [c.id for c in before.cells if c.metadata.get("nbgrader")]
    assert sorted(c.id for c in made.cells) == sorted(c.id for c in before.cells)


def test_an_answer_that_was_moved_stays_where_it_is() -> None:
    made = handed_in()
    answer = cell(made, "mul")
    made.cells.remove(answer)
    made.cells.append(answer)
    assert restored(made) == []
    assert made.cells[-1].id == "mul"


def test_a_missing_answer_is_missing() -> None:
    made = handed_in()
    made.cells.remove(cell(made, "mul"))
    assert restored(made) == ["The cell `mul`, for the answer, is missing."]
    assert not [c for c in made.cells if c.id == "mul"]


def test_strange_marks_go() -> None:
    made = handed_in()
    marks = {"grade": True, "grade_id": "mine", "points": 99, "solution": False, "locked": True}
    made.cells.append(nbformat.v4.new_code_cell("99.0", metadata={"nbgrader": marks}, id="mine"))
    made.cells[2].metadata["nbgrader"] = {"grade_id": "x"}
    assert restored(made) == [
        "2 cells had marks of nbgrader that are not this lesson's; they count as ordinary cells."
    ]
    assert made.cells[-1].metadata == made.cells[2].metadata == {}


def test_only_what_is_as_it_was_counts_as_only_to_look_at() -> None:
    made = handed_in()
    demo = next(c for c in made.cells if "autograder" in c.metadata)
    made.cells.append(nbformat.v4.new_code_cell("mine", metadata=deepcopy(demo.metadata), id="mine"))
    made.cells.append(nbformat.v4.new_code_cell(demo.source, id="copied"))
    answer = cell(made, "mul")
    answer.metadata["autograder"] = {"demo": demo_mark(answer.source)}
    demo.source += "\nmine = 3"
    restored(made)
    hidden = {c.id for c in made.cells if c.metadata.get("autograder", {}).get("demo") == demo_mark(c.source)}
    assert not {"mine", "mul", demo.id} & hidden
    assert "copied" in hidden


def without_ids(nb: NotebookNode) -> None:
    nb.nbformat_minor = 4
    for c in nb.cells:
        del c["id"]


def with_one_id(nb: NotebookNode) -> None:
    for c in nb.cells:
        c.id = "check_mul"


def with_long_ids(nb: NotebookNode) -> None:
    for c in nb.cells:
        c.id = "!" * 200


@pytest.mark.parametrize("change", [without_ids, with_one_id, with_long_ids])
def test_ids_are_mended(change: Change) -> None:
    made = handed_in()
    before = deepcopy(made)
    change(made)
    restored(made)
    assert [c.source for c in made.cells] == [c.source for c in before.cells]
    assert [c.id for c in made.cells if c.metadata.get("nbgrader")] == [
        c.id for c in before.cells if c.metadata.get("nbgrader")
    ]


def damaged(nb: NotebookNode) -> None:
    nb.nbformat_minor = 99
    nb["strange"] = {"x": 1}
    nb.metadata = ["no", "object"]
    for place, c in enumerate(nb.cells):
        c.outputs = [{"output_type": "nonsense"}]
        c.metadata.update(tags="x", collapsed="yes", name="", jupyter=3, execution={"iopub.a": 3})
        c.attachments = {"a": 3}
        if place % 3 == 0:
            del c["metadata"]
        if place % 5 == 0 and c.cell_type == "markdown":
            c.cell_type = "heading"


def test_what_no_notebook_may_hold_is_mended() -> None:
    made = handed_in()
    damaged(made)
    restored(made)
    kept = notebook("notebooks", LESSON)
    assert made.metadata == kept.metadata
    assert [c.id for c in made.cells if c.metadata.get("nbgrader")] == [
        c.id for c in kept.cells if c.metadata.get("nbgrader")
    ]


def test_another_kernel_is_ours_again_with_a_note() -> None:
    made = handed_in()
    made.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    made.metadata.language_info = {"name": "R"}
    assert restored(made) == ["The notebook asked for the kernel 'ir'; it was graded with 'python3'."]
    assert made.metadata == notebook("notebooks", LESSON).metadata


@given(st.data())
def test_whatever_is_done_to_the_notebook_it_can_be_graded(data: st.DataObject) -> None:
    made = handed_in()
    changes = st.sampled_from(["delete", "copy", "move", "swap", "clear", "retype", "reid"])
    for change in data.draw(st.lists(changes, max_size=8)):
        here, there = (data.draw(st.integers(0, len(made.cells) - 1)) for _ in range(2))
        one, other = made.cells[here], made.cells[there]
        if change == "delete" and len(made.cells) > 1:
            del made.cells[here]
        elif change == "copy":
            made.cells.insert(there, deepcopy(one))
        elif change == "move":
            made.cells.insert(there, made.cells.pop(here))
        elif change == "swap":
            one.metadata, other.metadata = other.metadata, one.metadata
        elif change == "clear":
            one.metadata = NotebookNode(nbgrader={"grade": True, "solution": True})
        elif change == "retype":
            one.cell_type = "raw"
        elif change == "reid":
            one.id = other.id
    restored(made)
    marks = {c.id: c for c in made.cells if c.metadata.get("nbgrader")}
    for right in notebook("notebooks", LESSON).cells:
        if right.metadata.get("nbgrader", {}).get("locked"):
            assert marks[right.id].source == right.source
            assert marks[right.id].metadata == right.metadata
    again = deepcopy(made)
    assert not [note for note in restored(again) if "missing" not in note]
    assert again == made


# The step --------------------------------------------------------------------------------------------


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> RestoreCells:
    monkeypatch.chdir(ROOT)
    made = RestoreCells()
    made.config.CourseDirectory.source_directory = "solutions"
    return made


def resources(lesson: str, **known: Any) -> dict[str, Any]:
    about = {"assignment": lesson, "notebook": lesson, "student": "nobody"}
    return {"nbgrader": about, HANDED_IN: {"submission": "abc", **known}}


def test_the_notebooks_metadata_are_the_graders_own(step: RestoreCells) -> None:
    made = handed_in()
    made.metadata["autograder"] = {"flags": [], "notes": ["all right"], "points": 99}
    made.cells.remove(cell(made, "check_mul"))
    flags = [{"cell": "", "text": "A link."}]
    nb, _ = step.preprocess(made, resources(LESSON, notes=["Renamed."], flags=flags))
    assert json.loads(json.dumps(nb.metadata.autograder)) == {
        "flags": flags,
        "notes": ["Renamed.", "`check_mul` was missing; it is back."],
        "layers": [],
        "submission": "abc",
    }
    nbformat.validate(nb)


def test_other_notebooks_pass_through(step: RestoreCells) -> None:
    made = handed_in()
    made.cells.remove(cell(made, "check_mul"))
    before = deepcopy(made)
    assert step.preprocess(made, resources("98_of_somebody_else"))[0] == before


def test_a_notebook_without_cells_is_refused(step: RestoreCells) -> None:
    with pytest.raises(ValueError, match=r"03_function\.ipynb, as it was handed in, has no cells"):
        step.preprocess(nbformat.v4.new_notebook(), resources(LESSON))


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_what_nbgrader_copied_from_links_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("solutions", "submitted/bo", "autograded/bo"):
        (tmp_path / place / LESSON / "data").mkdir(parents=True)
    source = tmp_path / "solutions" / LESSON
    shutil.copy(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", source)
    (source / "given.csv").write_text("ours", encoding="utf-8")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    handed = tmp_path / "submitted" / "bo" / LESSON
    copies = tmp_path / "autograded" / "bo" / LESSON
    for name in ("data/a.csv", "b.csv", "given.csv"):
        (handed / name).symlink_to(tmp_path / "secret")
        (copies / name).write_text("ours" if name == "given.csv" else "secret", encoding="utf-8")
    (handed / "c.csv").write_text("mine", encoding="utf-8")
    (copies / "c.csv").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    step = RestoreCells()
    step.config.CourseDirectory.source_directory = "solutions"
    about = {"assignment": LESSON, "notebook": LESSON, "student": "bo"}
    nb, _ = step.preprocess(handed_in(), {"nbgrader": about})
    left = {path.relative_to(copies).as_posix(): path.read_text() for path in copies.rglob("*.csv")}
    assert left == {"c.csv": "mine", "given.csv": "ours"}
    assert len(nb.metadata.autograder.notes) == 3
    assert nb.metadata.autograder.submission == fingerprint(handed)
    (handed / f"{LESSON}.ipynb").symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="is a symbolic link, not a file; it was not graded"):
        step.preprocess(handed_in(), {"nbgrader": about})
