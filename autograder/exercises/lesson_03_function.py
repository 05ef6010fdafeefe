"""Lesson 03: Function, Add, Mul, the operators, and a first gradient by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.exercises.operation import Operation
from autograder.probes import lesson_03_function as probes
from autograder.probes.lesson_03_function import (
    all_the_way,
    arrays_in_tensor_out,
    expression,
    first_steps,
    float32,
    history,
    no_history,
    parents,
    plain_numbers,
)
from babygrad import Tensor
from babygrad.tensor import _ensure_tensor

# Function.__call__ ------------------------------------------------------------------------------------


_OP = "an operation `op` that computes `3 * a + 5 * b`"


def some_arrays(rng):
    """One input or several, a number or an array, both dtypes."""
    return [
        Case("With an operation `op` that computes `3 * a`, and `c = op(Tensor(4.0))`", {"arrays": [4.0]}),
        Case(f"With {_OP}, and `c = op(Tensor([4, -1]), Tensor([7, 6]))`", {"arrays": [[4, -1], [7, 6]]}),
        Case(
            "With an operation of three float64 inputs of shape (2, 3)",
            {"arrays": [rng.normal(size=(2, 3)) for _ in range(3)]},
        ),
        Case("With an operation of a float64 input of shape ()", {"arrays": [np.array(rng.normal())]}),
    ]


def gradients_wanted(rng):
    """At least one input requires a gradient."""
    shape = tuple(rng.integers(2, 9, 2).tolist())
    ab = [[4, -1], [7, 6]]
    return [
        Case(f"With {_OP}, and `c = op(a, b)`", {"arrays": ab, "wanted": [True, True]}),
        Case(f"With {_OP}, where only `a` requires a gradient", {"arrays": ab, "wanted": [True, False]}),
        Case(f"With {_OP}, where only `b` requires a gradient", {"arrays": ab, "wanted": [False, True]}),
        Case(
            "With an operation of three inputs, of which only the second requires a gradient",
            {"arrays": [*ab, [2, 3]], "wanted": [False, True, False]},
        ),
        Case(
            f"With {_OP}, and `c = op(a, b)` for float64 arrays of shape {shape}",
            {"arrays": [rng.normal(size=shape), rng.normal(size=shape)], "wanted": [True, True]},
        ),
    ]


def no_gradient_wanted(rng):
    """No input requires a gradient."""
    shape = tuple(rng.integers(2, 9, 2).tolist())
    return [
        Case(
            f"With {_OP}, where neither `a` nor `b` requires a gradient",
            {"arrays": [[4, -1], [7, 6]], "wanted": [False, False]},
        ),
        Case("With a single input that requires no gradient", {"arrays": [[4, -1]], "wanted": [False]}),
        Case(
            f"With a single float64 input of shape {shape} that requires no gradient",
            {"arrays": [rng.normal(size=shape)], "wanted": [False]},
        ),
    ]


def numbers_beside_a_tensor(rng):
    """A number, a list, an array; as the first input and as the second."""
    array = rng.integers(-5, 5, 3) + 0.5
    return [
        Case(f"With {_OP}, and `c = op(t, 7)`", {"array": [4.0, -1.0], "other": 7, "first": False}),
        Case(f"With {_OP}, and `c = op(7, t)`", {"array": [4.0, -1.0], "other": 7, "first": True}),
        Case(
            f"With {_OP}, and `c = op(t, [7, 0.5])`",
            {"array": [4.0, -1.0], "other": [7, 0.5], "first": False},
        ),
        Case(
            f"With {_OP}, and `c = op(array, t)` for a float64 array",
            {"array": array, "other": array * 4, "first": True},
        ),
    ]


class _WrongFunction(babygrad.Function):
    """A right ``__call__``, with a place for each mistake."""

    def __call__(self, *inputs):
        inputs = tuple(self.wrap(value) for value in inputs)
        output = Tensor(self.forward(*[self.unwrap(t) for t in inputs]), requires_grad=self.wants(inputs))
        if self.records(output):
            output._op, output._inputs = self.operation(), self.remembered(inputs)
        return output

    def wrap(self, value):
        return _ensure_tensor(value)

    def unwrap(self, t):
        return t.data

    def wants(self, inputs):
        return any(t.requires_grad for t in inputs)

    def records(self, output):
        return output.requires_grad

    def operation(self):
        return self

    def remembered(self, inputs):
        return inputs


class _AllForAny(_WrongFunction):
    def wants(self, inputs):
        return all(t.requires_grad for t in inputs)


class _AlwaysWants(_WrongFunction):
    def wants(self, inputs):
        return True


class _WantsWithoutHistory(_WrongFunction):
    def __call__(self, *inputs):
        output = super().__call__(*inputs)
        output.requires_grad = True
        return output


class _AlwaysRecords(_WrongFunction):
    def records(self, output):
        return True


class _NeverRecords(_WrongFunction):
    def records(self, output):
        return False


class _ParentsAsArrays(_WrongFunction):
    def remembered(self, inputs):
        return tuple(t.data for t in inputs)


class _ParentsReversed(_WrongFunction):
    def remembered(self, inputs):
        return inputs[::-1]


class _ParentsInAList(_WrongFunction):
    def remembered(self, inputs):
        return list(inputs)


class _ParentsCopied(_WrongFunction):
    def remembered(self, inputs):
        return tuple(Tensor(t, requires_grad=t.requires_grad) for t in inputs)


class _ClassForInstance(_WrongFunction):
    def operation(self):
        return type(self)


class _ForwardGetsTensors(_WrongFunction):
    def unwrap(self, t):
        return t


class _ConstantsWant(_WrongFunction):
    def wrap(self, value):
        return value if isinstance(value, Tensor) else Tensor(value)


class _FirstAsked(_WrongFunction):
    def wants(self, inputs):
        return inputs[0].requires_grad


class _LastAsked(_WrongFunction):
    def wants(self, inputs):
        return inputs[-1].requires_grad


class _AskedTheWrongWayRound(_WrongFunction):
    def records(self, output):
        return not output.requires_grad


class _NoOp(_WrongFunction):
    def operation(self):
        return None


class _NoInputs(_WrongFunction):
    def remembered(self, inputs):
        return ()


class _TupleInATuple(_WrongFunction):
    def remembered(self, inputs):
        return (inputs,)


class _ConstantsLeftOut(_WrongFunction):
    def remembered(self, inputs):
        return tuple(t for t in inputs if t.requires_grad)


class _AllWrappedAgain(_WrongFunction):
    def wrap(self, value):
        return Tensor(value)


class _AllMadeConstants(_WrongFunction):
    def wrap(self, value):
        return Tensor(value, requires_grad=False)


class _NothingWrapped(_WrongFunction):
    def wrap(self, value):
        return value


class _AskedBeforeWrapped(_NothingWrapped):
    def __call__(self, *inputs):
        self.wants(inputs)
        return super().__call__(*inputs)


class _KeepsWhatWasPassed(_WrongFunction):
    def __call__(self, *inputs):
        output = super().__call__(*inputs)
        if output.requires_grad:
            output._inputs = inputs
        return output


class _NotUnpacked(_WrongFunction):
    def __call__(self, *inputs):
        arrays: Any = [_ensure_tensor(value).data for value in inputs]
        return Tensor(self.forward(arrays))


class _UsedUp(_WrongFunction):
    def __call__(self, *inputs):
        tensors = map(_ensure_tensor, inputs)
        wants = any(t.requires_grad for t in tensors)
        return Tensor(self.forward(*[t.data for t in tensors]), requires_grad=wants)


class _TwoAsked(_WrongFunction):
    def wants(self, inputs):
        return inputs[0].requires_grad or inputs[1].requires_grad


class _TwoInputs(_WrongFunction):
    def __call__(self, *inputs):
        inputs[1]  # an IndexError where there is only one
        output = super().__call__(*inputs)
        output.data = self.forward(*[_ensure_tensor(value).data for value in inputs[:2]])
        return output


class _ForcedDtype(_WrongFunction):
    def __call__(self, *inputs):
        output = super().__call__(*inputs)
        output.data = output.data.astype(np.float32)
        return output


class _NothingReturned(_WrongFunction):
    def __call__(self, *inputs):
        super().__call__(*inputs)


class _ReturnedInOneCase(_WrongFunction):
    def __call__(self, *inputs):
        output = super().__call__(*inputs)
        return output if output.requires_grad else None


def _call_mistake(family, message, wrong):
    return Mistake(family, message, {"Function": wrong})


CALL_MISTAKES = (
    _call_mistake(
        "all for any in requires_grad",
        "This looks like `all` where `any` is meant. If only one input requires a gradient, must it "
        "pass through the result?",
        _AllForAny,
    ),
    _call_mistake(
        "constant wants a gradient",
        "The result asks for a gradient although no input does. `Tensor` assumes True unless you tell it. "
        "And if you do: is what you ask of the inputs true of a constant, too?",
        _AlwaysWants,
    ),
    _call_mistake(
        "constant wants a gradient",
        "The result asks for a gradient although no input does: `Tensor` assumes True unless you say "
        "`requires_grad=`.",
        _WantsWithoutHistory,
    ),
    _call_mistake(
        "history kept for constants",
        "You record the history even where nobody will ask for a gradient. What that costs: every array that "
        "was ever computed stays in memory.",
        _AlwaysRecords,
    ),
    _call_mistake(
        "history not recorded",
        "The result has no history: set `_op` and `_inputs` on it before you return it.",
        _NeverRecords,
    ),
    _call_mistake(
        "parents stored as arrays",
        "You stored the arrays. The way back leads through the Tensors: keep those.",
        _ParentsAsArrays,
    ),
    _call_mistake("parents reversed", "The inputs are in reversed order.", _ParentsReversed),
    _call_mistake(
        "parents in a list",
        "The inputs are there, in a list. A history should not change: use a tuple.",
        _ParentsInAList,
    ),
    _call_mistake(
        "parents copied",
        "The inputs you keep are new Tensors with the same numbers. A gradient written into them would never "
        "reach the Tensors that were passed in.",
        _ParentsCopied,
    ),
    _call_mistake(
        "class for instance",
        "`_op` is the class. It should be the object that was called: an operation may hold settings.",
        _ClassForInstance,
    ),
    _call_mistake(
        "forward gets Tensors",
        "`forward` works on arrays: give it the `data` of each input.",
        _ForwardGetsTensors,
    ),
    _call_mistake(
        "constant wants a gradient",
        "The plain number became a Tensor that asks for a gradient. Which function of lesson 01 makes "
        "constants?",
        _ConstantsWant,
    ),
    _call_mistake(
        "first input only",
        "You ask the first input only. Each of the others may be the one that wants a gradient.",
        _FirstAsked,
    ),
    _call_mistake(
        "last input only",
        "Here the last input decides alone. If you ask one after the other, what happens to the answers "
        "before?",
        _LastAsked,
    ),
    _call_mistake(
        "question the wrong way round",
        "You record the history where no gradient is wanted, and none where one is. What does your `if` ask?",
        _AskedTheWrongWayRound,
    ),
    _call_mistake(
        "history not recorded",
        "The result has its `_inputs`, and no `_op`: who computed it?",
        _NoOp,
    ),
    _call_mistake(
        "history not recorded",
        "The result has its `_op`, and its `_inputs` are empty. Have you kept your tuple on the result, and "
        "not on the operation?",
        _NoInputs,
    ),
    _call_mistake(
        "tuple in a tuple",
        "The inputs are in a tuple that is in another tuple. `inputs` is one already.",
        _TupleInATuple,
    ),
    _call_mistake(
        "constants left out",
        "Inputs that require no gradient are missing from `_inputs`. `backward` needs their values, in their "
        "places: `a * b` has a slope for `a`, and that is `b`.",
        _ConstantsLeftOut,
    ),
    _call_mistake(
        "parents copied",
        "You make a new Tensor of every input, also of one that is a Tensor already. The way back then leads "
        "to copies, and what the inputs said about gradients is lost.",
        _AllWrappedAgain,
    ),
    _call_mistake(
        "requires_grad ignored",
        "The result wants no gradient, whatever the inputs want. Either you ask them for something else, or "
        "those that you ask are no longer the ones that were passed.",
        _AllMadeConstants,
    ),
    *(
        _call_mistake(
            "numbers not wrapped",
            "This works for Tensors only. What does `op(t, 7)` need before it can ask the 7 anything?",
            wrong,
        )
        for wrong in (_NothingWrapped, _AskedBeforeWrapped)
    ),
    _call_mistake(
        "numbers not wrapped",
        "You keep what was passed, and that may be a plain number. Everything in `_inputs` should be a "
        "Tensor: you have them.",
        _KeepsWhatWasPassed,
    ),
    _call_mistake(
        "arrays not unpacked",
        "`forward` gets one list here. It wants its arrays one by one: what does a star do in a call?",
        _NotUnpacked,
    ),
    _call_mistake(
        "two inputs taken for granted",
        "You give `forward` two arrays, always. An operation may have one input, or three.",
        _TwoInputs,
    ),
    _call_mistake(
        "generator used up",
        "`forward` gets only what was left. `map`, and a `for` in parentheses alone, can be gone through "
        "once, and you need your Tensors three times: what keeps them?",
        _UsedUp,
    ),
    _call_mistake(
        "two inputs taken for granted",
        "You ask the first two inputs. An operation may have one only, or three.",
        _TwoAsked,
    ),
    _call_mistake(
        "dtype forced",
        "The numbers are right, and the dtype is not that of what `forward` returns. What becomes of it on "
        "the way into the result?",
        _ForcedDtype,
    ),
    _call_mistake(
        "nothing returned",
        "The result has been made, and nobody gets it.",
        _NothingReturned,
    ),
    _call_mistake(
        "returned in one case only",
        "Where no gradient is wanted, nothing comes back. Which lines belong to your `if`?",
        _ReturnedInOneCase,
    ),
)

# Add and Mul ------------------------------------------------------------------------------------------

ADD, MUL = Operation(probes.ADD), Operation(probes.MUL)


def pairs(rng):
    """Two arrays of equal shape."""
    return [
        Case("With `a = 3` and `b = 4`", {"arrays": (np.array(3, np.float32), np.array(4, np.float32))}),
        Case("With `a = [3, -5]` and `b = [4, 7]`", {"arrays": (float32(3, -5), float32(4, 7))}),
        Case(
            "With float64 arrays of shape (2, 3)",
            {"arrays": (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)))},
        ),
        Case("With arrays of shape (0, 3)", {"arrays": (np.zeros((0, 3)), np.zeros((0, 3)))}),
    ]


def pairs_with_upstream(rng):
    """The same with an upstream gradient that is nowhere 1, and a number multiplied by itself."""
    upstream = [
        ("`out_grad = 5`", np.array(5, np.float32)),
        ("`out_grad = [5, -6]`", float32(5, -6)),
        ("a random upstream gradient", rng.normal(size=(2, 3))),
        ("an empty upstream gradient", np.zeros((0, 3))),
    ]
    cases = [
        Case(f"{case.text}, and {text}", {**case.inputs, "out_grad": gradient})
        for case, (text, gradient) in zip(pairs(rng), upstream, strict=True)
    ]
    x = np.array(3.0)
    twice = {"arrays": (x, x), "out_grad": np.array(5.0), "same": True}
    return [*cases, Case("With `x = 3` as both inputs, and `out_grad = 5`", twice)]


def pairs_with_zeros(rng):
    """The same, and zeros, by which nothing can be divided; only the gradients' values depend on them."""
    first, second, *others = pairs_with_upstream(rng)
    zeros = {"arrays": (float32(0, -5), float32(4, 0)), "out_grad": float32(5, -6)}
    return [first, second, Case("With `a = [0, -5]`, `b = [4, 0]` and `out_grad = [5, -6]`", zeros), *others]


