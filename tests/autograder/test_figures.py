"""Figures that were drawn before look as if drawn now, and no other figure is taken for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder import execute, figures
from autograder.execute import SandboxedExecute
from autograder.zygote import CAN_FORK
from babygrad.plot import axes, described, drawn

X = np.linspace(0, 1, 11)


def picture(y: Any = None, **options: Any) -> Any:
    """A figure with a curve, a filled strip, a second axis below and a legend."""
    figure, (above, below) = axes(rows=2)
    above.plot(X, X**2 if y is None else y, **{"label": "$x^2$", **options})
    above.fill_between(X, 0, 1, where=X > 0.5, transform=above.get_xaxis_transform())
    above.set_title("A title")
    above.legend()
    below.plot(X, X)
    return figure


def ulp(y: np.ndarray) -> np.ndarray:
    """The same values but for the last digit of one."""
    y = y.copy()
    y[3] = np.nextafter(y[3], 2)
    return y


def with_limits(figure: Any) -> Any:
    figure.axes[1].set_ylim(0, 2)
    return figure


def with_title(figure: Any) -> Any:
    figure.axes[0].set_title("A Title")
    return figure


def with_a_point(figure: Any) -> Any:
    figure.axes[1].plot(0.5, 0.5, "o")
    return figure


def larger(figure: Any) -> Any:
    figure.set_size_inches(7, 4)
    return figure


OTHERS: list[Callable[[], Any]] = [
    lambda: picture(ulp(X**2)),
    lambda: picture(X**2 + 1),
    lambda: picture((X**2).astype(np.float32)),
    lambda: picture(linewidth=3),
    lambda: picture(color="#0b4f8b"),
    lambda: picture(label="$x^3$"),
    lambda: picture(marker="o"),
    lambda: picture(linestyle=":"),
    lambda: picture(zorder=1),
    lambda: picture(visible=False),
    lambda: with_limits(picture()),
    lambda: with_title(picture()),
    lambda: with_a_point(picture()),
    lambda: larger(picture()),
]


def test_the_same_figure_made_again_has_the_same_fingerprint() -> None:
    assert figures.fingerprint(picture()) == figures.fingerprint(picture()) != ""


@pytest.mark.parametrize("other", OTHERS)
def test_any_change_is_another_figure(other: Callable[[], Any]) -> None:
    assert figures.fingerprint(other()) != figures.fingerprint(picture())


def test_other_settings_are_another_figure() -> None:
    import matplotlib as mpl

    usual = figures.fingerprint(picture())
    with mpl.rc_context({"svg.fonttype": "none"}):
        assert figures.fingerprint(picture()) != usual


def test_a_figure_is_drawn_as_well_after_its_fingerprint_was_taken() -> None:
    figure = picture()
    figures.fingerprint(figure)
    assert described(figure, "t", "text").svg == described(picture(), "t", "text").svg


def test_only_what_was_recorded_is_found_again() -> None:
    drawings: dict[str, str] = {}
    recorded = figures.recording(drawn, drawings)(picture())

    def never(figure: Any) -> str:
        return "drawn"

    remembering = figures.remembering(never, drawings)
    assert remembering(picture()) == recorded
    assert remembering(picture(X)) == "drawn"
    assert len(drawings) == 1


def test_what_cannot_be_saved_is_drawn() -> None:
    figure = picture()
    figure.axes[0].mine = lambda: None
    assert figures.fingerprint(figure) == ""
    drawings: dict[str, str] = {}
    figures.recording(lambda _: "drawn", drawings)(figure)
    assert figures.remembering(lambda _: "drawn", drawings)(figure) == "drawn"
    assert not drawings


def test_an_empty_figure_made_before_is_as_one_made_now_and_is_given_away_once() -> None:
    import matplotlib as mpl

    made: list[Any] = []

    def make(*call: Any) -> Any:
        made.append(axes(*call))
        return made[-1]

    give = figures.made_before(make, [(2, 1, 5, 4), (1, 1, 7.0, 3.2)])
    assert len(made) == 2
    figure, panels = give(2, width=5, height=4)
    assert (figure, len(made)) == (made[0][0], 2)
    assert figures.fingerprint(figure) == figures.fingerprint(axes(2, width=5, height=4)[0])
    assert panels.shape == (2,)
    assert give(2, width=5, height=4)[0] is made[2][0]
    with mpl.rc_context({"lines.linewidth": 9}):
        assert give()[0] is made[3][0]
    assert give()[0] is made[1][0]
    assert give.__doc__ == make.__doc__


def test_calls_are_noted_as_they_are_meant() -> None:
    calls: list[figures.Call] = []
    figures.noting(axes, calls)(2, height=3)
    figures.noting(axes, calls)()
    assert calls == [(2, 1, 7.0, 3), (1, 1, 7.0, 3.2)]


# In a graded notebook --------------------------------------------------------------------------------

GIVEN = "from babygrad.plot import axes, described\nimport numpy as np\nx = np.linspace(0, 1, 11)"
RIGHT = "def f(x):\n    return x**2"
FIGURE = """
figure, panels = axes(2)
for panel in panels:
    panel.plot(x, f(x), label="f")
    panel.legend()
described(figure, "f", "A parabola.")
"""
ONLY_OLD = """
from matplotlib.backends.backend_svg import FigureCanvasSVG
def refuse(*_, **__): raise RuntimeError("drawn")
FigureCanvasSVG.print_svg = refuse
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., list[Any]]]:
    """Run cells as a submission for a lesson that has a solution; their outputs."""
    (tmp_path / "source" / "lesson").mkdir(parents=True)
    solution = new_notebook(cells=[new_code_cell(cell) for cell in (GIVEN, RIGHT, FIGURE)])
    nbformat.write(solution, tmp_path / "source" / "lesson" / "lesson.ipynb")
    config = Config({"CourseDirectory": {"root": str(tmp_path)}})

    def run(*cells: str) -> list[Any]:
        resources = {"nbgrader": {"assignment": "lesson", "notebook": "lesson"}}
        done = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        done, _ = SandboxedExecute(config=config).preprocess(done, resources)
        return [cell.outputs for cell in done.cells]

    yield run
    execute.close()


@pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")
def test_a_right_answers_figure_is_that_of_the_solution_and_a_wrong_ones_its_own(run: Any) -> None:
    wrong = RIGHT.replace("**2", "**3")
    ((known,),) = run(GIVEN, RIGHT, ONLY_OLD, "print(1)\n1 + 1", FIGURE)[-1:]
    here: dict[str, Any] = {}
    exec("\n".join([GIVEN, RIGHT, FIGURE.replace("described(", "drawn = described(")]), here)
    assert known.data["image/svg+xml"] == here["drawn"].svg
    ((refused,),) = run(GIVEN, wrong, ONLY_OLD, FIGURE)[-1:]
    assert refused.ename == "RuntimeError"
    ((own,),) = run(GIVEN, wrong, FIGURE)[-1:]
    assert own.data["image/svg+xml"] != known.data["image/svg+xml"]


@pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")
def test_nothing_of_the_solution_is_left_for_a_learner(run: Any) -> None:
    names, held = run(
        "dir()", "import gc\n[f for f in gc.get_objects() if getattr(f, '__name__', '') == 'f']"
    )
    assert "'f'" not in names[0].data["text/plain"]
    assert held[0].data["text/plain"] == "[]"
