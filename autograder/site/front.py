"""What the home page and the list of lessons show of the rest: cards, a graph, a check that fails."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout

import numpy as np

from autograder.checking import check
from autograder.site.lessons import About
from babygrad import Function, Tensor
from babygrad.graph import draw


def lessons_page(lessons: Iterable[About]) -> str:
    """The list of lessons, as Markdown."""
    lessons = list(lessons)
    rows = []
    for lesson in lessons:
        goals = "\n".join(f"  - {goal}" for goal in lesson.goals)
        rows.append(
            f"## [{lesson.number} · {lesson.title}]({lesson.name}.ipynb)\n\n{{.label}}\n{lesson.label}\n"
        )
        rows.append("After it you can\n\n" + goals.replace("  - ", "- ") + "\n")
    names = "\n".join(lesson.name for lesson in lessons)
    return (
        "# Lessons\n\n"
        "Each page is a notebook that has been run: text, code, figures, and what the checks say. Solutions "
        "are folded away, and so are the hints. You learn by writing them yourself, so "
        "[get the notebooks](../learn.md) and use these pages to look around.\n\n"
        + "\n".join(rows)
        + f"\n:::{{toctree}}\n:hidden:\n\n{names}\n:::\n"
    )


def pieces(lessons: Iterable[About]) -> Iterator[tuple[str, str]]:
    """Files that ``docs/index.md`` includes, by name."""
    yield "graph.html", _graph()
    yield "check.html", _failing_check()
    yield "cards.md", _cards(lessons)


def _graph() -> str:
    """A small graph with the gradients that a backward pass left in it."""
    x, w, b = Tensor(2.0), Tensor(-3.0), Tensor(1.0)
    product = w * x
    shifted = product + b
    loss = shifted**2
    loss.backward()
    html: str = draw(loss, loss=loss, w=w, x=x, b=b)._repr_mimebundle_()["text/html"]
    return html


class _Mul(Function):
    """A product whose author has mixed up the inputs."""

    def forward(self, *arrays: np.ndarray) -> np.ndarray:
        return arrays[0] * arrays[1]

    def backward(self, out_grad: Tensor, node: Tensor) -> tuple[Tensor, Tensor]:
        a, b = node._inputs
        return out_grad * a, out_grad * b


def _failing_check() -> str:
    """What the check of the product says to that."""
    with redirect_stdout(io.StringIO()):  # outside a notebook it prints its answer
        html: str = check("03_function/Mul", _Mul)._repr_html_()
    return html


def _cards(lessons: Iterable[About]) -> str:
    cards = [
        f":::{{grid-item-card}} {lesson.number} · {lesson.title}\n"
        f":link: lessons/{lesson.name}\n:link-type: doc\n:class-card: lesson-card\n\n{lesson.label}\n:::"
        for lesson in lessons
    ]
    return "::::{grid} 1 2 2 3\n:gutter: 3\n\n" + "\n\n".join(cards) + "\n::::\n"