def _ones(t):
    return Tensor(np.ones_like(t.data), requires_grad=False)


def _into_inputs(g, a, b):
    a.data *= g.data
    b.data *= g.data
    return b, a


def _in_any_operation(operation: Operation) -> tuple[Mistake, ...]:
    """What can go wrong around any rule; the gradients' form tells it, not their numbers."""
    return (
        operation.rule(
            "single gradient for two inputs",
            "`backward` returns one Tensor here. There are two inputs, so it should return two, in input "
            "order.",
            lambda g, a, b: g * b,
        ),
        operation.rule(
            "forgot out_grad",
            "You return plain numbers. The gradients are Tensors, and the upstream gradient is in them: "
            "where is `out_grad`?",
            lambda g, a, b: (1, 1),
        ),
        operation.rule(
            "arrays for Tensors",
            "You return arrays. `out_grad` and the inputs are Tensors, and Tensors can be added and "
            "multiplied as they are.",
            lambda g, a, b: (g.data, g.data),
        ),
        operation.rule(
            "nothing returned",
            "Nothing comes back. `backward` stores nothing anywhere: it returns the gradients, and others "
            "see to the rest.",
            lambda g, a, b: None,
        ),
    )


ADD_MISTAKES = (
    ADD.formula("other operation", "This is the product.", lambda a, b: a * b),
    ADD.formula("other operation", "This is the difference.", lambda a, b: a - b),
    ADD.formula(
        "overwrote the caller's data",
        "You put the sum into `a` itself. The array belongs to somebody else: make a new one.",
        lambda a, b: np.add(a, b, out=a),
    ),
    *_in_any_operation(ADD),
    ADD.rule(
        "forgot out_grad",
        "Yours is right when out_grad is 1 and wrong otherwise: you return the local slopes. "
        "What is missing is the upstream gradient.",
        lambda g, a, b: (_ones(a), _ones(b)),
    ),
    ADD.rule(
        "forgot out_grad",
        "You return the local slope, 1. What is missing is the upstream gradient, `out_grad`.",
        lambda g, a, b: (Tensor(1.0), Tensor(1.0)),
    ),
    ADD.rule(
        "output used for gradient",
        "You return the sum itself. By how much does the loss move when `a` is nudged?",
        lambda g, a, b: (a + b, a + b),
    ),
    ADD.rule(
        "values for gradients",
        "You return the inputs themselves. By how much does the loss move when `a` is nudged?",
        lambda g, a, b: (a, b),
    ),
    ADD.rule(
        "own value instead of the slope",
        "Yours multiplies by the values of the inputs. By how much does `a + b` move when `a` is nudged? "
        "Does it depend on `b`?",
        lambda g, a, b: (g * a, g * b),
    ),
    ADD.rule(
        "rule of another operation",
        "This is the rule for multiplication. By how much does `a + b` move when `a` is nudged?",
        lambda g, a, b: (g * b, g * a),
    ),
    ADD.rule(
        "upstream shared out",
        "You share the upstream gradient out between the inputs. A nudge of `a` alone moves the sum by the "
        "whole nudge.",
        lambda g, a, b: (g * 0.5, g * 0.5),
    ),
)

