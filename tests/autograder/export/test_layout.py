"""The text of packages: what is taken along, what names mean, what cannot stand side by side."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest

import babygrad
from autograder.exercises import exercises
from autograder.export import reference
from autograder.export.choice import DOES_NOT_FIT, borrowed, chosen
from autograder.export.examine import Examination, examine, exercises_for
from autograder.export.layout import Clash, Laid, laid_out
from autograder.export.own import DoesNotFit, taken
from autograder.export.parts import CELLS, GIVEN, IMPORTED_BY_NAME, LESSONS, PARTS, Part, exercises_of
from autograder.export.pieces import pieces
from autograder.export.statements import speaking_of, statements
from autograder.zygote import Zygote

from .learner import read, right

RIGHT = dict.fromkeys(CELLS)
"""Verdicts that find nothing wrong."""


def laid(changes: dict[str, str | None]) -> Laid:
    return laid_out(chosen(read(changes), RIGHT), "lib")


def examined(changes: dict[str, str | None], *only: str) -> Examination:
    zygote = Zygote("autograder.export.examined", preload=["numpy"])
    asked = [exercise for exercise in exercises_for(LESSONS) if exercise.name in only or not only]
    try:
        return examine(chosen(read(changes), RIGHT), "lib", asked, zygote)
    finally:
        zygote.close()


NEGATE = """#| export
class Negate(Function):
    def forward(self, x):
        return {}

    def backward(self, out_grad, node):
        return -out_grad
"""


# The table -------------------------------------------------------------------------------------------


def test_the_table_names_cells_and_definitions_that_are_there() -> None:
    cells = {f"{lesson}/{exercise.cell}" for lesson in LESSONS for exercise in exercises(lesson)}
    assert cells >= CELLS
    members = {"Tensor.__init__", *reference.all_methods()}
    for part in PARTS:
        for name in part.borrowed:
            is_there = name in members or (name.startswith("Module.") and reference.attached(name))
            assert is_there or reference.source(name)
    for name in (name for names in GIVEN.values() for name in names):
        assert reference.source(name)


ELSEWHERE = ("matmul_2d", "given_functions", "given_module")
"""MatMul replaces the first in its own lesson; what the others define is given."""


def test_all_exported_cells_have_a_place() -> None:
    for lesson, notebook in read().items():
        for cell, source in notebook.cells.items():
            if source.startswith("#| export") and cell not in ELSEWHERE:
                assert f"{lesson}/{cell}" in CELLS


def test_the_package_has_all_public_names_of_the_modules_that_it_knows() -> None:
    tree = ast.parse(laid({}).files["__init__.py"])
    (names,) = [ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)]
    assert sorted(names) == sorted(set(babygrad.__all__) & set(reference.homes()))
    for module in IMPORTED_BY_NAME:
        asked = {name for part in PARTS if part.module == module for name in part.names}
        there = {
            name for piece in pieces(chosen(read(), RIGHT)) if piece.module == module for name in piece.binds
        }
        assert there >= asked | set(import_module(f"babygrad.{module}").__all__)
    assert laid({}).files["data.py"].endswith(reference.whole_module("data").split('"""\n', 1)[1].lstrip())


@pytest.mark.parametrize(
    "part",
    [part for part in PARTS if part.module in (*IMPORTED_BY_NAME, "ops.logsumexp")],
    ids=lambda part: part.label,
)
def test_what_trains_can_be_the_only_part_of_the_learners(part: Part) -> None:
    all_right = chosen(read(), RIGHT)
    alone = {label: borrowed(choice, "") for label, choice in all_right.items()} | {
        part.label: all_right[part.label]
    }
    exercises = [exercise for lesson in ("10_layers", "11_optimizers") for exercise in exercises_of(lesson)]
    zygote = Zygote("autograder.export.examined", preload=["numpy"])
    try:
        assert examine(alone, "lib", exercises, zygote).is_right
    finally:
        zygote.close()


LAYER_IN_LAYER = """

    def activated(self):
        return [*self.layers, ReLU()]
"""

LAYER_IN_OPERATION = """

from babygrad.nn import Tanh as Layer
from babygrad.ops import ReLU as Cut


def _cut(x):
    return Layer()(Cut()(x))


logsumexp.cut = _cut
"""


