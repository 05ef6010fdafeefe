"""What an exercise asks for cannot be taken: not from babygrad, from memory, from files, from elsewhere."""

from __future__ import annotations

import base64
import marshal
import subprocess
import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any

import pytest

from autograder.exercise import Exercise
from autograder.exercises import LESSONS, exercises, find
from autograder.report import Report
from autograder.withheld import Group, grouped, library

from .conftest import Grade
from .lessons import EXERCISES, NAMES, ROOT, code

# What is sent ----------------------------------------------------------------------------------------


GROUPS = [group for lesson in LESSONS for group in grouped(exercises(lesson))]


def sent(group: Group) -> dict[str, CodeType]:
    """The modules that a child gets, by name."""
    modules = library(group)["modules"]
    return {name: marshal.loads(base64.b64decode(text)) for name, (_, text) in modules.items()}


def functions(codes: dict[str, CodeType]) -> set[str]:
    """The names of all functions in some modules, with the classes and functions that they are in."""

    def inner(code: CodeType) -> Iterator[str]:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield constant.co_qualname.replace(".<locals>", "")
                yield from inner(constant)

    return {name for code in codes.values() for name in inner(code)}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.exercises[0].name)
def test_what_is_withheld_is_not_in_what_is_sent(group: Group) -> None:
    there = functions({name: code for name, code in sent(group).items() if name.startswith("babygrad")})
    for name in group.withheld:
        assert name not in there
        assert not any(other.startswith(f"{name}.") for other in there)
    needed = {name for name in group.needed if name not in ("Matrices", "BothGradients", "Unfold")}
    assert needed <= there | {"Tensor"} | {name.split(".")[0] for name in there}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.exercises[0].name)
def test_nothing_that_is_sent_knows_an_answer(group: Group) -> None:
    codes = sent(group)
    assert not [
        name for name in codes if "exercises" in name or name in ("autograder.judge", "autograder.trusted")
    ]
    assert not {"_reference_by_hand", "_reference_diagnosis", "_predicted"} & functions(codes)


def test_helpers_that_only_withheld_parts_call_are_not_sent() -> None:
    (rules, *_) = grouped(exercises("04_elementwise"))
    assert not {"_lowered", "_one_for_zero"} & functions(sent(rules))
    (order, *_) = grouped(exercises("08_backward"))
    assert not {"_seed", "_fitting", "_miscounted"} & functions(sent(order))
    assert "_of_vectors" not in functions(sent(grouped(exercises("07_matmul"))[0]))


def test_what_the_training_lessons_build_is_in_no_earlier_lesson() -> None:
    """The slope of logsumexp at equal numbers is that of Summation, divided by how many there are."""
    training = {"babygrad.ops.logsumexp", "babygrad.nn", "babygrad.init", "babygrad.optim", "babygrad.data"}
    for group in (group for group in GROUPS if group.exercises[0].name < "10"):
        assert training.issubset(library(group)["absent"])
        assert training.isdisjoint(sent(group))
        assert not {"LogSumExp.backward", "logsumexp", "Module.parameters"} & functions(sent(group))


def test_a_lesson_needs_three_processes_at_most() -> None:
    for lesson in LESSONS:
        groups = grouped(exercises(lesson))
        assert len(groups) <= 3
        assert sorted(e.name for group in groups for e in group.exercises) == sorted(
            e.name for e in exercises(lesson)
        )


def test_every_reference_that_babygrad_has_is_withheld() -> None:
    for exercise in EXERCISES:
        for name, part in exercise.reference.items():
            original = getattr(part, "__qualname__", "")
            if not getattr(part, "__module__", "").startswith("babygrad") or name == "Tensor":
                continue
            group = Group((exercise,))
            there = functions({n: c for n, c in sent(group).items() if n.startswith("babygrad")})
            assert original not in there or f"{original}.backward" not in there, exercise.name


# What a learner may try ------------------------------------------------------------------------------


def earned(reports: dict[str, Report], exercise: Exercise) -> float:
    return reports[exercise.cell].points


