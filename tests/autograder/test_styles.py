"""Right solutions that are not written like ours get all points too."""

from __future__ import annotations

import re
from textwrap import indent

import pytest

from autograder.exercises import LESSONS, exercises

from .conftest import Grade
from .lessons import code

INIT = {
    "asarray and copy": """
if isinstance(data, Tensor):
    data = data.data
if dtype is None:
    dtype = getattr(data, "dtype", np.dtype(int))
    dtype = dtype if dtype.kind == 'f' else 'float32'
self.data = np.asarray(data, dtype=dtype).copy()
self._inputs, self._op, self.grad, self.requires_grad = (), None, None, requires_grad
""",
    "one case after the other": """
self.grad = self._op = None
self._inputs = tuple()
self.requires_grad = bool(requires_grad)
if dtype is not None:
    self.data = np.array(data.data if type(data).__name__ == "Tensor" else data, dtype)
elif isinstance(data, Tensor):
    self.data = data.data.copy()
elif isinstance(data, np.ndarray) and data.dtype in (np.float32, np.float64):
    self.data = np.array(data)
else:
    self.data = np.array(data).astype("float32")
""",
    "by its type": """
source = data.data if isinstance(data, Tensor) else data
own = source.dtype if isinstance(source, np.ndarray) else None
if own is None or not issubclass(own.type, np.floating):
    own = np.dtype("f4")
self.data = np.array(source, dtype or own, copy=True)
self.grad = None
self.requires_grad = requires_grad
self._op = None
self._inputs = ()
""",
}

METHODS = {
    "np.array, and the history taken away": (
        "return np.dtype(self.data.dtype)",
        "return np.array(self.data)",
        """
new = Tensor(0.0)
new.data, new.requires_grad = self.data, False
return new
""",
        """
text = "Tensor(" + str(self.data.tolist())
if self.requires_grad is False:
    text += ", requires_grad=False"
return text + ")"
""",
    ),
    "without the constructor": (
        "return self.numpy().dtype",
        "return self.data.astype(self.data.dtype)",
        """
box = self.__class__.__new__(self.__class__)
box.data = self.data[...]
box.grad = box._op = None
box._inputs, box.requires_grad = (), False
return box
""",
        """
if self.requires_grad:
    return "Tensor({})".format(self.data)
else:
    return "Tensor(%s, requires_grad=False)" % (self.data,)
""",
    ),
    "copy": (
        "d = self.data\nreturn d.dtype",
        "return np.copy(self.data)",
        """
import copy
twin = copy.copy(self)
twin.requires_grad = False
twin._op = None
twin._inputs = ()
twin.grad = None
return twin
""",
        'return repr(self.data).replace("array(", "Tensor(").rstrip(")") '
        '+ (")" if self.requires_grad else ", requires_grad=False)")',
    ),
}

ENSURE = {
    "one line": ("return value if isinstance(value, Tensor) else Tensor(value, requires_grad=False)",),
    "afterwards": (
        """
if not isinstance(value, Tensor):
    value = Tensor(value)
    value.requires_grad = False
return value
""",
    ),
}

CALL = {
    "tuple(map(...))": """
tensors = tuple(map(_ensure_tensor, inputs))
out = Tensor(self.forward(*(t.data for t in tensors)))
out.requires_grad = any(map(lambda t: t.requires_grad, tensors))
if out.requires_grad:
    out._op, out._inputs = self, tensors
return out
""",
    "loops": """
wrapped, arrays, wanted = [], [], False
for value in inputs:
    t = _ensure_tensor(value)
    wrapped.append(t)
    arrays.append(t.data)
    if t.requires_grad:
        wanted = True
result = self.forward(*arrays)
if not wanted:
    return Tensor(result, requires_grad=False)
result = Tensor(result, requires_grad=True)
result._inputs = tuple(wrapped)
result._op = self
return result
""",
    "counting": """
parents = *[_ensure_tensor(i) for i in inputs],
node = Tensor(self.forward(*[p.data for p in parents]))
node.requires_grad = sum([int(p.requires_grad) for p in parents]) > 0
node._op = self if node.requires_grad else None
node._inputs = parents if node.requires_grad else ()
return node
""",
}