def test_a_layer_and_an_operation_may_have_the_same_name() -> None:
    cells = read()["10_layers"].cells
    changes = {
        "10_layers/sequential": cells["sequential"] + LAYER_IN_LAYER,
        "10_layers/logsumexp": cells["logsumexp"] + LAYER_IN_OPERATION,
    }
    found = laid(changes)
    assert "class ReLU(Module)" in found.files["nn.py"]
    assert "ReLU" not in found.files["nn.py"].split("class ReLU")[0]  # it is not imported
    assert "from lib.ops.elementwise import ReLU as Cut" in found.files["ops/logsumexp.py"]
    assert "from lib.nn import Tanh as Layer" in found.files["ops/logsumexp.py"]
    assert examined(changes, "10_layers/Sequential", "10_layers/LogSumExp", "04_elementwise/ReLU").is_right


def test_code_stands_there_as_it_was_written() -> None:
    text = laid({}).files["ops/elementwise.py"]
    notebook = read()["04_elementwise"]
    for cell in ("log", "sigmoid"):
        (statement,) = statements(notebook.cells[cell])
        assert statement.text in text
    assert "# Log: yours, from 04_elementwise.ipynb, cell log\n" in text
    assert "SOLUTION" not in text


# What is taken along ---------------------------------------------------------------------------------


def test_helpers_go_along_from_other_cells_and_trials_do_not() -> None:
    changes = {
        "04_elementwise/negate": NEGATE.format("_turned(x)"),
        "04_elementwise/added-1": "import math\n\nFACTOR = -math.floor(1.5)\n\n# Turns a sign.\n"
        "def _turned(x):\n    return FACTOR * x\n\nprint(_turned(3))\nunused = 5",
    }
    text = laid(changes).files["ops/elementwise.py"]
    assert "# Turns a sign.\ndef _turned(x):" in text
    assert "import math" in text
    assert "FACTOR = -math.floor(1.5)" in text
    assert "print(" not in text
    assert "unused" not in text
    assert examined(changes, "04_elementwise/Negate").is_right


def test_a_definition_in_a_later_cell_is_the_one_that_was_checked() -> None:
    changes = {"04_elementwise/negate": "", "04_elementwise/added-1": NEGATE.format("0 - x")}
    changes["04_elementwise/negate"] = NEGATE.format("x")
    text = laid(changes).files["ops/elementwise.py"]
    assert "return 0 - x" in text
    assert text.count("class Negate") == 1
    assert "# Negate: yours, from 04_elementwise.ipynb, a cell you added\n" in text


def test_there_is_one_tensor_whatever_is_tried_in_other_cells() -> None:
    changes = {"05_shape/added-1": "class Tensor(Tensor):\n    def tripled(self):\n        return self * 3"}
    assert "tripled" not in "".join(laid(changes).files.values())


def test_imports_of_babygrad_mean_the_package() -> None:
    changes = {
        "04_elementwise/negate": NEGATE.format("as_array(x).data * bg.tensor.Tensor(-1.0).data"),
        "04_elementwise/added-1": "import babygrad as bg\n"
        "from babygrad.tensor import _ensure_tensor as as_array",
        "04_elementwise/log": "#| export\nclass Log(Function):\n    def forward(self, x):\n"
        "        from babygrad import Tensor\n        import numpy as np\n"
        "        return np.log(Tensor(x).data)\n"
        "    def backward(self, out_grad, node):\n        return out_grad / node._inputs[0]",
    }
    text = laid(changes).files["ops/elementwise.py"]
    assert "import lib as bg" in text
    assert "from lib.tensor import Tensor, _ensure_tensor as as_array" in text
    assert "        from lib import Tensor\n" in text
    assert examined(changes, "04_elementwise/Negate", "04_elementwise/Log").is_right


def test_what_is_not_in_the_package_cannot_be_used() -> None:
    changes = {
        "04_elementwise/negate": NEGATE.format("draw(x)"),
    }
    choice = chosen(read(changes), RIGHT)["Negate"]
    assert not choice.is_own
    assert choice.reason == DOES_NOT_FIT
    assert choice.reason.details == "it uses `draw` of babygrad.graph, which is not in the package"


def test_pythons_own_abs_stays_pythons() -> None:
    changes = {"04_elementwise/negate": NEGATE.format("x * 0 - abs(x) * (x > 0) + abs(x) * (x < 0)")}
    assert examined(changes, "04_elementwise/Negate", "04_elementwise/Abs").is_right


