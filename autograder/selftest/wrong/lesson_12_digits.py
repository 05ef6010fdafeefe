"""Wrong solutions of lesson 12: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# batches ----------------------------------------------------------------------------------------------

_ORDER = "order = rng.permutation(len(labels))"
_PLACES = "places = [order[start : start + size] for start in range(0, len(labels), size)]"
_PAIRS = "return [(images[place], labels[place]) for place in places]"


def _batches(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "batches", edits, loses, family, survives=survives)


BATCHES = (
    _batches(
        "only-whole-batches",
        {"range(0, len(labels), size)": "range(0, len(labels) - size + 1, size)"},
        3,
        "last batch left out",
        "whole batches only",
    ),
    _batches(
        "as-many-as-fit",
        {_PLACES: "places = [order[k * size : (k + 1) * size] for k in range(len(labels) // size)]"},
        3,
        "last batch left out",
        "whole batches only",
    ),
    _batches(
        "two-orders",
        {
            _ORDER: f"{_ORDER}\n    other = rng.permutation(len(labels))",
            "labels[place]": "labels[other[: len(place)]]",
        },
        2,
    ),
    _batches(
        "labels-mixed-once-more",
        {"labels[place]) for": "labels[rng.permutation(place)]) for"},
        2,
        "images and labels mixed apart",
    ),
    _batches(
        "shuffled-in-place",
        {
            _ORDER: "rng.shuffle(images)\n    rng.shuffle(labels)\n    order = np.arange(len(labels))",
        },
        2.5,
        "images and labels mixed apart",
    ),
    _batches(
        "caller-reordered",
        {
            _ORDER: "order = rng.permutation(len(labels))\n    images[:] = images[order]\n"
            "    labels[:] = labels[order]\n    order = np.arange(len(labels))"
        },
        0.5,
        "overwrote the caller's data",
        "looks at the batches only",
    ),
    _batches(
        "labels-in-old-order",
        {
            _PAIRS: "return [(images[order[s:s + size]], labels[s:s + size])\n"
            "            for s in range(0, len(labels), size)]"
        },
        2,
        "images and labels mixed apart",
    ),
    _batches("not-mixed", {_ORDER: "order = np.arange(len(labels))"}, 1.5, "not mixed", "one epoch"),
    _batches(
        "seed-of-ones-own",
        {_ORDER: "order = np.random.default_rng(0).permutation(len(labels))"},
        1.5,
        "generator of one's own",
        "one epoch",
    ),
    _batches(
        "numpys-own",
        {_ORDER: "order = np.random.permutation(len(labels))"},
        1.5,
        "generator of one's own",
        "one epoch",
    ),
    _batches(
        "drawn-again-and-again",
        {_ORDER: "order = rng.integers(0, len(labels), len(labels))"},
        2,
        "drawn with repetition",
    ),
    _batches(
        "a-sample-for-each-batch",
        {
            _PLACES: "places = [rng.choice(len(labels), size) for _ in range(0, len(labels), size)]",
        },
        3,
        "drawn with repetition",
    ),
    _batches(
        "batches-in-random-order",
        {
            _ORDER: "order = np.arange(len(labels))",
            _PAIRS: "places = [places[k] for k in rng.permutation(len(places))]\n    " + _PAIRS,
        },
        2.5,
        "batches mixed, not examples",
        "each example once",
    ),
    _batches(
        "step-forgotten",
        {"range(0, len(labels), size)": "range(len(labels))"},
        3,
        "batches overlap",
    ),
    _batches(
        "size-batches",
        {_PLACES: "places = np.array_split(order, size)"},
        1,
        "size taken for a number of batches",
    ),
    _batches(
        "end-left-out",
        {"start : start + size]": "start : start + size - 1]"},
        3,
        "one example too many or too few",
    ),
    _batches(
        "images-shuffled-in-place",
        {_ORDER: "rng.shuffle(images)\n    order = np.arange(len(labels))"},
        2.5,
        "images and labels mixed apart",
    ),
    _batches(
        "labels-shuffled-in-place",
        {_ORDER: "rng.shuffle(labels)\n    order = np.arange(len(labels))"},
        4,
        "images and labels mixed apart",
    ),
    _batches(
        "order-drawn-in-the-loop",
        {_ORDER: "", "order[start : start + size]": "rng.permutation(len(labels))[start : start + size]"},
        2,
        "drawn with repetition",
        "number of examples",
    ),
    _batches(
        "end-without-start", {"start : start + size]": "start:size]"}, 3, "only the first batch", "one batch"
    ),
    _batches(
        "one-more",
        {_PLACES: "places = [order[k * size : (k + 1) * size] for k in range(len(labels) // size + 1)]"},
        1,
        "one batch too many",
        "a rest at the end",
    ),
    _batches("length-of-an-image", {_ORDER: "order = rng.permutation(len(images[0]))"}, 4.5, "wrong axis"),
    _batches(
        "length-of-an-image-throughout",
        {
            _ORDER: "n = len(images[0])\n    order = rng.permutation(n)",
            "range(0, len(labels), size)": "range(0, n, size)",
        },
        4.5,
        "wrong axis",
    ),
    _batches(
        "a-pair-for-each-example",
        {"(images[place], labels[place]) for": "list(zip(images[place], labels[place])) for"},
        4.5,
        "not in pairs",
    ),
    _batches(
        "end-counted-in",
        {"start : start + size]": "start : start + size + 1]"},
        3,
        "one example too many or too few",
    ),
    _batches(
        "labels-first",
        {"(images[place], labels[place])": "(labels[place], images[place])"},
        4.5,
        "lists exchanged",
    ),
    _batches("first-batch-only", {_PAIRS: f"{_PAIRS}[:1]"}, 3, "only the first batch"),
    _batches("not-returned", {_PAIRS: _PAIRS.replace("return ", "pairs = ")}, 5, "nothing returned"),
)

# train_step -------------------------------------------------------------------------------------------

_FORGET = "    optimizer.zero_grad()\n"
_LOOK = "    if not np.isfinite(value):\n"
_RAISE = 'raise FloatingPointError(f"the loss is {value}, with the learning rate {optimizer.lr}")'
_BACK = "    loss.backward()\n"
_STEP = "    optimizer.step()\n"
_WHOLE_LOOK = f"{_LOOK}        {_RAISE}\n"


def _step(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "train_step", edits, loses, family, survives=survives)


STEP = (
    _step("no-zero-grad", {_FORGET: ""}, 2.5, "zero_grad forgotten", "one step"),
    _step(
        "zero-grad-at-the-end",
        {_FORGET: "", _STEP: f"{_STEP}{_FORGET}"},
        1.5,
        "zero_grad forgotten",
        "fresh parameters",
    ),
    _step(
        "zero-grad-before-the-step",
        {_FORGET: "", _BACK: f"{_BACK}{_FORGET}"},
        2.5,
        "no gradients in the step",
        "the loss only",
    ),
    _step(
        "step-then-backward",
        {_BACK + _STEP: _STEP + _BACK},
        2.5,
        "no gradients in the step",
        "the loss only",
    ),
    _step("no-backward", {_BACK: ""}, 2.5, "no gradients in the step", "the loss only"),
    _step("no-step", {_STEP: ""}, 2.5, "no step", "the loss only"),
    _step("parentheses-forgotten", {_STEP: "    optimizer.step\n"}, 2.5, "no step", "the loss only"),
    _step("backward-twice", {_BACK: _BACK * 2}, 2.5, "backward twice"),
    _step("step-twice", {_STEP: _STEP * 2}, 2.5, "step taken twice"),
    _step("loss-returned", {"return value": "return loss"}, 1.5, "Tensor for number"),
    _step("data-returned", {"return value": "return loss.data"}, 1.5, "Tensor for number"),
    _step(
        "asked-again",
        {"return value": "return float(softmax_loss(model(images), labels).data)"},
        1.5,
        "loss after the step",
    ),
    _step("not-returned", {"return value": "value"}, 1.5, "nothing returned"),
    _step("no-look", {_WHOLE_LOOK: ""}, 2, "loss not looked at", "good losses"),
    _step("compared-with-nan", {"if not np.isfinite(value)": "if value == np.nan"}, 2, "loss not looked at"),
    _step("nan-only", {"not np.isfinite(value)": "np.isnan(value)"}, 2, "only nan refused", "nan"),
    _step("infinity-only", {"not np.isfinite(value)": "np.isinf(value)"}, 2, "only infinity refused"),
    _step(
        "look-at-the-end",
        {_WHOLE_LOOK: "", _STEP: f"{_STEP}{_WHOLE_LOOK}"},
        2,
        "looked too late",
        "the error only",
    ),
    _step(
        "no-learning-rate",
        {", with the learning rate {optimizer.lr}": ""},
        2,
        "message says too little",
    ),
    _step("no-loss", {"the loss is {value}, with": "look at"}, 2, "message says too little"),
    _step("value-error", {"FloatingPointError(": "ValueError("}, 2, "another kind of error"),
    _step("f-forgotten", {'(f"the': '("the'}, 2, "message says too little"),
    _step("not-forgotten", {"if not np": "if np"}, 6, "question the wrong way round"),
    _step("returned-for-raised", {_RAISE: "return value"}, 2, "returned for raised"),
    _step(
        "error-returned",
        {"raise FloatingPointError(": "return FloatingPointError("},
        2,
        "returned for raised",
    ),
    _step("printed", {_RAISE: "print(value, optimizer.lr)\n        return None"}, 2, "returned for raised"),
    _step("no-words", {_RAISE: "raise FloatingPointError"}, 2, "message says too little"),
    _step("learning-rate-typed", {"{optimizer.lr}": "0.1"}, 2, "message says too little"),
    _step("nan-typed", {"{value}": "nan"}, 2, "message says too little", "nan"),
    _step("images-for-logits", {"softmax_loss(model(images)": "softmax_loss(images"}, 6, "logits forgotten"),
    _step(
        "moved-by-hand",
        {_STEP: "    for p in model.parameters():\n        p.data -= optimizer.lr * p.grad\n"},
        2.5,
        "no step",
        "plain descent",
    ),
    _step("forgetting-not-called", {_FORGET: "    optimizer.zero_grad\n"}, 2.5, "zero_grad forgotten"),
)

# predict, accuracy ------------------------------------------------------------------------------------

_ARGMAX = "logits.data.argmax(axis=1)"
_SHARE = "float((predict(model, images) == labels).mean())"
_QUIET = "    with no_grad():\n        logits = model(images)\n"


def _accuracy(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "accuracy", edits, loses, family, survives=survives)


ACCURACY = (
    _accuracy("axis-zero", {_ARGMAX: "logits.data.argmax(axis=0)"}, 2.5, "maximum along the wrong axis"),
    _accuracy("no-axis", {_ARGMAX: "logits.data.argmax()"}, 2.5, "maximum along the wrong axis"),
    _accuracy("the-maximum", {_ARGMAX: "logits.data.max(axis=1)"}, 1.5, "maximum for its place"),
    _accuracy("argmin", {_ARGMAX: "logits.data.argmin(axis=1)"}, 1.5, "smallest for largest"),
    _accuracy("from-one", {_ARGMAX: f"{_ARGMAX} + 1"}, 1.5, "counted from 1"),
    _accuracy("all-logits", {_ARGMAX: "logits.data"}, 2.5, "logits for predictions"),
    _accuracy("of-the-tensor", {_ARGMAX: "logits.argmax(axis=1)"}, 2.5),
    _accuracy("recorded", {_QUIET: "    logits = model(images)\n"}, 1, "history recorded", "numbers only"),
    _accuracy(
        "no-grad-afterwards",
        {_QUIET: "    logits = model(images)\n    with no_grad():\n        pass\n"},
        1,
        "history recorded",
    ),
    _accuracy(
        "predictions-not-returned", {f"return {_ARGMAX}": f"found = {_ARGMAX}"}, 2.5, "nothing returned"
    ),
    _accuracy("share-of-errors", {"== labels": "!= labels"}, 1.5, "errors for hits"),
    _accuracy("how-many", {").mean())": ").sum())"}, 1.5, "number for share"),
    _accuracy("percent", {_SHARE: f"100 * {_SHARE}"}, 1.5, "number for share"),
    _accuracy("all-right", {").mean())": ").all())"}, 1.5, "all or nothing"),
    _accuracy("share-not-returned", {f"return {_SHARE}": f"found = {_SHARE}"}, 1.5, "nothing returned"),
    _accuracy("whole-array", {_SHARE: "predict(model, images) == labels"}, 1.5, "all results returned"),
    _accuracy("no-grad-not-called", {"with no_grad():": "with no_grad:"}, 2.5, "parentheses missing"),
    _accuracy(
        "mean-of-the-labels",
        {_SHARE: "predict(model, images) == labels.mean()"},
        1.5,
        "order of operations",
    ),
    _accuracy(
        "mean-of-the-labels-as-a-float",
        {_SHARE: "float(predict(model, images) == labels.mean())"},
        1.5,
        "order of operations",
    ),
    _accuracy(
        "whole-array-as-a-float",
        {_SHARE: "float(predict(model, images) == labels)"},
        1.5,
        "order of operations",
    ),
)

# confusion --------------------------------------------------------------------------------------------

_COUNT = "        table[right, said] += 1\n"
_LOOP = "    for right, said in zip(labels, predicted, strict=True):\n"


def _confusion(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "confusion", edits, loses, family, survives=survives)


CONFUSION = (
    _confusion("on-its-side", {"[right, said]": "[said, right]"}, 4, "table transposed"),
    _confusion("zip-exchanged", {"zip(labels, predicted,": "zip(predicted, labels,"}, 4, "table transposed"),
    _confusion(
        "all-at-once",
        {_LOOP + _COUNT: "    table[labels, predicted] += 1\n"},
        2,
        "several counted as one",
        "each pair once",
    ),
    _confusion("set-to-one", {"+= 1": "= 1"}, 2, "several counted as one", "each pair once"),
    _confusion(
        "mistakes-only",
        {_COUNT: "        if right != said:\n            table[right, said] += 1\n"},
        4,
        "right ones left out",
    ),
    _confusion(
        "hits-only",
        {_COUNT: "        if right == said:\n            table[right, said] += 1\n"},
        4,
        "right ones only",
    ),
    _confusion("shares", {"return table": "return table / len(labels)"}, 4, "shares for numbers"),
    _confusion(
        "ten-by-ten", {"zeros((classes, classes)": "zeros((10, 10)"}, 4, "number of classes ignored", "digits"
    ),
    _confusion("floats", {", int)": ")"}, 4, "dtype left to NumPy", "numbers only"),
    _confusion("whole-row", {"[right, said]": "[right]"}, 4, "whole row counted"),
    _confusion(
        "both-places",
        {_COUNT: f"{_COUNT}        table[said, right] += 1\n"},
        4,
        "counted both ways",
    ),
    _confusion(
        "return-in-the-loop", {"    return table": "        return table"}, 4, "returned inside the loop"
    ),
    _confusion(
        "set-all-at-once",
        {_LOOP + _COUNT: "    table[labels, predicted] = 1\n"},
        2,
        "several counted as one",
    ),
    _confusion(
        "loop-in-loop",
        {_LOOP + _COUNT: f"    for right in labels:\n        for said in predicted:\n    {_COUNT}"},
        4,
        "each with each",
    ),
    _confusion(
        "one-row-many-times",
        {
            "np.zeros((classes, classes), int)": "[[0] * classes] * classes",
            "[right, said]": "[right][said]",
            "return table": "return np.array(table)",
        },
        4,
        "one array under several names",
    ),
    _confusion("every-place", {_LOOP + _COUNT: "    table += 1\n"}, 4),
    _confusion("not-returned", {"    return table": "    table"}, 4, "nothing returned"),
)

# train ------------------------------------------------------------------------------------------------

_TRY = """            try:
                steps.append(train_step(model, optimizer, images, labels))
            except FloatingPointError as error:
                raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
