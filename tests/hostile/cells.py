"""The notebook's own cells and their metadata, changed in every way that would change a grade."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from .entry import (
    Change,
    Entry,
    about,
    added,
    at_the_end,
    cell_of,
    checks,
    deleted,
    everywhere,
    none,
    released,
    solved,
    whole,
    written,
)


def each_check(change: Change) -> Change:
    """A change of every check cell, which gets the cell alone."""

    def change_all(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            if cell.get("id", "").startswith("check_"):
                change(cell)

    return change_all


def _five(cell: NotebookNode) -> None:
    cell.source = "5.0"


def _copied(notebook: NotebookNode) -> None:
    for cell in list(notebook.cells):
        notebook.cells.append(deepcopy(cell))


def _copied_once(notebook: NotebookNode) -> None:
    place = notebook.cells.index(cell_of(notebook, "check_mul"))
    copy = deepcopy(notebook.cells[place])
    copy.id = "a-copy"
    notebook.cells.insert(place + 1, copy)


def _copied_answer(notebook: NotebookNode) -> None:
    """The same answer cell twice, with the same name; the later one wins, as in Jupyter."""
    place = notebook.cells.index(cell_of(notebook, "mul"))
    copy = deepcopy(notebook.cells[place])
    copy.id = "a-copy"
    copy.source = copy.source.replace("return a * b", "return a * b + 0")
    notebook.cells.insert(place + 1, copy)


def _retyped(kind: str) -> Change:
    def change(cell: NotebookNode) -> None:
        cell.cell_type = kind
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)

    return change


def _reversed(notebook: NotebookNode) -> None:
    checks_first = [c for c in notebook.cells if c.id.startswith("check_")]
    notebook.cells = checks_first[::-1] + [c for c in notebook.cells if not c.id.startswith("check_")]


def _swapped(notebook: NotebookNode) -> None:
    """The easy check under the name of the dear one, and the other way round."""
    one, other = cell_of(notebook, "check_function_call"), cell_of(notebook, "check_by_hand")
    one.metadata.nbgrader.grade_id, other.metadata.nbgrader.grade_id = (
        other.metadata.nbgrader.grade_id,
        one.metadata.nbgrader.grade_id,
    )
    one.source, other.source = other.source, one.source


def _answers_as_checks(notebook: NotebookNode) -> None:
    """Answers that nbgrader should grade: with points, and a number as their result."""
    for name in ("function_call", "add", "mul", "operators", "by_hand"):
        cell = cell_of(notebook, name)
        cell.metadata.nbgrader.update(grade=True, points=100, solution=False, locked=True)
        cell.source += "\n100.0"


def _new_checks(notebook: NotebookNode) -> None:
    """Check cells that the lesson does not have."""
    for number in range(5):
        cell = deepcopy(cell_of(notebook, "check_mul"))
        cell.id = cell.metadata.nbgrader.grade_id = f"check_more_{number}"
        cell.metadata.nbgrader.points = 20
        cell.source = "20.0"
        notebook.cells.append(cell)


def _strange_metadata(notebook: NotebookNode) -> None:
    """Metadata of types that nobody expects."""
    strange = [[], "text", 3, None, {"grade": "yes", "points": "many", "schema_version": []}]
    for cell, value in zip(notebook.cells, strange * 5, strict=False):
        cell.metadata["nbgrader"] = value


def _all_metadata_gone(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.clear()


def _no_ids(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def _tags(notebook: NotebookNode) -> None:
    """Tags that tools for running notebooks know: skip this cell, expect an error, hide it."""
    for cell in notebook.cells:
        cell.metadata["tags"] = [
            "skip-execution",
            "raises-exception",
            "remove_cell",
            "remove_input",
            "parameters",
        ]


def right(student: str, tries: str, *changes: Change, stock: bool = False) -> Entry:
    """An entry with every answer right, which costs nothing."""
    return Entry(student, tries, solved, changes, stock=stock)


def wrong(student: str, tries: str, *changes: Change, stock: bool = False) -> Entry:
    """The same change without any answer, which earns nothing."""
    return Entry(student, tries, released, changes, points=none(), flagged=None, stock=stock)


def both(name: str, tries: str, *changes: Change, stock: bool = False) -> tuple[Entry, Entry]:
    """A change that costs nothing where all is right, and earns nothing where nothing is."""
    return (
        right(f"{name}-right", tries, *changes, stock=stock),
        wrong(f"{name}-wrong", tries, *changes, stock=stock),
    )


ENTRIES = (
    *both(
        "renamed-checks",
        "Check cells under other names.",
        each_check(lambda c: c.metadata.nbgrader.update(grade_id="x" + c.id)),
    ),
    *both("swapped-checks", "Two check cells that have changed their names.", _swapped, stock=True),
    *both("deleted-checks", "No check cells.", deleted(*checks()), stock=True),
    *both("copied-notebook", "Every cell twice, with everything.", _copied, stock=True),
    *both("copied-check", "A check cell copied and pasted.", _copied_once, stock=True),
    *both("checks-as-markdown", "Check cells made text.", each_check(_retyped("markdown")), stock=True),
    *both("checks-as-raw", "Check cells made raw.", each_check(_retyped("raw"))),
    *both("checks-first", "Check cells before all answers, backwards.", _reversed),
    *both("five", "Check cells that read 5.0.", each_check(_five), stock=True),
    *both(
        "thousand-points",
        "Check cells of a thousand points.",
        each_check(lambda c: c.metadata.nbgrader.update(points=1000)),
        stock=True,
    ),
    *both(
        "negative-points",
        "Check cells of less than no points, and of no number.",
        about("check_add", points=-3),
        about("check_mul", points="three"),
        about("check_by_hand", points=float("nan")),
    ),
    *both(
        "no-points", "Check cells without points.", each_check(lambda c: c.metadata.nbgrader.pop("points"))
    ),
    *both("nothing-is-graded", "No cell is to be graded.", everywhere(grade=False)),
    *both("everything-is-graded", "All cells are to be graded.", everywhere(grade=True, points=5)),
    *both("everything-is-a-solution", "All cells are solutions.", everywhere(solution=True, locked=False)),
    *both("nothing-is-locked", "No cell is locked.", everywhere(locked=False)),
    *both("everything-is-a-task", "All cells are tasks, which people grade.", everywhere(task=True)),
    *both("schema-of-the-past", "Metadata of an older schema.", everywhere(schema_version=1)),
    *both(
        "schema-of-the-future",
        "Metadata of a schema that does not exist.",
        everywhere(schema_version=99),
        stock=True,
    ),
    *both("other-checksums", "Other checksums.", everywhere(checksum="0" * 32)),
    *both("strange-metadata", "Metadata of types that nobody expects.", _strange_metadata),
    *both("no-metadata", "No metadata at any cell, with the cells' ids as they were.", _all_metadata_gone),
    *both("tagged", "Tags that have tools skip cells, or expect errors.", _tags, stock=True),
    *both("given-cell-is-gone", "The given cell of imports deleted.", deleted("given_imports"), stock=True),
    *both(
        "given-cell-is-another",
        "The given cell of imports takes everything from elsewhere.",
        written(given_imports="from types import SimpleNamespace as Tensor\ncheck = lambda *a: 5.0"),
        stock=True,
    ),
    wrong(
        "answers-as-checks",
        "Answer cells of a hundred points, with a hundred as their result.",
        _answers_as_checks,
        stock=True,
    ),
    wrong("new-checks", "Check cells that the lesson does not have.", _new_checks, stock=True),
    right("new-checks-beside-right-answers", "The same beside right answers.", _new_checks),
    right("no-ids", "A notebook of nbformat 4.4, whose cells have no ids.", _no_ids, stock=True),
    right("answer-twice", "An answer cell copied, with its name, and both are right.", _copied_answer),
    Entry(
        "answers-at-the-end",
        "The answer cells are empty; the answers are in cells of one's own at the end.",
        whole,
        (
            lambda notebook: [
                at_the_end(cell_of(notebook, name).source, name=f"own-{name}")(notebook)
                for name in ("function_call", "add", "mul", "operators", "by_hand")
            ],
            written(function_call="", add="", mul="", operators="", by_hand=""),
        ),
        flagged=None,
    ),
    Entry(
        "answers-in-a-check",
        "The answers are in a check cell, where nobody may write.",
        released,
        (
            lambda notebook: setattr(
                cell_of(notebook, "check_function_call"),
                "source",
                "\n".join(
                    cell_of(whole("03_function"), name).source
                    for name in ("function_call", "add", "mul", "operators", "by_hand")
                ),
            ),
        ),
        points=none(),
        flagged=None,
    ),
    Entry(
        "demo-mark",
        "A cell of one's own with the mark of a cell that was given, so that it is not taken for an answer.",
        released,
        (
            added(
                "def by_hand(a, b, c):\n    return (2*a*b + c) * b, (2*a*b + c) * a, a * b", after="by_hand"
            ),
            lambda notebook: cell_of(notebook, "added").metadata.update(
                autograder={"demo": "2cbb8cc881ccd42b"}
            ),
        ),
        points=none(by_hand=2),
    ),
)
