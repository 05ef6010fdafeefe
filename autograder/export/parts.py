"""The table: which exported cells become which part of the learner's package, and what is lent instead.

A lesson that adds to the library adds rows to ``PARTS``, and to ``MODULES`` where it begins a new module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from autograder.exercise import Exercise
from autograder.exercises import exercises


@dataclass(frozen=True)
class Part:
    """One part of the package: what an exercise's cell defines, or what the reference has for it.

    label: as people read it. module: where its names go ("ops.shape"), but for Tensor, whose home is
    "tensor". names: what it defines.
    sources: cells, as "lesson/cell"; the first whose checks are right counts, so that what replaces a part of
    an earlier lesson stands before it. Several cells in one source belong together, one for each name.
    borrowed: definitions of babygrad's, such as "Add" or "Tensor.__init__", or pieces of
    ``autograder.export.lent``, such as "lent.matmul"; "Module.state_dict" is a function that is attached to
    the class, as in the lesson. checked_as: Python for what the exercise calls these names, where they are
    borrowed. checked_alone: with babygrad's parts around it, as in its lesson, which
    counts on more than the lessons ask of these.
    """

    label: str
    module: str
    names: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    borrowed: tuple[str, ...]
    checked_as: str = ""
    checked_alone: bool = False

    @cached_property
    def cells(self) -> frozenset[str]:
        """All cells that it can come from."""
        return frozenset(cell for source in self.sources for cell in source)


MODULES = {
    "tensor": "The Tensor: an array that remembers where it came from.",
    "function": "The Function: an operation that remembers its inputs.",
    "ops.shape": "Operations that move, repeat and add up elements.",
    "ops.elementwise": "Operations number by number.",
    "ops.matmul": "Matrix multiplication.",
    "ops.functions": "Operations as functions: `exp(x)` for `Exp()(x)`. No lesson asks for them.",
    "ops.logsumexp": "The logarithm of a sum of exponentials, the heart of the softmax loss.",
    "backward": "The backward pass: from the output to everything it was made from.",
    "gradcheck": "Numeric gradients, and the check of a backward pass against them.",
    "init": "Random weights of the right size.",
    "nn": "Layers and losses: parameters that are found wherever a module keeps them.",
    "optim": "Optimizers: how parameters follow their gradients downhill.",
}
"""The modules of the package, with what they hold; each can use those before it while it is imported."""

IMPORTED_BY_NAME = ("init", "nn", "optim")
"""Modules whose names are not those of the whole package: ``from mybabygrad.nn import Linear``."""

GIVEN_MODULES = ("data",)
"""Modules of babygrad's that stand for themselves, and are given as they are."""

GIVEN = {
    "tensor": ("_wrap",),
    "function": ("no_grad",),
    "ops.elementwise": ("Cast",),
    "ops.functions": (
        *("sub", "div", "pow", "negate", "log", "exp", "sqrt", "abs", "relu", "sigmoid", "tanh", "cast"),
        *("Relu", "multiply"),
    ),
    "init": ("kaiming_uniform", "xavier_uniform"),
    "nn": ("Parameter", "Module", "nn.ReLU", "nn.Sigmoid", "nn.Tanh"),
}
"""What no lesson asks for, and people expect to find: the reference's, by the module of the package.

Functions are apart from the classes, because `abs` and `pow` would hide Python's own from the learner's code.
"nn.ReLU" is what the module nn calls ReLU: there is another ReLU in a module before it.
"""

GIVEN_FIRST = ("nn",)
"""Modules in which what is given stands first: the lessons begin with it."""


def whole_name(name: str, module: str) -> str:
    """What a module calls `name`, as it is told from what others call so: "nn.ReLU", but "Linear"."""
    whole = f"{module}.{name}"
    return whole if whole in GIVEN.get(module, ()) else name


def _operation(name: str, cell: str, *, lesson: str = "04_elementwise") -> Part:
    return Part(name, "ops.elementwise", (name,), ((f"{lesson}/{cell}",),), (name,))


def _shape(name: str, function: str) -> Part:
    return Part(name, "ops.shape", (name, function), ((f"05_shape/{function}",),), (name, function))


def _one(name: str, module: str, cell: str) -> Part:
    return Part(name, module, (name,), ((cell,),), (name,))


def _operators(label: str, cell: str, *methods: str) -> Part:
    return Part(label, "tensor", ("Tensor",), ((cell,),), methods)


def _methods_of_modules(cell: str, *names: str) -> Part:
    methods = tuple(f"Module.{name}" for name in names)
    return Part(", ".join(methods), "nn", names, ((f"10_layers/{cell}",),), methods)


