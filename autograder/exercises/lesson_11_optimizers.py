"""Lesson 11: random weights of the right size, and three ways downhill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.observation import Claim, observe
from autograder.probes.lesson_11_optimizers import forgotten, form, from_rng, kept, spread, stepped
from babygrad import Tensor
from babygrad.init import kaiming_normal, xavier_normal
from babygrad.optim import SGD, Adam, Optimizer

# kaiming_normal, xavier_normal ------------------------------------------------------------------------

_VARIANCES: dict[str, Callable[[int, int], float]] = {
    "kaiming_normal": lambda n_in, n_out: 2 / n_in,
    "xavier_normal": lambda n_in, n_out: 2 / (n_in + n_out),
    "1 / n_in": lambda n_in, n_out: 1 / n_in,
    "2 / n_out": lambda n_in, n_out: 2 / n_out,
    "1 / n_out": lambda n_in, n_out: 1 / n_out,
    "1 / (n_in + n_out)": lambda n_in, n_out: 1 / (n_in + n_out),
    "4 / n_in": lambda n_in, n_out: 4 / n_in,
    "4 / (n_in + n_out)": lambda n_in, n_out: 4 / (n_in + n_out),
    "6 / n_in": lambda n_in, n_out: 6 / n_in,
    "6 / (n_in + n_out)": lambda n_in, n_out: 6 / (n_in + n_out),
    "2 / (n_in * n_out)": lambda n_in, n_out: 2 / (n_in * n_out),
    "(2 / n_in) ** 2": lambda n_in, n_out: (2 / n_in) ** 2,
    "(2 / (n_in + n_out)) ** 2": lambda n_in, n_out: (2 / (n_in + n_out)) ** 2,
    "2 / n_in / 3": lambda n_in, n_out: 2 / n_in / 3,
    "2 / (n_in + n_out) / 3": lambda n_in, n_out: 2 / (n_in + n_out) / 3,
    "2 / n_in ** 2": lambda n_in, n_out: 2 / n_in**2,
    "2 / (n_in + n_out) ** 2": lambda n_in, n_out: 2 / (n_in + n_out) ** 2,
    "n_in / 2": lambda n_in, n_out: n_in / 2,
    "(n_in + n_out) / 2": lambda n_in, n_out: (n_in + n_out) / 2,
    "2 / n_in + n_out": lambda n_in, n_out: 2 / n_in + n_out,
    "1": lambda n_in, n_out: 1.0,
    "0": lambda n_in, n_out: 0.0,
}
"""The right variances, and those that are easily written instead."""


def as_it_should_spread(seen, name, n_in, n_out, seed):
    """Whether the numbers spread as they should, and what they spread like."""
    if len(seen) < 3:
        yield from seen.items()
        return
    mean, deviation, near = (thing["value"] for label, thing in list(seen.items())[:3])
    want = float(np.sqrt(_VARIANCES[name](n_in, n_out)))
    yield (
        f"the standard deviation of the {n_in * n_out} numbers should be about {want:.3g}",
        Claim(abs(deviation - want) < 0.02 * want, _it_is(deviation)),
    )
    alike = [text for text, of in _VARIANCES.items() if _is_near(deviation, np.sqrt(of(n_in, n_out)))]
    unknown = "none" if np.isnan(deviation) else "another one"
    yield "which variance that is", observe(alike[0] if alike else unknown)
    claim = "the mean of the numbers should be about 0"
    yield claim, Claim(abs(mean) < 0.03 * want, _it_is(mean))
    yield (
        "68 of 100 numbers should be within one standard deviation, as is normal for a normal distribution",
        Claim(abs(near - 0.683) < 0.02, f"{100 * near:.0f} of 100 are"),
    )
    yield from list(seen.items())[3:]


def _it_is(number: float) -> str:
    return "there are no numbers" if np.isnan(number) else f"it is {number:.3g}"


def _is_near(number: float, other: float) -> bool:
    return abs(number - other) <= 0.02 * other


def some_layers(name: str, times: int = 2) -> Callable[[np.random.Generator], list[Case]]:
    """Sizes of which none is twice another, as 1 / n_out would look like 2 / n_in."""

    def cases(rng):
        drawn = []
        for _ in range(times):
            n_in, n_out = int(rng.integers(380, 420)), int(rng.integers(140, 160))
            inputs = {"name": name, "n_in": n_in, "n_out": n_out, "seed": int(rng.integers(1000))}
            drawn.append(Case(f"With `n_in = {n_in}` and `n_out = {n_out}`", inputs))
        return drawn

    return cases


def _normal(variance: str) -> Callable[..., np.ndarray]:
    """Normal numbers of another variance."""

    def make(n_in, n_out, rng):
        return rng.normal(0, np.sqrt(_VARIANCES[variance](n_in, n_out)), (n_in, n_out)).astype(np.float32)

    return make


def _init(family: str, message: str, **wrong: Callable[..., Any]) -> list[Mistake]:
    return [Mistake(family, message, {name: part}) for name, part in wrong.items()]


def _changed(change: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Both functions with the same mistake."""
    return {
        name: lambda n_in, n_out, rng, make=make: change(make, n_in, n_out, rng)
        for name, make in (("kaiming_normal", kaiming_normal), ("xavier_normal", xavier_normal))
    }


def _uniform(make, n_in, n_out, rng):
    deviation = np.sqrt(_VARIANCES[make.__name__](n_in, n_out))
    return rng.uniform(-deviation, deviation, (n_in, n_out)).astype(np.float32)


def _evenly(make, n_in, n_out, rng):
    bound = np.sqrt(3 * _VARIANCES[make.__name__](n_in, n_out))
    return rng.uniform(-bound, bound, (n_in, n_out)).astype(np.float32)


def _deviation_first(make, n_in, n_out, rng):
    """The mean is forgotten: the deviation is in its place, and the shape in that of the deviation."""
    deviation = np.sqrt(_VARIANCES[make.__name__](n_in, n_out))
    return rng.normal(deviation, (n_in, n_out)).astype(np.float32)


_NOT_A_DEVIATION = (
    "The formula gives a variance, and `rng.normal` wants a standard deviation. How does one get from the "
    "one to the other?"
)
_NO_TWO = "Is there a factor 2 in the formula? One half of the numbers is 0 after relu: who makes up for it?"

