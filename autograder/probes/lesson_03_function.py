"""Lesson 03: the probes."""

from __future__ import annotations

import numpy as np

from autograder.observation import Claim, Form
from autograder.probes.operation import Operation
from autograder.surroundings import names_mean, those_of_babygrad
from babygrad import Tensor
from babygrad.tensor import _ensure_tensor

# Function.__call__ ------------------------------------------------------------------------------------


def _weighted_sum(function_class):
    """An operation of any number of inputs: 3 times the first, plus 5 times the second, …"""

    def forward(self, *arrays):
        self.received = arrays
        numbers = [array.data if isinstance(array, Tensor) else array for array in arrays]
        return sum((3 + 2 * position) * array for position, array in enumerate(numbers))

    return type("Operation", (function_class,), {"forward": forward})()


def _called(parts, arrays, wanted=None):
    """The operation, the Tensors it was called with, and what came out."""
    op = _weighted_sum(parts.Function)
    wanted = wanted or [True] * len(arrays)
    tensors = [Tensor(array, requires_grad=want) for array, want in zip(arrays, wanted, strict=True)]
    return op, tensors, op(*tensors)


def arrays_in_tensor_out(parts, arrays):
    """forward gets arrays; the result is a Tensor around what it returns."""
    with names_mean(parts.Function, Tensor=Tensor, _ensure_tensor=_ensure_tensor):
        op, _, result = _called(parts, arrays)
        yield "what `forward` receives", op.received
        yield "`c`", result


def _value(tensor):
    """A Tensor in float64: which dtype comes of a number and an array is not this part's business."""
    return Tensor(tensor, dtype=np.float64) if isinstance(tensor, Tensor) else tensor


def history(parts, arrays, wanted):
    """What the result remembers."""
    with names_mean(parts.Function, Tensor=Tensor, _ensure_tensor=_ensure_tensor):
        op, _, result = _called(parts, arrays, wanted)
        yield "`c`", Form(result)
        yield "`c.requires_grad`", result.requires_grad
        yield "`c._op`", result._op
        yield "`c._op` should be the very operation that was called", Claim(result._op is op)
        yield "`c._inputs` should be a tuple", Claim(isinstance(result._inputs, tuple))
        several = isinstance(result._inputs, (tuple, list))
        yield "the number of entries of `c._inputs`", len(result._inputs) if several else 0


def no_history(parts, arrays, wanted):
    """What the result does not remember."""
    with names_mean(parts.Function, Tensor=Tensor, _ensure_tensor=_ensure_tensor):
        _, _, result = _called(parts, arrays, wanted)
        yield "`c`", Form(result)
        yield "`c.requires_grad`", result.requires_grad
        yield "`c._op`", result._op
        yield "`c._inputs`", result._inputs


def parents(parts, arrays, wanted):
    """The inputs are the very Tensors, in order."""
    with names_mean(parts.Function, Tensor=Tensor, _ensure_tensor=_ensure_tensor):
        _, tensors, result = _called(parts, arrays, wanted)
        yield "`c`", Form(result)
        yield "the number of entries of `c._inputs`", len(result._inputs)
        for i, tensor in enumerate(tensors):
            yield f"`c._inputs[{i}]`", result._inputs[i]
            place = f"`c._inputs[{i}]` should be the very Tensor that was passed as input {i}"
            yield place, Claim(result._inputs[i] is tensor)


def plain_numbers(parts, array, other, first):
    """Numbers and arrays next to a Tensor."""
    with names_mean(parts.Function, Tensor=Tensor, _ensure_tensor=_ensure_tensor):
        t = Tensor(array)
        op = _weighted_sum(parts.Function)
        result = op(other, t) if first else op(t, other)
        own, constant = (1, 0) if first else (0, 1)
        yield "`c`", _value(result)
        yield "`c.requires_grad`", result.requires_grad
        yield "the number of entries of `c._inputs`", len(result._inputs)
        yield f"`c._inputs[{own}]` should be `t` itself", Claim(result._inputs[own] is t)
        yield f"`c._inputs[{constant}]`", _value(result._inputs[constant])
        yield f"`c._inputs[{constant}].requires_grad`", result._inputs[constant].requires_grad