TAKEN_BY_NAME = {
    "imported": "from babygrad import {name}",
    "from its module": "import {module} as _m\n{name} = _m.{name}",
    "by importlib": "import importlib\n{name} = vars(importlib.import_module('{module}'))['{name}']",
    "from sys.modules": "import sys, babygrad\n{name} = getattr(sys.modules['{module}'], '{name}')",
    "a class on top": "import {module} as _m\nclass {name}(_m.{name}):\n    pass",
    "a function on top": (
        "import {module} as _m\ndef {name}(*things, **named):\n    return _m.{name}(*things, **named)"
    ),
    "super": (
        "import {module} as _m\n"
        "class {name}(_m.{name}):\n"
        "    def __init__(self, *a, **k):\n        super().__init__(*a, **k)\n"
        "    def __call__(self, *a):\n        return super().__call__(*a)\n"
        "    def forward(self, *a):\n        return super().forward(*a)\n"
        "    def backward(self, *a):\n        return super().backward(*a)"
    ),
    "from the collector": (
        "import gc, babygrad\n"
        "for _o in gc.get_objects():\n"
        "    if getattr(_o, '__name__', '') == '{name}' and getattr(_o, '__module__', '') != '__main__':\n"
        "        {name} = _o"
    ),
    "its source": (
        "import inspect, {module} as _m\n"
        "exec(inspect.getsource(_m).replace('from babygrad', 'from babygrad'), globals())"
    ),
    "its file": (
        "import importlib.util as _u\n"
        "_s = _u.spec_from_file_location('mine', {file!r})\n"
        "_m = _u.module_from_spec(_s)\n_s.loader.exec_module(_m)\n{name} = _m.{name}"
    ),
    "the file's text": "exec(open({file!r}).read(), globals())",
    "the reference of the exercise": (
        "from autograder.exercises import find\nglobals().update(find({exercise!r}).reference)"
    ),
    "a path of one's own": (
        "import sys\nsys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != 'Library']\n"
        "for _n in [n for n in sys.modules if n.startswith('babygrad')]:\n    del sys.modules[_n]\n"
        "sys.path.insert(0, {root!r})\nfrom babygrad import *\nimport {module} as _m\n{name} = _m.{name}"
    ),
}

ASKED = [
    (exercise, name, part)
    for exercise in EXERCISES
    for name, part in exercise.reference.items()
    if getattr(part, "__module__", "").startswith("babygrad") and exercise.points
]


def attempt(exercise: Exercise, name: str, part: Any, how: str) -> str:
    """A cell that tries to take a part, under its name in the exercise."""
    module = part.__module__
    there = part.__name__
    text = TAKEN_BY_NAME[how].format(
        name=there,
        module=module,
        exercise=exercise.name,
        file=str(ROOT / f"{module.replace('.', '/')}.py"),
        root=str(ROOT),
    )
    return text if there == name else f"{text}\n{name} = {there}"


@pytest.mark.parametrize("how", TAKEN_BY_NAME)
def test_what_is_asked_for_cannot_be_taken_by_its_name(how: str, grade: Grade) -> None:
    for lesson in LESSONS:
        cells = code("solutions", lesson)
        asked = [(e, n, p) for e, n, p in ASKED if e.name.startswith(lesson)]
        taken: dict[str, list[str]] = {}
        for exercise, name, part in asked:
            taken.setdefault(exercise.cell, []).append(attempt(exercise, name, part, how))
        reports = grade(lesson, {**cells, **{cell: "\n".join(texts) for cell, texts in taken.items()}})
        for cell in taken:
            assert reports[cell].points == 0, (how, lesson, cell, reports[cell].text())


@pytest.mark.parametrize("how", ["from its module", "a class on top", "super", "its file"])
def test_the_attempts_are_real_ones(how: str, grade_here: Grade) -> None:
    """Where all of babygrad is there, they earn points, unless what they took is the very reference."""
    cells = code("solutions", "04_elementwise")
    exercise = find("04_elementwise/Log")
    cells["log"] = attempt(exercise, "Log", exercise.reference["Log"], how)
    copied = how in ("a class on top", "super", "its file")
    assert (grade_here("04_elementwise", cells)["log"].points == exercise.points) == copied