INIT_MISTAKES = (
    *_init(
        "variance for deviation",
        _NOT_A_DEVIATION,
        kaiming_normal=_normal("(2 / n_in) ** 2"),
        xavier_normal=_normal("(2 / (n_in + n_out)) ** 2"),
    ),
    *_init("factor 2 missing", _NO_TWO, kaiming_normal=_normal("1 / n_in")),
    *_init(
        "factor 2 missing",
        "The variance is 1 divided by the mean of `n_in` and `n_out`. Their sum is twice their mean.",
        xavier_normal=_normal("1 / (n_in + n_out)"),
    ),
    *_init(
        "factor 2 twice",
        "The variance is twice what it should be. The mean of two sizes is half their sum: which number "
        "stands above that mean, and which one above the sum?",
        xavier_normal=_normal("4 / (n_in + n_out)"),
    ),
    *_init(
        "factor 2 twice",
        "The variance is twice what it should be. Does the 2 come in twice, or stand outside of the root?",
        kaiming_normal=_normal("4 / n_in"),
    ),
    *_init(
        "outputs counted for inputs",
        "An output of the layer is a sum. Over how many products does it go: one for each input, or one for "
        "each output?",
        kaiming_normal=_normal("2 / n_out"),
    ),
    *_init(
        "formulas exchanged",
        "These numbers spread like those of the other function. Which of the two looks at `n_in` alone?",
        kaiming_normal=_normal("xavier_normal"),
        xavier_normal=_normal("kaiming_normal"),
    ),
    *_init(
        "one side only",
        "`xavier_normal` is a compromise between the way forward and the way back. Both sizes take part.",
        xavier_normal=_normal("1 / n_in"),
    ),
    *_init(
        "one side only",
        "`xavier_normal` is a compromise between the way forward and the way back. Both sizes take part.",
        xavier_normal=_normal("2 / n_out"),
    ),
    *_init(
        "parentheses missing",
        "Division comes before addition: `2 / a + b` is `(2 / a) + b`.",
        xavier_normal=_normal("2 / n_in + n_out"),
    ),
    *_init(
        "root of a part",
        "The root is that of the whole fraction, not of the 2 above.",
        kaiming_normal=_normal("2 / n_in ** 2"),
        xavier_normal=_normal("2 / (n_in + n_out) ** 2"),
    ),
    *_init(
        "bound for deviation",
        "The 6 belongs to numbers that are drawn evenly between two bounds. `rng.normal` wants the standard "
        "deviation itself.",
        kaiming_normal=_normal("6 / n_in"),
        xavier_normal=_normal("6 / (n_in + n_out)"),
    ),
    *_init(
        "upside down",
        "These weights are huge. Should more inputs make the weights larger, or smaller?",
        kaiming_normal=_normal("n_in / 2"),
        xavier_normal=_normal("(n_in + n_out) / 2"),
    ),
    *_init(
        "not scaled",
        "The standard deviation is 1, whatever the sizes are. `rng.normal(0, s, shape)` makes numbers whose "
        "standard deviation is `s`. Which `s` fits here?",
        kaiming_normal=_normal("1"),
        xavier_normal=_normal("1"),
    ),
    *_init(
        "sizes exchanged",
        "`x @ weight` wants one row of weights for each number in `x`. Which size comes first?",
        **_changed(lambda make, n_in, n_out, rng: make(n_in, n_out, rng).T),
    ),
    *_init(
        "dtype left to NumPy",
        "`rng.normal` makes float64. `.astype(np.float32)` makes another array of it.",
        **_changed(lambda make, n_in, n_out, rng: make(n_in, n_out, rng).astype(np.float64) * 1.0),
    ),
    *_init(
        "bound for deviation",
        "Numbers drawn evenly from -b to b have a standard deviation of `b / sqrt(3)`, not b. And a normal "
        "distribution is asked for: `rng.normal`.",
        **_changed(_uniform),
    ),
    *_init(
        "another distribution",
        "The standard deviation is right, but these numbers lie evenly between two bounds. `rng.normal` "
        "makes normal ones.",
        **_changed(_evenly),
    ),
    *_init(
        "generator of one's own",
        "Your function makes a generator with a seed of its own, so every layer gets the same numbers. Use "
        "the one that is passed in.",
        **_changed(lambda make, n_in, n_out, rng: make(n_in, n_out, np.random.default_rng(0))),
    ),
    *_init(
        "generator of one's own",
        "`np.random` and `default_rng()` give other numbers in every run: nobody could repeat yours. Use the "
        "`rng` that is passed in.",
        **_changed(lambda make, n_in, n_out, rng: make(n_in, n_out, np.random.default_rng())),
    ),
    *_init(
        "mean forgotten",
        "`rng.normal` takes the mean first, then the deviation, then the shape. With two arguments, your "
        "shape is read as deviations.",
        **_changed(_deviation_first),
    ),
    *_init(
        "nothing returned",
        "Is the array that you made returned?",
        **_changed(lambda make, n_in, n_out, rng: None),
    ),
)

# Cases of the optimizers ------------------------------------------------------------------------------

Arrays = dict[str, Any]


def _case(kind: str, text: str, settings: Arrays, start: Arrays, grads: list[Arrays]) -> Case:
    return Case(text, {"kind": kind, "settings": settings, "start": start, "grads": grads})


_TINY_EPS: Any = {"eps": 1e-20}
"""So small that it matters to nobody, wherever it stands; one part looks at where it stands."""


def _in_words(settings: Arrays) -> str:
    told = [f"`{name} = {value}`" for name, value in settings.items() if name != "eps" or value > 1e-9]
    return ", ".join(told + ["a tiny `eps`"] * (len(told) < len(settings)))


def _drawn(rng, kind: str, settings: Arrays, shapes: dict[str, tuple[int, ...]], steps: int = 1) -> Case:
    """Random parameters of these shapes, with new random gradients for each step."""
    same = len(set(shapes.values())) == 1
    named = [f"`{name}`" if same else f"`{name}` of shape {shape}" for name, shape in shapes.items()]
    of_all = f" of shape {shapes[min(shapes)]}" if same else ""
    return _case(
        kind,
        f"With {' and '.join(named)}{of_all}, and {_in_words(settings)}",
        settings,
        {name: rng.normal(size=shape) for name, shape in shapes.items()},
        [{name: rng.normal(size=shape) for name, shape in shapes.items()} for _ in range(steps)],
    )


def _numbers(kind: str, settings: Arrays, start: float, grads: list[float]) -> Case:
    """One parameter that is one number."""
    told = " and then ".join(f"{grad:g}" for grad in grads)
    return _case(
        kind,
        f"With `w = {start:g}`, whose gradient is {told}, and {_in_words(settings)}",
        settings,
        {"w": np.array(start)},
        [{"w": np.array(grad)} for grad in grads],
    )


_TWO_ALIKE: dict[str, tuple[int, ...]] = {"a": (2, 3), "b": (2, 3)}
_THREE: dict[str, tuple[int, ...]] = {"weight": (4, 3), "bias": (3,), "scale": ()}


def _lr(rng) -> float:
    """A learning rate that is short enough to be shown."""
    return float(rng.integers(3, 20)) / 100


