"""The parts of the site that need no Sphinx: cells, docstrings, operations, the cache, the server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from typer.testing import CliRunner

import babygrad
from autograder.cli import app
from autograder.exercises import LESSONS
from autograder.site import build, executed, front, lessons, lite, operations, reference
from autograder.site.docstrings import as_markdown, signature
from autograder.site.serve import served
from babygrad import numeric_gradient

ROOT = Path(__file__).parents[2]
OPERATIONS = [pytest.param(operation, id=operation.name) for operation in operations.OPERATIONS]

# Lessons ---------------------------------------------------------------------------------------------

FIRST = """# 07 · Lines

*3 points · about 20 minutes*

**After this you can**

- draw;
- and
  erase.

Text."""
HINTS = "<details><summary>Hint 1: the idea</summary>\n\nThink.\n</details>"


def about_cell(kind: str) -> dict:
    return {"nbgrader": {"grade": kind == "check", "solution": kind == "solution", "grade_id": kind}}


@pytest.fixture
def solved() -> nbformat.NotebookNode:
    solution = "def line():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    cells = [
        new_markdown_cell(FIRST),
        new_markdown_cell("### 7.1 Draw\n\n*3 points · 5 minutes · difficulty 1 of 5*\n\nDraw it."),
        new_code_cell(solution, id="line", metadata=about_cell("solution")),
        new_code_cell("check('x', line)", id="check_line", metadata=about_cell("check")),
        new_markdown_cell(HINTS),
        new_code_cell("draw()", id="figure", metadata={"jupyter": {"source_hidden": True}}),
    ]
    cells[5].outputs = [new_output("display_data", {"text/plain": "a line"})]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python"}})


@pytest.fixture
def released(solved) -> nbformat.NotebookNode:
    copy = nbformat.from_dict(json.loads(nbformat.writes(solved)))
    copy.cells[2].source = "def line():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    return copy


def test_a_lesson_is_named_by_its_first_cell(solved) -> None:
    about = lessons.about("07_lines", solved)
    assert (about.number, about.title, about.label) == ("07", "Lines", "3 points · about 20 minutes")
    assert about.goals == ("draw", "and erase")
    solved.cells[0].source = "# Lines"
    with pytest.raises(ValueError, match=r"07_lines: the first cell must begin"):
        lessons.about("07_lines", solved)


def test_the_learner_sees_what_is_given_then_hints_then_a_folded_solution_then_the_check(
    solved, released
) -> None:
    cells = lessons.page("07_lines", solved, released).cells
    stub, hints, fold = (cell.source for cell in cells[2:5])
    assert stub == f"```python\n{released.cells[2].source}\n```"
    assert hints == HINTS
    assert fold.startswith('<details class="solution"><summary>Try first')
    assert "return 1" in fold
    assert "SOLUTION" not in fold
    assert [cell.source for cell in cells if "check(" in cell.source] == ["check('x', line)"]
    assert cells.index(next(cell for cell in cells if "check(" in cell.source)) > 4


def test_a_figure_stands_before_its_code(solved, released) -> None:
    figure, code = lessons.page("07_lines", solved, released).cells[-2:]
    assert figure.metadata.tags == ["remove-input"]
    assert figure.outputs
    assert code.source.startswith('<details class="figure-code">')


def test_the_top_offers_the_notebook_and_where_there_is_one_the_browser(solved, released) -> None:
    first = lessons.page("07_lines", solved, released).cells[0].source
    assert "{.label}\n3 points · about 20 minutes\n" in first
    assert "<released/07_lines.ipynb>" in first
    assert "run-here" not in first
    first = lessons.page("07_lines", solved, released, "../lite/?path=07.ipynb").cells[0].source
    assert '<a class="run-here" href="../lite/?path=07.ipynb">' in first


def test_every_lesson_is_on_the_list_and_has_a_card(solved) -> None:
    about = [lessons.about("07_lines", solved)]
    assert "[07 · Lines](07_lines.ipynb)" in front.lessons_page(about)
    pieces = dict(front.pieces(about))
    assert ":link: lessons/07_lines" in pieces["cards.md"]
    assert "<svg" in pieces["graph.html"]
    assert "1.5 of 3 points" in pieces["check.html"]


# The cache -------------------------------------------------------------------------------------------


def course(root: Path, source: str) -> Path:
    folder = root / "solutions" / "01_tensor"
    folder.mkdir(parents=True)
    for package in ("babygrad", "autograder"):
        (root / package).mkdir()
        (root / package / "part.py").write_text("x = 1")
    notebook = new_notebook(
        cells=[new_code_cell(source, id="only")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python"}},
    )
    nbformat.write(notebook, folder / "01_tensor.ipynb")
    return root


def test_a_lesson_is_run_again_when_it_or_the_code_has_changed(tmp_path, monkeypatch) -> None:
    root, cache = course(tmp_path, "1 + 1"), tmp_path / "cache"
    ran: list[str] = []

    def run_all(root, names):
        ran.extend(names)
        return [(name, nbformat.writes(new_notebook())) for name in names]

    monkeypatch.setattr(executed, "_run_all", run_all)
    for _ in range(2):
        executed.executed(root, ["01_tensor"], cache)
    assert ran == ["01_tensor"]
    (root / "babygrad" / "part.py").write_text("x = 2")
    assert executed.to_run(root, ["01_tensor"], cache) == ["01_tensor"]
    executed.executed(root, ["01_tensor"], cache)
    assert len(ran) == 2
    assert len(list(cache.iterdir())) == 1


def test_what_cells_do_not_use_changes_nothing(tmp_path, monkeypatch) -> None:
    root, cache = course(tmp_path, "1 + 1"), tmp_path / "cache"
    monkeypatch.setattr(
        executed, "_run_all", lambda root, names: [(n, nbformat.writes(new_notebook())) for n in names]
    )
    executed.executed(root, ["01_tensor"], cache)
    (root / "autograder" / "grading").mkdir()
    (root / "autograder" / "grading" / "new.py").write_text("y = 1")
    (root / "autograder" / "lesson_02_gradient.py").write_text("y = 1")
    assert executed.to_run(root, ["01_tensor"], cache) == []


def test_a_lesson_with_an_error_is_named_with_the_cell(tmp_path) -> None:
    root = course(tmp_path, "1 / 0")
    with pytest.raises(executed.LessonError, match=r"01_tensor.ipynb: cell only ends with ZeroDivisionError"):
        executed.executed(root, ["01_tensor"], tmp_path / "cache")
    assert executed.to_run(root, ["01_tensor"], tmp_path / "cache") == ["01_tensor"]


# In the reader's browser -----------------------------------------------------------------------------


def test_the_wheel_has_what_a_lesson_needs_and_asks_for_no_more_than_numpy_and_matplotlib(tmp_path) -> None:
    wheel = lite.write_wheel(ROOT, tmp_path)
    assert wheel.read_bytes() == lite.write_wheel(ROOT, tmp_path).read_bytes()
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path / "packages")
        (about,) = [packed.read(name).decode() for name in names if name.endswith("METADATA")]
    needed = re.findall(r"^Requires-Dist: (\w+)", about, re.MULTILINE)
    assert sorted(needed) == ["matplotlib", "numpy"]
    assert not [name for name in names if "selftest" in name or "solutions" in name]
    code = (
        "import babygrad, autograder.checking as c, sys; c.check('03_function/Mul', babygrad.Mul); "
        "print(babygrad.__file__, {m.split('.')[0] for m in sys.modules} & {'nbgrader', 'IPython', 'rich'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "packages", capture_output=True, text=True, check=True
    )
    assert str(tmp_path / "packages") in done.stdout
    assert done.stdout.rstrip().endswith("set()")


def test_a_wheel_is_made_of_what_is_installed(tmp_path) -> None:
    with zipfile.ZipFile(lite.repacked("comm", tmp_path)) as packed:
        assert "comm/__init__.py" in packed.namelist()
        assert [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]


def test_in_the_browser_a_lesson_gets_its_packages_first(released) -> None:
    made = lite.with_packages(released)
    assert made.cells[0].source.endswith("%pip install -q babygrad-course")
    assert made.metadata.kernelspec.name == "python"
    assert [cell.source for cell in made.cells[1:]] == [cell.source for cell in released.cells]
    released.cells[3].source = "from babygrad.data import digits\ndigits()"
    assert "scikit-learn" in lite.with_packages(released).cells[0].source


def test_what_needs_other_processes_is_not_offered_there(released) -> None:
    assert lite.runs_there(released)
    released.cells[3].source = "from autograder.export import library"
    assert not lite.runs_there(released)


# Docstrings ------------------------------------------------------------------------------------------


def documented(x, y=1, *rest, key=None):
    """What it does.

    x, y: numbers. More of
        them. key: whatever.
    Raises ValueError where it must.

        documented(1)
    """


def test_a_docstring_becomes_markdown() -> None:
    assert as_markdown(documented) == (
        "What it does.\n\n- `x`, `y`: numbers. More of\n    them. key: whatever.\n\n"
        "Raises ValueError where it must.\n\n```python\ndocumented(1)\n```"
    )
    assert as_markdown(lambda: 0) == ""


def test_a_signature_is_told_without_types() -> None:
    assert signature(documented) == "(x, y=1, *rest, key=None)"
    assert signature(babygrad.Tensor) == "(data, *, dtype=None, requires_grad=True)"


def test_the_reference_describes_every_public_name() -> None:
    pages = dict(reference.pages())
    for name in ("Module", "Linear", "softmax_loss", "state_dict"):
        assert f"}} {name}" in pages["nn"]
    for name in ("Tensor", "backward", "detach", "shape"):
        assert f"}} {name}" in pages["tensor"]
    assert "_to_array" not in pages["tensor"]


# Operations ------------------------------------------------------------------------------------------


def test_every_operation_has_a_page() -> None:
    assert {operation.name for operation in operations.OPERATIONS} == {
        made.__name__ for made in operations.classes()
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_example_shows_true_gradients(operation) -> None:
    made = operations.run_example(operation)
    inputs = [made[name] for name in ("x", "a", "b") if name in made]
    y = made["y"]
    assert type(y._op).__name__ == operation.name
    told = numeric_gradient(y._op.forward, [x.data for x in inputs], y.grad)
    for x, gradient in zip(inputs, told, strict=True):
        np.testing.assert_allclose(x.grad, gradient, rtol=1e-5, atol=1e-6)
        assert "gradient" in repr(made["picture"])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(operations.pages())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_page_has_formulas_picture_and_code(pages, operation) -> None:
    page = pages[operation.name]
    assert page.count("$$") == 4
    assert "<svg" in page
    assert f"class {operation.name}(" in page
    assert operation.lesson == "" or f"lessons/{operation.lesson}.ipynb" in page


def test_those_of_the_lessons_lead_there() -> None:
    lessons_of = {operation.name: operation.lesson for operation in operations.OPERATIONS}
    assert lessons_of["Log"] == "04_elementwise"
    assert lessons_of["MatMul"] in LESSONS


# Server and command ----------------------------------------------------------------------------------


def test_a_folder_is_served_on_this_machine_only(tmp_path) -> None:
    (tmp_path / "index.html").write_text("<p>hello</p>")
    with served(tmp_path, 0) as address, served(tmp_path, int(address.rsplit(":")[-1].strip("/"))) as other:
        assert address.startswith("http://127.0.0.1:")
        assert other != address
        for each in (address, other):
            with urllib.request.urlopen(each) as answer:
                assert answer.read() == b"<p>hello</p>"


def test_without_its_packages_the_command_says_the_one_thing_to_do(monkeypatch) -> None:
    monkeypatch.setattr(build, "missing", lambda: ["sphinx", "furo"])
    done = CliRunner().invoke(app, ["site"])
    assert done.exit_code == 1
    assert "sphinx, furo are not installed" in done.stderr
    assert "uv run --group site autograder site" in done.stderr