MUL_MISTAKES = (
    MUL.formula("other operation", "This is the sum.", lambda a, b: a + b),
    MUL.formula("other operation", "`@` is another product, and comes in lesson 07.", lambda a, b: a @ b),
    MUL.formula(
        "overwrote the caller's data",
        "You put the product into `a` itself. The array belongs to somebody else: make a new one.",
        lambda a, b: np.multiply(a, b, out=a),
    ),
    *_in_any_operation(MUL),
    MUL.rule(
        "own value instead of the other's",
        "Yours equals out_grad times the input's own value. Which of the two numbers does a nudge of `a` get "
        "multiplied by?",
        lambda g, a, b: (g * a, g * b),
    ),
    *(
        MUL.rule(
            "own value instead of the other's",
            f"The gradient of `{name}` is out_grad times the value of `{name}` itself, and the other one is "
            f"right. What is a nudge of `{name}` multiplied by?",
            rule,
        )
        for name, rule in (("a", lambda g, a, b: (g * a, g * a)), ("b", lambda g, a, b: (g * b, g * b)))
    ),
    *(
        MUL.rule(
            "forgot out_grad",
            f"The gradient of `{name}` is the local slope, and the other one is right. What is missing is "
            "the upstream gradient.",
            rule,
        )
        for name, rule in (("a", lambda g, a, b: (b, g * a)), ("b", lambda g, a, b: (g * b, a)))
    ),
    *(
        MUL.rule(
            "other input missing",
            f"The gradient of `{name}` is the upstream gradient alone, and the other one is right. What is a "
            f"nudge of `{name}` multiplied by?",
            rule,
        )
        for name, rule in (("a", lambda g, a, b: (g, g * a)), ("b", lambda g, a, b: (g * b, g)))
    ),
    MUL.rule(
        "out_grad overwritten",
        "The first gradient is right, and the second has one factor too many. What does `out_grad` stand for "
        "when you get there?",
        lambda g, a, b: (g * b, g * b * a),
    ),
    MUL.rule(
        "slopes added up",
        "Both gradients are the same, the sum of two. When `a` alone is nudged, what is that nudge "
        "multiplied by?",
        lambda g, a, b: (g * a + g * b, g * a + g * b),
    ),
    MUL.rule(
        "divided for multiplied",
        "You divide by the other number. When `a` is nudged, `a * b` moves by the nudge times what?",
        lambda g, a, b: (g / b, g / a),
    ),
    MUL.rule(
        "output used for gradient",
        "You return the product itself. By how much does the loss move when `a` is nudged?",
        lambda g, a, b: (a * b, a * b),
    ),
    MUL.rule(
        "0 divided by 0",
        "You divide the output by an input, and that may be 0. Where is the other number, without dividing?",
        lambda g, a, b: (g * (a * b) / a, g * (a * b) / b),
    ),
    MUL.rule(
        "overwrote the caller's data",
        "You put the results into the inputs themselves, and others still need those: make new Tensors.",
        _into_inputs,
    ),
    MUL.rule(
        "forgot out_grad",
        "Yours is right when out_grad is 1 and wrong otherwise. That is the local slope; the "
        "upstream gradient is still missing.",
        lambda g, a, b: (b, a),
    ),
    MUL.rule(
        "forgot out_grad and own value",
        "You return each input's own value. Which of the two numbers does a nudge of `a` get "
        "multiplied by, and where does the upstream gradient come in?",
        lambda g, a, b: (a, b),
    ),
    MUL.rule(
        "output used for input",
        "Yours equals out_grad times the product. `node` is the output; the two numbers that were multiplied "
        "are its inputs.",
        lambda g, a, b: (g * (a * b), g * (a * b)),
    ),
    MUL.rule(
        "local slope added",
        "You add the upstream gradient and the local slope. A nudge is magnified twice in a row, so "
        "the two are multiplied.",
        lambda g, a, b: (g + b, g + a),
    ),
    MUL.rule(
        "rule of another operation",
        "This is the rule for addition. When `a` is nudged, `a * b` moves by the nudge times what?",
        lambda g, a, b: (g, g),
    ),
)