def steps_of(
    kind: str, steps: int = 3, arrays_with: Arrays | None = None, **settings: Any
) -> Callable[[np.random.Generator], list[Case]]:
    """A number, and an array, whose settings may be others; one step and several."""

    def cases(rng):
        start, grad = float(rng.integers(3, 9)), float(rng.integers(3, 9)) + 0.5
        settings_ = {"lr": _lr(rng), **settings}
        return [
            _numbers(kind, settings_, start, [grad, -grad + 1.25, 2.5][:steps]),
            _drawn(rng, kind, {**settings_, **(arrays_with or {})}, {"w": (2, 3)}, steps),
        ]

    return cases


def several_parameters(
    kind: str, steps: int = 3, **settings: Any
) -> Callable[[np.random.Generator], list[Case]]:
    """Parameters of equal and of different shapes."""
    return lambda rng: [
        _drawn(rng, kind, {"lr": _lr(rng), **settings}, shapes, steps) for shapes in (_TWO_ALIKE, _THREE)
    ]


def without_gradient(kind: str, **settings: Any) -> Callable[[np.random.Generator], list[Case]]:
    """Two parameters, of which one has no gradient in any step: the last one, then the first."""
    return lambda rng: [
        _lost(_drawn(rng, kind, {"lr": _lr(rng), **settings}, _TWO_ALIKE, 2), lost, (1, 2)) for lost in "ba"
    ]


def losing_gradient(kind: str, steps: int, **settings: Any) -> Callable[[np.random.Generator], list[Case]]:
    """The same, and a parameter that has no gradient in step 2 only.

    By then it has gathered a velocity, which must not move it, and which the one behind it must not get.
    """

    def cases(rng):
        case = _drawn(rng, kind, {"lr": _lr(rng), **settings}, _TWO_ALIKE, steps)
        return [*without_gradient(kind, **settings)(rng), _lost(case, "a", (2,), " in step 2")]

    return cases


def _lost(case: Case, lost: str, steps: tuple[int, ...], when: str = "") -> Case:
    """The case in which the parameter `lost` has no gradient in some steps."""
    numbered = enumerate(case.inputs["grads"], 1)
    grads = [{**each, lost: None} if number in steps else each for number, each in numbered]
    told = f"With two parameters, of which `{lost}` has None for a gradient{when}"
    return Case(f"{told}, and {_in_words(case.inputs['settings'])}", {**case.inputs, "grads": grads})


def in_float32(kind: str, **settings: Any) -> Callable[[np.random.Generator], list[Case]]:
    """Parameters and gradients in float32, then float64; none gets near 0, where rounding would show."""

    def cases(rng):
        case = _drawn(rng, kind, {"lr": _lr(rng), **settings}, _TWO_ALIKE, steps=2)
        far = {name: np.copysign(4 + np.abs(array), array) for name, array in case.inputs["start"].items()}
        start = {name: array.astype(np.float32) for name, array in far.items()}
        grads = [{name: g.astype(np.float32) for name, g in each.items()} for each in case.inputs["grads"]]
        return [
            Case("With parameters and gradients in float32", {**case.inputs, "start": start, "grads": grads}),
            Case(case.text, {**case.inputs, "start": far}),
        ]

    return cases


def some_gradients(rng):
    """Parameters for zero_grad: with and without gradients."""
    start = {"a": rng.normal(size=(2, 3)), "b": rng.normal(size=(3,))}
    grads = {name: rng.normal(size=array.shape) for name, array in start.items()}
    return [
        Case(
            "With `w = 3`, whose gradient is 5",
            {"start": {"w": np.array(3.0)}, "grads": {"w": np.array(5.0)}},
        ),
        Case("With two parameters that have gradients", {"start": start, "grads": grads}),
        Case("With two parameters, one without a gradient", {"start": start, "grads": {"b": grads["b"]}}),
    ]


# Optimizer, GradientDescent ---------------------------------------------------------------------------


class GradientDescent(Optimizer):
    """SGD without momentum and decay."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.data -= self.lr * parameter.grad


def _descending(move: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """Gradient descent in which something else is done with each parameter that has a gradient."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                move(self, parameter)

    return {"GradientDescent": type("GradientDescent", (Optimizer,), {"step": step})}


