r"""A page for each operation: its docstring, its formulas, its graph with gradients, its code.

Formulas write $\bar y$ for the upstream gradient, the slope of the loss along $y$, as the lessons do.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import babygrad
from autograder.exercises import LESSONS, exercises
from autograder.site.docstrings import as_markdown, signature
from babygrad import Function, ops
from babygrad.graph import draw
from babygrad.plot import axes, described


@dataclass(frozen=True)
class Operation:
    """What a page says besides the docstring.

    name: the class in ``babygrad.ops``. written: how people write it.
    value, gradients: in LaTeX. example: code; its last line is a picture.
    curve: from where to where its value and slope are drawn, for functions of one number.
    """

    name: str
    written: str
    value: str
    gradients: tuple[str, ...]
    example: str
    curve: tuple[float, float] | None = None

    @property
    def function(self) -> str:
        """The name of its function."""
        names = {"BroadcastTo": "broadcast_to", "LogSumExp": "logsumexp"}
        return names.get(self.name, self.name.lower())

    @property
    def lesson(self) -> str:
        """The lesson in which a learner writes it; "" if none."""
        for lesson in LESSONS:
            if any(exercise.name == f"{lesson}/{self.name}" for exercise in exercises(lesson)):
                return lesson
        return ""


def _two(sign: str) -> str:
    return (
        "a, b = Tensor([6.0, 3.0]), Tensor([4.0, 2.0])\n"
        f"y = a {sign} b\n"
        "y.backward(np.array([5.0, 7.0]))\n"
        "draw(y, y=y, a=a, b=b)"
    )


def _one(call: str, x: str, upstream: str = "[5.0, 7.0]") -> str:
    return f"x = Tensor({x})\ny = {call}\ny.backward(np.array({upstream}))\ndraw(y, y=y, x=x)"


GROUPS: dict[str, tuple[Operation, ...]] = {
    "Two inputs, element by element": (
        Operation("Add", "a + b", "y = a + b", (r"\bar a = \bar y", r"\bar b = \bar y"), _two("+")),
        Operation("Sub", "a - b", "y = a - b", (r"\bar a = \bar y", r"\bar b = -\bar y"), _two("-")),
        Operation(
            "Mul",
            "a * b",
            r"y = a \cdot b",
            (r"\bar a = \bar y \cdot b", r"\bar b = \bar y \cdot a"),
            _two("*"),
        ),
        Operation(
            "Div",
            "a / b",
            r"y = \frac{a}{b}",
            (r"\bar a = \frac{\bar y}{b}", r"\bar b = -\bar y \cdot \frac{a}{b^2}"),
            _two("/"),
        ),
        Operation(
            "Pow",
            "a ** b",
            "y = a^b",
            (r"\bar a = \bar y \cdot b \, a^{b-1}", r"\bar b = \bar y \cdot a^b \ln a"),
            _two("**"),
        ),
    ),
    "One input, element by element": (
        Operation("Negate", "-x", "y = -x", (r"\bar x = -\bar y",), _one("-x", "[3.5, -2.0]"), (-3, 3)),
        Operation(
            "Log",
            "log(x)",
            r"y = \ln x",
            (r"\bar x = \frac{\bar y}{x}",),
            _one("log(x)", "[0.5, 2.5]"),
            (0.15, 5),
        ),
        Operation(
            "Exp",
            "exp(x)",
            "y = e^x",
            (r"\bar x = \bar y \cdot y",),
            _one("exp(x)", "[-1.5, 0.5]"),
            (-2.5, 1.5),
        ),
        Operation(
            "Sqrt",
            "sqrt(x)",
            r"y = \sqrt{x}",
            (r"\bar x = \frac{\bar y}{2 y}",),
            _one("sqrt(x)", "[0.25, 9.0]"),
            (0.05, 9),
        ),
        Operation(
            "Abs",
            "abs(x)",
            "y = |x|",
            (r"\bar x = \bar y \cdot \mathrm{sign}(x)",),
            _one("abs(x)", "[3.5, -2.0]"),
            (-3, 3),
        ),
        Operation(
            "ReLU",
            "relu(x)",
            r"y = \max(x, 0)",
            (r"\bar x = \bar y \;\text{ where } x > 0, \text{ else } 0",),
            _one("relu(x)", "[3.5, -2.0]"),
            (-3, 3),
        ),
        Operation(
            "Sigmoid",
            "sigmoid(x)",
            r"y = \frac{1}{1 + e^{-x}}",
            (r"\bar x = \bar y \cdot y \, (1 - y)",),
            _one("sigmoid(x)", "[0.5, -2.0]"),
            (-6, 6),
        ),
        Operation(
            "Tanh",
            "tanh(x)",
            r"y = \tanh x",
            (r"\bar x = \bar y \cdot (1 - y^2)",),
            _one("tanh(x)", "[0.5, -2.0]"),
            (-3.5, 3.5),
        ),
        Operation(
            "Cast",
            "x.astype(dtype)",
            r"y = x \;\text{ with other digits}",
            (r"\bar x = \bar y \;\text{ with the digits of } x",),
            _one("x.astype(np.float64)", "[0.5, -2.0]"),
        ),
    ),
    "Shapes": (
        Operation(
            "Reshape",
            "x.reshape(2, 2)",
            r"y = x \;\text{ in another shape}",
            (r"\bar x = \bar y \;\text{ in the shape of } x",),
            _one("x.reshape(2, 2)", "[1.0, 2.0, 3.0, 4.0]", "[[5.0, 6.0], [7.0, 8.0]]"),
        ),
        Operation(
            "Transpose",
            "x.transpose()",
            r"y_{ji} = x_{ij}",
            (r"\bar x_{ij} = \bar y_{ji}",),
            _one("x.transpose()", "[[1.0, 2.0]]", "[[5.0], [7.0]]"),
        ),
        Operation(
            "Summation",
            "x.sum(axis=0)",
            r"y_j = \sum_i x_{ij}",
            (r"\bar x_{ij} = \bar y_j",),
            _one("x.sum(axis=0)", "[[1.0, 2.0], [3.0, 4.0]]"),
        ),
        Operation(
            "BroadcastTo",
            "x.broadcast_to(2, 2)",
            r"y_{ij} = x_j",
            (r"\bar x_j = \sum_i \bar y_{ij}",),
            _one("x.broadcast_to(2, 2)", "[1.0, 2.0]", "[[5.0, 7.0], [1.0, 2.0]]"),
        ),
    ),
    "Matrices and losses": (
        Operation(
            "MatMul",
            "a @ b",
            "Y = A B",
            (r"\bar A = \bar Y B^{T}", r"\bar B = A^{T} \bar Y"),
            "a, b = Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])\n"
            "y = a @ b\n"
            "y.backward(np.array([[5.0]]))\n"
            "draw(y, y=y, a=a, b=b)",
        ),
        Operation(
            "LogSumExp",
            "logsumexp(x)",
            r"y = \ln \sum_i e^{x_i}",
            (r"\bar x_i = \bar y \cdot e^{\,x_i - y}",),
            _one("logsumexp(x)", "[1.0, 3.0]", "5.0"),
        ),
    ),
}

OPERATIONS = tuple(operation for group in GROUPS.values() for operation in group)


def classes() -> list[type[Function]]:
    """The operations that babygrad has, each once."""
    found = {getattr(ops, name): None for name in ops.__all__}
    return [each for each in found if isinstance(each, type) and issubclass(each, Function)]


def run_example(operation: Operation) -> dict[str, Any]:
    """What the example leaves behind by name, with the picture as ``picture``."""
    *lines, last = ast.parse(operation.example).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {"np": np, "draw": draw, **{name: getattr(babygrad, name) for name in _names()}}
    exec(compile(ast.Module(lines, []), operation.name, "exec"), names)
    names["picture"] = eval(compile(ast.Expression(last.value), operation.name, "eval"), names)
    return names


def _names() -> list[str]:
    return [name for name in babygrad.__all__ if not name.startswith("_")]


# Pages -----------------------------------------------------------------------------------------------


def pages() -> Iterator[tuple[str, str]]:
    """Each page's name and Markdown."""
    yield "index", _index()
    for operation in OPERATIONS:
        yield operation.name, _page(operation)