def test_who_tries_reads_why(grade: Grade) -> None:
    cells = code("solutions", "04_elementwise")
    cells["log"] = "import babygrad\nclass Log(babygrad.Log):\n    pass"
    cells["exp"] = (
        "import babygrad\nclass Exp(babygrad.Exp):\n    def forward(self, x):\n        return np.exp(x)"
    )
    cells["sigmoid"] = THROUGH_TENSORS["04_elementwise", "sigmoid"]
    reports = grade("04_elementwise", cells)
    absent = "is what you are asked to write, or gives it away: when graded, it is not there."
    assert f"`babygrad.Sigmoid` {absent}" in reports["sigmoid"].message
    assert f"`babygrad.Exp.backward` {absent}" in reports["exp"].message
    assert "its `forward` is what you write" in reports["log"].message
    cells["log"] = "from autograd import grad\nclass Log: pass"
    assert (
        "No module named 'autograd': when graded, there are" in grade("04_elementwise", cells)["log"].message
    )


THROUGH_TENSORS = {
    (
        "04_elementwise",
        "log",
    ): "class Log(Function):\n    def forward(self, x):\n        return Tensor(x).log().data",
    ("04_elementwise", "sub"): (
        "class Sub(Function):\n    def forward(self, a, b):\n        return (Tensor(a) - Tensor(b)).data"
    ),
    ("04_elementwise", "sigmoid"): (
        "class Sigmoid(Function):\n    def forward(self, x):\n        return Tensor(x).sigmoid().data"
    ),
    ("04_elementwise", "tanh"): (
        "class Tanh(Function):\n"
        "    def forward(self, x):\n        return np.tanh(x)\n"
        "    def backward(self, out_grad, node):\n"
        "        x = Tensor(node._inputs[0])\n"
        "        x.tanh().backward(out_grad)\n        return Tensor(x.grad)"
    ),
    ("04_elementwise", "operators"): (
        "import babygrad\nclass Tensor(Tensor):\n"
        + "\n".join(
            f"    def __{name}__(self, *other): return babygrad.Tensor.__{name}__(self, *other)"
            for name in ("neg", "sub", "rsub", "truediv", "rtruediv", "pow", "rpow")
        )
    ),
    ("03_function", "operators"): (
        "def add(a, b):\n    return a + b\n\ndef mul(a, b):\n    return a * b\n\nclass Tensor(Tensor):\n"
        + "\n".join(
            f"    def __{name}__(self, other): return super().__{name}__(other)"
            for name in ("add", "radd", "mul", "rmul")
        )
    ),
    ("05_shape", "summation"): (
        "class Summation(Function):\n"
        "    def __init__(self, axes=None, keepdims=False):\n"
        "        self.axes, self.keepdims = axes, keepdims\n"
        "    def forward(self, x):\n        return Tensor(x).sum(self.axes, self.keepdims).data"
    ),
    ("07_matmul", "operator"): (
        "class Tensor(Tensor):\n"
        "    def __matmul__(self, other): return super().__matmul__(other)\n"
        "    def __rmatmul__(self, other): return super().__rmatmul__(other)"
    ),
    ("07_matmul", "vectors"): "def matmul(a, b):\n    return _ensure_tensor(a) @ _ensure_tensor(b)",
    ("08_backward", "backward"): "backward = Tensor.backward",
    ("09_trust", "gradcheck"): "gradcheck = finished_gradcheck",
    ("09_trust", "no_grad"): "import babygrad\nno_grad = babygrad.no_grad",
    ("15_convolution", "unfold"): "from autograder.probes.lesson_15_conv import Unfold",
    ("15_convolution", "conv"): (
        "import sys\nfor m in list(sys.modules.values()):\n"
        "    conv = getattr(m, 'conv', conv if 'conv' in globals() else None)"
    ),
}