def _move(change: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """The same, where the parameter's data is moved by something else."""

    def move(self, parameter):
        parameter.data = parameter.data + change(self, parameter)

    return _descending(move)


def _with_step(step: Callable[[Any], None]) -> dict[str, Any]:
    return {"GradientDescent": type("GradientDescent", (Optimizer,), {"step": step})}


def _zeroing(zero_grad: Callable[[Any], None]) -> dict[str, Any]:
    return {"Optimizer": type("Optimizer", (Optimizer,), {"zero_grad": zero_grad})}


def _step_of_all(self):
    for parameter in self.parameters:
        parameter.data = parameter.data - self.lr * parameter.grad


def _step_of_true_ones(self):
    for parameter in self.parameters:
        if parameter.grad:
            parameter.data = parameter.data - self.lr * parameter.grad


def _step_of_the_first(self):
    for parameter in self.parameters:
        if parameter.grad is not None:
            parameter.data = parameter.data - self.lr * parameter.grad
        return


def _until_one_has_none(self):
    for parameter in self.parameters:
        if parameter.grad is None:
            return
        parameter.data = parameter.data - self.lr * parameter.grad


def _scaled_in_place(self, parameter):
    parameter.grad *= self.lr
    parameter.data = parameter.data - parameter.grad


def _and_forgotten(self, parameter):
    parameter.data = parameter.data - self.lr * parameter.grad
    parameter.grad = None


def _assigned(self, parameter):
    parameter.data = -self.lr * parameter.grad


def _a_tensor(self, parameter):
    parameter.data = parameter - self.lr * parameter.grad


def _new_tensors(self):
    self.parameters = [
        parameter if parameter.grad is None else Tensor(parameter.data - self.lr * parameter.grad)
        for parameter in self.parameters
    ]


def _grads_to(value: Callable[[Any], Any]) -> Callable[[Any], None]:
    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = value(parameter)

    return zero_grad


def _filled_with_zeros(self):
    for parameter in self.parameters:
        if parameter.grad is not None:
            parameter.grad = np.zeros_like(parameter.grad)


def _filled_with_zeros_at_once(self):
    for parameter in self.parameters:
        parameter.grad.fill(0)


def _overwritten_with_zeros(self):
    for parameter in self.parameters:
        parameter.grad[...] = 0


def _multiplied_by_zero(self):
    for parameter in self.parameters:
        parameter.grad *= 0


def _times_zero(self):
    for parameter in self.parameters:
        parameter.grad = parameter.grad * 0


def _zero_times(self):
    for parameter in self.parameters:
        parameter.grad = 0 * parameter.grad


def _first_forgotten(self):
    for parameter in self.parameters:
        parameter.grad = None
        return


def _data_zeroed(self):
    for parameter in self.parameters:
        parameter.grad = None
        parameter.data = np.zeros_like(parameter.data)


_NONE = (
    "A parameter that the loss does not depend on has None for a gradient, and None cannot be multiplied. "
    "Which parameters should be passed over?"
)
_ENDED = (
    "One parameter without a gradient ends the whole step: those behind it do not move. `return` and `break` "
    "leave the loop; what passes over one round of it?"
)
_ZEROS = (
    "Before the first `backward`, `.grad` is None, and that is what it should be again. Zeros are a "
    "gradient, too: momentum and weight decay would move a parameter that has nothing to do with the loss."
)

DESCENT_MISTAKES = (
    Mistake(
        "uphill",
        "This walks uphill: the gradient says in which direction the loss grows. Where do you want to go?",
        _move(lambda self, p: self.lr * p.grad),
    ),
    Mistake(
        "learning rate forgotten",
        "The step is as long as the gradient. What does `self.lr` do with it?",
        _move(lambda self, p: -p.grad),
    ),
    Mistake(
        "learning rate alone",
        "The step is the same for every gradient. What else decides how far each number goes?",
        _move(lambda self, p: -self.lr),
    ),
    Mistake(
        "divided by the learning rate",
        "A smaller learning rate should make smaller steps. Yours makes larger ones.",
        _move(lambda self, p: -p.grad / self.lr),
    ),
    Mistake(
        "direction only",
        "Your steps know the direction of the gradient and not its size. Where it is steep, should they go "
        "farther?",
        _move(lambda self, p: -self.lr * np.sign(p.grad)),
    ),
    Mistake(
        "values for gradients",
        "You subtract a part of the parameter itself. Which attribute holds its gradient?",
        _move(lambda self, p: -self.lr * p.data),
    ),
    Mistake(
        "gradient in the parameter's place",
        "The parameter is lost: what is there now is only the step. From what is the step to be taken?",
        _descending(_assigned),
    ),
    Mistake(
        "only a name changed",
        "Nothing has moved. A name in front of `=` is given to something else, and the Tensor in the list "
        "stays as it is, with the array in it. Which attribute of it has to change?",
        _descending(lambda self, p: None),
    ),
    Mistake(
        "not the Tensors themselves",
        "You made new Tensors. The model still holds the old ones, and those have not moved. Which attribute "
        "of the old ones has to change?",
        _with_step(_new_tensors),
    ),
    Mistake(
        "Tensor for array",
        "`.data` is an array, and the result of an operation with a Tensor is a Tensor, with a history. "
        "Subtract arrays from arrays.",
        _descending(_a_tensor),
    ),
    Mistake("None not passed over", _NONE, _with_step(_step_of_all)),
    Mistake(
        "truth of an array",
        "Whether there is a gradient at all is asked with `is not None`. `if` alone and `!=` look into the "
        "array, at each number.",
        _with_step(_step_of_true_ones),
    ),
    Mistake(
        "only the first parameter",
        "Only the first parameter moves. Does a `return` stand inside the loop?",
        _with_step(_step_of_the_first),
    ),
    Mistake("ended at the first None", _ENDED, _with_step(_until_one_has_none)),
    Mistake(
        "gradient changed in place",
        "The gradient has changed: `*=` writes into its array. Multiply with `*`, which makes something new.",
        _descending(_scaled_in_place),
    ),
    Mistake(
        "gradient forgotten in step",
        "`step` takes the gradients away. Forgetting is for `zero_grad`; people look at gradients after a "
        "step, too.",
        _descending(_and_forgotten),
    ),
    Mistake("zeros for None", _ZEROS, _zeroing(_grads_to(lambda p: 0))),
    Mistake("zeros for None", _ZEROS, _zeroing(_grads_to(lambda p: 0.0))),
    Mistake("zeros for None", _ZEROS, _zeroing(_grads_to(lambda p: np.zeros_like(p.data)))),
    Mistake("zeros for None", _ZEROS, _zeroing(_filled_with_zeros)),
    Mistake("zeros for None", _ZEROS, _zeroing(_filled_with_zeros_at_once)),
    Mistake("zeros for None", _ZEROS, _zeroing(_overwritten_with_zeros)),
    Mistake("zeros for None", _ZEROS, _zeroing(_multiplied_by_zero)),
    Mistake("zeros for None", _ZEROS, _zeroing(_times_zero)),
    Mistake("zeros for None", _ZEROS, _zeroing(_zero_times)),
    Mistake(
        "only a name changed",
        "The gradients are still there. Which attribute of which object should become None? Giving a name to "
        "None, as in `grad = None`, or changing the optimizer itself, does nothing to a Tensor.",
        _zeroing(lambda self: None),
    ),
    Mistake(
        "only the first parameter",
        "Only the first parameter has forgotten its gradient. Does a `return` stand inside the loop?",
        _zeroing(_first_forgotten),
    ),
    Mistake(
        "caller changed",
        "The parameters themselves are 0 now, and all that was learned is lost. Only the gradients "
        "should go.",
        _zeroing(_data_zeroed),
    ),
)

# SGD --------------------------------------------------------------------------------------------------


def _sgd(velocity: Callable[..., Any], move: Callable[..., Any] | None = None, decay: Any = None):
    """SGD in which the velocity, how it moves a parameter, or the decay is another one."""

    class Wrong(SGD):
        def step(self: Any):
            for parameter in self.parameters:
                if parameter.grad is None:
                    continue
                grad = (decay or _decayed)(self, parameter)
                old = self._velocities.get(parameter, np.zeros_like(parameter.data))
                new = velocity(self.momentum, old, grad)
                self._velocities[parameter] = new
                step = self.lr * new if move is None else move(self, new, grad, parameter.data)
                parameter.data = parameter.data - step

    Wrong.__name__ = "SGD"
    return {"SGD": Wrong}


def _decayed(self, parameter):
    return parameter.grad + self.weight_decay * parameter.data


def _grow(momentum, old, grad):
    return momentum * old + grad


def _decayed_in_place(self, parameter):
    parameter.grad += self.weight_decay * parameter.data
    return parameter.grad


class _OneVelocity(SGD):
    """All parameters share a velocity."""

    def step(self: Any):
        velocity: Any = getattr(self, "velocity", 0)
        for parameter in self.parameters:
            if parameter.grad is not None:
                velocity = self.momentum * velocity + _decayed(self, parameter)
                self.velocity = velocity
                parameter.data = parameter.data - self.lr * velocity


class _FirstVelocity(SGD):
    """All parameters remember the first one's velocity."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                first = self._velocities.get(self.parameters[0], np.zeros_like(parameter.data))
                self._velocities[parameter] = self.momentum * first + _decayed(self, parameter)
                parameter.data = parameter.data - self.lr * self._velocities[parameter]


class _ListLost(SGD):
    """One array takes the place of the list."""

    def step(self: Any):
        if not hasattr(self, "velocities"):
            self.velocities = [np.zeros_like(parameter.data) for parameter in self.parameters]
        for i, parameter in enumerate(self.parameters):
            if parameter.grad is not None:
                self.velocities = self.momentum * self.velocities[i] + _decayed(self, parameter)
                parameter.data = parameter.data - self.lr * self.velocities


class _NoneInSGD(SGD):
    """Nobody is passed over."""

    def step(self: Any):
        for parameter in self.parameters:
            old = self._velocities.get(parameter, np.zeros_like(parameter.data))
            grad = parameter.grad + self.weight_decay * parameter.data
            self._velocities[parameter] = self.momentum * old + grad
            parameter.data = parameter.data - self.lr * self._velocities[parameter]


class _RollsOn(SGD):
    """A parameter without a gradient decays all the same."""

    def step(self: Any):
        for parameter in self.parameters:
            grad = 0 if parameter.grad is None else parameter.grad
            old = self._velocities.get(parameter, np.zeros_like(parameter.data))
            grad = grad + self.weight_decay * parameter.data
            self._velocities[parameter] = self.momentum * old + grad
            parameter.data = parameter.data - self.lr * self._velocities[parameter]


class _Coasts(SGD):
    """A parameter without a gradient goes on with three quarters, or so, of its velocity."""

    def step(self: Any):
        for parameter in self.parameters:
            grad = 0 if parameter.grad is None else _decayed(self, parameter)
            old = self._velocities.get(parameter, np.zeros_like(parameter.data))
            self._velocities[parameter] = self.momentum * old + grad
            parameter.data = parameter.data - self.lr * self._velocities[parameter]


class _CoastsUnslowed(SGD):
    """A parameter without a gradient moves by the velocity that it has."""

    def step(self: Any):
        for parameter in self.parameters:
            old = self._velocities.get(parameter, np.zeros_like(parameter.data))
            if parameter.grad is not None:
                old = self._velocities[parameter] = self.momentum * old + _decayed(self, parameter)
            parameter.data = parameter.data - self.lr * old


class _EndedInSGD(SGD):
    """The step ends at the first parameter without a gradient."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is None:
                return
            old = self._velocities.get(parameter, np.zeros_like(parameter.data))
            self._velocities[parameter] = self.momentum * old + _decayed(self, parameter)
            parameter.data = parameter.data - self.lr * self._velocities[parameter]


class _CountsGradientsInSGD(SGD):
    """Velocities are numbered by the parameters that have a gradient, in each step anew."""

    def step(self: Any):
        velocities: dict[int, Any] = self.__dict__.setdefault("velocities", {})
        having = [parameter for parameter in self.parameters if parameter.grad is not None]
        for number, parameter in enumerate(having):
            old = velocities.get(number, 0)
            velocities[number] = self.momentum * old + _decayed(self, parameter)
            parameter.data = parameter.data - self.lr * velocities[number]


class _OldVelocity(SGD):
    """The parameter moves before its velocity has changed."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                old = self._velocities.get(parameter, np.zeros_like(parameter.data))
                self._velocities[parameter] = self.momentum * old + _decayed(self, parameter)
                parameter.data = parameter.data - self.lr * old


class _WholeList(SGD):
    """Momentum times the list, in which there are arrays."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                _ = self.momentum * [parameter.data]


class _NamedAsInTheFormula(SGD):
    """There is no ``self.v``."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                _ = self.v


_WholeList.__name__ = _NamedAsInTheFormula.__name__ = "SGD"


class _GradientKept(SGD):
    """The first velocity is the gradient's own array, and grows in place."""

    def step(self: Any):
        for parameter in self.parameters:
            if parameter.grad is not None:
                grad = parameter.grad
                grad += self.weight_decay * parameter.data
                old = self._velocities.get(parameter, 0)
                self._velocities[parameter] = self.momentum * old + grad
                parameter.data = parameter.data - self.lr * self._velocities[parameter]


_MOVES = (
    "A parameter without a gradient moves. Nobody has said that the loss depends on it: pass it over, decay, "
    "velocity and all."
)
_ANOTHERS = (
    "Behind a parameter without a gradient, the next one goes on with what belongs to another. Does `i` "
    "count all parameters, those that are passed over as well?"
)

SGD_MISTAKES = (
    Mistake(
        "uphill",
        "This walks uphill: the velocity grows by the gradient, which says where the loss grows. So with "
        "which sign does it move the parameter?",
        _sgd(_grow, lambda self, v, grad, data: -self.lr * v),
    ),
    Mistake(
        "only a name changed",
        "Nothing has moved. `parameter = …` gives a name to something else, and `==` compares: `.data` has "
        "to change. If it does, is the new velocity in `self.velocities` by then, or is that still 0?",
        _sgd(_grow, lambda self, v, grad, data: 0),
    ),
    Mistake(
        "old value read too early",
        "The first step moves nothing, and each later one goes by the velocity of the step before. Which of "
        "the two changes first, the velocity or the parameter?",
        {"SGD": _OldVelocity},
    ),
    Mistake(
        "velocity not kept",
        "These are the steps without momentum. Is the new velocity kept for the next step, in "
        "`self.velocities`? And is it the velocity that the parameter moves by?",
        _sgd(lambda momentum, old, grad: grad),
    ),
    Mistake(
        "gradient damped",
        "The velocity takes in only a part of the gradient, `1 - momentum` of it. Here it takes in all of "
        "it: that is why momentum makes steps larger.",
        _sgd(lambda momentum, old, grad: momentum * old + (1 - momentum) * grad),
    ),
    Mistake(
        "momentum at the wrong place",
        "`momentum` says how much of the old velocity is left. Yours says how much of the new gradient "
        "comes in.",
        _sgd(lambda momentum, old, grad: old + momentum * grad),
    ),
    Mistake(
        "momentum forgotten",
        "The old velocity is kept whole, whatever `momentum` is. How much of it should be left?",
        _sgd(lambda momentum, old, grad: old + grad),
    ),
    Mistake(
        "momentum forgotten",
        "The old velocity is kept whole, and `momentum` times it is added once more. `+=` keeps what was "
        "there.",
        _sgd(lambda momentum, old, grad: old + momentum * old + grad),
    ),
    Mistake(
        "momentum at the wrong place",
        "`momentum` belongs to the old velocity alone; the new gradient comes in as it is.",
        _sgd(lambda momentum, old, grad: momentum * (old + grad)),
    ),
    Mistake(
        "lost sign",
        "The old velocity is taken away. A ball that rolls goes on rolling: which sign is that?",
        _sgd(lambda momentum, old, grad: grad - momentum * old),
    ),
    Mistake(
        "gradient counted twice",
        "The gradient comes in twice: once in the velocity, and once beside it.",
        _sgd(_grow, lambda self, v, grad, data: self.lr * (grad + v)),
    ),
    Mistake(
        "gradient counted twice",
        "This looks ahead by one step, as Nesterov's momentum does: the gradient, and `momentum` times the "
        "new velocity. Asked for is the plain one: the parameter moves by the velocity alone.",
        _sgd(_grow, lambda self, v, grad, data: self.lr * (grad + self.momentum * v)),
    ),
    Mistake(
        "learning rate twice",
        "The learning rate comes in twice: in the velocity, and again in the step.",
        _sgd(
            lambda momentum, old, grad: momentum * old + grad,
            lambda self, v, grad, data: self.lr * self.lr * v,
        ),
    ),
    Mistake(
        "learning rate forgotten",
        "The step is as long as the velocity. What does `self.lr` do with it?",
        _sgd(_grow, lambda self, v, grad, data: v),
    ),
    Mistake(
        "one velocity for all",
        "What one parameter has gathered moves the next one, too. Each has a velocity of its own: number `i` "
        "of `self.velocities` belongs to number `i` of `self.parameters`.",
        {"SGD": _OneVelocity},
    ),
    Mistake(
        "one velocity for all",
        "All parameters go on with the velocity of the first one. Number `i` of `self.velocities` belongs to "
        "number `i` of `self.parameters`.",
        {"SGD": _FirstVelocity},
    ),
    Mistake(
        "one velocity for all",
        "`self.velocities = …` throws the list away, and puts one array in its place. Which place in the "
        "list is the new velocity for?",
        {"SGD": _ListLost},
    ),
    Mistake(
        "one velocity for all",
        "`self.velocities` is a list, and a list cannot be multiplied. Which one of the arrays in it belongs "
        "to this parameter?",
        {"SGD": _WholeList},
    ),
    Mistake(
        "name from the formula",
        "What the formula calls v has a longer name in the code: `self.velocities` is a list with one array "
        "for each parameter.",
        {"SGD": _NamedAsInTheFormula},
    ),
    Mistake(
        "decay forgotten",
        "`weight_decay` changes nothing. What does it add to the gradient, before the velocity sees it?",
        _sgd(_grow, decay=lambda self, p: p.grad),
    ),
    Mistake(
        "lost sign",
        "Your weights are pushed away from 0. Decay adds to the gradient, as the step will subtract it.",
        _sgd(_grow, decay=lambda self, p: p.grad - self.weight_decay * p.data),
    ),
    Mistake(
        "decay without the parameter",
        "The same number is added to every gradient. Large weights should be pulled harder than small ones: "
        "by how much?",
        _sgd(_grow, decay=lambda self, p: p.grad + self.weight_decay),
    ),
    Mistake(
        "decay of the gradient",
        "The gradient is changed by a part of itself. What should shrink is the parameter.",
        _sgd(_grow, decay=lambda self, p: p.grad + self.weight_decay * p.grad),
    ),
    Mistake(
        "decay beside the velocity",
        "Decay pulls beside the velocity here. It is a part of the gradient: add it before the velocity "
        "takes the gradient in.",
        _sgd(
            _grow,
            lambda self, v, grad, data: self.lr * (v + self.weight_decay * data),
            decay=lambda self, p: p.grad,
        ),
    ),
    Mistake(
        "decay beside the velocity",
        "Decay pulls beside the velocity here, and without the learning rate. It is a part of the gradient: "
        "add it before the velocity takes the gradient in.",
        _sgd(
            _grow,
            lambda self, v, grad, data: self.lr * v + self.weight_decay * data,
            decay=lambda self, p: p.grad,
        ),
    ),
    Mistake(
        "learning rate twice",
        "The learning rate comes into the decay twice: the step multiplies the whole velocity by it, and the "
        "decay is in there.",
        _sgd(_grow, decay=lambda self, p: p.grad + self.lr * self.weight_decay * p.data),
    ),
    Mistake("None not passed over", _NONE, {"SGD": _NoneInSGD}),
    Mistake("ended at the first None", _ENDED, {"SGD": _EndedInSGD}),
    Mistake("moves without a gradient", _MOVES, {"SGD": _RollsOn}),
    Mistake("moves without a gradient", _MOVES, {"SGD": _Coasts}),
    Mistake("moves without a gradient", _MOVES, {"SGD": _CoastsUnslowed}),
    Mistake("state of another parameter", _ANOTHERS, {"SGD": _CountsGradientsInSGD}),
    Mistake(
        "gradient changed in place",
        "The gradient has changed: `+=` writes into its array. Add with `+`, which makes something new.",
        {"SGD": _GradientKept},
    ),
)

# Adam -------------------------------------------------------------------------------------------------


def _adam(
    m_of: Callable[..., Any] = lambda b, m, grad: b * m + (1 - b) * grad,
    v_of: Callable[..., Any] = lambda b, v, grad, m: b * v + (1 - b) * grad * grad,
    corrected: Callable[..., Any] = lambda m, v, b1, b2, t: (m / (1 - b1**t), v / (1 - b2**t)),
    step_of: Callable[..., Any] = lambda lr, m, v, eps, grad: lr * m / (np.sqrt(v) + eps),
    first: int = 1,
    swapped: bool = False,
    count_each: bool = False,
    keeps: Callable[..., Any] = lambda averages, right: averages,
    none_as: Callable[..., Any] = lambda data: None,
) -> dict[str, Any]:
    """Adam in which one thing is another."""

    class Wrong(Adam):
        def step(self: Any):
            b1, b2 = self.betas[::-1] if swapped else self.betas
            states: dict[Any, Any] = self.__dict__.setdefault("states", {})
            self.t = getattr(self, "t", first - 1) + (not count_each)
            for parameter in self.parameters:
                self.t += count_each
                grad = none_as(parameter.data) if parameter.grad is None else parameter.grad
                if grad is None:
                    continue
                m, v = states.get(parameter, (np.zeros_like(grad), np.zeros_like(grad)))
                m = m_of(b1, m, grad)
                v = v_of(b2, v, grad, m)
                right = corrected(m, v, b1, b2, self.t)
                states[parameter] = keeps((m, v), right)
                parameter.data = parameter.data - step_of(self.lr, *right, self.eps, grad)

    Wrong.__name__ = "Adam"
    return {"Adam": Wrong}


class _NoneInAdam(Adam):
    """Nobody is passed over."""

    def step(self: Any):
        self.t = getattr(self, "t", 0) + 1
        b1, b2 = self.betas
        for parameter in self.parameters:
            _, m, v = self._averages.get(parameter, (0, np.zeros_like(parameter.data), 0))
            m = b1 * m + (1 - b1) * parameter.grad
            v = b2 * v + (1 - b2) * parameter.grad**2
            self._averages[parameter] = self.t, m, v
            root = np.sqrt(v / (1 - b2**self.t))
            parameter.data = parameter.data - self.lr * (m / (1 - b1**self.t)) / (root + self.eps)


class _EndedInAdam(Adam):
    """The step ends at the first parameter without a gradient."""

    def step(self: Any):
        everyone = self.parameters
        ends = [place for place, parameter in enumerate(everyone) if parameter.grad is None]
        self.parameters = everyone[: ends[0]] if ends else everyone
        super().step()
        self.parameters = everyone


class _CountsGradientsInAdam(Adam):
    """Averages are numbered by the parameters that have a gradient, in each step anew."""

    def step(self: Any):
        self.t = getattr(self, "t", 0) + 1
        b1, b2 = self.betas
        averages: dict[int, Any] = self.__dict__.setdefault("averages", {})
        having = [parameter for parameter in self.parameters if parameter.grad is not None]
        for number, parameter in enumerate(having):
            m, v = averages.get(number, (0, 0))
            m = b1 * m + (1 - b1) * parameter.grad
            v = b2 * v + (1 - b2) * parameter.grad**2
            averages[number] = m, v
            root = np.sqrt(v / (1 - b2**self.t))
            parameter.data = parameter.data - self.lr * (m / (1 - b1**self.t)) / (root + self.eps)


_MOVES_ON_AVERAGES = (
    "A parameter without a gradient moves, as its averages still hold what came before. Pass it over, "
    "averages and all."
)
_COUNT = (
    "Which step is this? `self.t` is 0 before the first one, and 1 while it is taken. It counts steps, not "
    "parameters."
)

ADAM_MISTAKES = (
    Mistake(
        "no bias correction",
        "The averages begin at 0 and need many steps to get away from there. Who makes up for that?",
        _adam(corrected=lambda m, v, b1, b2, t: (m, v)),
    ),
    Mistake(
        "no bias correction",
        "One of the two averages is corrected, and the other one, `v`, is as it was. Both began at 0.",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b1**t), v)),
    ),
    Mistake(
        "no bias correction",
        "One of the two averages is corrected, and the other one, `m`, is as it was. Both began at 0.",
        _adam(corrected=lambda m, v, b1, b2, t: (m, v / (1 - b2**t))),
    ),
    Mistake(
        "correction of the first step",
        "The correction is that of the first step in all steps. Where does `self.t` come in?",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b1), v / (1 - b2))),
    ),
    Mistake(
        "no power",
        "In step 2 this divides by `1 - 2 * beta`. A power is written `**`.",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b1 * t), v / (1 - b2 * t))),
    ),
    Mistake(
        "corrected by the other's",
        "Both averages are corrected with the first beta. Each forgets at its own rate.",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b1**t), v / (1 - b1**t))),
    ),
    Mistake(
        "corrected by the other's",
        "Both averages are corrected with the second beta. Each forgets at its own rate.",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b2**t), v / (1 - b2**t))),
    ),
    Mistake(
        "correction kept",
        "The corrected averages are kept, and the next step corrects them again. Keep the averages as they "
        "are, and give what is corrected another name.",
        _adam(keeps=lambda averages, right: right),
    ),
    Mistake(
        "correction kept",
        "The corrected averages are in the lists, and the next step corrects them again. `/=` writes into an "
        "array, whatever name it is called by; `/` makes a new one.",
        _adam(keeps=lambda averages, right: right if averages[0].ndim else averages),
    ),
    Mistake(
        "velocity not kept",
        "In each step the averages begin at 0 again. Are the new ones put into their places in `self.m` and "
        "`self.v`, where the old ones were? `append` makes a new place at the end.",
        _adam(keeps=lambda averages, right: tuple(map(np.zeros_like, averages))),
    ),
    Mistake(
        "order of operations",
        "`(1 - beta) ** t` is the share of one gradient, multiplied by itself. The power belongs to beta "
        "alone.",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b1) ** t, v / (1 - b2) ** t)),
    ),
    Mistake(
        "multiplied for divided",
        "You multiply by the share. 0.4 is a tenth of a 4, as the share is 0.1: what makes a 4 of it again?",
        _adam(corrected=lambda m, v, b1, b2, t: (m * (1 - b1**t), v * (1 - b2**t))),
    ),
    Mistake(
        "order of operations",
        "The root is taken of `v` before it is corrected, so the correction is too large. Which comes first?",
        _adam(corrected=lambda m, v, b1, b2, t: (m / (1 - b1**t), v / (1 - b2**t) ** 2)),
    ),
    Mistake(
        "only a name changed",
        "Nothing has moved. `parameter = …` gives a name to something else, and `==` compares: `.data` has "
        "to change. If it does, are the new averages in `self.m` and `self.v` by then, or are those still 0?",
        _adam(step_of=lambda lr, m, v, eps, grad: 0),
    ),
    Mistake("steps counted wrongly", _COUNT, _adam(count_each=True)),
    Mistake("steps counted wrongly", _COUNT, _adam(first=2)),
    Mistake("steps counted wrongly", _COUNT, _adam(first=0)),
    Mistake(
        "betas exchanged",
        "The first beta belongs to `m`, the average of gradients; the second to `v`, that of their squares.",
        _adam(swapped=True),
    ),
    Mistake(
        "square missing",
        "`v` is an average of squares. Yours is one of the gradients themselves, and a root of something "
        "negative is no number.",
        _adam(v_of=lambda b, v, grad, m: b * v + (1 - b) * grad),
    ),
    Mistake(
        "root missing",
        "The step is divided by an average of squares. What leads from squares back to the size of "
        "a gradient?",
        _adam(step_of=lambda lr, m, v, eps, grad: lr * m / (v + eps)),
    ),
    Mistake(
        "eps under the root",
        "`eps` stands under the root here. It is added to the root.",
        _adam(step_of=lambda lr, m, v, eps, grad: lr * m / np.sqrt(v + eps)),
    ),
    Mistake(
        "eps forgotten",
        "Where all gradients were 0, this divides 0 by 0. Which small number keeps that away?",
        _adam(step_of=lambda lr, m, v, eps, grad: lr * m / np.sqrt(v)),
    ),
    Mistake(
        "order of operations",
        "Division comes before addition: `a / b + c` is `(a / b) + c`.",
        _adam(step_of=lambda lr, m, v, eps, grad: lr * m / np.sqrt(v) + eps),
    ),
    Mistake(
        "gradient for its average",
        "The step goes along the gradient of this step alone. What is `m` for?",
        _adam(step_of=lambda lr, m, v, eps, grad: lr * grad / (np.sqrt(v) + eps)),
    ),
    Mistake(
        "not divided",
        "The step goes along `m` and is as long as the gradients are. What is `v` for?",
        _adam(step_of=lambda lr, m, v, eps, grad: lr * m),
    ),
    Mistake(
        "learning rate forgotten",
        "The steps are about 1 for each number, whatever `self.lr` is.",
        _adam(step_of=lambda lr, m, v, eps, grad: m / (np.sqrt(v) + eps)),
    ),
    Mistake(
        "uphill",
        "This walks uphill. With which sign does the step go?",
        _adam(step_of=lambda lr, m, v, eps, grad: -lr * m / (np.sqrt(v) + eps)),
    ),
    Mistake(
        "sum for an average",
        "The new gradient comes in whole, as with momentum. In an average, the two shares add up to 1: how "
        "much is left for it?",
        _adam(m_of=lambda b, m, grad: b * m + grad),
    ),
    Mistake(
        "sum for an average",
        "The new square comes in whole. In an average, the two shares add up to 1: how much is left for it?",
        _adam(v_of=lambda b, v, grad, m: b * v + grad * grad),
    ),
    Mistake(
        "sum for an average",
        "Gradient and square come in whole, as with momentum. In an average, the two shares add up to 1: how "
        "much is left for them?",
        _adam(m_of=lambda b, m, grad: b * m + grad, v_of=lambda b, v, grad, m: b * v + grad * grad),
    ),
    Mistake(
        "shares exchanged",
        "The new gradient gets the large share, and the average forgets nearly everything. Which of the two "
        "gets `beta`, and which `1 - beta`?",
        _adam(
            m_of=lambda b, m, grad: (1 - b) * m + b * grad,
            v_of=lambda b, v, grad, m: (1 - b) * v + b * grad * grad,
        ),
    ),
    Mistake(
        "square of the share",
        "The share `1 - beta` is squared together with the gradient. Only the gradient is.",
        _adam(v_of=lambda b, v, grad, m: b * v + ((1 - b) * grad) ** 2),
    ),
    Mistake(
        "square of the average",
        "`v` gets the square of `m`. It is an average of its own, of the squares of the gradients.",
        _adam(v_of=lambda b, v, grad, m: b * v + (1 - b) * m * m),
    ),
    Mistake("None not passed over", _NONE, {"Adam": _NoneInAdam}),
    Mistake("ended at the first None", _ENDED, {"Adam": _EndedInAdam}),
    Mistake("moves without a gradient", _MOVES_ON_AVERAGES, _adam(none_as=np.zeros_like)),
    Mistake("state of another parameter", _ANOTHERS, {"Adam": _CountsGradientsInAdam}),
)


