"""The first sanitizing step for nbgrader: what is not the learner's to change is as it was released.

Given and check cells come back with the text, the marks and the place that the course's source gives them.
What the learner wrote stays, wherever it is. Each thing put right is a sentence in the notebook's metadata.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import find_all_files

from autograder.builder import release
from autograder.exercises import LESSONS
from autograder.submission import Unreadable, fingerprint, not_files

HANDED_IN = "handed_in"
"""In nbgrader's resources: what is known about the submission already, as it goes into the metadata."""


class RestoreCells(NbGraderPreprocessor):
    """Put back what the learner was not to change, and say so in ``metadata.autograder`` of the notebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore a notebook of this course; others pass through."""
        lesson = resources["nbgrader"]["assignment"]
        course = CourseDirectory(parent=self)
        source = Path(course.format_path(course.source_directory, ".", lesson), f"{lesson}.ipynb")
        if lesson not in LESSONS or resources["nbgrader"]["notebook"] != lesson or not source.is_file():
            return nb, resources
        if not nb.get("cells"):
            raise ValueError(f"{lesson}.ipynb, as it was handed in, has no cells")
        known = resources.get(HANDED_IN) or _leave_out_links(course, resources)
        notes = restore(nb, released(source))
        nb.metadata["autograder"] = nbformat.from_dict(
            {
                "flags": known.get("flags", []),
                "notes": [*known.get("notes", []), *notes],
                "layers": [],
                "submission": known.get("submission", ""),
            }
        )
        return nb, resources