# add, mul, + and * ------------------------------------------------------------------------------------


def _expressions(*texts):
    def cases(rng):
        found: list[Case] = []
        for text in texts:  # the first with the same numbers each time, the others with new ones
            drawn = rng.integers(2, 9, 4)
            x, y = ([int(drawn[0]), -int(drawn[1])], drawn[2:].tolist()) if found else ([3, -5], [4, 8])
            given = f"With `x = Tensor({x})` and `y = Tensor({y})`"
            found.append(Case(given, {"text": text, "x": x, "y": y}))
        return found

    return cases


def _wanting(value):
    return value if isinstance(value, Tensor) else Tensor(value)


Binary = Callable[[Any, Any], Any]


def _with(**functions: Binary) -> dict[str, Any]:
    """A function `plus`, a function `times`, or both, and the operators made of them."""
    names = {"plus": "add", "times": "mul"}
    return {names[role]: function for role, function in functions.items()} | _operators(**functions)


def _operators(
    plus: Binary = babygrad.add,
    times: Binary = babygrad.mul,
    left_plus: Binary | None = None,
    left_times: Binary | None = None,
) -> dict[str, Any]:
    """The operators, made of functions of their two sides; the reflected ones may have others."""
    from_left_plus, from_left_times = left_plus or plus, left_times or times

    class Wrong(babygrad.Tensor):
        def __add__(self, other):
            return plus(self, other)

        def __radd__(self, other):
            return from_left_plus(other, self)

        def __mul__(self, other):
            return times(self, other)

        def __rmul__(self, other):
            return from_left_times(other, self)

    return {"Tensor": Wrong}


