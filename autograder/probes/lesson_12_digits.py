"""Lesson 12: the probes. Nothing is trained here, and no digits are loaded: a few numbers do."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.observation import Claim, Raised
from autograder.surroundings import names_mean
from babygrad import Tensor
from babygrad.nn import softmax_loss


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function under a name that the learner knows, also where it gets too few arguments."""

    def called(*given: Any, **by_name: Any) -> Any:
        try:
            signature(function).bind(*given, **by_name)
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None
        return function(*given, **by_name)

    return called


# batches ----------------------------------------------------------------------------------------------


def _drawn(parts, images, labels, size, rng) -> list[Any]:
    return list(parts.batches(images, labels, size, rng))


def _are_pairs(batches: Sequence[Any]) -> bool:
    return all(
        isinstance(pair, (tuple, list))
        and len(pair) == 2
        and all(isinstance(part, np.ndarray) and part.ndim for part in pair)
        for pair in batches
    )


def _pairs(batches: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Whether they are pairs of arrays, and if not, what the first is made of."""
    paired = _are_pairs(batches)
    yield "`batches(…)` should give pairs of arrays: some images, and their labels", Claim(paired)
    if not paired:  # known mistakes are told apart by it
        depth, first = 0, batches[0]
        while isinstance(first, (tuple, list)) and first and depth < 5:
            depth, first = depth + 1, first[0]
        yield "how deep the first array is", depth


def together(parts, images, labels, size, seed):
    """Which examples come, and whether each has its own label: those of image i are told by its numbers."""
    in_order = labels.tolist()
    own = dict(zip(images[:, 0].tolist(), in_order, strict=True))
    batches = _drawn(parts, images, labels, size, np.random.default_rng(seed))
    yield from _pairs(batches)
    if not _are_pairs(batches):
        return
    came = [label for _, its in batches for label in its.tolist()]
    yield "the labels of all batches, sorted,", np.sort(np.array(came, float))
    firsts = [image for some, _ in batches for image in some[:, 0].tolist()]
    yield "the first numbers of all images, sorted,", np.sort(np.array(firsts, float))
    wrong = sum(own.get(f) != label for f, label in zip(firsts, came, strict=False))
    yield (
        "each image should come with its own label",
        Claim(not wrong, f"{wrong} of {len(firsts)} have that of another image"),
    )
    if wrong:  # known mistakes are told apart by it
        yield "whether the labels are in their old order", came == in_order


def sizes(parts, images, labels, size, seed):
    """How many examples are in each batch."""
    batches = _drawn(parts, images, labels, size, np.random.default_rng(seed))
    yield from _pairs(batches)
    if _are_pairs(batches):
        counted = ", ".join(str(len(its)) for _, its in batches)
        yield "a list of how many labels are in each batch", counted or "(none)"
        shapes = ", ".join(str(some.shape) for some, _ in batches)
        yield "a list of the shapes of the images in each batch", shapes or "(none)"


def order(parts, images, labels, size, seed):
    """How the order comes about."""

    def called(rng) -> list[list[float]]:
        batches = _drawn(parts, images.copy(), labels.copy(), size, rng)
        return [some[:, 0].tolist() for some, _ in batches]

    once = _drawn(parts, images.copy(), labels.copy(), size, np.random.default_rng(seed))
    yield from _pairs(once)
    if not _are_pairs(once):
        return
    rng = np.random.default_rng(seed)
    first, second = called(rng), called(rng)
    in_order = [number for some in first for number in some] == images[:, 0].tolist()
    yield "the examples should be mixed", Claim(not in_order, "they come in the order of the data")
    same = called(np.random.default_rng(seed)) == first
    yield (
        "a generator with the same seed should give the same batches",
        Claim(same, "they differ from call to call"),
    )
    yield (
        "a second call with the same generator should give other batches",
        Claim(first != second, "both calls give the same ones"),
    )
    other = called(np.random.default_rng(seed + 1)) != first
    yield "another seed should give other batches", Claim(other, "they are the same for every seed")
    groups = {frozenset(some) for _ in range(20) for some in called(rng)}
    yield (
        "from call to call, other examples should be together in a batch",
        Claim(len(groups) > 2 * len(first), "the same ones always come together"),
    )


def left_alone(parts, images, labels, size, seed):
    """The data afterwards."""
    _drawn(parts, images, labels, size, np.random.default_rng(seed))
    yield "`images` afterwards", images
    yield "`labels` afterwards", labels


# train_step -------------------------------------------------------------------------------------------


class Model:
    """One layer; it counts how often it is asked, and whether history is recorded then."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        self.weight, self.bias = Tensor(weight), Tensor(bias)
        self.recorded: list[bool] = []

    def __call__(self, images: Any) -> Tensor:
        self.recorded.append(_is_recording())
        return images @ self.weight + self.bias

    forward = __call__

    def parameters(self) -> list[Tensor]:
        return [self.weight, self.bias]

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = None


def _is_recording() -> bool:
    """Whether operations remember; of a learner's own library, too, if there is one."""
    libraries = [sys.modules[name] for name in ("babygrad", "mybabygrad") if name in sys.modules]
    return all((library.Tensor([3.0]) * library.Tensor([5.0])).requires_grad for library in libraries)


class Descent:
    """Plain steps, without a look at what the gradients are."""

    def __init__(self, parameters: list[Tensor], lr: float) -> None:
        self.parameters, self.lr = parameters, lr
        self.had_gradients: list[bool] = []

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        self.had_gradients.append(all(parameter.grad is not None for parameter in self.parameters))
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.data -= self.lr * parameter.grad


def _steps(parts, weight, bias, lr, stale, images, labels) -> Iterator[tuple[Model, Descent, Any]]:
    """Model and optimizer after each step, and what it returned. stale: a gradient left from before."""
    model = Model(weight, bias)
    optimizer = Descent(model.parameters(), lr)
    if stale is not None:
        model.weight.grad, model.bias.grad = stale.copy(), stale.sum(axis=0)
    for some, its in zip(images, labels, strict=True):
        with names_mean(parts.train_step, softmax_loss=softmax_loss):
            yield model, optimizer, parts.train_step(model, optimizer, some, its)


def returned(parts, weight, bias, lr, stale, images, labels):
    """What a step returns."""
    for _, _, loss in _steps(parts, weight, bias, lr, stale, images, labels):
        kind = type(loss).__name__
        yield (
            "`train_step(…)` should return a float",
            Claim(isinstance(loss, float), f"it is of class {kind}" if loss is not None else "it is None"),
        )
        if not isinstance(loss, float):  # known mistakes are told apart by it
            yield "its class", kind
        yield "the loss that is returned", float(loss.data if isinstance(loss, Tensor) else loss)


def moved(parts, weight, bias, lr, stale, images, labels):
    """Where the parameters are after each step."""
    steps = _steps(parts, weight, bias, lr, stale, images, labels)
    for number, (model, optimizer, _) in enumerate(steps, 1):
        yield f"after step {number}, `weight.data`", model.weight.data
        yield f"after step {number}, `bias.data`", model.bias.data
        claim = "when `optimizer.step()` is called, there should be gradients"
        yield claim, Claim(all(optimizer.had_gradients), "they are None")
        yield "how often `optimizer.step()` has been called", len(optimizer.had_gradients)


def refused(parts, weight, bias, lr, images, labels, words):
    """What comes of a loss that is not finite; words: one of these should be in the message."""
    model = Model(weight, bias)
    optimizer = Descent(model.parameters(), lr)

    def fine():
        return parts.train_step(
            Model(np.zeros_like(weight), np.zeros_like(bias)), optimizer, np.ones_like(images), labels
        )

    def step():
        return parts.train_step(model, optimizer, images, labels)

    with names_mean(parts.train_step, softmax_loss=softmax_loss), np.errstate(all="ignore"):
        first, outcome = Raised(fine), _Outcome(step)
    if first.error is not None:
        raise first.error
    yield from _refusal(outcome)
    text = str(outcome.error)
    said = _said(text)
    if isinstance(outcome.error, FloatingPointError):
        told = any(word in text.lower() for word in words)
        yield f"the message should say that the loss is {words[0]}", Claim(told, said)
        if not told:  # known mistakes are told apart by it
            yield "whether it says nan", "nan" in text.lower()
        claim = "the message should name the learning rate, which is the first thing to look at"
        yield claim, Claim(f"{lr}" in text, said)
    yield "afterwards, `weight.data`", model.weight.data
    yield "afterwards, `bias.data`", model.bias.data


class _Outcome(Raised):
    """An outcome with what was returned."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.result: Any = None

        def kept() -> None:
            self.result = call()

        super().__init__(kept)


def _said(text: str) -> str:
    """What a message says, after "with your code"."""
    return f"it is: {text[:150].rstrip('.')}" if text.strip() else "it is empty"


def _refusal(outcome: _Outcome) -> Iterator[tuple[str, Any]]:
    """Whether a FloatingPointError was raised; what is no answer at all is raised again."""
    error = outcome.error
    if isinstance(error, (NotImplementedError, NameError)):
        raise error
    kind = type(error).__name__ if error is not None else "none"
    said = f": {str(error)[:150].rstrip('.')}" if str(error).strip() else ""
    article = "an" if kind[0] in "AEIOU" else "a"
    returned = type(outcome.result).__name__ if isinstance(outcome.result, BaseException) else ""
    instead = f"it is {article} {kind}{said}" if error is not None else "nothing was raised"
    if returned:
        kind, instead = f"{returned}, returned", "it is returned, and nothing was raised"
    yield (
        "a FloatingPointError should be raised",
        Claim(isinstance(error, FloatingPointError), instead),
    )
    if not isinstance(error, FloatingPointError):
        yield "the error", kind


# predict, accuracy ------------------------------------------------------------------------------------


def predicted(parts, weight, bias, images):
    """What the network says."""
    guesses = parts.predict(Model(weight, bias), images)
    instead = f"it is of class {type(guesses).__name__}"
    yield (
        "`predict(…)` should return an array",
        Claim(isinstance(guesses, np.ndarray), instead),
    )
    guesses = np.asarray(guesses.data if isinstance(guesses, Tensor) else guesses)
    yield (
        "the predictions should be integers",
        Claim(guesses.dtype.kind in "iu", f"its dtype is {guesses.dtype}"),
    )
    yield "what `predict(…)` returns", guesses.astype(float)


def unrecorded(parts, weight, bias, images):
    """Whether a history is recorded."""
    model = Model(weight, bias)
    guesses = parts.predict(model, images)
    yield "the number of predictions", None if guesses is None else int(np.size(guesses))
    claim = "while the model is asked, nothing should be recorded: `with no_grad():` sees to that"
    yield claim, Claim(not any(model.recorded))
    yield "afterwards, operations should be recorded again", Claim(_is_recording())


class Known:
    """A model whose predictions are known."""

    def __init__(self, guesses: np.ndarray, images: np.ndarray) -> None:
        self.guesses, self.images = guesses, images

    def __call__(self, images: Any) -> Tensor:
        return Tensor(np.eye(10)[self.guesses] * 3.0 - 1.0, requires_grad=False)

    forward = __call__

    def answer(self, model: Any, images: Any) -> np.ndarray:
        """In the place of `predict`."""
        if model is not self or images is not self.images:
            raise ValueError("predict takes the model and the images, in this order")
        return self.guesses.copy()


def share(parts, guesses, labels):
    """The accuracy."""
    model = Known(guesses, np.zeros((len(labels), 3)))
    with names_mean(parts.accuracy, predict=_named("predict", model.answer)):
        found = parts.accuracy(model, model.images, labels)
    several = isinstance(found, np.ndarray) and found.ndim > 0
    kind = f"an array of {found.size} elements" if several else f"of class {type(found).__name__}"
    yield (
        "`accuracy(…)` should return a number",
        Claim(
            np.ndim(found) == 0 and isinstance(found, (int, float, np.number, np.ndarray)),
            f"it is {kind}",
        ),
    )
    if several:  # known mistakes are told apart by it
        yield "its elements", found.astype(float)
        return
    yield "the accuracy", float(found.data if isinstance(found, Tensor) else found)


# confusion --------------------------------------------------------------------------------------------


def table(parts, labels, guesses, classes):
    """The table, and what went into it."""
    found = parts.confusion(labels, guesses, classes)
    instead = f"it is of class {type(found).__name__}"
    yield (
        "`confusion(…)` should return an array",
        Claim(isinstance(found, np.ndarray), instead),
    )
    found = np.asarray(found)
    yield "the table", found.astype(float)
    yield "the table should hold integers", Claim(found.dtype.kind in "iu", f"its dtype is {found.dtype}")
    yield "`labels` afterwards", labels
    yield "`predicted` afterwards", guesses


# train ------------------------------------------------------------------------------------------------


class Around:
    """What stands in for the learner's other functions in `train`, and notes what it is asked.

    plan: by epoch, the examples of each batch, by number. losses: one for each step. accuracies: one for each
    epoch. fails: the number of the step, counted through, from which on the loss is nan.
    """

    def __init__(self, plan: Any, losses: list[float], accuracies: list[float], fails: int | None) -> None:
        self.plan, self.losses, self.accuracies, self.fails = plan, losses, accuracies, fails
        count = 1 + max(number for epoch in plan for batch in epoch for number in batch)
        labels = np.arange(10.0, 10.0 + count)
        self.train_set = np.stack([labels, -labels], axis=1), labels
        self.test_set = np.array([[3.0, 5.0], [7.0, 4.0]]), np.array([90.0, 91.0])
        self.model, self.optimizer = SimpleNamespace(name="model"), SimpleNamespace(name="optimizer")
        self.rng = np.random.default_rng(0)
        self.calls: list[Any] = []
        self.given: list[list[float]] = []
        self.fitting: list[bool] = []
        self.asked: list[str] = []

    def batches(self, images, labels, size, rng):
        right = images is self.train_set[0] and labels is self.train_set[1] and rng is self.rng
        self.calls.append((right, size))
        epoch = self.plan[(len(self.calls) - 1) % len(self.plan)]
        return [(images[numbers], labels[numbers]) for numbers in epoch]

    def train_step(self, model, optimizer, images, labels):
        if model is not self.model or optimizer is not self.optimizer:
            raise ValueError("train_step takes the model, the optimizer, images and labels, in this order")
        if not (isinstance(labels, np.ndarray) and labels.ndim == 1):
            raise ValueError("train_step takes the images and the labels of a batch, two arrays")
        number = len(self.given)
        self.given.append(labels.tolist())
        self.fitting.append(np.array_equal(images, np.stack([labels, -labels], axis=1)))
        if self.fails is not None and number >= self.fails:
            raise FloatingPointError(WORDS)
        return self.losses[number % len(self.losses)]

    def accuracy(self, model, images, labels):
        if model is not self.model:
            raise ValueError("accuracy takes the model, images and labels, in this order")
        sets = {"held-out": self.test_set, "training": self.train_set}
        which = [name for name, its in sets.items() if images is its[0] and labels is its[1]]
        self.asked.append(f"about the {which[0] if which else 'other'} digits after {len(self.given)} steps")
        return self.accuracies[(len(self.asked) - 1) % len(self.accuracies)]

    def run(self, parts, epochs: int, size: int) -> Any:
        """What the learner's loop returns."""
        with names_mean(
            parts.train,
            batches=_named("batches", self.batches),
            train_step=_named("train_step", self.train_step),
            accuracy=_named("accuracy", self.accuracy),
            progress=lambda steps, words="": steps,
        ):
            return parts.train(
                self.model, self.optimizer, self.train_set, self.test_set, epochs, size, self.rng
            )


WORDS = "the loss is nan, with the learning rate 0.75"


def every_batch(parts, plan, losses, accuracies, size):
    """Which examples the steps were given."""
    around = Around(plan, losses, accuracies, None)
    around.run(parts, len(plan), size)
    yield "how often `batches` is called, once for each epoch,", len(around.calls)
    fits = all(right for right, _ in around.calls) and all(asked == size for _, asked in around.calls)
    yield "`batches` should be given images and labels of `train_set`, `size` and `rng`", Claim(fits)
    yield "`train_step` should be given the images of a batch, and their labels", Claim(all(around.fitting))
    told = "; ".join(" ".join(f"{label:g}" for label in batch) for batch in around.given)
    yield "a list of the labels that `train_step` was given, step by step,", told or "(none)"


def _history(around: Around, parts, epochs: int, size: int) -> Any:
    found = around.run(parts, epochs, size)
    return found if isinstance(found, (tuple, list)) and len(found) == 2 else None


_HISTORY = "`train(…)` should return two lists: losses, accuracies"


def losses_of(parts, plan, losses, accuracies, size):
    """The first list."""
    history = _history(Around(plan, losses, accuracies, None), parts, len(plan), size)
    yield _HISTORY, Claim(history is not None)
    if history is not None:
        yield "the losses", np.asarray(history[0], float)


def accuracies_of(parts, plan, losses, accuracies, size):
    """The second list, and what was asked for it."""
    around = Around(plan, losses, accuracies, None)
    history = _history(around, parts, len(plan), size)
    yield "a note of what `accuracy` was asked", "; ".join(around.asked) or "(nothing)"
    yield _HISTORY, Claim(history is not None)
    if history is not None:
        yield "the accuracies", np.asarray(history[1], float)


def stopped(parts, plan, losses, accuracies, size, fails, mentions):
    """What the loop says where a step fails."""
    around = Around(plan, losses, accuracies, fails)
    with warnings.catch_warnings():  # about the mean of no steps at all
        warnings.simplefilter("ignore")
        outcome = _Outcome(lambda: around.run(parts, len(plan), size))
    if outcome.error is not None and len(around.given) <= fails:
        raise outcome.error  # before the step that fails
    yield from _refusal(outcome)
    yield "how many steps are taken, with the one that fails,", len(around.given)
    text = str(outcome.error)
    if isinstance(outcome.error, FloatingPointError):
        for word in (*mentions, WORDS):
            claim = f"the message should have `{word}` in it"
            yield claim, Claim(word in text, _said(text))
        if not all(word in text for word in mentions):  # known mistakes are told apart by it
            yield "what it counts", " ".join(re.findall(r"(?:epoch|step) \d+", text))
            yield "whether there are braces in it", "{" in text
