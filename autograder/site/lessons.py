"""From a lesson's notebook with outputs to its page: solutions behind a fold, hints before them.

The notebooks are portable Markdown; what only this site understands is added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_markdown_cell

from autograder.source import as_answer

_LABEL = re.compile(r"^\*(\d+ points? · [^*\n]*minutes[^*\n]*)\*$", re.MULTILINE)
_TITLE = re.compile(r"# (\d\d) · (.+)\n")

SOLUTION_SUMMARY = "Try first, then open: a solution"
FIGURE_SUMMARY = "The code of this figure"


@dataclass(frozen=True)
class About:
    """What is said of a lesson where it is only named."""

    name: str  # NN_name
    number: str
    title: str
    label: str  # "18 points · about 110 minutes"
    goals: tuple[str, ...]


def about(name: str, notebook: NotebookNode) -> About:
    """What the first cell of a lesson says of it."""
    first = notebook.cells[0].source
    title, label = _TITLE.match(first), _LABEL.search(first)
    if title is None or label is None:
        raise ValueError(
            f"{name}: the first cell must begin with `# NN · Title`, and say `*N points · about M minutes*`."
        )
    goals = re.findall(r"^- (.+?)(?=\n- |\n\n)", first, re.MULTILINE | re.DOTALL)
    return About(
        name, title[1], title[2], label[1], tuple(" ".join(goal.split()).rstrip(";.") for goal in goals)
    )


def page(name: str, solved: NotebookNode, released: NotebookNode, run_here: str = "") -> NotebookNode:
    """The lesson's page, a notebook for myst-nb.

    solved: the instructor's notebook, with outputs. released: the learner's, whose cells show what is given.
    run_here: address of the lesson in the browser's own Jupyter, if there is one.
    """
    given = {cell.id: cell.source for cell in released.cells}
    cells = []
    for place, group in enumerate(_grouped(solved.cells)):
        for cell in group:
            cells += _shown(cell, given)
        if place == 0:
            cells[0].source = _with_bar(cells[0].source, name, run_here)
    made: NotebookNode = from_dict({**solved, "cells": cells})
    made.metadata = NotebookNode(kernelspec=solved.metadata.kernelspec)
    return made


def _grouped(cells: list[NotebookNode]) -> Iterator[list[NotebookNode]]:
    """The cells, those of an exercise as stub and hints, then solution and check."""
    place = 0
    while place < len(cells):
        group = cells[place : place + 3]
        if len(group) == 3 and _is_solution(group[0]) and _is_hints(group[2]):
            solution, check, hints = group
            yield [_stub_of(solution), hints, solution, check]
            place += 3
        else:
            yield [_stub_of(cells[place]), cells[place]] if _is_solution(cells[place]) else [cells[place]]
            place += 1


def _is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _is_hints(cell: NotebookNode) -> bool:
    source = cell.source.strip()
    return source.startswith("<details>") and source.endswith("</details>")


def _stub_of(solution: NotebookNode) -> NotebookNode:
    """A place for what the learner is given; it is filled in by name."""
    return new_markdown_cell("", metadata={"given": solution.id})


def _shown(cell: NotebookNode, given: dict[str, str]) -> list[NotebookNode]:
    """The cell as it stands on the page."""
    if "given" in cell.metadata:
        code = given[cell.metadata.pop("given")]
        return [new_markdown_cell(f"```python\n{code}\n```")]
    if cell.cell_type == "markdown":
        return [new_markdown_cell(_LABEL.sub(r"{.label}\n\1", cell.source))]
    made: NotebookNode = from_dict(cell)
    made.metadata = NotebookNode()
    if _is_solution(cell):
        fold = _fold("solution", SOLUTION_SUMMARY, as_answer(cell.source).rstrip())
    elif cell.metadata.get("jupyter", {}).get("source_hidden"):
        fold = _fold("figure-code", FIGURE_SUMMARY, cell.source)
    else:
        return [made]
    made.metadata["tags"] = ["remove-input"]
    return [fold, made] if _is_solution(cell) else [made, fold]


def _fold(kind: str, summary: str, code: str) -> NotebookNode:
    """Code that is folded away."""
    return new_markdown_cell(
        f'<details class="{kind}"><summary>{summary}</summary>\n\n```python\n{code}\n```\n</details>'
    )


def _with_bar(first: str, name: str, run_here: str) -> str:
    """The first cell with what one can do with the lesson, below its title and label."""
    ways = [f"{{download}}`Download the notebook <released/{name}.ipynb>`"]
    if run_here:
        ways.insert(0, f'<a class="run-here" href="{run_here}">Run this lesson in your browser</a>')
    bar = "\n".join(["", ":::{div} lesson-bar", " ".join(ways), ":::", ""])
    return re.sub(r"\{\.label\}\n[^\n]*\n", lambda label: label[0] + bar, first, count=1)