def _in_either(
    family: str, message: str, wrong: Callable[..., dict[str, Any]], plus: Any, times: Any
) -> tuple[Mistake, ...]:
    """The same mistake in both operations, in the sum only, in the product only."""
    return (
        Mistake(family, message, wrong(plus=plus, times=times)),
        Mistake(family, message, wrong(plus=plus)),
        Mistake(family, message, wrong(times=times)),
    )


_CUT = (
    "You wrap `other` even if it is a Tensor already, and so cut its history. `__call__` wraps what "
    "has to be wrapped."
)
_WANTS = (
    "What was no Tensor became one that asks for a gradient. `__call__` wraps what has to be wrapped, as a "
    "constant."
)
_DATA = (
    "You hand the array of a Tensor on, and so cut its history: an array is a constant. `__call__` takes the "
    "Tensors as they are."
)
_ONE_ADD, _ONE_MUL = babygrad.Add(), babygrad.Mul()

OPERATOR_MISTAKES = (
    *_in_either(
        "one op object shared by two calls",
        "Two results share one operation. It is made for one call: what it keeps for the way back, the next "
        "call would overwrite.",
        _with,
        lambda a, b: _ONE_ADD(a, b),
        lambda a, b: _ONE_MUL(a, b),
    ),
    *_in_either(
        "parentheses missing",
        "The operation is not made yet: its class has been given the inputs. There are two steps, first an "
        "object, then its call, so there are two pairs of parentheses.",
        _with,
        lambda a, b: babygrad.Add(a, b),  # type: ignore[call-arg]
        lambda a, b: babygrad.Mul(a, b),  # type: ignore[call-arg]
    ),
    *_in_either(
        "history cut",
        "The numbers come from the arrays, so that nobody remembers anything. Who makes a result that knows "
        "where it came from?",
        _with,
        lambda a, b: Tensor(a.data + b.data),
        lambda a, b: Tensor(a.data * b.data),
    ),
    *(
        Mistake("history cut", _CUT, wrong)
        for wrong in (
            _operators(
                lambda a, b: babygrad.add(a, Tensor(b)),
                lambda a, b: babygrad.mul(a, Tensor(b)),
                lambda a, b: babygrad.add(Tensor(a), b),
                lambda a, b: babygrad.mul(Tensor(a), b),
            ),
            _operators(
                plus=lambda a, b: babygrad.add(a, Tensor(b)),
                left_plus=lambda a, b: babygrad.add(Tensor(a), b),
            ),
            _operators(
                times=lambda a, b: babygrad.mul(a, Tensor(b)),
                left_times=lambda a, b: babygrad.mul(Tensor(a), b),
            ),
        )
    ),
    *(
        mistake
        for wrong in (_with, _operators)
        for mistake in _in_either(
            "constant wants a gradient",
            _WANTS,
            wrong,
            lambda a, b: babygrad.add(_wanting(a), _wanting(b)),
            lambda a, b: babygrad.mul(_wanting(a), _wanting(b)),
        )
    ),
    *_in_either(
        "history cut",
        _DATA,
        _operators,
        lambda a, b: babygrad.add(a.data, b),
        lambda a, b: babygrad.mul(a.data, b),
    ),
    *_in_either(
        "history cut",
        _DATA,
        _operators,
        lambda a, b: babygrad.add(a, b.data),
        lambda a, b: babygrad.mul(a, b.data),
    ),
    *(
        Mistake(
            "calls itself",
            "A Tensor meets a `+` or a `*` here, and that calls the very methods that you are writing, which "
            "do it again. What adds and multiplies arrays, and remembers it?",
            wrong,
        )
        for wrong in (
            _with(plus=lambda a, b: a + b, times=lambda a, b: a * b),
            _with(plus=lambda a, b: a + b),
            _with(times=lambda a, b: a * b),
            _operators(left_plus=lambda a, b: a + b, left_times=lambda a, b: a * b),
            _operators(left_plus=lambda a, b: a + b),
            _operators(left_times=lambda a, b: a * b),
        )
    ),
    Mistake(
        "other operation", "`mul` adds here, and so does `*`.", _with(times=lambda a, b: babygrad.add(a, b))
    ),
    Mistake(
        "other operation",
        "`add` multiplies here, and so does `+`.",
        _with(plus=lambda a, b: babygrad.mul(a, b)),
    ),
    Mistake("other operation", "`+` multiplies here.", _operators(plus=babygrad.mul)),
    Mistake("other operation", "`*` adds here.", _operators(times=babygrad.add)),
)