def _index() -> str:
    parts = [
        "# Operations",
        "Every operation is one class: `forward` computes with arrays, `backward` turns the gradient of the "
        "output into those of the inputs. In the formulas, $\\bar y$ is the {term}`upstream gradient`, the "
        "slope of the loss along $y$. Where two inputs are {term}`broadcast <broadcasting>`, each gradient "
        "is summed until it fits its input.",
    ]
    for title, group in GROUPS.items():
        rows = [
            f"| [{operation.name}]({operation.name}.md) | `{operation.written}` | ${operation.value}$ | "
            + ", ".join(f"${rule}$".replace("|", r"\vert ") for rule in operation.gradients)
            + " |"
            for operation in group
        ]
        head = "| operation | written | value | gradients |\n|---|---|---|---|\n"
        parts.append(f"## {title}\n\n{head}" + "\n".join(rows).replace("$y = |x|$", r"$y = \vert x \vert$"))
    names = "\n".join(operation.name for operation in OPERATIONS)
    parts.append(f":::{{toctree}}\n:hidden:\n\n{names}\n:::")
    return "\n\n".join(parts) + "\n"


def _page(operation: Operation) -> str:
    made = getattr(ops, operation.name)
    function = getattr(ops, operation.function)
    formulas = r" \qquad ".join(operation.gradients)
    picture = run_example(operation)["picture"]
    imports = "import numpy as np\n\nfrom babygrad import *\nfrom babygrad.graph import draw"
    parts = [
        f"# {operation.name}",
        f":::{{py:class}} babygrad.{operation.name}{signature(made)}\n:no-contents-entry:\n:::",
        as_markdown(made),
        f"$$\n{operation.value}\n$$",
        f"**Gradients**, for an upstream gradient $\\bar {'Y' if operation.name == 'MatMul' else 'y'}$:",
        f"$$\n{formulas}\n$$",
        _built_in(operation),
        "## An example",
        f"```python\n{imports}\n\n{operation.example}\n```",
        _raw(picture._repr_mimebundle_()["text/html"]),
    ]
    if operation.curve:
        parts.append(_raw(_curves(operation)._repr_mimebundle_()["text/html"]))
    parts += [
        "## As a function",
        f":::{{py:function}} babygrad.{operation.function}{signature(function)}\n:no-contents-entry:\n\n"
        f"{as_markdown(function)}\n:::",
        "## Its code",
        f"```python\n{inspect.getsource(made).rstrip()}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _built_in(operation: Operation) -> str:
    if not operation.lesson:
        return ""
    return f"You build it in lesson [{operation.lesson[:2]}](../lessons/{operation.lesson}.ipynb)."


def _raw(html: str) -> str:
    """HTML between Markdown: an empty line would end it."""
    return "\n".join(line for line in html.splitlines() if line.strip())


def _curves(operation: Operation) -> Any:
    """Value and slope of a function of one number."""
    assert operation.curve is not None
    names = {name: getattr(babygrad, name) for name in _names()}
    x = babygrad.Tensor(np.linspace(*operation.curve, 241))
    y = eval(operation.written, {**names, "x": x})
    y.backward()
    assert x.grad is not None
    figure, (left, right) = axes(columns=2, width=7.0, height=2.8)
    left.plot(x.data, y.data)
    left.set(title=f"value: {operation.written}", xlabel="x")
    right.plot(x.data, x.grad, color="#c2540a", linestyle="-")
    right.set(title="slope", xlabel="x")
    ends = "; ".join(
        f"at {x.data[i]:.3g} the value is {y.data[i]:.3g} and the slope {x.grad[i]:.3g}" for i in (0, 120, -1)
    )
    return described(figure, f"Value and slope of {operation.written}", f"Two curves over x: {ends}.")