# Add and Mul ------------------------------------------------------------------------------------------


ADD, MUL = Operation("Add", ("a", "b")), Operation("Mul", ("a", "b"))


def float32(*numbers):
    return np.array(numbers, dtype=np.float32)


# add, mul, + and * ------------------------------------------------------------------------------------


_EXPRESSIONS = {
    "add(x, y)": ("", lambda p, x, y, array: p.add(x, y)),
    "mul(x, y)": ("", lambda p, x, y, array: p.mul(x, y)),
    "add(x, 7)": ("", lambda p, x, y, array: p.add(x, 7)),
    "mul(7, x)": ("", lambda p, x, y, array: p.mul(7, x)),
    "x + y": ("__add__", lambda p, x, y, array: x + y),
    "x * y": ("__mul__", lambda p, x, y, array: x * y),
    "x + 7": ("__add__", lambda p, x, y, array: x + 7),
    "x * 7": ("__mul__", lambda p, x, y, array: x * 7),
    "7 + x": ("__radd__", lambda p, x, y, array: 7 + x),
    "7 * x": ("__rmul__", lambda p, x, y, array: 7 * x),
    "np.array([5, 6]) + x": ("__radd__", lambda p, x, y, array: array + x),
    "np.array([5, 6]) * x": ("__rmul__", lambda p, x, y, array: array * x),
}


def expression(parts, text, x, y):
    """The value of an expression, and what it remembers."""
    method, evaluate = _EXPRESSIONS[text]
    yield _KEPT, Claim(parts.Tensor.__init__ is not object.__init__)
    own = parts.Tensor is not Tensor or parts.add in those_of_babygrad("add", "mul").values()
    yield "`Tensor` should be your class: run the cell above again", Claim(own)
    if method:
        claim = f"the class should define `{method}`, spelled so, and indented below `class Tensor(Tensor):`"
        yield claim, Claim(method in vars(parts.Tensor))
    with names_mean(parts.add, **those_of_babygrad("Add", "Mul")):
        x, y = parts.Tensor(x), parts.Tensor(y)
        try:
            c = evaluate(parts, x, y, float32(5, 6))
        except RecursionError as error:
            error.args = ()  # where Python had enough of it is chance
            raise
        yield f"`{text}`", c
        yield f"`{text}._op`" if method == "" else f"`({text})._op`", c._op
        named = [t for name, t in (("x", x), ("y", y)) if name in text]
        kept = all(any(t is held for held in c._inputs) for t in named)
        yield (
            "the Tensors themselves should be among the `_inputs` of the result, no copies of them",
            Claim(kept),
        )
        constant = all(any(t is held for t in named) or not held.requires_grad for held in c._inputs)
        yield "what was no Tensor should be a constant among the `_inputs`", Claim(constant)
        again = evaluate(parts, x, y, float32(5, 6))
        yield "each call should make an operation of its own", Claim(again._op is not c._op)
        yield "`x` afterwards", x


_KEPT = (
    "the class should still be a Tensor: its first line is `class Tensor(Tensor):`. Correct it, then run the "
    "first cell of the notebook and this one again"
)


# by_hand ----------------------------------------------------------------------------------------------


def first_steps(parts, a, b, c):
    """The gradient with respect to c, one step away from the root's other factor."""
    grads = parts.by_hand(a, b, c)
    yield _GRADIENTS, _as_tuple(grads)
    yield "the third number, the gradient with respect to `c`,", grads[2]


def all_the_way(parts, a, b, c):
    """The gradients with respect to a and b, through both paths."""
    grads = parts.by_hand(a, b, c)
    yield _GRADIENTS, _as_tuple(grads)
    yield "the first number, the gradient with respect to `a`,", grads[0]
    yield "the second number, the gradient with respect to `b`,", grads[1]


_GRADIENTS = "what `by_hand` returns"


def _as_tuple(grads):
    """Three numbers in a tuple or a list, whole or not, by their form only."""
    numbers = isinstance(grads, (tuple, list)) and all(isinstance(n, (int, float, np.number)) for n in grads)
    return Form(tuple(float(n) for n in grads) if numbers else grads)