# by_hand ----------------------------------------------------------------------------------------------


def numbers(rng):
    """Whole numbers first."""
    a, b, c = (round(float(x), 2) for x in rng.uniform(-6, 6, 3))
    return [
        Case("With `by_hand(3, 5, -4)`", {"a": 3.0, "b": 5.0, "c": -4.0}),
        Case("With `by_hand(-4, 0.5, 6)`", {"a": -4.0, "b": 0.5, "c": 6.0}),
        Case(f"With `by_hand({a}, {b}, {c})`", {"a": a, "b": b, "c": c}),
    ]


def _reference_by_hand(a, b, c):
    d = a * b
    e = d + c
    d_grad = e + d
    return d_grad * b, d_grad * a, d


def _one_path(choose):
    def by_hand(a, b, c):
        d = a * b
        d_grad = choose(d + c, d)
        return d_grad * b, d_grad * a, d

    return {"by_hand": by_hand}


def _not_swapped(a, b, c):
    d = a * b
    d_grad = d + d + c
    return d_grad * a, d_grad * b, d


def _e_for_c(a, b, c):
    d = a * b
    d_grad = d + d + c
    return d_grad * b, d_grad * a, d + c


def _e_times_e(a, b, c):
    e = a * b + c
    return 2 * e * b, 2 * e * a, e