def test_two_helpers_of_one_name_cannot_both_be_there() -> None:
    changes = {
        "04_elementwise/negate": NEGATE.format("_h(x)"),
        "04_elementwise/added-1": "def _h(x):\n    return -x",
        "06_broadcasting/add_sub_mul": read()["06_broadcasting"]
        .cells["add_sub_mul"]
        .replace("return a + b", "return _h(a, b)"),
        "06_broadcasting/added-1": "def _h(a, b):\n    return a + b",
    }
    with pytest.raises(Clash, match="give yours another name") as clash:
        laid(changes)
    assert clash.value.label == "Add, Sub, Mul"
    changes["06_broadcasting/added-1"] = "_h = None"
    changes["04_elementwise/added-1"] = "_h = None"
    assert laid(changes).files["ops/elementwise.py"].count("_h = None") == 1  # the same text: once


def test_attachments_belong_to_what_they_are_attached_to() -> None:
    operators = (
        "#| export\nclass Tensor(Tensor):\n    pass\n\n"
        "def _times(a, b):\n    return matmul(a, b)\n\nTensor.__matmul__ = _times\n"
        "setattr(Tensor, '__rmatmul__', lambda self, other: matmul(other, self))"
    )
    changes = {"07_matmul/operator": operators}
    assert "Tensor.__matmul__ = _times" in laid(changes).files["tensor.py"]
    assert examined(changes, "07_matmul/operator").is_right


@pytest.mark.parametrize(
    ("lesson", "cell", "style"),
    [
        ("03_function", "operators", "methods in terms of each other"),  # __add__ = add
        ("07_matmul", "operator", "the functions themselves"),  # __matmul__ = matmul
        ("04_elementwise", "operators", "wrapped as constants"),  # babygrad.tensor._ensure_tensor
        ("08_backward", "backward", "two helpers and a default of zero"),
    ],
)
def test_other_styles_fit(lesson: str, cell: str, style: str) -> None:
    changes = right(lesson, cell, style)
    assert all(choice.is_own for choice in chosen(read(changes), RIGHT).values())
    assert examined(changes).is_right


def test_a_cell_that_is_no_python_hides_nothing_else() -> None:
    changes = {"04_elementwise/added-1": "def broken(:", "04_elementwise/added-2": "!ls\n%time 3\nx = 4"}
    assert "class Log" in laid(changes).files["ops/elementwise.py"]


def test_a_definition_that_cannot_be_seen_does_not_fit() -> None:
    changes = {"04_elementwise/negate": "exec('class Negate: pass')"}
    with pytest.raises(DoesNotFit, match="where `Negate` is defined"):
        taken(read(changes)["04_elementwise"], "negate", ["Negate"])


# In the text -----------------------------------------------------------------------------------------


def test_every_module_says_whose_its_parts_are() -> None:
    choices = chosen(read(), RIGHT)
    choices["Log"] = borrowed(choices["Log"], "not written yet")
    files = laid_out(choices, "lib").files
    assert "# Log: borrowed from babygrad (not written yet)\n" in files["ops/elementwise.py"]
    assert f"{len(PARTS) - 1} of {len(PARTS)} parts are yours" in files["__init__.py"]
    assert files == laid_out(choices, "lib").files


def test_an_import_that_fails_names_the_line_of_the_learners() -> None:
    changes = {"04_elementwise/negate": NEGATE.format("-x") + "\n    surprise = 1 / 0\n"}
    seen = examined(changes, "04_elementwise/Log")
    assert seen.broken.startswith("ZeroDivisionError")
    lines = laid(changes).lines
    file, line = seen.frames[-1]
    assert lines[file][line] == "Negate"
    later = {"11_optimizers/adam": read()["11_optimizers"].cells["adam"] + "\n    surprise = 1 / 0\n"}
    file, line = examined(later, "04_elementwise/Log").frames[-1]
    assert laid(later).lines[file][line] == "Adam"


def test_only_the_name_is_replaced() -> None:
    code = "x.babygrad = babygrad.log(babygrads, 'babygrad')"
    assert speaking_of(code, "lib") == "x.babygrad = lib.log(babygrads, 'babygrad')"