ADD = {
    "out_grad * 1": ("import numpy as np\nreturn np.add(a, b)", "return out_grad * 1, out_grad * 1"),
    "copies": (
        "return b + a",
        "return Tensor(out_grad.data), Tensor(out_grad.data, requires_grad=False)",
    ),
    "sum of a list": ("return sum([a, b])", "return tuple(out_grad for _ in node._inputs)"),
}

MUL = {
    "arrays inside": (
        "import numpy as np\nreturn np.multiply(a, b)",
        """
a, b = node._inputs
return Tensor(out_grad.data * b.data), Tensor(out_grad.data * a.data)
""",
    ),
    "by index": (
        "result = b * a\nreturn result",
        "return (node._inputs[1] * out_grad, node._inputs[0] * out_grad)",
    ),
}

OPERATORS = {
    "__radd__ = __add__": """
def add(a, b):
    op = Add()
    return op(a, b)

mul = lambda a, b: Mul().__call__(a, b)

class Tensor(Tensor):
    def __add__(self, other):
        return add(self, other)
    __radd__ = __add__
    def __mul__(self, other):
        return mul(self, other)
    __rmul__ = __mul__
""",
    "methods in terms of each other": """
def add(a, b):
    return Add()(_ensure_tensor(a), _ensure_tensor(b))

def mul(a, b):
    return Mul()(*(_ensure_tensor(t) for t in (a, b)))

class Tensor(Tensor):
    __add__ = add
    __mul__ = mul
    def __radd__(self, other):
        return self + other
    def __rmul__(self, other):
        return self * other
""",
}

BY_HAND = {
    "multiplied out": "return 2 * a * b * b + b * c, 2 * a * a * b + a * c, a * b",
    "in a list": """
d = a * b
e = d + c
grads = {"f": 1}
grads["e"] = grads["f"] * d
grads["c"] = grads["e"] * 1
grads["d"] = sum([grads["f"] * e, grads["e"] * 1])
return tuple(grads["d"] * other for other in (b, a)) + (grads["c"],)
""",
}

STYLES = {
    ("01_tensor", "tensor_init"): INIT,
    ("01_tensor", "tensor_methods"): METHODS,
    ("01_tensor", "ensure_tensor"): ENSURE,
    ("03_function", "function_call"): CALL,
    ("03_function", "add"): ADD,
    ("03_function", "mul"): MUL,
    ("03_function", "operators"): OPERATORS,
    ("03_function", "by_hand"): BY_HAND,
}

_GAP = re.compile(r"^( *)# YOUR CODE HERE\n *raise NotImplementedError\(\)", re.MULTILINE)


def written_into(stub: str, answers: str | tuple[str, ...]) -> str:
    """A released cell with an answer in each of its gaps; an answer with definitions replaces the cell."""
    if isinstance(answers, str) and re.search("^class |^def ", answers, re.MULTILINE):
        return answers
    pending = [answers] if isinstance(answers, str) else list(answers)
    filled = _GAP.sub(lambda gap: indent(pending.pop(0).strip("\n"), gap[1]), stub)
    assert not pending
    assert "NotImplementedError()" not in filled
    return filled


@pytest.mark.parametrize(
    ("lesson", "cell", "style"), [(*where, s) for where, all_ in STYLES.items() for s in all_]
)
def test_another_style_gets_all_points(lesson: str, cell: str, style: str, grade: Grade) -> None:
    cells = code("solutions", lesson)
    cells[cell] = written_into(code("notebooks", lesson)[cell], STYLES[lesson, cell][style])
    reports = grade(lesson, cells)
    assert {name: report.message for name, report in reports.items()} == dict.fromkeys(reports, "")
    assert all(report.points == report.most for report in reports.values())


def test_every_exercise_is_tried_in_several_styles() -> None:
    asked = {(lesson, exercise.cell) for lesson in LESSONS for exercise in exercises(lesson)}
    assert STYLES.keys() == asked
    assert min(len(styles) for styles in STYLES.values()) >= 2
