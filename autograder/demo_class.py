"""A small class that never was: who hands in what, made from the lessons' own solutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.source import as_answer

STUDENTS = {
    "ada": ("Ada", "Okafor"),
    "bo": ("Bo", "Lindqvist"),
    "cy": ("Cy", "Moreau"),
    "dee": ("Dee", "Tanaka"),
    "eli": ("Eli", "Haddad"),
    "fay": ("Fay", "Novak"),
    "gil": ("Gil", "Santos"),
}

EVERYTHING = ("*",)


@dataclass(frozen=True)
class Submission:
    """What one student hands in for one lesson.

    story: in a few words. left_out: cells not done. changed: in which cell what is written instead of what.
    text: the whole file, where it is not even a notebook.
    """

    student: str
    lesson: str
    story: str
    left_out: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    text: str | None = None


SUBMISSIONS = (
    Submission("ada", "01_tensor", "right"),
    Submission("bo", "01_tensor", "half done", left_out=("tensor_methods", "ensure_tensor")),
    Submission("cy", "01_tensor", "untouched", left_out=EVERYTHING),
    Submission(
        "dee",
        "01_tensor",
        "shares memory",
        changed={"tensor_init": ("np.array(data, dtype", "np.asarray(data, dtype")},
    ),
    Submission(
        "eli",
        "01_tensor",
        "float32 always",
        changed={"tensor_init": ("data.dtype if floating else np.float32", "np.float32")},
    ),
    Submission(
        "fay",
        "01_tensor",
        "constants want gradients",
        changed={"ensure_tensor": (", requires_grad=False", "")},
    ),
    Submission(
        "gil",
        "01_tensor",
        "not a notebook",
        text="Dear all, my notebook did not save. Here is my answer: 12.\n",
    ),
    Submission("ada", "03_function", "right"),
    Submission("bo", "03_function", "half done", left_out=("mul", "operators", "by_hand")),
    Submission("cy", "03_function", "untouched", left_out=EVERYTHING),
    Submission(
        "dee",
        "03_function",
        "own value",
        changed={"mul": ("out_grad * b, out_grad * a", "out_grad * a, out_grad * b")},
    ),
    Submission("eli", "03_function", "all for any", changed={"function_call": ("any(", "all(")}),
    Submission(
        "fay",
        "03_function",
        "loops for ever",
        changed={"by_hand": ("e_grad = d\n", "e_grad = d\n    while d != e:\n        e_grad = d\n")},
    ),
    Submission(
        "gil", "03_function", "forgot out_grad", changed={"mul": ("out_grad * b, out_grad * a", "b, a")}
    ),
)


LESSONS = tuple(dict.fromkeys(submission.lesson for submission in SUBMISSIONS))
"""Those of the course that the class hands in."""


def hand_in(submission: Submission, course: Path) -> Path:
    """Write the file that the student hands in; returns its path."""
    name = f"{submission.lesson}/{submission.lesson}.ipynb"
    path = course / "submitted" / submission.student / name
    path.parent.mkdir(parents=True)
    if submission.text is not None:
        path.write_text(submission.text, encoding="utf-8")
        return path
    notebook = nbformat.read(course / "notebooks" / name, as_version=4)
    solution = nbformat.read(course / "solutions" / name, as_version=4)
    answers = {cell.id: as_answer(cell.source) for cell in solution.cells}
    for cell in notebook.cells:
        is_answer = cell.metadata.get("nbgrader", {}).get("solution", False)
        if is_answer and submission.left_out != EVERYTHING and cell.id not in submission.left_out:
            cell.source = _changed(answers[cell.id], *submission.changed.get(cell.id, ("", "")))
    nbformat.write(notebook, path)
    return path


def _changed(source: str, old: str, new: str) -> str:
    if old not in source:
        raise ValueError(f"the demo class replaces {old!r}, which the solution no longer contains:\n{source}")
    return source.replace(old, new)
