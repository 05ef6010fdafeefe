"""Lesson 12: mini-batches, a step of training, predictions, the confusion table, and the loop around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.probes import lesson_12_digits as probes
from babygrad import no_grad
from babygrad.nn import softmax_loss
from babygrad.progress import progress

# batches ----------------------------------------------------------------------------------------------


def batches(images, labels, size, rng):
    """All examples in random order, `size` at a time."""
    order = rng.permutation(len(labels))
    places = [order[start : start + size] for start in range(0, len(labels), size)]
    return [(images[place], labels[place]) for place in places]


def _examples(rng: np.random.Generator, count: int) -> dict[str, Any]:
    """Images of three numbers, the first of which tells them apart, and labels that do the same."""
    first = rng.permutation(900)[:count] + 100.0
    images = np.stack([first, *rng.normal(size=(2, count))], axis=1)
    return {"images": images, "labels": rng.permutation(900)[:count] + 10}


def _data(rng: np.random.Generator, count: int, size: int) -> Case:
    inputs = {**_examples(rng, count), "size": size, "seed": int(rng.integers(1000))}
    return Case(f"With {count} examples and `size = {size}`", inputs)


def some_data(rng):
    """Numbers of examples that `size` divides, and others; one batch, and batches of one.

    There are so many of them that no order is the right one by chance.
    """
    pairs = [(12, 4), (11, 4), (9, 20), (7, 1), (int(rng.integers(40, 60)), 7)]
    return [_data(rng, count, size) for count, size in pairs]


def some_sizes(rng):
    """The same, and so many with a smaller last batch that it is the last by chance in none."""
    many = 7 * int(rng.integers(5, 30)) + int(rng.integers(1, 7))
    pairs = [(12, 4), (11, 4), (3, 5), (5, 1), (23, 3), (31, 4), (50, 6), (many, 7)]
    return [_data(rng, count, size) for count, size in pairs]


def enough_data(rng):
    """So many that no order comes twice by chance."""
    return [_data(rng, int(rng.integers(40, 60)), size) for size in (6, 8)]


def _placed(places: Callable[..., Any]) -> dict[str, Any]:
    """Batches of other examples: `places` gives their numbers, or a pair, for images and for labels."""

    def batches(images, labels, size, rng):
        found = []
        for place in places(len(labels), size, rng):
            one, other = place if isinstance(place, tuple) else (place, place)
            found.append((images[one], labels[other]))
        return found

    return {"batches": batches}


def _cut(order: Any, size: int) -> list[Any]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def _apart(n, size, rng):
    return list(zip(_cut(rng.permutation(n), size), _cut(rng.permutation(n), size), strict=True))


def _apart_within(n, size, rng):
    return [(place, rng.permutation(place)) for place in _cut(rng.permutation(n), size)]


def _images_only(n, size, rng):
    return list(zip(_cut(rng.permutation(n), size), _cut(np.arange(n), size), strict=True))


def _labels_only(n, size, rng):
    return list(zip(_cut(np.arange(n), size), _cut(rng.permutation(n), size), strict=True))


def _batches_mixed(n, size, rng):
    cut = _cut(np.arange(n), size)
    return [cut[number] for number in rng.permutation(len(cut))]


def _mixed_within(n, size, rng):
    return [rng.permutation(place) for place in _cut(np.arange(n), size)]


def _in_place(images, labels, size, rng):
    order = rng.permutation(len(labels))
    images[:], labels[:] = images[order], labels[order]
    return [(images[place], labels[place]) for place in _cut(np.arange(len(labels)), size)]


def _in_place_apart(images, labels, size, rng):
    rng.shuffle(images)
    rng.shuffle(labels)
    return [(images[place], labels[place]) for place in _cut(np.arange(len(labels)), size)]


def _in_place_images(images, labels, size, rng):
    rng.shuffle(images)
    return [(images[place], labels[place]) for place in _cut(np.arange(len(labels)), size)]


def _in_place_labels(images, labels, size, rng):
    rng.shuffle(labels)
    return [(images[place], labels[place]) for place in _cut(np.arange(len(labels)), size)]


def _pixels_in_order(images, labels, size, rng):
    order = rng.permutation(len(images[0]))
    places = [order[start : start + size] for start in range(0, len(labels), size)]
    return [(images[place], labels[place]) for place in places]


def _pixels_for_examples(images, labels, size, rng):
    places = _cut(rng.permutation(len(images[0])), size)
    return [(images[place], labels[place]) for place in places]


def _one_by_one(images, labels, size, rng):
    return [list(zip(some, its, strict=True)) for some, its in batches(images, labels, size, rng)]


def _first_only(images, labels, size, rng):
    return batches(images, labels, size, rng)[:1]


def _batches(family: str, message: str, wrong: dict[str, Any]) -> Mistake:
    return Mistake(family, message, wrong)


_REST = (
    "The examples that are left at the end are missing. If `size` does not divide the number of examples, "
    "the last batch is smaller, and a slice that goes too far gives what there is."
)
_APART = (
    "Images and labels are mixed in two different orders, so that a 3 is called a 7. Draw one order, and use "
    "it for both."
)
_REPEATED = (
    "Some examples come several times, and others never. `rng.permutation(n)` has each number once; "
    "`rng.integers` and `rng.choice` draw each time from all."
)
_ANEW = (
    "A new order is drawn for each batch, so that some examples come several times, and others never. Where "
    "does the line that draws it stand?"
)
_IN_PLACE_APART = (
    "`rng.shuffle` mixes the caller's own arrays, and they stay so. What is more, images and labels are no "
    "longer in the same order, so that a 3 is called a 7. Draw one order, and pick with it from both: "
    "`array[order]` is a new array."
)
_PIXELS = "`len(images[0])` is how many pixels one image has. How many images are there, or how many labels?"
_IN_PLACE = (
    "The caller's own arrays are mixed here, and stay so. `array[order]` is a new array; `rng.shuffle` "
    "changes the one it is given."
)

BATCHES_MISTAKES = (
    _batches(
        "last batch left out",
        _REST,
        _placed(lambda n, size, rng: _cut(rng.permutation(n)[: n - n % size], size)),
    ),
    _batches("images and labels mixed apart", _APART, _placed(_apart)),
    _batches("images and labels mixed apart", _APART, _placed(_apart_within)),
    _batches("images and labels mixed apart", _IN_PLACE_APART, {"batches": _in_place_apart}),
    _batches("images and labels mixed apart", _IN_PLACE_APART, {"batches": _in_place_images}),
    _batches("images and labels mixed apart", _IN_PLACE_APART, {"batches": _in_place_labels}),
    _batches(
        "images and labels mixed apart",
        "The images are mixed, and the labels are in their old order. What is done to the one has to be done "
        "to the other.",
        _placed(_images_only),
    ),
    _batches(
        "images and labels mixed apart",
        "The labels are mixed, and the images are in their old order. What is done to the one has to be done "
        "to the other.",
        _placed(_labels_only),
    ),
    _batches(
        "not mixed",
        "The examples come in the order of the data, the same in every epoch. What is `rng` for?",
        _placed(lambda n, size, rng: _cut(np.arange(n), size)),
    ),
    _batches(
        "batches mixed, not examples",
        "The batches come in a random order, but each consists of neighbours in the data. Mix the examples "
        "first, and cut then.",
        _placed(_batches_mixed),
    ),
    _batches(
        "batches mixed, not examples",
        "The examples are mixed within their batch only. Mix all of them first, and cut then.",
        _placed(_mixed_within),
    ),
    _batches(
        "generator of one's own",
        "The order is the same in every call: a generator is made anew each time. Use the `rng` that is "
        "passed in.",
        _placed(lambda n, size, rng: _cut(np.random.default_rng(0).permutation(n), size)),
    ),
    _batches(
        "generator of one's own",
        "`np.random` and `default_rng()` give another order in every run: nobody could repeat yours. Use the "
        "`rng` that is passed in.",
        _placed(lambda n, size, rng: _cut(np.random.default_rng().permutation(n), size)),
    ),
    _batches(
        "drawn with repetition", _REPEATED, _placed(lambda n, size, rng: _cut(rng.integers(0, n, n), size))
    ),
    _batches(
        "drawn with repetition",
        _REPEATED,
        _placed(lambda n, size, rng: [rng.integers(0, n, size) for _ in range(-(-n // size))]),
    ),
    _batches(
        "drawn with repetition",
        _ANEW,
        _placed(lambda n, size, rng: [rng.permutation(n)[:size] for _ in range(-(-n // size))]),
    ),
    _batches(
        "drawn with repetition",
        _ANEW,
        _placed(lambda n, size, rng: [rng.permutation(n)[s : s + size] for s in range(0, n, size)]),
    ),
    _batches(
        "batches overlap",
        "The next batch begins one example after the last, so that most examples come many times. How far is "
        "it from one start to the next?",
        _placed(lambda n, size, rng: _each_from_the_next(rng.permutation(n), size)),
    ),
    _batches(
        "size taken for a number of batches",
        "There are `size` batches. It should be the other way: `size` examples in each, and as many batches "
        "as that makes.",
        _placed(lambda n, size, rng: np.array_split(rng.permutation(n), size)),
    ),
    _batches(
        "one example too many or too few",
        "Each batch is one example too small: in a slice, the end does not belong to it.",
        _placed(lambda n, size, rng: _shortened(rng.permutation(n), size)),
    ),
    _batches(
        "one example too many or too few",
        "Each batch goes on into the next, by one example: in a slice, the end does not belong to it.",
        _placed(
            lambda n, size, rng: [
                o[s : s + size + 1] for o in [rng.permutation(n)] for s in range(0, n, size)
            ]
        ),
    ),
    _batches(
        "lists exchanged",
        "The pairs are the other way round. First the images, then the labels.",
        {"batches": lambda *given: [(its, some) for some, its in batches(*given)]},
    ),
    _batches("overwrote the caller's data", _IN_PLACE, {"batches": _in_place}),
    _batches("wrong axis", _PIXELS, {"batches": _pixels_in_order}),
    _batches("wrong axis", _PIXELS, {"batches": _pixels_for_examples}),
    _batches(
        "not in pairs",
        "Each batch is a list here, with a pair for each example. It should be one pair: an array of images, "
        "and an array of labels. An array of numbers as an index gives such an array at once.",
        {"batches": _one_by_one},
    ),
    _batches(
        "one batch too many",
        "Where `size` divides the number of examples, an empty batch comes at the end. `range(0, n, size)` "
        "counts as far as is needed.",
        _placed(lambda n, size, rng: _one_more(rng.permutation(n), size)),
    ),
    _batches(
        "only the first batch",
        "The first batch has examples, and the others are empty. What stands behind the colon of a slice "
        "says where it ends, not how long it is.",
        _placed(lambda n, size, rng: [o[s:size] for o in [rng.permutation(n)] for s in range(0, n, size)]),
    ),
    _batches(
        "only the first batch",
        "Only one batch comes. Is there a `return` inside the loop?",
        {"batches": _first_only},
    ),
    _batches("nothing returned", "Are the batches that you made returned?", {"batches": lambda *a: None}),
)


def _each_from_the_next(order: Any, size: int) -> list[Any]:
    return [order[start : start + size] for start in range(len(order))]


def _one_more(order: Any, size: int) -> list[Any]:
    return [order[k * size : (k + 1) * size] for k in range(len(order) // size + 1)]


def _shortened(order: Any, size: int) -> list[Any]:
    return [order[start : start + size - 1] for start in range(0, len(order), size)]


# train_step -------------------------------------------------------------------------------------------


def train_step(model, optimizer, images, labels):
    """The four lines, with a look at the loss."""
    optimizer.zero_grad()
    loss = softmax_loss(model(images), labels)
    value = float(loss.data)
    _check_loss(value, optimizer)
    loss.backward()
    optimizer.step()
    return value


def _check_loss(value: float, optimizer: Any) -> None:
    if not np.isfinite(value):
        raise FloatingPointError(f"the loss is {value}, with the learning rate {optimizer.lr}")


def _lr(rng: np.random.Generator) -> float:
    """A learning rate that is short enough to be shown."""
    return float(rng.integers(3, 20)) / 16


def _network(rng: np.random.Generator, n_in: int, classes: int) -> dict[str, Any]:
    return {"weight": rng.normal(size=(n_in, classes)), "bias": rng.normal(size=classes), "lr": _lr(rng)}


def _batches_of(rng: np.random.Generator, counts: list[int], n_in: int, classes: int) -> dict[str, Any]:
    return {
        "images": [rng.normal(size=(count, n_in)) for count in counts],
        "labels": [rng.integers(0, classes, count) for count in counts],
    }


def some_steps(*counts: int, stale: bool = False) -> Callable[[np.random.Generator], list[Case]]:
    """Steps on batches of these sizes; stale: with a gradient that is left from before."""

    def cases(rng):
        drawn = []
        for n_in, classes in ((2, 3), (5, 4)):
            left = rng.normal(size=(n_in, classes)) if stale else None
            inputs = {**_network(rng, n_in, classes), **_batches_of(rng, list(counts), n_in, classes)}
            before = ", and gradients that are left from before" if stale else ""
            told = " and then ".join(map(str, counts))
            text = f"With {n_in} inputs, {classes} classes, batches of {told}, `lr = {inputs['lr']}`{before}"
            drawn.append(Case(text, {**inputs, "stale": left}))
        return drawn

    return cases


def losses_that_are_none(rng):
    """A loss of nan, from the images and from the weights; and one that is infinite."""
    network = {**_network(rng, 3, 4), "labels": rng.integers(0, 4, 5)}
    images = rng.normal(size=(5, 3))
    images[0, 0] = abs(images[0, 0])  # times infinity, that is a nan in the loss; a minus might give none
    with_nan, weight = images.copy(), network["weight"].copy()
    with_nan[2, 1] = np.nan
    weight[0, 0] = np.inf
    huge = np.array([[3e38, -3e38]], np.float32)
    return [
        Case(
            "With a nan in the images, so that the loss is nan",
            {**network, "images": with_nan, "words": ("nan",)},
        ),
        Case(
            "With a weight that is infinite, so that the loss is nan",
            {**network, "weight": weight, "images": images, "words": ("nan",)},
        ),
        Case(
            "With weights so large that the loss is infinite",
            {
                "weight": huge,
                "bias": np.zeros(2, np.float32),
                "lr": network["lr"],
                "images": np.ones((1, 1), np.float32),
                "labels": np.array([1]),
                "words": ("inf",),
            },
        ),
    ]


def _step(
    before: Callable[[Any], Any] = lambda optimizer: optimizer.zero_grad(),
    between: Callable[[Any], Any] = lambda optimizer: None,
    backward: Callable[[Any], Any] = lambda loss: loss.backward(),
    step: Callable[[Any], Any] = lambda optimizer: optimizer.step(),
    after: Callable[[Any], Any] = lambda optimizer: None,
    result: Callable[[Any, Any], Any] = lambda loss, value: value,
    look: Callable[[float, Any], Any] = _check_loss,
    late: bool = False,
) -> dict[str, Any]:
    """A step that does something else at one place. late: looks at the loss when all is done."""

    def train_step(model, optimizer, images, labels):
        before(optimizer)
        loss = softmax_loss(model(images), labels)
        value = float(loss.data)
        if not late:
            look(value, optimizer)
        backward(loss)
        between(optimizer)
        step(optimizer)
        after(optimizer)
        if late:
            look(value, optimizer)
        return result(loss, value)

    return {"train_step": train_step}


def _step_first(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = softmax_loss(model(images), labels)
    value = float(loss.data)
    _check_loss(value, optimizer)
    optimizer.step()
    loss.backward()
    return value


def _stepping_between(model, optimizer, images, labels):
    """Steps with what is left from the batch before."""
    loss = softmax_loss(model(images), labels)
    value = float(loss.data)
    _check_loss(value, optimizer)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return value


def _looking_again(model, optimizer, images, labels):
    train_step(model, optimizer, images, labels)
    return float(softmax_loss(model(images), labels).data)


def _images_for_logits(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = softmax_loss(images, labels)
    value = float(loss.data)
    _check_loss(value, optimizer)
    loss.backward()
    optimizer.step()
    return value


def _by_hand(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = softmax_loss(model(images), labels)
    value = float(loss.data)
    _check_loss(value, optimizer)
    loss.backward()
    for parameter in model.parameters():
        parameter.data -= optimizer.lr * parameter.grad
    return value


def _returning(what: Callable[[float, Any], Any]) -> dict[str, Any]:
    """A step that returns something where it should raise an error."""

    def returning(model, optimizer, images, labels):
        try:
            return train_step(model, optimizer, images, labels)
        except FloatingPointError as error:
            return what(float(softmax_loss(model(images), labels).data), error)

    return {"train_step": returning}


def _nothing(*anything: Any) -> None:
    pass


def _forget(optimizer: Any) -> None:
    optimizer.zero_grad()


def _check_nan(value: float, optimizer: Any) -> None:
    if np.isnan(value):
        _check_loss(value, optimizer)


def _check_inf(value: float, optimizer: Any) -> None:
    if np.isinf(value):
        _check_loss(value, optimizer)


def _without_lr(value: float, optimizer: Any) -> None:
    if not np.isfinite(value):
        raise FloatingPointError(f"the loss is {value}")


def _without_loss(value: float, optimizer: Any) -> None:
    if not np.isfinite(value):
        raise FloatingPointError(f"the learning rate {optimizer.lr} is too large")


def _always_nan(value: float, optimizer: Any) -> None:
    if not np.isfinite(value):
        raise FloatingPointError(f"the loss is nan, with the learning rate {optimizer.lr}")


def _without_words(value: float, optimizer: Any) -> None:
    if not np.isfinite(value):
        raise FloatingPointError


def _another_error(value: float, optimizer: Any) -> None:
    if not np.isfinite(value):
        raise ValueError(f"the loss is {value}, with the learning rate {optimizer.lr}")


def _upside_down(value: float, optimizer: Any) -> None:
    if np.isfinite(value):
        raise FloatingPointError(f"the loss is {value}, with the learning rate {optimizer.lr}")


def _train_step(family: str, message: str, wrong: dict[str, Any]) -> Mistake:
    return Mistake(family, message, wrong)


_TWO_THINGS = (
    "{} is not in the message. Whoever reads it needs both: what the loss is, and how long the steps were."
)

_NO_GRADIENTS = (
    "Nothing moves: when `step` is called, there are no gradients. Which line makes them, which one forgets "
    "them, and in which order do these stand?"
)

STEP_MISTAKES = (
    _train_step(
        "zero_grad forgotten",
        "Gradients of the batch before are still there, and `backward` adds to them. Which of the four lines "
        "is missing, or lacks its parentheses?",
        _step(before=_nothing),
    ),
    _train_step(
        "zero_grad forgotten",
        "Gradients are forgotten at the end only. Those that are there at the beginning, from whoever used "
        "the model before, go into the first step.",
        _step(before=_nothing, after=_forget),
    ),
    _train_step("no gradients in the step", _NO_GRADIENTS, _step(before=_nothing, between=_forget)),
    _train_step("no gradients in the step", _NO_GRADIENTS, {"train_step": _step_first}),
    _train_step("no gradients in the step", _NO_GRADIENTS, _step(backward=_nothing)),
    _train_step(
        "step before backward",
        "Each step goes by the gradients of the batch before. First `backward`, then `step`.",
        {"train_step": _stepping_between},
    ),
    _train_step(
        "no step", "Nothing moves: the gradients are there, and no `step` uses them.", _step(step=_nothing)
    ),
    _train_step(
        "backward twice",
        "The steps are twice as long: `backward` runs twice, and adds.",
        _step(backward=lambda loss: (loss.backward(), loss.backward())),
    ),
    _train_step(
        "step taken twice", "`step` runs twice in one step.", _step(step=lambda o: (o.step(), o.step()))
    ),
    _train_step(
        "Tensor for number",
        "This is the loss itself, a Tensor, and with it the whole graph would be kept. `float(…)` of its "
        "data makes a number.",
        _step(result=lambda loss, value: loss),
    ),
    _train_step(
        "Tensor for number",
        "This is an array without axes. `float(…)` makes a number of it.",
        _step(result=lambda loss, value: loss.data),
    ),
    _train_step(
        "loss after the step",
        "This is the loss after the step, for which the model was asked a second time. Return the one that "
        "the step was made with.",
        {"train_step": _looking_again},
    ),
    _train_step("nothing returned", "Is the loss returned?", _step(result=_nothing)),
    _train_step(
        "loss not looked at",
        "A loss that is no number raises no error, and then the weights are lost. Mind that nan equals "
        "nothing, not even nan: `np.isfinite(x)` asks.",
        _step(look=_nothing),
    ),
    _train_step(
        "only nan refused",
        "nan is refused, and an infinite loss is not. `np.isfinite` asks about both.",
        _step(look=_check_nan),
    ),
    _train_step(
        "only infinity refused",
        "An infinite loss is refused, and nan is not. `np.isfinite` asks about both.",
        _step(look=_check_inf),
    ),
    _train_step(
        "looked too late",
        "The error comes after the step, when the weights are nan too. Look at the loss before `backward`.",
        _step(late=True),
    ),
    _train_step(
        "message says too little",
        _TWO_THINGS.format("The learning rate of the optimizer that is passed in, as a number,"),
        _step(look=_without_lr),
    ),
    _train_step(
        "message says too little",
        _TWO_THINGS.format("The loss, as a number,"),
        _step(look=_without_loss),
    ),
    _train_step(
        "message says too little",
        "The message says nan also where the loss is infinite. Put the number itself into it.",
        _step(look=_always_nan),
    ),
    _train_step(
        "returned for raised",
        "The error is returned, and nobody looks at it. It has to be raised, with `raise`.",
        _returning(lambda value, error: error),
    ),
    _train_step(
        "returned for raised",
        "The step ends before anything moves, and nobody hears that the loss is no number. An error has to "
        "be raised, with `raise`.",
        _returning(lambda value, error: value),
    ),
    _train_step(
        "logits forgotten",
        "`softmax_loss` gets the images themselves. What makes logits of them?",
        {"train_step": _images_for_logits},
    ),
    _train_step(
        "no step",
        "The parameters are moved by hand. An optimizer knows more than its learning rate, such as its "
        "momentum: which of its methods moves them?",
        {"train_step": _by_hand},
    ),
    _train_step(
        "message says too little",
        "The message says neither what the loss is nor the learning rate. In an f-string, names stand in "
        "braces, and there is an `f` before the first quote.",
        _step(look=_without_words),
    ),
    _train_step(
        "another kind of error",
        "The kind of error should be `FloatingPointError`, for which the loop will look.",
        _step(look=_another_error),
    ),
    _train_step(
        "question the wrong way round",
        "A loss that is an ordinary number is refused. `np.isfinite(x)` is True for those.",
        _step(look=_upside_down),
    ),
)

# predict, accuracy ------------------------------------------------------------------------------------


def predict(model, images):
    """The place of the largest logit in each row."""
    with no_grad():
        logits = model(images)
    return logits.data.argmax(axis=1)


def accuracy(model, images, labels):
    """The share of right predictions."""
    return float((predict(model, images) == labels).mean())


def some_images(rng):
    """Batches of several shapes."""
    drawn = []
    for count, n_in, classes in ((4, 2, 3), (7, 3, 10), (1, 4, 5)):
        network = _network(rng, n_in, classes)
        images = {"images": rng.normal(size=(count, n_in))}
        del network["lr"]
        drawn.append(Case(f"With {count} images and {classes} classes", {**network, **images}))
    return drawn


def more_images(rng):
    """As many as there were in no other case."""
    network = _network(rng, 3, 4)
    del network["lr"]
    count = int(rng.integers(20, 900))
    return [Case(f"With {count} images and 4 classes", {**network, "images": rng.normal(size=(count, 3))})]


def some_guesses(rng):
    """Right and wrong ones."""
    labels = rng.integers(0, 10, int(rng.integers(30, 60)))
    guesses = np.where(rng.uniform(size=labels.shape) < 0.7, labels, (labels + 3) % 10)
    fixed = np.array([3, 5, 8, 8, 4])
    return [
        Case("With 5 images, of which 3 are right", {"guesses": np.array([3, 5, 3, 8, 9]), "labels": fixed}),
        Case("With 5 images, all of them right", {"guesses": fixed.copy(), "labels": fixed}),
        Case("With 5 images, none of them right", {"guesses": (fixed + 1) % 10, "labels": fixed}),
        Case(f"With {len(labels)} images", {"guesses": guesses, "labels": labels}),
    ]


def _predicting(of_logits: Callable[[Any], Any], quiet: bool = True) -> dict[str, Any]:
    def predict(model, images):
        if not quiet:
            return of_logits(model(images).data)
        with no_grad():
            return of_logits(model(images).data)

    return {"predict": predict}


def _sharing(of_both: Callable[[Any, Any], Any]) -> dict[str, Any]:
    def accuracy(model, images, labels):
        return of_both(predict(model, images), labels)

    return {"accuracy": accuracy}


def _undecided(model, images):
    with no_grad:  # type: ignore[attr-defined]
        return model(images).data.argmax(axis=1)


PREDICT_MISTAKES = (
    Mistake(
        "maximum along the wrong axis",
        "There is one prediction for each class. There should be one for each image: along which axis are "
        "the logits of one image?",
        _predicting(lambda logits: logits.argmax(axis=0)),
    ),
    Mistake(
        "maximum along the wrong axis",
        "This is one place in the whole array. There should be one for each image: which `axis`?",
        _predicting(lambda logits: logits.argmax()),
    ),
    Mistake(
        "maximum for its place",
        "These are the largest logits themselves. Which class has them: at which place in its row is each?",
        _predicting(lambda logits: logits.max(axis=1)),
    ),
    Mistake(
        "logits for predictions",
        "These are all the logits. Which class has the largest one?",
        _predicting(lambda logits: logits),
    ),
    Mistake(
        "smallest for largest",
        "These are the places of the smallest logits. The largest one wins.",
        _predicting(lambda logits: logits.argmin(axis=1)),
    ),
    Mistake(
        "counted from 1",
        "These are one too large. The classes are 0 to 9, as the places are.",
        _predicting(lambda logits: logits.argmax(axis=1) + 1),
    ),
    Mistake(
        "history recorded",
        "The operations are recorded, although nobody will go backwards. What was `no_grad` for, and does "
        "the model run inside of it?",
        _predicting(lambda logits: logits.argmax(axis=1), quiet=False),
    ),
    Mistake(
        "parentheses missing",
        "`no_grad` is called: parentheses stand behind it, and then the colon.",
        {"predict": _undecided},
    ),
    Mistake(
        "order of operations",
        "The mean is that of the labels alone: `.mean()` belongs to what stands right before it. How do "
        "parentheses make it belong to the whole comparison?",
        _sharing(lambda guesses, labels: guesses == labels.mean()),
    ),
    Mistake(
        "order of operations",
        "`float` gets the whole comparison, with True or False for each image. The mean of that is wanted, "
        "and `.mean()` belongs to what stands right before it. Which parentheses make that the comparison?",
        _sharing(lambda guesses, labels: float(guesses == labels.mean())),
    ),
    Mistake(
        "all results returned",
        "This tells for each image whether it was right. Which share of them is True?",
        _sharing(lambda guesses, labels: guesses == labels),
    ),
    Mistake(
        "errors for hits",
        "This is the share of wrong ones.",
        _sharing(lambda guesses, labels: float((guesses != labels).mean())),
    ),
    Mistake(
        "number for share",
        "This is how many are right. The share is that, divided by how many there are.",
        _sharing(lambda guesses, labels: float((guesses == labels).sum())),
    ),
    Mistake(
        "number for share",
        "This is a percentage. As a share, all of them are 1.",
        _sharing(lambda guesses, labels: 100 * float((guesses == labels).mean())),
    ),
    Mistake(
        "all or nothing",
        "This asks whether all are right. Which share of them is it?",
        _sharing(lambda guesses, labels: float((guesses == labels).all())),
    ),
    Mistake(
        "nothing returned",
        "Is a `return` missing?",
        {"predict": _nothing, "accuracy": _nothing},
    ),
)

# confusion --------------------------------------------------------------------------------------------


def confusion(labels, predicted, classes):
    """How often each digit was taken for which."""
    table = np.zeros((classes, classes), int)
    for right, said in zip(labels, predicted, strict=True):
        table[right, said] += 1
    return table


def _pairs(rng: np.random.Generator, count: int, classes: int) -> Case:
    labels = rng.integers(0, classes, count)
    guesses = np.where(rng.uniform(size=count) < 0.6, labels, rng.integers(0, classes, count))
    inputs = {"labels": labels, "guesses": guesses, "classes": classes}
    return Case(f"With {count} predictions and {classes} classes", inputs)


def few_pairs(rng):
    """No pair occurs twice, and the right one is never said of another; then random ones."""
    labels, guesses = np.array([2, 0, 1, 2]), np.array([1, 0, 3, 0])
    first = {"labels": labels, "guesses": guesses, "classes": 4}
    order = rng.permutation(6)
    random = {"labels": order, "guesses": np.roll(order, 1), "classes": 6}
    return [
        Case("With the labels 2, 0, 1, 2, the predictions 1, 0, 3, 0 and 4 classes", first),
        Case(f"With the labels {', '.join(map(str, order))}, each taken for the one before it", random),
    ]


def many_pairs(rng):
    """Pairs that occur several times."""
    labels, guesses = np.array([3, 3, 1, 3]), np.array([5, 5, 1, 5])
    first = {"labels": labels, "guesses": guesses, "classes": 7}
    return [
        Case("With four predictions, of which three take a 3 for a 5", first),
        _pairs(rng, 60, 4),
        _pairs(rng, 200, 10),
    ]


def _counting(count: Callable[[Any, Any, Any], Any], size: int = 0, dtype: Any = int) -> dict[str, Any]:
    def confusion(labels, predicted, classes):
        table = np.zeros((size or classes, size or classes), dtype)
        changed = count(table, labels, predicted)
        return table if changed is None else changed

    return {"confusion": confusion}


def _transposed(table, labels, predicted):
    np.add.at(table, (predicted, labels), 1)


def _once(table, labels, predicted):
    table[labels, predicted] += 1


def _added(table, labels, predicted):
    np.add.at(table, (labels, predicted), 1)


def _wrong_ones_only(table, labels, predicted):
    wrong = labels != predicted
    np.add.at(table, (labels[wrong], predicted[wrong]), 1)


def _right_ones_only(table, labels, predicted):
    same = labels == predicted
    np.add.at(table, (labels[same], predicted[same]), 1)


def _shares(table, labels, predicted):
    _added(table, labels, predicted)
    return table / len(labels)


def _shares_of_rows(table, labels, predicted):
    _added(table, labels, predicted)
    with np.errstate(all="ignore"):
        return table / table.sum(axis=1, keepdims=True)


def _both_ways(table, labels, predicted):
    _added(table, labels, predicted)
    _transposed(table, labels, predicted)


def _whole_rows(table, labels, predicted):
    for right in labels:
        table[right] += 1


def _first_pair(table, labels, predicted):
    table[labels[0], predicted[0]] += 1


def _each_with_each(table, labels, predicted):
    for right in labels:
        for said in predicted:
            table[right, said] += 1


def _one_row(table, labels, predicted):
    for said in predicted:
        table[:, said] += 1


CONFUSION_MISTAKES = (
    Mistake(
        "table transposed",
        "Rows and columns are exchanged. The row tells what the digit is, the column what was said.",
        _counting(_transposed),
    ),
    Mistake(
        "several counted as one",
        "Pairs that occur several times are counted once. A place is set to 1 each time (`=` for `+=`), or "
        "all places are raised at once, and then each is read, added to and written one time only.",
        _counting(_once),
    ),
    Mistake(
        "right ones left out",
        "Only mistakes are counted. Right answers belong into the table, on its diagonal.",
        _counting(_wrong_ones_only),
    ),
    Mistake(
        "right ones only",
        "Only right answers are counted. The mistakes are what the table is made for.",
        _counting(_right_ones_only),
    ),
    Mistake(
        "shares for numbers",
        "These are shares. How often did each pair occur?",
        _counting(_shares),
    ),
    Mistake(
        "counted both ways",
        "Each pair is counted twice, once for each order.",
        _counting(_both_ways),
    ),
    Mistake(
        "whole row counted",
        "A whole row is raised. In it, one place belongs to what was said.",
        _counting(_whole_rows),
    ),
    Mistake(
        "number of classes ignored",
        "The table has 10 rows whatever `classes` is.",
        _counting(_added, size=10),
    ),
    Mistake(
        "dtype left to NumPy",
        "Counts are whole numbers, and `np.zeros` makes float64 unless it is told `int`.",
        _counting(_added, dtype=float),
    ),
    Mistake(
        "returned inside the loop",
        "Only the first pair is counted. How far is `return` indented?",
        _counting(_first_pair),
    ),
    Mistake(
        "each with each",
        "Each label is counted with each prediction: one loop stands in the other. A label belongs to the "
        "prediction in the same place only. What does `zip` do?",
        _counting(_each_with_each),
    ),
    Mistake(
        "one array under several names",
        "All rows are the same: `[row] * n` is one list, n times, and what is added in one row shows in all. "
        "`np.zeros` makes a table.",
        _counting(_one_row),
    ),
    Mistake("nothing returned", "Is the table returned?", {"confusion": _nothing}),
)

# train ------------------------------------------------------------------------------------------------


def train(model, optimizer, train_set, test_set, epochs, size, rng):
    """The loop over epochs."""
    losses, accuracies = [], []
    for epoch in progress(range(epochs), "epochs"):
        steps: list[float] = []
        for step, (images, labels) in enumerate(batches(train_set[0], train_set[1], size, rng)):
            try:
                steps.append(train_step(model, optimizer, images, labels))
            except FloatingPointError as error:
                raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
        losses.append(float(np.mean(steps)))
        accuracies.append(accuracy(model, *test_set))
    return losses, accuracies


def _loop(rng: np.random.Generator, epochs: int, count: int, size: int) -> tuple[str, dict[str, Any]]:
    """Examples in an order of its own for each epoch, and results for each step."""
    orders = [rng.permutation(count).tolist() for _ in range(epochs)]
    plan = [[order[start : start + size] for start in range(0, count, size)] for order in orders]
    steps = sum(map(len, plan))
    inputs = {
        "plan": plan,
        "losses": [float(loss) for loss in rng.uniform(0.1, 3, steps)],
        "accuracies": [float(share) for share in rng.uniform(0.1, 0.9, epochs)],
        "size": size,
    }
    return f"With {count} examples, `epochs = {epochs}` and `size = {size}`", inputs


def some_epochs(rng):
    """One epoch, and several, with a last batch that is smaller."""
    return [Case(*_loop(rng, *sizes)) for sizes in ((1, 6, 3), (3, 7, 3), (int(rng.integers(4, 7)), 9, 2))]


def failing_steps(rng):
    """A loss that is nan in the first step, and later, so that epoch and step differ."""
    drawn = []
    for epochs, count, size, epoch, step in (
        (2, 8, 2, 0, 0),
        (3, 9, 2, 1, 3),
        (4, 20, 2, 3, int(rng.integers(5, 10))),
    ):
        text, inputs = _loop(rng, epochs, count, size)
        fails = epoch * -(-count // size) + step
        where = {"fails": fails, "mentions": (f"epoch {epoch}", f"step {step}")}
        drawn.append(Case(f"{text}, where step {step} of epoch {epoch} fails", {**inputs, **where}))
    return drawn


def _looping(
    draw: Callable[..., Any] = lambda kept, train_set, size, rng: batches(
        train_set[0], train_set[1], size, rng
    ),
    summed: Callable[[list[float]], Any] = lambda steps: float(np.mean(steps)),
    asked: Callable[..., Any] = lambda model, train_set, test_set: accuracy(model, *test_set),
    early: bool = False,
    failing: Callable[[int, int, int, Exception], Exception | None] = (
        lambda epoch, step, count, error: FloatingPointError(f"epoch {epoch}, step {step}: {error}")
    ),
    carried: bool = False,
    goes_on: bool = False,
    result: Callable[[Any, Any], Any] = lambda losses, accuracies: (losses, accuracies),
    last: Callable[[int], int] = lambda epochs: epochs,
) -> dict[str, Any]:
    """A loop that does something else at one place. early: asks for the accuracy first; carried: one list of
    steps for all epochs; goes_on: with the next step, where `failing` gives no error.
    """

    def train(model, optimizer, train_set, test_set, epochs, size, rng):
        losses, accuracies, count = [], [], 0
        kept: list[Any] = []
        steps: list[float] = []
        for epoch in range(last(epochs)):
            if early:
                accuracies.append(asked(model, train_set, test_set))
            steps = steps if carried else []
            for step, (images, labels) in enumerate(draw(kept, train_set, size, rng)):
                try:
                    steps.append(train_step(model, optimizer, images, labels))
                except FloatingPointError as error:
                    told = failing(epoch, step, count, error)
                    if told is not None:
                        raise told from None
                    if not goes_on:
                        break
                count += 1
            losses.append(summed(steps) if steps else 0.0)
            if not early:
                accuracies.append(asked(model, train_set, test_set))
        return result(losses, accuracies)

    return {"train": train}


def _drawn_once(kept, train_set, size, rng):
    if not kept:
        kept.extend(batches(train_set[0], train_set[1], size, rng))
    return kept


def _own_generator(kept, train_set, size, rng):
    return batches(train_set[0], train_set[1], size, np.random.default_rng(0))


def _every_step(model, optimizer, train_set, test_set, epochs, size, rng):
    losses, accuracies = [], []
    for epoch in range(epochs):
        for step, (images, labels) in enumerate(batches(train_set[0], train_set[1], size, rng)):
            try:
                losses.append(train_step(model, optimizer, images, labels))
            except FloatingPointError as error:
                raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
        accuracies.append(accuracy(model, *test_set))
    return losses, accuracies


def _accuracy_each_step(model, optimizer, train_set, test_set, epochs, size, rng):
    losses, accuracies = [], []
    for epoch in range(epochs):
        steps = []
        for step, (images, labels) in enumerate(batches(train_set[0], train_set[1], size, rng)):
            try:
                steps.append(train_step(model, optimizer, images, labels))
            except FloatingPointError as error:
                raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
            accuracies.append(accuracy(model, *test_set))
        losses.append(float(np.mean(steps)))
    return losses, accuracies


def _averages_so_far(model, optimizer, train_set, test_set, epochs, size, rng):
    losses, accuracies = [], []
    for epoch in range(epochs):
        steps = []
        for step, (images, labels) in enumerate(batches(train_set[0], train_set[1], size, rng)):
            try:
                steps.append(train_step(model, optimizer, images, labels))
            except FloatingPointError as error:
                raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
            losses.append(float(np.mean(steps)))
        accuracies.append(accuracy(model, *test_set))
    return losses, accuracies


def _noted_late(losses: bool, accuracies: bool) -> dict[str, Any]:
    """A loop that notes the one or the other only when all is done."""

    def noted_once(model, optimizer, train_set, test_set, epochs, size, rng):
        found: tuple[list[Any], list[Any]] = [], []
        for epoch in range(epochs):
            steps = []
            for step, (images, labels) in enumerate(batches(train_set[0], train_set[1], size, rng)):
                try:
                    steps.append(train_step(model, optimizer, images, labels))
                except FloatingPointError as error:
                    raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
            if not losses or epoch == epochs - 1:
                found[0].append(float(np.mean(steps)))
            if not accuracies or epoch == epochs - 1:
                found[1].append(accuracy(model, *test_set))
        return found

    return {"train": noted_once}


def _divided(by: Callable[[Any, int], float]) -> dict[str, Any]:
    """A loop that divides the sum of the losses by something else."""

    def divided(model, optimizer, train_set, test_set, epochs, size, rng):
        losses, accuracies = train(model, optimizer, train_set, test_set, epochs, size, rng)
        steps = -(-len(train_set[0]) // size)
        return [loss * steps / by(train_set, size) for loss in losses], accuracies

    return {"train": divided}


def _starless(model, optimizer, train_set, test_set, epochs, size, rng):
    return batches(train_set, size, rng)  # type: ignore[call-arg]


def _starless_test(model, optimizer, train_set, test_set, epochs, size, rng):
    return _looping(asked=lambda model, _, test_set: accuracy(model, test_set))["train"](  # type: ignore
        model, optimizer, train_set, test_set, epochs, size, rng
    )


def _uncounted(model, optimizer, train_set, test_set, epochs, size, rng):
    for _ in range(epochs):
        for _step, (images, labels) in batches(train_set[0], train_set[1], size, rng):
            train_step(model, optimizer, images, labels)


def _unpaired(model, optimizer, train_set, test_set, epochs, size, rng):
    for _ in range(epochs):
        for _step, _images, _labels in enumerate(batches(train_set[0], train_set[1], size, rng)):  # type: ignore[misc]
            raise AssertionError


def _returned_error(model, optimizer, train_set, test_set, epochs, size, rng):
    try:
        return train(model, optimizer, train_set, test_set, epochs, size, rng)
    except FloatingPointError as error:
        return error


_STAR = (
    "`train_set` and `test_set` are pairs, and a pair is one argument. How does `f(*pair, x)` make two of it?"
)


def _error(kind: Callable[[str], Exception], text: str) -> Callable[[int, int, int, Exception], Exception]:
    return lambda epoch, step, count, error: kind(
        text.format(epoch=epoch, step=step, count=count, error=error)
    )


_ALL = "epoch {epoch}, step {step}: {error}"

_PARTED = (
    "The sum of an epoch's losses is divided by something else than their number. By the way, "
    "`len(train_set)` is 2: it is a pair."
)
_DEEPER = "`enumerate` gives two things in each round: a number, and what stands there, here a pair."

TRAIN_MISTAKES = (
    Mistake(
        "batches drawn once",
        "The batches are made once, and are the same in every epoch. Where does the call of `batches` stand: "
        "before the loop over epochs, or in it?",
        _looping(draw=_drawn_once),
    ),
    Mistake(
        "generator of one's own",
        "`batches` gets another generator than the `rng` that is passed in.",
        _looping(draw=_own_generator),
    ),
    Mistake(
        "one epoch only",
        "The loop ends after the first epoch. Where does `return` stand?",
        _looping(last=lambda epochs: 1),
    ),
    Mistake(
        "last epoch left out",
        "One epoch is missing. `range(n)` has n numbers.",
        _looping(last=lambda epochs: epochs - 1),
    ),
    Mistake(
        "last step for the mean",
        "These are the losses of the last steps. One batch says little: take the mean of all steps of an "
        "epoch.",
        _looping(summed=lambda steps: steps[-1]),
    ),
    Mistake(
        "last step for the mean",
        "These are the losses of the first steps. Take the mean of all steps of an epoch.",
        _looping(summed=lambda steps: steps[0]),
    ),
    Mistake(
        "sum for the mean",
        "These are the sums over the steps. With a mean, runs can be compared whatever `size` is.",
        _looping(summed=lambda steps: float(np.sum(steps))),
    ),
    Mistake(
        "steps of all epochs together",
        "The mean goes over the steps of all epochs so far. Each epoch needs a list of its own: where is it "
        "made?",
        _looping(carried=True),
    ),
    Mistake(
        "steps for epochs",
        "There is one loss for each step. There should be one for each epoch: the mean of its steps.",
        {"train": _every_step},
    ),
    Mistake(
        "steps for epochs",
        "The accuracy is asked for after every step. Once in an epoch is enough: where does that line begin?",
        {"train": _accuracy_each_step},
    ),
    Mistake(
        "steps for epochs",
        "There is one loss for each step: the mean of those so far. Once in an epoch is enough: where does "
        "the line begin that notes the mean?",
        {"train": _averages_so_far},
    ),
    Mistake(
        "noted once",
        "The accuracy is asked for once, after all epochs. The curve needs one for each: where does that "
        "line begin?",
        _noted_late(losses=False, accuracies=True),
    ),
    Mistake(
        "noted once",
        "The mean loss is noted once, after all epochs. The curve needs one for each: where does that line "
        "begin?",
        _noted_late(losses=True, accuracies=False),
    ),
    Mistake(
        "noted once",
        "Mean loss and accuracy are noted once, after all epochs. The curves need them for each: where do "
        "these lines begin?",
        _noted_late(losses=True, accuracies=True),
    ),
    *(
        Mistake("sum for the mean", _PARTED, _divided(by))
        for by in (
            lambda train_set, size: len(train_set),
            lambda train_set, size: len(train_set[0]),
            lambda train_set, size: size,
        )
    ),
    Mistake("arrays not unpacked", _STAR, {"train": _starless}),
    Mistake("arrays not unpacked", _STAR, {"train": _starless_test}),
    Mistake(
        "numbers not unpacked",
        "The batches come as pairs, and the number of the step is not in them. What does `enumerate` add?",
        {"train": _uncounted},
    ),
    Mistake("numbers not unpacked", _DEEPER, {"train": _unpaired}),
    Mistake(
        "tested on the training digits",
        "The accuracy is asked about other digits than all that are held out, such as one batch. `images` "
        "and `labels` of the inner loop are those of its last batch.",
        _looping(
            asked=lambda model, train_set, test_set: accuracy(model, train_set[0][:1], train_set[1][:1])
        ),
    ),
    Mistake(
        "tested on the training digits",
        "The accuracy is that on the digits the network has learned from. Whether it has understood "
        "something shows on others: `test_set`.",
        _looping(asked=lambda model, train_set, test_set: accuracy(model, *train_set)),
    ),
    Mistake(
        "accuracy before the epoch",
        "The accuracy is asked for before the epoch, so that the last one is never seen.",
        _looping(early=True),
    ),
    Mistake(
        "lists exchanged",
        "The two lists are exchanged: losses first.",
        _looping(result=lambda losses, accuracies: (accuracies, losses)),
    ),
    Mistake(
        "last value for the history",
        "These are single numbers. The curve needs all of them: a list with one entry for each epoch.",
        _looping(result=lambda losses, accuracies: (losses[-1], accuracies[-1])),
    ),
    Mistake(
        "nothing returned", "Are the two lists returned?", _looping(result=lambda losses, accuracies: None)
    ),
    Mistake(
        "error without its place",
        "The error of `train_step` comes through as it is, and does not say where. Catch it, and raise a new "
        "one that tells epoch and step as well.",
        _looping(failing=lambda epoch, step, count, error: error),
    ),
    Mistake(
        "error without its place",
        "The message says the epoch, and the step is missing.",
        _looping(failing=_error(FloatingPointError, "epoch {epoch}: {error}")),
    ),
    Mistake(
        "error without its place",
        "The message says the step, and the epoch is missing.",
        _looping(failing=_error(FloatingPointError, "step {step}: {error}")),
    ),
    Mistake(
        "error without its cause",
        "The message says where, and no longer what: add the words of the error that was caught.",
        _looping(failing=_error(FloatingPointError, "epoch {epoch}, step {step}")),
    ),
    Mistake(
        "counted from 1",
        "Epoch and step are counted from 1 in the message. Count from 0, as `enumerate` and `range` do.",
        _looping(
            failing=lambda epoch, step, count, error: FloatingPointError(
                f"epoch {epoch + 1}, step {step + 1}: {error}"
            )
        ),
    ),
    Mistake(
        "steps counted through",
        "The steps are counted through over all epochs. In each epoch they begin with 0 again.",
        _looping(failing=_error(FloatingPointError, "epoch {epoch}, step {count}: {error}")),
    ),
    Mistake(
        "message says too little",
        "The names stand in the message as they are. What stands before the first quote of an f-string?",
        _looping(failing=lambda epoch, step, count, error: FloatingPointError(_ALL)),
    ),
    Mistake(
        "returned for raised",
        "The error is returned, and whoever calls `train` takes it for the two lists. It has to be raised.",
        {"train": _returned_error},
    ),
    Mistake(
        "another kind of error",
        "The kind of error should stay the same: `FloatingPointError`.",
        _looping(failing=_error(ValueError, _ALL)),
    ),
    Mistake(
        "error swallowed",
        "The error is caught, and training goes on without a word. Somebody has to hear of it.",
        _looping(failing=lambda epoch, step, count, error: None, goes_on=True),
    ),
    Mistake(
        "error swallowed",
        "The error is caught, and the next epoch begins without a word. Somebody has to hear of it.",
        _looping(failing=lambda epoch, step, count, error: None),
    ),
)

EXERCISES = (
    Exercise(
        "12_digits/batches",
        cell="batches",
        reference={"batches": batches},
        parts=(
            Part("each example comes once, with its own label", 2, probes.together, some_data),
            Part("`size` in a batch, and the rest in the last", 1, probes.sizes, some_sizes),
            Part("the order comes from `rng`", 1.5, probes.order, enough_data),
            Part("the data stays as it is", 0.5, probes.left_alone, some_data),
        ),
        mistakes=BATCHES_MISTAKES,
        withheld=("babygrad.data",),
    ),
    Exercise(
        "12_digits/train_step",
        cell="train_step",
        reference={"train_step": train_step},
        parts=(
            Part("returns the loss", 1.5, probes.returned, some_steps(4)),
            Part("one step, with old gradients", 1.5, probes.moved, some_steps(4, stale=True)),
            Part("several steps", 1, probes.moved, some_steps(5, 4, 6)),
            Part("a loss that is no number", 2, probes.refused, losses_that_are_none),
        ),
        mistakes=STEP_MISTAKES,
        withheld=("babygrad.data",),
    ),
    Exercise(
        "12_digits/accuracy",
        cell="accuracy",
        reference={"predict": predict, "accuracy": accuracy},
        parts=(
            Part("predict: the class with the largest logit", 1.5, probes.predicted, some_images),
            Part("predict: nothing is recorded", 1, probes.unrecorded, more_images),
            Part("accuracy: the share of right ones", 1.5, probes.share, some_guesses),
        ),
        mistakes=PREDICT_MISTAKES,
        withheld=("babygrad.data",),
    ),
    Exercise(
        "12_digits/confusion",
        cell="confusion",
        reference={"confusion": confusion},
        parts=(
            Part("rows for what it is, columns for what was said", 2, probes.table, few_pairs),
            Part("pairs that occur several times", 2, probes.table, many_pairs),
        ),
        mistakes=CONFUSION_MISTAKES,
        withheld=("babygrad.data",),
    ),
    Exercise(
        "12_digits/train",
        cell="train",
        reference={"train": train},
        parts=(
            Part("every epoch goes through all batches", 1.5, probes.every_batch, some_epochs),
            Part("the losses, epoch by epoch", 1.5, probes.losses_of, some_epochs),
            Part("the accuracies, epoch by epoch", 1.5, probes.accuracies_of, some_epochs),
            Part("an error says where it happened", 1.5, probes.stopped, failing_steps),
        ),
        mistakes=TRAIN_MISTAKES,
        withheld=("babygrad.data",),
    ),
)