def _c_as_a_factor(a, b, c):
    d = a * b
    d_grad = d + c + d * c
    return d_grad * b, d_grad * a, d * c


def _local_slopes(a, b, c):
    return b, a, 1.0


def _one_for_e(a, b, c):
    d = a * b
    d_grad = d + c + 1
    return d_grad * b, d_grad * a, 1.0


def _nothing_multiplied(a, b, c):
    d = a * b
    return d + d + c, d + d + c, d


def _copied(a, b, c):
    d = a * b
    return (d + d + c) * b, (d + d + c) * b, d


def _in_another_order(*order):
    def by_hand(a, b, c):
        right = _reference_by_hand(a, b, c)
        return tuple(right[place] for place in order)

    return {"by_hand": by_hand}


BY_HAND_MISTAKES = (
    Mistake(
        "one path of two",
        "`d` is used twice: once in `e`, once in `f`. You counted only its way straight into `f`.",
        _one_path(lambda e, d: e),
    ),
    Mistake(
        "one path of two",
        "`d` is used twice: once in `e`, once in `f`. You counted only its way through `e`.",
        _one_path(lambda e, d: d),
    ),
    Mistake(
        "paths multiplied instead of added",
        "`d` reaches `f` by two paths. You multiplied what they bring; what should happen to it?",
        _one_path(lambda e, d: e * d),
    ),
    Mistake(
        "own value instead of the other's",
        "The gradients of `a` and `b` look swapped. In `d = a * b`, what is a nudge of `a` multiplied by?",
        {"by_hand": _not_swapped},
    ),
    Mistake(
        "own value instead of the other's",
        "In `f = e * d`, what is a nudge of `e` multiplied by: by `e` or by `d`?",
        {"by_hand": _e_for_c},
    ),
    Mistake(
        "own value instead of the other's",
        "In `f = e * d`, what is a nudge of `e` multiplied by: by `e` or by `d`?",
        {"by_hand": _e_times_e},
    ),
    Mistake(
        "rule of another operation",
        "In `e = d + c`, is anything multiplied by `c`?",
        {"by_hand": _c_as_a_factor},
    ),
    Mistake(
        "rule of another operation",
        "In `d = a * b`, what is a nudge of `a` multiplied by? You pass the gradient of `d` on as it is.",
        {"by_hand": _nothing_multiplied},
    ),
    Mistake(
        "own value instead of the other's",
        "The gradient of `a` is right, and `b` has the same. In `d = a * b`, what is a nudge of `b` "
        "multiplied by?",
        {"by_hand": _copied},
    ),
    *(
        Mistake(
            "forgot out_grad",
            "That is the slope of a single operation. What arrives from `f` is missing.",
            {"by_hand": wrong},
        )
        for wrong in (_local_slopes, _one_for_e)
    ),
    *(
        Mistake(
            "order of the gradients",
            "The three numbers are right, and in another order than asked for: that of `a` comes first, that "
            "of `c` last.",
            _in_another_order(*order),
        )
        for order in ((2, 0, 1), (2, 1, 0))
    ),
)