PARTS = (
    _operators("Tensor.__init__", "01_tensor/tensor_init", "Tensor.__init__"),
    _operators(
        "Tensor methods",
        "01_tensor/tensor_methods",
        *("Tensor.shape", "Tensor.dtype", "Tensor.numpy", "Tensor.detach", "Tensor.__repr__"),
    ),
    Part(
        "_ensure_tensor", "tensor", ("_ensure_tensor",), (("01_tensor/ensure_tensor",),), ("_ensure_tensor",)
    ),
    Part("Function", "function", ("Function",), (("03_function/function_call",),), ("Function",)),
    Part(
        "add, mul; Tensor + *",
        "ops.elementwise",
        ("add", "mul", "Tensor"),
        (("03_function/operators",),),
        ("add", "mul", "Tensor.__add__", "Tensor.__radd__", "Tensor.__mul__", "Tensor.__rmul__"),
    ),
    _operation("Negate", "negate"),
    _operation("Log", "log"),
    _operation("Exp", "exp"),
    _operation("Sqrt", "sqrt"),
    _operation("ReLU", "relu"),
    _operation("Abs", "abs"),
    _operation("Sigmoid", "sigmoid"),
    _operation("Tanh", "tanh"),
    _operators(
        "Tensor - / **",
        "04_elementwise/operators",
        *("Tensor.__neg__", "Tensor.__sub__", "Tensor.__rsub__", "Tensor.__truediv__"),
        *("Tensor.__rtruediv__", "Tensor.__pow__", "Tensor.__rpow__"),
    ),
    _shape("Reshape", "reshape"),
    _shape("Transpose", "transpose"),
    _shape("Summation", "summation"),
    _shape("BroadcastTo", "broadcast_to"),
    Part("unbroadcast", "ops.shape", ("unbroadcast",), (("06_broadcasting/unbroadcast",),), ("unbroadcast",)),
    Part(
        "Add, Sub, Mul",
        "ops.elementwise",
        ("Add", "Sub", "Mul"),
        (("06_broadcasting/add_sub_mul",), ("03_function/add", "04_elementwise/sub", "03_function/mul")),
        ("Add", "Sub", "Mul"),
    ),
    Part(
        "Div, Pow",
        "ops.elementwise",
        ("Div", "Pow"),
        (("06_broadcasting/div_pow",), ("04_elementwise/div", "04_elementwise/pow")),
        ("Div", "Pow"),
    ),
    Part("MatMul", "ops.matmul", ("MatMul",), (("07_matmul/matmul",),), ("MatMul",)),
    Part("matmul", "ops.matmul", ("matmul",), (("07_matmul/vectors",),), ("lent.matmul",)),
    _operators("Tensor @", "07_matmul/operator", "lent.matmul_operators"),
    Part(
        "topological_order",
        "backward",
        ("topological_order",),
        (("09_trust/deep_order",), ("08_backward/topological_order",)),
        ("topological_order",),
    ),
    Part(
        "Tensor.backward",
        "backward",
        ("backward",),
        (("08_backward/backward",),),
        ("Tensor.backward",),
        checked_as="backward = Tensor.backward",
    ),
    Part(
        "grad",
        "backward",
        ("grad",),
        (("09_trust/second_derivative",),),
        ("grad",),
        checked_as="whole = grad\ndef grad(y, x): return whole(y, x, create_graph=True)",
        checked_alone=True,  # it counts on rules that are made of Tensor operations
    ),
    Part(
        "central_difference",
        "gradcheck",
        ("central_difference",),
        (("02_gradient/central_difference",),),
        ("central_difference",),
    ),
    Part(
        "numeric_gradient",
        "gradcheck",
        ("numeric_gradient",),
        (("02_gradient/numeric_gradient",),),
        ("numeric_gradient",),
    ),
    Part(
        "gradcheck",
        "gradcheck",
        ("gradcheck",),
        (("09_trust/gradcheck",),),
        ("gradcheck",),
        checked_alone=True,  # it counts on a backward that refuses gradients of a wrong shape
    ),
    Part(
        "LogSumExp",
        "ops.logsumexp",
        ("LogSumExp", "logsumexp"),
        (("10_layers/logsumexp",),),
        ("LogSumExp", "logsumexp"),
    ),
    _methods_of_modules("named_parameters", "named_parameters"),
    _methods_of_modules("state_dict", "state_dict", "load_state_dict"),
    _one("Linear", "nn", "10_layers/linear"),
    _one("Sequential", "nn", "10_layers/sequential"),
    _one("softmax_loss", "nn", "10_layers/softmax_loss"),
    Part(
        "kaiming_normal, xavier_normal",
        "init",
        ("kaiming_normal", "xavier_normal"),
        (("11_optimizers/init",),),
        ("kaiming_normal", "xavier_normal"),
    ),
    Part(
        "Optimizer, GradientDescent",
        "optim",
        ("Optimizer", "GradientDescent"),
        (("11_optimizers/descent",),),
        ("Optimizer", "lent.gradient_descent"),
    ),
    _one("SGD", "optim", "11_optimizers/sgd"),
    _one("Adam", "optim", "11_optimizers/adam"),
)

NARROWER = frozenset({"grad"})
"""Names that a lesson asks less of than babygrad's own code does: what is borrowed takes its own along."""

CELLS = frozenset(cell for part in PARTS for cell in part.cells)
LESSONS = tuple(sorted({cell.split("/")[0] for cell in CELLS}))


def exercises_of(lesson: str) -> list[Exercise]:
    """The exercises of a lesson that ask for a part of the package."""
    return [exercise for exercise in exercises(lesson) if f"{lesson}/{exercise.cell}" in CELLS]


def part_of(exercise: Exercise) -> Part:
    """The part that an exercise of ``exercises_of`` asks for."""
    cell = f"{exercise.name.split('/')[0]}/{exercise.cell}"
    return next(part for part in PARTS if cell in part.cells)
