"""The engines of lesson 09's bug hunt: each is babygrad with one thing changed.

Reading this file is reading the last page of a detective story first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from babygrad import backward, function, numeric_gradient, ops
from babygrad.tensor import Tensor, _wrap

__all__ = ["OPERATIONS", "Engine", "engine", "finished_gradcheck"]

_CLASSES: dict[str, Any] = {
    "add": ops.Add,
    "sub": ops.Sub,
    "mul": ops.Mul,
    "div": ops.Div,
    "pow": ops.Pow,
    "negate": ops.Negate,
    "exp": ops.Exp,
    "log": ops.Log,
    "sqrt": ops.Sqrt,
    "abs": ops.Abs,
    "relu": ops.ReLU,
    "sigmoid": ops.Sigmoid,
    "tanh": ops.Tanh,
    "reshape": ops.Reshape,
    "transpose": ops.Transpose,
    "summation": ops.Summation,
    "broadcast_to": ops.BroadcastTo,
    "matmul": ops.MatMul,
}
OPERATIONS = tuple(_CLASSES)
"""The functions that every engine has."""

_OPERATORS = {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow", "matmul": "matmul"}
_WITH_SETTINGS = ("reshape", "transpose", "summation", "broadcast_to")

Backward = Callable[[Tensor, Any], None]
Rule = Callable[[Any, Tensor, Tensor], Any]


class Engine:
    """The operations of babygrad as functions, ``engine.mul(a, b)``, and a Tensor class of its own.

    They take Tensors of babygrad as well. What they return has the engine's operators and its ``backward``.
    """

    Tensor: type[Tensor]

    def __init__(self, name: str, rules: dict[str, Rule] | None = None, walk: Backward | None = None) -> None:
        self.name = name
        self.Tensor = _tensor_class(self, walk or backward.accumulate)
        for operation, right in _CLASSES.items():
            rule = (rules or {}).get(operation)
            own = type(right.__name__, (right,), {"backward": rule}) if rule else right
            setattr(self, operation, self._function(operation, own))

    def __repr__(self) -> str:
        return self.name

    def _function(self, operation: str, own: Any) -> Callable[..., Any]:
        if operation in _WITH_SETTINGS:

            def call(x: Any, *settings: Any, **named: Any) -> Any:
                return self._adopted(own(*settings, **named)(x))
        else:

            def call(x: Any, *others: Any) -> Any:  # type: ignore[misc]
                return self._adopted(own()(x, *others))

        call.__name__ = call.__qualname__ = operation
        return call

    def _adopted(self, tensor: Any) -> Any:
        """A fresh result as a Tensor of this engine."""
        tensor.__class__ = self.Tensor  # both classes have the same slots
        return tensor


def _tensor_class(engine: Any, walk: Backward) -> type[Tensor]:
    """Tensors whose operators, methods and ``backward`` are those of `engine`."""

    def _backward(self: Tensor, grad: Any = None) -> None:
        if not self.requires_grad:
            raise RuntimeError("Cannot call backward on a tensor that does not require gradients.")
        walk(self, grad)

    def _mean(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        total = engine.summation(self, axis, keepdims)
        return total / (self.size / max(total.size, 1))

    members: dict[str, Any] = {
        "__slots__": (),
        "backward": _backward,
        "mean": _mean,
        "sum": lambda self, axis=None, keepdims=False: engine.summation(self, axis, keepdims),
        "reshape": lambda self, *shape: engine.reshape(self, _one_or_many(shape)),
        "broadcast_to": lambda self, *shape: engine.broadcast_to(self, _one_or_many(shape)),
        "transpose": lambda self, *axes: engine.transpose(self, _one_or_many(axes) if axes else None),
        "T": property(lambda self: engine.transpose(self)),
        "__neg__": lambda self: engine.negate(self),
        "__abs__": lambda self: engine.abs(self),
    }
    for name in ("log", "exp", "sqrt", "abs", "relu", "sigmoid", "tanh"):
        members[name] = lambda self, name=name: getattr(engine, name)(self)
    for operator, name in _OPERATORS.items():
        members[f"__{operator}__"] = lambda a, b, name=name: getattr(engine, name)(a, b)
        members[f"__r{operator}__"] = lambda b, a, name=name: getattr(engine, name)(a, b)
    return type("Tensor", (Tensor,), members)


def _one_or_many(arguments: tuple) -> Any:
    return arguments[0] if len(arguments) == 1 else arguments


# What is changed ---------------------------------------------------------------------------------------


def _tanh(op: Any, out_grad: Tensor, node: Tensor) -> Any:
    (x,) = node._inputs
    return out_grad * (1 - x * x)


def _pow(op: Any, out_grad: Tensor, node: Tensor) -> Any:
    a, b = node._inputs
    _, for_the_exponent = ops.Pow.backward(op, out_grad, node)
    return (ops.unbroadcast(out_grad * b * a, a.shape) if a.requires_grad else None), for_the_exponent


def _relu(op: Any, out_grad: Tensor, node: Tensor) -> Any:
    return out_grad * _wrap(node.data >= 0)


def _add(op: Any, out_grad: Tensor, node: Tensor) -> Any:
    grads = zip(node._inputs, ops.Add.backward(op, out_grad, node), strict=True)
    return tuple(
        grad if grad is None or x.size == node.size else grad * (x.size / node.size) for x, grad in grads
    )


def _transpose(op: Any, out_grad: Tensor, node: Tensor) -> Any:
    return ops.transpose(out_grad, op.axes)


def _matmul(op: Any, out_grad: Tensor, node: Tensor) -> Any:
    a, b = node._inputs
    for_a, for_b = ops.MatMul.backward(op, out_grad, node)
    if b.ndim == 2 and a.ndim > 2 and b.requires_grad:
        copies = np.swapaxes(a.data, -1, -2) @ out_grad.data
        for_b = _wrap(copies.reshape(-1, *b.shape)[0])
    return for_a, for_b


def _last_one_wins(root: Tensor, grad: Any) -> None:
    with function.no_grad():
        ledger = {root: backward._seed(root, grad)}
        for node in reversed(backward.topological_order(root)):
            if node not in ledger:
                continue
            _add_to_grad(node, ledger[node])
            ledger.update(_one_step_back(node, ledger[node]))


def _passes_on_all_of_grad(root: Tensor, grad: Any) -> None:
    with function.no_grad():
        ledger = {root: backward._seed(root, grad)}
        for node in reversed(backward.topological_order(root)):
            if node not in ledger:
                continue
            _add_to_grad(node, ledger[node])
            assert node.grad is not None
            for tensor, found in _one_step_back(node, _wrap(node.grad)):
                ledger[tensor] = ledger[tensor] + found if tensor in ledger else found


def _add_to_grad(node: Tensor, found: Tensor) -> None:
    node.grad = found.data.copy() if node.grad is None else np.asarray(node.grad + found.data)


def _one_step_back(node: Tensor, out_grad: Tensor) -> Any:
    """Pairs of an input that wants a gradient and what the rule of `node` sends it."""
    if node._op is None:
        return ()
    grads = node._op.backward(out_grad, node)
    pairs = zip(node._inputs, grads if isinstance(grads, tuple) else (grads,), strict=True)
    return [(tensor, backward._fitting(grad, tensor, node)) for tensor, grad in pairs if tensor.requires_grad]


_CHANGES: dict[int, dict[str, Any]] = {
    0: {},
    1: {"rules": {"tanh": _tanh}},
    2: {"rules": {"add": _add}},
    3: {"walk": _last_one_wins},
    4: {"rules": {"pow": _pow}},
    5: {"rules": {"transpose": _transpose}},
    6: {"rules": {"relu": _relu}},
    7: {"walk": _passes_on_all_of_grad},
    8: {"rules": {"matmul": _matmul}},
}


@cache
def engine(number: int) -> Engine:
    """Engine 1 to 8, each with one fault; engine 0 has none. Raises ValueError for any other number."""
    if number not in _CHANGES:
        raise ValueError(f"engine: there are engines 0 to {len(_CHANGES) - 1}, and no engine {number!r}.")
    return Engine(f"engine({number})", **_CHANGES[number])


def finished_gradcheck(f: Callable[..., Tensor], *xs: Any) -> bool:
    """True if ``backward`` of what `f` returns agrees with nudging at `xs`, else an AssertionError.

    babygrad's own gradcheck would not do: it walks the graph itself, and the walk may be what is broken.
    """
    tensors = [Tensor(x, dtype=np.float64) for x in xs]
    out = f(*tensors)
    v = np.random.default_rng(0).normal(size=out.shape)
    out.backward(v)
    nudged = numeric_gradient(lambda *arrays: f(*map(Tensor, arrays)).data, [t.data for t in tensors], v)
    for position, (tensor, right) in enumerate(zip(tensors, nudged, strict=True)):
        found = np.zeros_like(right) if tensor.grad is None else tensor.grad
        wrong = np.argwhere(~np.isclose(found, right, rtol=1e-5, atol=1e-7)).tolist()
        if wrong:
            index = tuple(wrong[0])
            both = f"backward gives {found[index]:.6g}, nudging gives {right[index]:.6g}"
            raise AssertionError(f"input {position}, index {index}: {both}")
    return True