_OPERATORS = ("Tensor.__add__", "Tensor.__radd__", "Tensor.__mul__", "Tensor.__rmul__")

EXERCISES = (
    Exercise(
        "03_function/Function.__call__",
        cell="function_call",
        reference={"Function": babygrad.Function},
        parts=(
            Part("arrays go in, a Tensor comes out", 1, arrays_in_tensor_out, some_arrays),
            Part("history where a gradient is wanted", 1, history, gradients_wanted),
            Part("no history where none is wanted", 1, no_history, no_gradient_wanted),
            Part("parents are the very Tensors", 1, parents, gradients_wanted),
            Part("plain numbers are constants", 1, plain_numbers, numbers_beside_a_tensor),
        ),
        mistakes=CALL_MISTAKES,
        withheld=("babygrad.function", "babygrad.ops", "babygrad.backward", "babygrad.gradcheck"),
        needed=("Tensor", "_ensure_tensor"),
    ),
    Exercise(
        "03_function/Add",
        cell="add",
        reference={"Add": babygrad.Add},
        parts=(
            ADD.forward("forward", 1, pairs),
            ADD.backward_form("backward returns two Tensors", 0.5, pairs_with_upstream),
            ADD.backward("backward, values", 0.5, pairs_with_zeros),
        ),
        mistakes=ADD_MISTAKES,
        withheld=("Add.backward", "Mul.backward"),
        needed=("Function", *_OPERATORS),
    ),
    Exercise(
        "03_function/Mul",
        cell="mul",
        reference={"Mul": babygrad.Mul},
        parts=(
            MUL.forward("forward", 1, pairs),
            MUL.backward_form("backward returns two Tensors", 0.5, pairs_with_upstream),
            MUL.backward("backward, values", 1.5, pairs_with_zeros),
        ),
        mistakes=MUL_MISTAKES,
        withheld=("Add.backward", "Mul.backward"),
        needed=("Function", *_OPERATORS),
    ),
    Exercise(
        "03_function/operators",
        cell="operators",
        reference={"add": babygrad.add, "mul": babygrad.mul, "Tensor": babygrad.Tensor},
        parts=(
            Part(
                "add and mul",
                0.5,
                expression,
                _expressions("add(x, y)", "mul(x, y)", "add(x, 7)", "mul(7, x)"),
            ),
            Part("+ and *", 0.5, expression, _expressions("x + y", "x * y", "x + 7", "x * 7")),
            Part(
                "with the number or the array on the left",
                1,
                expression,
                _expressions("7 + x", "7 * x", "np.array([5, 6]) + x", "np.array([5, 6]) * x"),
            ),
        ),
        mistakes=OPERATOR_MISTAKES,
        withheld=("add", "mul", *_OPERATORS),
        needed=("Function", "Add", "Mul"),
    ),
    Exercise(
        "03_function/by_hand",
        cell="by_hand",
        reference={"by_hand": _reference_by_hand},
        parts=(
            Part("one step back: c", 0.5, first_steps, numbers),
            Part("all the way back: a and b", 1.5, all_the_way, numbers),
        ),
        mistakes=BY_HAND_MISTAKES,
    ),
)