def released(source: Path) -> NotebookNode:
    """The learner's notebook that nbgrader makes of the course's source."""
    return _released(source, source.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _released(source: Path, changed: int) -> NotebookNode:
    return release(nbformat.read(source, as_version=4))


def _leave_out_links(course: CourseDirectory, resources: dict[str, Any]) -> dict[str, Any]:
    """nbgrader has copied what links lead to: take it away again. Raises ValueError for a linked notebook."""
    about = resources["nbgrader"]
    student, lesson = about["student"], about["assignment"]
    folder = Path(course.format_path(course.submitted_directory, student, lesson))
    if not folder.is_dir():
        return {}
    try:
        links = not_files(folder, course.ignore)
        known = {"submission": fingerprint(folder, course.ignore)}
    except Unreadable as error:
        raise ValueError(str(error)) from None
    if f"{about['notebook']}.ipynb" in links:
        raise ValueError(f"{about['notebook']}.ipynb is a symbolic link, not a file; it was not graded")
    ours = course.format_path(course.source_directory, ".", lesson)
    own = {Path(path).relative_to(ours).as_posix() for path in find_all_files(ours, course.ignore)}
    copies = Path(course.format_path(course.autograded_directory, student, lesson))
    for name in set(links) - own:
        (copies / name).unlink(missing_ok=True)
    return {**known, "notes": [f"{name} is a link, not a file; it was left out." for name in links]}


# One notebook ----------------------------------------------------------------------------------------


def restore(nb: NotebookNode, lesson: NotebookNode) -> list[str]:
    """Make `nb` valid, and the lesson's cells in it what they are in `lesson`; a sentence for each change.

    lesson: as it was released. Outputs are emptied: they are made anew.
    """
    notes = _mend_notebook(nb, lesson)
    nb.cells = [_mended(cell) for cell in nb.cells]
    found = _find(nb.cells, lesson.cells)
    real = {id(cell) for cell in found.values()}
    names = {_marks(asked)["grade_id"] for asked in lesson.cells if _marks(asked)}
    marked = {id(found[asked.id]) for asked in lesson.cells if asked.id in found and _marks(asked)}
    notes += _about_extra([_unmark(cell) for cell in nb.cells if id(cell) not in marked], names)
    for asked in lesson.cells:
        if asked.id in found and _marks(asked):
            notes += _restore_cell(found[asked.id], asked)
    notes += _restore_places(nb, found, lesson.cells)
    _restore_demo_marks(nb.cells, lesson.cells)
    notes += _give_ids(nb.cells, {cell.id for cell in lesson.cells if _marks(cell)}, real)
    return notes


def _mend_notebook(nb: NotebookNode, lesson: NotebookNode) -> list[str]:
    notes = []
    about = nb.get("metadata")
    nb.metadata = about = about if isinstance(about, dict) else NotebookNode()
    nb.nbformat, nb.nbformat_minor = lesson.nbformat, lesson.nbformat_minor
    for unknown in set(nb) - {"cells", "metadata", "nbformat", "nbformat_minor"}:
        del nb[unknown]
    right, kernel = lesson.metadata.kernelspec, about.get("kernelspec")
    name = kernel.get("name") if isinstance(kernel, dict) else None
    if name is not None and name != right.name:
        notes.append(f"The notebook asked for the kernel {name!r}; it was graded with {right.name!r}.")
    about["kernelspec"] = deepcopy(right)
    about["language_info"] = deepcopy(lesson.metadata.language_info)
    if not isinstance(about.get("authors", []), list) or not isinstance(about.get("title", ""), str):
        about.pop("authors", None)  # the two others that the format describes
        about.pop("title", None)
    for old in ("orig_nbformat", "orig_nbformat_minor"):
        about.pop(old, None)
    return notes


def _mended(cell: NotebookNode) -> NotebookNode:
    """A valid cell with the same text and metadata."""
    source = cell.get("source", "").encode("utf-8", "replace").decode("utf-8")
    kind = cell.get("cell_type") if cell.get("cell_type") in ("code", "markdown") else "raw"
    about = cell.get("metadata")
    about = about if isinstance(about, dict) else NotebookNode()
    for name, right in _METADATA.items():
        if name in about and not right(about[name]):
            del about[name]
    made = NotebookNode(cell_type=kind, id=cell.get("id"), metadata=about, source=source)
    if kind == "code":
        made.update(execution_count=None, outputs=[])
    elif "attachments" in cell and _are_attachments(cell.attachments):
        made.attachments = cell.attachments
    return made


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


_METADATA = {
    "nbgrader": lambda value: isinstance(value, dict),
    "autograder": lambda value: isinstance(value, dict),
    "jupyter": lambda value: (
        isinstance(value, dict)
        and all(isinstance(flag, bool) for name, flag in value.items() if name.endswith("_hidden"))
    ),
    "execution": lambda value: (
        isinstance(value, dict)
        and all(isinstance(time, str) for name, time in value.items() if name.startswith(("iopub", "shell")))
    ),
    "name": lambda value: isinstance(value, str) and bool(value),
    "format": lambda value: isinstance(value, str),
    "collapsed": lambda value: isinstance(value, bool),
    "scrolled": lambda value: isinstance(value, bool) or value == "auto",
    "tags": lambda value: _texts(value) and len(set(value)) == len(value),
}
"""What the notebook format, or a step after this one, wants of a cell's metadata."""


def _are_attachments(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(isinstance(data, str) or _texts(data) for data in bundle.values())
        for bundle in value.values()
    )


# Which cell is which ---------------------------------------------------------------------------------


def _marks(cell: NotebookNode) -> dict[str, Any]:
    """nbgrader's metadata of a cell."""
    marks: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return marks


def _is_locked(cell: NotebookNode) -> bool:
    """Whether a cell of the lesson is a given cell or a check."""
    return bool(_marks(cell)) and not _marks(cell)["solution"]


def _find(cells: Iterable[NotebookNode], asked: Sequence[NotebookNode]) -> dict[str, NotebookNode]:
    """The learner's cell for each of the lesson's that is there, by the lesson's id.

    A cell of nbgrader's is known by its grade_id, or else by its cell id; of several, that with the same id
    is the real one, or else the first. Other cells are known by their id.
    """
    found: dict[str, NotebookNode] = {}
    taken: set[int] = set()
    by_name, by_id = defaultdict(list), defaultdict(list)
    for cell in cells:
        by_name[str(_marks(cell).get("grade_id"))].append(cell)
        by_id[str(cell.id)].append(cell)
    ways: tuple[Callable[[NotebookNode], list[NotebookNode]], ...] = (
        lambda right: [cell for cell in by_name[right.id] if cell.id == right.id],
        lambda right: by_name[right.id] if _marks(right) else [],
        lambda right: by_id[right.id],
    )
    for way in ways:
        for right in asked:
            free = [cell for cell in way(right) if id(cell) not in taken]
            if free and right.id not in found:
                found[right.id] = free[0]
                taken.add(id(free[0]))
    return found


def _unmark(cell: NotebookNode) -> dict[str, Any]:
    """Make an extra cell an ordinary one; returns the marks that it had."""
    marks: dict[str, Any] = cell.metadata.pop("nbgrader", None) or {}
    if marks:
        for lock in ("deletable", "editable"):
            cell.metadata.pop(lock, None)
    return marks


def _about_extra(marks: Iterable[dict[str, Any]], names: set[str]) -> list[str]:
    """Sentences about extra cells, by the marks that they had. names: those of the lesson's cells."""
    known = [str(one.get("grade_id")) for one in marks if one]
    copies = [f"A copy of `{name}` counts as an ordinary cell." for name in known if name in names]
    foreign = sum(name not in names for name in known)
    if foreign < 2:
        one = ["A cell had marks of nbgrader that are not this lesson's; it counts as an ordinary cell."]
        return copies + one * foreign
    return [
        *copies,
        f"{foreign} cells had marks of nbgrader that are not this lesson's; they count as ordinary cells.",
    ]


# What it is to be ------------------------------------------------------------------------------------


def _restore_cell(cell: NotebookNode, right: NotebookNode) -> list[str]:
    """Put back what is the lesson's in a cell: all of a locked one, type and marks of an answer."""
    changed = []
    if cell.cell_type != right.cell_type:
        changed.append("type")
    if _is_locked(right) and cell.source.strip() != right.source.strip():
        changed.append("text")
    changed += _changed_marks(_marks(cell), _marks(right))
    if _is_locked(right):
        metadata, source = right.metadata, right.source
    else:
        ours = {name: right.metadata[name] for name in ("nbgrader", "deletable") if name in right.metadata}
        kept = {name: cell.metadata[name] for name in cell.metadata if name not in ("nbgrader", "editable")}
        metadata, source = {**kept, **ours}, cell.source
    cell.clear()
    cell.update(cell_type=right.cell_type, id=right.id, metadata=nbformat.from_dict(metadata), source=source)
    if right.cell_type == "code":
        cell.update(execution_count=None, outputs=[])
    what = ", ".join(dict.fromkeys(changed))
    return [f"`{right.id}` had been changed ({what}); it is again as it was released."] if changed else []


def _changed_marks(marks: dict[str, Any], right: dict[str, Any]) -> list[str]:
    """Which of nbgrader's marks are others than they were; which text they were made for does not count."""
    if not marks:
        return ["marks"]
    names = {"grade_id": "name", "points": "points", "cell_type": "type"}
    return [
        names.get(name, "marks")
        for name in sorted(set(marks) | set(right))
        if name != "checksum" and marks.get(name) != right.get(name)
    ]


def _restore_demo_marks(cells: Iterable[NotebookNode], asked: Sequence[NotebookNode]) -> None:
    """``metadata.autograder`` says which cells are only to look at: by their text, or else by their id."""
    by_text = {right.source: right.metadata.autograder for right in asked if "autograder" in right.metadata}
    by_id = {right.id: right.metadata.autograder for right in asked if "autograder" in right.metadata}
    for cell in cells:
        mark = by_text.get(cell.source) or by_id.get(cell.id)
        cell.metadata.pop("autograder", None)
        if mark and cell.cell_type == "code":
            cell.metadata.autograder = deepcopy(mark)


# Where it is to be -----------------------------------------------------------------------------------


def _restore_places(
    nb: NotebookNode, found: dict[str, NotebookNode], asked: Sequence[NotebookNode]
) -> list[str]:
    """Put locked cells that are missing, or out of order, where the lesson has them."""
    notes = []
    order = {id(found[right.id]): place for place, right in enumerate(asked) if right.id in found}
    places = [order[id(cell)] for cell in nb.cells if id(cell) in order]
    in_order = _in_order([(place, 999 if _is_locked(asked[place]) else 1000) for place in places])
    there = {asked[place].id for place in in_order}
    for place, right in enumerate(asked):
        if not _marks(right) or right.id in there:
            continue
        cell = found.get(right.id)
        if not _is_locked(right):
            if cell is None:
                notes.append(f"The cell `{right.id}`, for the answer, is missing.")
            continue
        if cell is None:
            notes.append(f"`{right.id}` was missing; it is back.")
            cell = found[right.id] = deepcopy(right)
        else:
            notes.append(f"`{right.id}` had been moved; it is back in its place.")
            nb.cells = [other for other in nb.cells if other is not cell]
        nb.cells.insert(_place_for(place, asked, nb.cells, {id(found[name]): name for name in there}), cell)
        there.add(right.id)
    return notes


def _place_for(
    place: int, asked: Sequence[NotebookNode], cells: Sequence[NotebookNode], names: dict[int, str]
) -> int:
    """Where among `cells` the lesson's cell number `place` goes.

    A given cell right after what comes before it; a check right before what comes after it, so that cells
    which the learner added to an answer stand before its check.
    """
    where = {names[id(cell)]: at for at, cell in enumerate(cells) if id(cell) in names}
    before = [where[right.id] + 1 for right in asked[:place] if right.id in where]
    after = [where[right.id] for right in asked[place + 1 :] if right.id in where]
    if _marks(asked[place])["grade"]:
        return after[0] if after else len(cells)
    return before[-1] if before else 0


def _in_order(places: Sequence[tuple[int, int]]) -> list[int]:
    """The heaviest selection of places that rises: those in order, if the others are taken away.

    places: each with its weight.
    """
    best: list[tuple[int, list[int]]] = [(0, [])]
    for place, weight in places:
        heaviest, chain = max(known for known in best if not known[1] or known[1][-1] < place)
        best.append((heaviest + weight, [*chain, place]))
    return max(best)[1]


def _give_ids(cells: Sequence[NotebookNode], reserved: set[str], real: set[int]) -> list[str]:
    """Every cell gets an id of its own; returns a note where one was there twice."""
    used: set[str] = set()
    double = False
    for place, cell in enumerate(cells):
        name = str(cell.get("id"))
        ours = id(cell) in real or bool(_marks(cell))
        fits = re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) is not None
        if not fits or name in used or (name in reserved and not ours):
            double = double or fits
            names = (f"added-{place}-{number}" for number in range(len(cells) + 1))
            name = next(new for new in names if new not in used)
        cell.id = name
        used.add(name)
    return ["Cells with the id of another one were given an id of their own."] if double else []