@pytest.mark.parametrize(("lesson", "cell"), THROUGH_TENSORS)
def test_what_is_asked_for_cannot_be_reached_through_what_is_there(
    lesson: str, cell: str, grade: Grade
) -> None:
    reports = grade(lesson, {**code("solutions", lesson), cell: THROUGH_TENSORS[lesson, cell]})
    assert reports[cell].points == 0, reports[cell].text()


HARNESS = {
    "the module of observations": "import autograder.observation as o\no.run = o.look = o.observe = None",
    "claims": (
        "import sys\nfor m in list(sys.modules.values()):\n"
        "    if hasattr(m, 'Claim'):\n        m.Claim = lambda holds, instead='': True"
    ),
    "builtins": "import builtins\nbuiltins.bool = lambda x=0: True\nbuiltins.isinstance = lambda *a: True",
    "frames": "import sys\nsys._getframe(1).f_globals['Claim'] = None",
    "frames, by a traceback": (
        "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame.f_back.f_locals.clear()"
    ),
    "frames, by inspect": "import inspect\ninspect.currentframe().f_back.f_locals.clear()",
    "the collector": "import gc\ngc.get_objects()",
}


@pytest.mark.parametrize("what", HARNESS)
def test_what_looks_at_the_code_is_not_at_hand(what: str, grade: Grade) -> None:
    wrong = "class Mul(Function):\n    def forward(self, a, b):\n        return a\n"
    attempts = "def _try():\n" + "\n".join(f"    {line}" for line in HARNESS[what].splitlines())
    cells = {
        **code("solutions", "03_function"),
        "mul": f"{attempts}\ntry:\n    _try()\nexcept Exception:\n    pass\n{wrong}",
    }
    assert grade("03_function", cells)["mul"].points == 0
    cells["mul"] = wrong.replace("return a", "_try(); return a") + attempts
    assert grade("03_function", cells)["mul"].points == 0


def test_frames_and_the_collector_are_refused_with_a_reason(grade: Grade) -> None:
    for what in ("frames", "frames, by a traceback", "frames, by inspect", "the collector"):
        cells = {**code("solutions", "03_function"), "mul": HARNESS[what]}
        assert "not there when graded" in grade("03_function", cells)["mul"].message


HONEST = """
import collections, dataclasses, enum, traceback, typing, warnings, logging, gc
Point = collections.namedtuple("Point", "x y")
Kind = enum.Enum("Kind", "one other")
@dataclasses.dataclass
class Pair(typing.Generic[typing.TypeVar("T")]):
    x: int = 3
warnings.warn("a warning")
logging.getLogger("me").warning("logged")
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
    assert "1 / 0" in traceback.format_exc()
gc.collect()
"""


def test_honest_code_meets_none_of_this(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    assert grade("03_function", {**cells, "mul": HONEST + cells["mul"]})["mul"].right


@pytest.mark.parametrize("name", ["autograd", "pytest", "nbformat", "hypothesis"])
def test_other_packages_are_not_there(name: str, grade: Grade) -> None:
    cells = {**code("solutions", "03_function"), "mul": f"import {name}"}
    assert f"No module named '{name}': when graded, there are" in grade("03_function", cells)["mul"].message


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_probes_are_sent_for_every_exercise(exercise: Exercise) -> None:
    assert {part.place[0] for part in exercise.parts} <= sent(Group((exercise,))).keys()
    assert find(exercise.name) is exercise


def test_the_warm_process_has_never_had_an_engine_or_an_exercise() -> None:
    program = (
        "import gc, sys, autograder.zygote, autograder.child\n"
        "names = [n for n in sys.modules if n.startswith(('babygrad', 'autograder'))]\n"
        "codes = [o.__code__.co_filename for o in gc.get_objects() if hasattr(o, '__code__')]\n"
        "print(sorted(set(names)), [c for c in set(codes) if 'babygrad' in c])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert "babygrad.tensor" not in done.stdout
    for gone in (
        "ops",
        "function.py",
        "backward.py",
        "gradcheck.py",
        "autograder.exercise",
        "autograder.judge",
    ):
        assert gone not in done.stdout
    assert "graph.py" in done.stdout, "what draws is there"