"""
_INNER = "enumerate(batches(*train_set, size, rng))"
_OUTER = '    for epoch in progress(range(epochs), "epochs"):\n'
_LISTS = "    losses, accuracies = [], []\n"
_STEPS = "        steps = []\n"
_MEAN = "        losses.append(np.mean(steps))\n"
_SCORE = "        accuracies.append(accuracy(model, *test_set))\n"
_RETURN = "    return losses, accuracies"
_WHERE = 'f"epoch {epoch}, step {step}: {error}"'


def _train(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "train", edits, loses, family, survives=survives)


TRAIN = (
    _train(
        "batches-before-the-loop",
        {_LISTS: f"{_LISTS}    ready = batches(*train_set, size, rng)\n", _INNER: "enumerate(ready)"},
        1.5,
        "batches drawn once",
        "one epoch",
    ),
    _train(
        "a-list-before-the-loop",
        {_LISTS: f"{_LISTS}    ready = list(batches(*train_set, size, rng))\n", _INNER: "enumerate(ready)"},
        1.5,
        "batches drawn once",
        "one epoch",
    ),
    _train(
        "new-generator",
        {_INNER: "enumerate(batches(*train_set, size, np.random.default_rng(0)))"},
        1.5,
        "generator of one's own",
        "losses and accuracies",
    ),
    _train("return-in-the-loop", {_RETURN: f"    {_RETURN}"}, 6, "one epoch only", "one epoch"),
    _train("one-too-few", {"range(epochs)": "range(1, epochs)"}, 6, "last epoch left out"),
    _train("last-step", {"np.mean(steps)": "steps[-1]"}, 1.5, "last step for the mean"),
    _train("summed", {"np.mean(steps)": "sum(steps)"}, 1.5, "sum for the mean"),
    _train(
        "list-made-once",
        {_LISTS: f"{_LISTS}    steps = []\n", _STEPS: ""},
        1.5,
        "steps of all epochs together",
        "one epoch",
    ),
    _train(
        "every-step",
        {_MEAN: "", "steps.append(": "losses.append("},
        1.5,
        "steps for epochs",
    ),
    _train("scored-in-every-step", {_MEAN + _SCORE: f"    {_SCORE}{_MEAN}"}, 1.5, "steps for epochs"),
    _train(
        "scored-on-training-digits",
        {"accuracy(model, *test_set)": "accuracy(model, *train_set)"},
        1.5,
        "tested on the training digits",
        "numbers only",
    ),
    _train("scored-first", {_SCORE: "", _STEPS: f"{_SCORE}{_STEPS}"}, 1.5, "accuracy before the epoch"),
    _train("scored-once", {_SCORE: "", _RETURN: f"{_SCORE[4:]}{_RETURN}"}, 1.5, "noted once"),
    _train("mean-noted-once", {_MEAN + _SCORE: f"{_SCORE}{_MEAN[4:]}"}, 1.5, "noted once", "one epoch"),
    _train("both-noted-once", {_MEAN + _SCORE: f"{_MEAN[4:]}{_SCORE[4:]}"}, 3, "noted once", "one epoch"),
    _train("mean-in-every-step", {_MEAN: f"    {_MEAN}"}, 1.5, "steps for epochs"),
    _train("sum-by-two", {"np.mean(steps)": "np.sum(steps) / len(train_set)"}, 1.5, "sum for the mean"),
    _train("sum-by-size", {"np.mean(steps)": "np.sum(steps) / size"}, 1.5, "sum for the mean"),
    _train("sum-by-examples", {"np.mean(steps)": "sum(steps) / len(train_set[0])"}, 1.5, "sum for the mean"),
    _train("star-forgotten", {"batches(*train_set": "batches(train_set"}, 6, "arrays not unpacked"),
    _train("star-forgotten-at-the-end", {"*test_set)": "test_set)"}, 6, "arrays not unpacked"),
    _train("not-counted", {_INNER: "batches(*train_set, size, rng)"}, 6, "numbers not unpacked"),
    _train(
        "three-names",
        {"for step, (images, labels) in": "for step, images, labels in"},
        6,
        "numbers not unpacked",
    ),
    _train(
        "scored-on-a-batch",
        {"accuracy(model, *test_set)": "accuracy(model, images, labels)"},
        1.5,
        "tested on the training digits",
    ),
    _train("f-forgotten", {_WHERE: _WHERE[1:]}, 1.5, "message says too little"),
    _train(
        "error-returned",
        {f"raise FloatingPointError({_WHERE}) from None": f"return FloatingPointError({_WHERE})"},
        1.5,
        "returned for raised",
    ),
    _train("exchanged", {_RETURN: "    return accuracies, losses"}, 3, "lists exchanged"),
    _train(
        "last-entries",
        {_RETURN: "    return losses[-1], accuracies[-1]"},
        3,
        "last value for the history",
    ),
    _train("not-returned", {_RETURN: "    losses, accuracies"}, 3, "nothing returned"),
    _train(
        "not-caught",
        {_TRY: "            steps.append(train_step(model, optimizer, images, labels))\n"},
        1.5,
        "error without its place",
        "no failing step",
    ),
    _train("epoch-only", {_WHERE: 'f"epoch {epoch}: {error}"'}, 1.5, "error without its place"),
    _train("step-only", {_WHERE: 'f"step {step}: {error}"'}, 1.5, "error without its place"),
    _train("words-lost", {_WHERE: 'f"epoch {epoch}, step {step}"'}, 1.5, "error without its cause"),
    _train(
        "from-one",
        {_WHERE: 'f"epoch {epoch + 1}, step {step + 1}: {error}"'},
        1.5,
        "counted from 1",
    ),
    _train(
        "another-error",
        {f"raise FloatingPointError({_WHERE})": f"raise ValueError({_WHERE})"},
        1.5,
        "another kind of error",
    ),
    _train(
        "printed",
        {f"raise FloatingPointError({_WHERE}) from None": f"print({_WHERE})"},
        1.5,
        "error swallowed",
    ),
    _train(
        "break-at-nan",
        {f"raise FloatingPointError({_WHERE}) from None": "break"},
        1.5,
        "error swallowed",
    ),
    _train(
        "arguments-exchanged",
        {"train_step(model, optimizer, images, labels)": "train_step(optimizer, model, images, labels)"},
        6,
    ),
)

WRONG = (*BATCHES, *STEP, *ACCURACY, *CONFUSION, *TRAIN)
