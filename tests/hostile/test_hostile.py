"""Nobody in the corpus earns a point that they did not deserve, loses one that they did, or harms others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from .course import LINKED, SECRET, Looked, possible
from .entry import ESCAPED, Entry, full
from .honest import NEIGHBOURS
from .submissions import ENTRIES

pytestmark = pytest.mark.hostile

HERE = possible(ENTRIES)
MEGABYTE = 1_000_000


def name_of(entry: Entry) -> str:
    return entry.student.encode("ascii", "backslashreplace").decode().replace("\n", " ")[:40]


def ours(entry: Entry, request: pytest.FixtureRequest) -> Looked:
    if entry not in HERE:
        pytest.skip(
            f"this system lacks one of {', '.join(entry.needs)}; without it the attempt would do harm"
        )
    looked: Looked = request.getfixturevalue("by_ours")
    return looked


def stock(entry: Entry, request: pytest.FixtureRequest) -> Looked:
    ours(entry, request)
    looked: Looked = request.getfixturevalue("by_stock")
    return looked


GRADERS: list = [pytest.param(ours, entry, id=f"ours-{name_of(entry)}") for entry in ENTRIES]
GRADERS += [pytest.param(stock, entry, id=f"stock-{name_of(entry)}") for entry in ENTRIES if entry.stock]

Grader = Callable[[Entry, pytest.FixtureRequest], Looked]


def outputs(notebook: NotebookNode) -> str:
    """All that cells showed."""
    return json.dumps([cell.get("outputs", []) for cell in notebook.cells])


# One by one ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grader", "entry"), GRADERS)
def test_everybody_gets_what_they_deserve(
    grader: Grader, entry: Entry, request: pytest.FixtureRequest
) -> None:
    looked = grader(entry, request)
    grades = looked.grades.get((entry.student, entry.lesson), {})
    points = {name: score for name, (score, _) in grades.items()}
    manual = {name for name, (_, by_hand) in grades.items() if by_hand}
    notebook = looked.graded(entry)
    if entry.ungraded:
        assert notebook is None
        assert not any(points.values())
        if grader is ours:
            assert re.search(entry.ungraded, looked.reason(entry)), looked.reason(entry)
            assert manual == set(points)
        return
    assert notebook is not None, looked.reason(entry) or looked.log[-3000:]
    most = full(entry.lesson)
    expected = most if entry.points is None else entry.points
    assert set(points) == set(most)
    assert points == {**points, **expected}
    assert all(0 <= score <= most[name] for name, score in points.items())
    about = notebook.metadata.autograder
    flagged = {flag["cell"] for flag in about.flags}
    shown = {cell or next(iter(most)) for cell in flagged}  # what is about the whole, at its first check
    assert shown == manual
    if entry.flagged is not None and grader is ours:
        assert flagged == set(entry.flagged), about.flags
    messages = [about, *(cell.outputs for cell in notebook.cells if cell.get("id", "").startswith("check_"))]
    assert re.search(entry.says, json.dumps(messages, ensure_ascii=False))


@pytest.mark.parametrize(("grader", "entry"), GRADERS)
def test_nobody_gets_out(grader: Grader, entry: Entry, request: pytest.FixtureRequest) -> None:
    looked = grader(entry, request)
    notebook = looked.graded(entry)
    if notebook is None:
        pytest.skip("could not be graded")
    shown = outputs(notebook)
    texts = [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "stream"]
    escaped = [line for o in texts for line in o.text.splitlines() if line.startswith(ESCAPED)]
    assert not escaped
    assert SECRET not in shown
    assert len(shown) < 4 * MEGABYTE


@pytest.mark.parametrize(("grader", "entry"), GRADERS)
def test_a_graded_folder_holds_what_was_handed_in(
    grader: Grader, entry: Entry, request: pytest.FixtureRequest
) -> None:
    folder = grader(entry, request).folder(entry)
    if entry.ungraded:
        assert not folder.exists()
        return
    inside = [path for path in folder.rglob("*") if not path.is_dir()]
    assert all(path.is_file() and not path.is_symlink() for path in inside)
    names = {path.relative_to(folder).as_posix() for path in inside}
    assert names <= {f"{entry.lesson}.ipynb", *entry.beside}, names
    for check in (cell for cell in _checks(grader(entry, request), entry)):
        (output,) = check.outputs
        assert output.output_type == "execute_result"


def _checks(looked: Looked, entry: Entry) -> list[NotebookNode]:
    notebook = looked.graded(entry)
    assert notebook is not None
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


# The class -------------------------------------------------------------------------------------------


@pytest.fixture(params=["by_ours", "by_stock"])
def looked(request: pytest.FixtureRequest) -> Looked:
    """After either grading."""
    seen: Looked = request.getfixturevalue(request.param)
    return seen


def test_no_file_of_the_course_has_changed(looked: Looked) -> None:
    changed = {
        name for name in {*looked.before, *looked.after} if looked.before.get(name) != looked.after.get(name)
    }
    assert not changed


def test_no_process_is_left(looked: Looked) -> None:
    assert not looked.processes


def test_nothing_is_left_in_temporary_folders(looked: Looked) -> None:
    assert not looked.temporary


def test_nothing_is_left_in_the_kernel(looked: Looked) -> None:
    assert not looked.kernel_objects


def test_nobody_was_on_the_network(looked: Looked) -> None:
    assert not looked.heard


def test_the_class_goes_on(looked: Looked) -> None:
    for neighbour in NEIGHBOURS:
        expected = full() if neighbour.points is None else neighbour.points
        grades = looked.grades[neighbour.student, neighbour.lesson]
        assert {name: score for name, (score, _) in grades.items()} == expected
        assert not any(manual for _, manual in grades.values())


def test_nobody_else_is_in_the_gradebook(looked: Looked) -> None:
    assert {student for student, _ in looked.grades} <= {entry.student for entry in HERE} | {LINKED}


def test_a_folder_that_is_a_link_is_not_followed(by_ours: Looked) -> None:
    assert not (by_ours.course / "autograded" / LINKED).exists()
    path = by_ours.course / ".autograder" / "ungraded" / "03_function" / f"{LINKED}.json"
    assert "link" in json.loads(path.read_text(encoding="utf-8"))["reason"]


def test_the_exit_status_says_that_some_could_not_be_graded(by_ours: Looked) -> None:
    assert by_ours.status == 1


def test_it_takes_less_than_a_second_each(by_ours: Looked) -> None:
    assert by_ours.seconds < len(HERE)


def test_the_corpus_explains_itself() -> None:
    students = [(entry.student, entry.lesson) for entry in ENTRIES]
    assert len(students) == len(set(students))
    assert all(entry.tries.endswith(".") for entry in ENTRIES)