def zero_gradients(rng):
    """Gradients some of which are 0, in every step and in the first."""
    settings = {"lr": _lr(rng), **_TINY_EPS}
    start = {"w": rng.normal(size=4)}
    grads = [{"w": np.array([0.0, 0.0, 1.5, each])} for each in (-2.0, 4.0)]
    return [_case("Adam", "With gradients of which some are 0", settings, start, grads)]


def other_settings(rng):
    """Betas that forget faster, and an eps that is not small."""
    all_settings: list[Arrays] = [
        {"betas": (0.5, 0.9), **_TINY_EPS},
        {"eps": 0.5},
        {"betas": (0.25, 0.5), "eps": 0.25},
    ]
    return [
        _drawn(rng, "Adam", {"lr": _lr(rng), **settings}, {"w": (2, 3)}, steps=3) for settings in all_settings
    ]


_SGD = ("SGD", "Adam")

EXERCISES = (
    Exercise(
        "11_optimizers/init",
        cell="init",
        reference={"kaiming_normal": kaiming_normal, "xavier_normal": xavier_normal},
        parts=(
            Part("kaiming_normal: an array in float32, shape", 0.5, form, some_layers("kaiming_normal")),
            Part(
                "kaiming_normal: how far the numbers spread",
                1.5,
                spread,
                some_layers("kaiming_normal"),
                as_it_should_spread,
            ),
            Part("xavier_normal: an array in float32, shape", 0.5, form, some_layers("xavier_normal")),
            Part(
                "xavier_normal: how far the numbers spread",
                1.5,
                spread,
                some_layers("xavier_normal"),
                as_it_should_spread,
            ),
            Part(
                "the numbers come from rng",
                1,
                from_rng,
                lambda rng: [
                    *some_layers("kaiming_normal", 1)(rng),
                    *some_layers("xavier_normal", 1)(rng),
                ],
            ),
        ),
        mistakes=INIT_MISTAKES,
        withheld=("babygrad.init",),
    ),
    Exercise(
        "11_optimizers/GradientDescent",
        cell="descent",
        reference={"Optimizer": Optimizer, "GradientDescent": GradientDescent},
        parts=(
            Part("one step downhill", 2, stepped, steps_of("GradientDescent", 1)),
            Part("several parameters, several steps", 1, stepped, several_parameters("GradientDescent")),
            Part("who has no gradient stays", 0.5, stepped, without_gradient("GradientDescent")),
            Part("gradients and dtypes stay as they are", 0.5, kept, in_float32("GradientDescent")),
            Part("zero_grad forgets the gradients", 1, forgotten, some_gradients),
        ),
        mistakes=DESCENT_MISTAKES,
        withheld=("Optimizer", "Module.zero_grad", *_SGD),
    ),
    Exercise(
        "11_optimizers/SGD",
        cell="sgd",
        reference={"SGD": SGD},
        parts=(
            Part("without momentum and decay, as before", 1, stepped, steps_of("SGD", momentum=0.0)),
            Part("momentum", 2, stepped, steps_of("SGD", momentum=0.75)),
            Part("a velocity for each parameter", 1, stepped, several_parameters("SGD", momentum=0.5)),
            Part("weight decay", 1, stepped, steps_of("SGD", momentum=0.0, weight_decay=0.25)),
            Part("both together", 1, stepped, several_parameters("SGD", momentum=0.5, weight_decay=0.25)),
            Part(
                "who has no gradient stays",
                0.5,
                stepped,
                losing_gradient("SGD", 3, momentum=0.5, weight_decay=0.25),
            ),
            Part(
                "gradients and dtypes stay as they are",
                0.5,
                kept,
                in_float32("SGD", momentum=0.5, weight_decay=0.25),
            ),
        ),
        mistakes=SGD_MISTAKES,
        withheld=_SGD,
        needed=("Optimizer",),
    ),
    Exercise(
        "11_optimizers/Adam",
        cell="adam",
        reference={"Adam": Adam},
        parts=(
            Part("the first step", 2, stepped, steps_of("Adam", 1, {"betas": (0.75, 0.96)}, **_TINY_EPS)),
            Part("three steps", 2, stepped, steps_of("Adam", **_TINY_EPS)),
            Part("averages for each parameter", 1, stepped, several_parameters("Adam", **_TINY_EPS)),
            Part("other betas, another eps", 1, stepped, other_settings),
            Part("gradients that are 0", 1, stepped, zero_gradients),
            # No third step: the number of steps may be counted for each parameter, as PyTorch does.
            Part("who has no gradient stays", 0.5, stepped, losing_gradient("Adam", 2, **_TINY_EPS)),
            Part("gradients and dtypes stay as they are", 0.5, kept, in_float32("Adam", **_TINY_EPS)),
        ),
        mistakes=ADAM_MISTAKES,
        withheld=_SGD,
        needed=("Optimizer",),
    ),
)
