"""Lesson 14: softmax, attention, and a head that learns with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.probes import lesson_14_attention as probes
from babygrad import Tensor, exp, logsumexp, reshape, summation, transpose
from babygrad.nn import Linear, Module

# softmax ----------------------------------------------------------------------------------------------


def softmax(x):
    """Shares along the last axis."""
    return exp(x - logsumexp(x, axes=-1, keepdims=True))


def _x(text: str, x: np.ndarray) -> Case:
    return Case(text, {"x": x})


def some_scores(rng):
    """A few, as in the lesson; rows; and batches of rows."""
    one = rng.permutation([3.0, 1.5, -0.3])
    shapes = ((2, 3), (3, 2, 4))
    others = [_x(f"With a random x of shape {shape}", rng.normal(size=shape)) for shape in shapes]
    return [_x(f"With `x = {one.tolist()}`", one), *others]


def with_upstream(rng):
    """The same, with a gradient that comes back."""
    return [
        Case(
            f"{case.text}, and a random upstream gradient",
            {**case.inputs, "upstream": rng.normal(size=case.inputs["x"].shape)},
        )
        for case in some_scores(rng)
    ]


def large_scores(rng):
    """Large ones, rows that are far apart, far below 0, and a masked one."""
    near = rng.normal(size=(5, 4))
    apart = near[:2] + np.array([[900.0], [-900.0]])
    masked = near[4] + np.array([0.0, -1e9, 0.0, 0.0])
    spread = np.array([900.0, 901.0, -6000.0, 902.0]) + near[3]
    inside = np.array([-900.0, 900.0, -901.0, -100.0]) + near[3]
    return [
        _x("With numbers near 800 in x", near[2] + 800),
        _x("With a row near 900 and another near -900 in x", apart),
        _x("With three numbers near 900 and one near -6000 in x", spread),
        _x("With numbers near -900, 900, -900 and -100 in x", inside),
        _x("With one of four numbers near -1000000000 in x", masked),
    ]


def _softmax(family: str, message: str, wrong: Callable[..., Any]) -> Mistake:
    return Mistake(family, message, {"softmax": wrong})


def _divided(x: Any, taken: Any = 0.0) -> Any:
    powers = exp(x - taken)
    return powers / summation(powers, -1, keepdims=True)


def _shifted(x: Any) -> Any:
    """The exponentials, safe for large numbers."""
    return exp(x - x.data.max(axis=-1, keepdims=True))


SOFTMAX_MISTAKES = (
    _softmax(
        "overflow",
        "The shares are right as long as the numbers are small. `exp` of 800 is infinite, and of -900 it is "
        "0. `logsumexp` knows a way around: which of the two forms of the formula has it? Its minus comes "
        "before `exp`.",
        _divided,
    ),
    _softmax(
        "overflow",
        "One and the same number was taken off all rows. Next to one that fits, another may vanish "
        "entirely: its exponentials are all 0. Which number is each row's own?",
        lambda x: _divided(x, x.data.max()),
    ),
    *(
        _softmax(
            "overflow",
            "Something is taken off each row, but not its largest number. One that is far above may still be "
            "too large for `exp`: which number has none above it?",
            lambda x, taken=taken: _divided(x, taken(x.data)),
        )
        for taken in (
            lambda x: x.mean(axis=-1, keepdims=True),
            lambda x: x.min(axis=-1, keepdims=True),
            lambda x: np.median(x, axis=-1, keepdims=True),
            lambda x: x[..., :1],
            lambda x: x[..., -1:],
        )
    ),
    _softmax(
        "wrong axis",
        "The columns add up to 1 here, and the rows do not. Which axis is the last one?",
        lambda x: exp(x - logsumexp(x, 0, keepdims=True)),
    ),
    _softmax(
        "wrong axis",
        "The sums are right for two axes only. With another number of axes, axis 1 is not the last; counted "
        "from the end, the last one always has the same number.",
        lambda x: exp(x - logsumexp(x, 1 if x.ndim > 1 else 0, keepdims=True)),
    ),
    _softmax(
        "wrong axis",
        "Axis 1 is the last of two only. Counted from the end, the last axis always has the same number, "
        "however many there are.",
        lambda x: exp(x - logsumexp(x, 1, keepdims=True)),
    ),
    _softmax(
        "keepdims ignored",
        "A row of numbers less one number: that works for a single row. For several, the summed axis has to "
        "stay, with size 1. `logsumexp` has a setting for that.",
        lambda x: exp(x - logsumexp(x, -1)),
    ),
    _softmax(
        "keepdims ignored",
        "A row of exponentials divided by one number: that works for a single row. For several, the summed "
        "axis has to stay, with size 1. `sum` has a setting for that, `keepdims`.",
        lambda x: exp(x) / summation(exp(x), -1),
    ),
    _softmax(
        "keepdims ignored",
        "A row of exponentials divided by one number: that works for a single row. For several, the summed "
        "axis has to stay, with size 1. `sum` has a setting for that, `keepdims`.",
        lambda x: _shifted(x) / summation(_shifted(x), -1),
    ),
    _softmax(
        "summed all axes",
        "All numbers together add up to 1 here. Each row along the last axis should do so by itself: "
        "`logsumexp` has a setting for the axis.",
        lambda x: exp(x - logsumexp(x)),
    ),
    _softmax(
        "summed all axes",
        "The exponentials are divided by the sum of all of them. Each row along the last axis should add up "
        "to 1 by itself: the sum has a setting for the axis.",
        lambda x: _shifted(x) / summation(_shifted(x)),
    ),
    _softmax(
        "wrong axis",
        "The exponentials are divided by sums along the first axis. Which axis is the last one?",
        lambda x: _shifted(x) / summation(_shifted(x), 0),
    ),
    _softmax(
        "another function",
        "These are the logarithms of the shares. What makes shares of them?",
        lambda x: x - logsumexp(x, -1, keepdims=True),
    ),
    _softmax(
        "another function",
        "The exponentials are divided by the logarithm of their sum. Divide by the sum itself, or take the "
        "logarithm off x before `exp`.",
        lambda x: exp(x) / logsumexp(x, -1, keepdims=True),
    ),
    _softmax(
        "another function",
        "The logsumexp is taken off the exponentials. It is a logarithm: it has to be taken off x, and then "
        "comes `exp`.",
        lambda x: exp(x) - logsumexp(x, -1, keepdims=True),
    ),
    _softmax(
        "lost sign",
        "The logsumexp is added to x. Dividing by the sum is taking its logarithm off.",
        lambda x: exp(x + logsumexp(x, -1, keepdims=True)),
    ),
    _softmax(
        "lost sign",
        "The logsumexp is added to x, and `exp` is missing. Dividing by the sum is taking its logarithm off.",
        lambda x: x + logsumexp(x, -1, keepdims=True),
    ),
    _softmax(
        "another function",
        "That is the sum of each row's exponentials. The exponentials themselves have to be divided by it.",
        lambda x: exp(logsumexp(x, -1, keepdims=True)),
    ),
    _softmax(
        "shares not exponentiated",
        "The numbers themselves were divided by their sum, and not their exponentials. With a -6 among them, "
        "there would be negative shares.",
        lambda x: x / summation(x, -1, keepdims=True),
    ),
    _softmax(
        "not scaled",
        "These are the exponentials. They become shares when they are divided by their sum.",
        lambda x: exp(x),
    ),
    _softmax(
        "another function",
        "That is the logsumexp of each row. It has to be taken off x, and what is left goes into `exp`.",
        lambda x: logsumexp(x, -1, keepdims=True),
    ),
    _softmax(
        "lost sign",
        "The minus is the wrong way round: where x is large, the share is small. What is taken off what?",
        lambda x: exp(logsumexp(x, -1, keepdims=True) - x),
    ),
    _softmax(
        "lost sign",
        "The smaller a number is, the larger is its share here. Is there one minus too many?",
        lambda x: softmax(-x),
    ),
    _softmax(
        "history cut",
        "The shares are right, but x has no history here: `.data` is an array, and no gradient finds its way "
        "back through it. Leave `x` a Tensor.",
        lambda x: exp(x.data - logsumexp(x, -1, keepdims=True)),
    ),
    _softmax(
        "history cut",
        "The shares are right, but the sum over each row has no history: by `.data` or NumPy, it is an "
        "array, and no gradient finds its way back through that. Use the operations of the library.",
        lambda x: exp(x - np.log(np.exp(x.data).sum(axis=-1, keepdims=True))),
    ),
    _softmax(
        "history cut",
        "The shares are right, but `Tensor(…)` around an array begins anew, without a history. Use the "
        "operations of the library.",
        lambda x: Tensor(softmax(x).data),
    ),
    _softmax(
        "array returned",
        "That is an array. A Tensor is needed, made by the library's own operations, so that a gradient can "
        "find its way back.",
        lambda x: softmax(x).data,
    ),
    _softmax(
        "nothing returned",
        "Are the shares that you made returned?",
        lambda x: None,
    ),
)

# attention --------------------------------------------------------------------------------------------


def attention(queries, keys, values, mask=None):
    """Means of the values, and the weights."""
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + mask
    weights = softmax(scores)
    return weights @ values, weights


def _drawn(rng: np.random.Generator, batch: tuple[int, ...], n: int, m: int, d: int, c: int) -> Case:
    weights = rng.uniform(0.1, 1, size=(*batch, n, m))
    inputs = {
        "queries": rng.normal(size=(*batch, n, d)),
        "keys": rng.normal(size=(*batch, m, d)),
        "values": rng.normal(size=(*batch, m, c)),
        "weights": weights / weights.sum(axis=-1, keepdims=True),
    }
    shapes = ", ".join(str(inputs[name].shape) for name in ("queries", "keys", "values"))
    return Case(f"With queries, keys and values of shapes {shapes}", inputs)


def _with(case: Case, text: str = "", **more: Any) -> Case:
    return Case(case.text + text, {**case.inputs, **more})


def _scored(rng: np.random.Generator, case: Case) -> Case:
    return _with(case, upstream=rng.normal(size=case.inputs["weights"].shape))


def single_numbers(rng):
    """Queries and keys of one number each: their root is 1."""
    sizes = ((2, 3, 1, 2), (4, 2, 1, 3))
    return [_scored(rng, _drawn(rng, (), *size)) for size in sizes]


def longer_ones(rng):
    """Queries and keys of several numbers."""
    sizes = ((2, 3, 4, 5), (4, 2, 3, 5), (5, 6, 7, 4))
    return [_scored(rng, _drawn(rng, (), *size)) for size in sizes]


def some_values(rng):
    """Values of other sizes than the keys."""
    drawn = [_drawn(rng, (), *size) for size in ((2, 3, 4, 5), (4, 2, 3, 6))]
    return [
        _with(case, upstream=rng.normal(size=(len(case.inputs["queries"]), c)))
        for case, c in zip(drawn, (5, 6), strict=True)
    ]


def in_batches(rng):
    """One batch axis, and two; without a scale that is not known before."""
    sizes = (((3,), 2, 4, 5, 6), ((2, 3), 4, 5, 6, 2))
    return [_scored(rng, _drawn(rng, *size)) for size in sizes]


def _mask(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """0 for about half of it, and -40 or so elsewhere, at least once each."""
    hidden = rng.permutation(np.arange(np.prod(shape)) % 2).reshape(shape)
    return -hidden * rng.uniform(30, 50, size=shape)


def some_masks(rng):
    """For one matrix of scores; for all of a batch; for each of a batch its own."""
    told = ", and a mask of shape {}, with 0 and numbers near -40"
    drawn = []
    for batch, shape in (((), (2, 3)), ((4,), (2, 3)), ((4,), (4, 2, 3))):
        case = _drawn(rng, batch, 2, 3, 5, 6)
        drawn.append(_with(case, told.format(shape), mask=_mask(rng, shape)))
    return drawn


def _attention(family: str, message: str, wrong: Callable[..., Any]) -> Mistake:
    return Mistake(family, message, {"attention": wrong})


def _scores(score: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Attention with other scores."""

    def attention(queries, keys, values, mask=None):
        scores = score(queries, keys)
        weights = softmax(scores if mask is None else scores + mask)
        return weights @ values, weights

    return attention


def _masking(put_on: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Attention whose mask works in another way."""

    def attention(queries, keys, values, mask=None):
        scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
        weights = softmax(scores if mask is None else put_on(scores, mask))
        return weights @ values, weights

    return attention


def _ending(answer: Callable[[Any, Any, Any, Any], Any]) -> Callable[..., Any]:
    """Attention that makes something else of its weights."""

    def attention(queries, keys, values, mask=None):
        scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
        scores = scores if mask is None else scores + mask
        return answer(softmax(scores), values, scores, keys)

    return attention


def _reversed(x: Any) -> Any:
    return transpose(x, tuple(range(x.ndim))[::-1])


def _mask_late(queries, keys, values, mask=None):
    weights = softmax(queries @ transpose(keys) / queries.shape[-1] ** 0.5)
    if mask is not None:
        weights = weights + mask
    return weights @ values, weights


def _truth_of_the_mask(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    if mask:
        scores = scores + mask
    weights = softmax(scores)
    return weights @ values, weights


def _mask_for_zero_or_one(queries, keys, values, mask=None):
    weights = softmax(queries @ transpose(keys) / queries.shape[-1] ** 0.5)
    if mask is not None:
        weights = weights * mask
    return weights @ values, weights


def _mask_before_the_root(queries, keys, values, mask=None):
    scores = queries @ transpose(keys)
    if mask is not None:
        scores = scores + mask
    weights = softmax(scores / queries.shape[-1] ** 0.5)
    return weights @ values, weights


def _scaled_late(queries, keys, values, mask=None):
    scores = queries @ transpose(keys)
    if mask is not None:
        scores = scores + mask
    weights = softmax(scores) / queries.shape[-1] ** 0.5
    return weights @ values, weights


def _only_masked(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    if mask is not None:
        weights = softmax(scores + mask)
        return weights @ values, weights
    return None


def _nothing_done(queries, keys, values, mask=None):
    return None


def _always_masked(queries, keys, values, mask=None):
    weights = softmax(queries @ transpose(keys) / queries.shape[-1] ** 0.5 + mask)
    return weights @ values, weights


def _masked_without_a_mask(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    weights = softmax(scores + mask if mask is None else scores)
    return weights @ values, weights


def _without_softmax(queries, keys, values, mask=None):
    weights = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    weights = weights if mask is None else weights + mask
    return weights @ values, weights


def _over_the_queries(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    weights = transpose(softmax(transpose(scores if mask is None else scores + mask)))
    return weights @ values, weights


def _root_of_the_values(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / values.shape[-1] ** 0.5
    weights = softmax(scores if mask is None else scores + mask)
    return weights @ values, weights


def _written_out(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    weights = _divided(scores if mask is None else scores + mask)
    return weights @ values, weights


def _asked_twice(queries, keys, values, mask=None):
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    scores = scores if mask is None else scores + mask
    return softmax(softmax(scores)) @ values, softmax(scores)


_OTHER_SIZE = (
    "The scores are divided by the root of another size. d is how many numbers a query has: the last axis of "
    "`queries`, whatever stands in front."
)
_MASK_LATE = (
    "The mask comes after `softmax`, so that the weights are changed, and no longer add up to 1. It belongs "
    "to the scores, before `softmax`: there a large negative number makes a weight of 0."
)

ATTENTION_MISTAKES = (
    _attention(
        "not scaled",
        "These are the dot products. They have to be divided by the root of d, the size of the last axis.",
        _scores(lambda q, k: q @ transpose(k)),
    ),
    _attention(
        "root missing",
        "The dot products are divided by d itself. It should be the root of d.",
        _scores(lambda q, k: q @ transpose(k) / q.shape[-1]),
    ),
    _attention(
        "multiplied for divided",
        "The dot products are multiplied by the root of d. It should make them smaller.",
        _scores(lambda q, k: q @ transpose(k) * q.shape[-1] ** 0.5),
    ),
    _attention(
        "order of operations",
        "`a / b ** 0.5` is a divided by the root of b, and `(a / b) ** 0.5` is another number. The root is "
        "of d alone.",
        _scores(lambda q, k: (q @ transpose(k) / q.shape[-1]) ** 0.5),
    ),
    _attention(
        "wrong axis",
        _OTHER_SIZE,
        _scores(lambda q, k: q @ transpose(k) / k.shape[-2] ** 0.5),
    ),
    _attention(
        "wrong axis",
        _OTHER_SIZE,
        _scores(lambda q, k: q @ transpose(k) / q.shape[-2] ** 0.5),
    ),
    _attention(
        "wrong axis",
        _OTHER_SIZE,
        _scores(lambda q, k: q @ transpose(k) / q.shape[0] ** 0.5),
    ),
    _attention(
        "wrong axis",
        _OTHER_SIZE,
        _root_of_the_values,
    ),
    _attention(
        "divided by a fixed number",
        "The scores are divided by 2. That is the root of 4, for queries of 4 numbers, as in the example. "
        "What is it for d numbers?",
        _scores(lambda q, k: q @ transpose(k) / 2),
    ),
    _attention(
        "root missing",
        "The scores are divided by the square of d. It should be the root, `d ** 0.5`.",
        _scores(lambda q, k: q @ transpose(k) / q.shape[-1] ** 2),
    ),
    _attention(
        "order of operations",
        "`d ** 1 / 2` is half of d: the power comes before the division. `d ** 0.5` is the root.",
        _scores(lambda q, k: q @ transpose(k) / (q.shape[-1] / 2)),
    ),
    _attention(
        "order of operations",
        "`a / d ** 1 / 2` is a divided by d and then by 2: the power comes first. `d ** 0.5` is the root.",
        _scores(lambda q, k: q @ transpose(k) / q.shape[-1] / 2),
    ),
    _attention(
        "last two counted from the front",
        "d is right without a batch, and wrong with one: counted from the front, axis 1 is the last of two "
        "only. Count from the end.",
        _scores(lambda q, k: q @ transpose(k) / q.shape[1] ** 0.5),
    ),
    _attention(
        "order of operations",
        "`softmax` should be given scores that are divided already. Here the weights are, and no longer add "
        "up to 1.",
        _scaled_late,
    ),
    _attention(
        "table transposed",
        "The table of scores is on its side: a row for each key. It should have a row for each query.",
        _scores(lambda q, k: k @ transpose(q) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "all axes reversed",
        "Without a batch it is right. With one, all axes change places, the batch too. `transpose` without "
        "any axes swaps the last two.",
        _scores(lambda q, k: q @ _reversed(k) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "right for a matrix only",
        "Without a batch it is right. With one, there are more than two axes. `transpose` without any axes "
        "swaps the last two, whatever stands in front.",
        _scores(lambda q, k: q @ transpose(k, (1, 0)) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "right for one batch axis only",
        "The axes are numbered for one batch axis in front, and there may be none, or two. `transpose` "
        "without any axes swaps the last two, whatever stands in front.",
        _scores(lambda q, k: q @ transpose(k, (0, 2, 1)) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "transposes or order wrong in matmul",
        "The keys stand as the queries do, and two such arrays do not fit. Which of the two has to be "
        "transposed, so that each row meets each key?",
        _scores(lambda q, k: q @ k / q.shape[-1] ** 0.5),
    ),
    _attention(
        "element-wise product instead",
        "`*` goes number by number. A dot product of each query with each key is a matrix product, `@`.",
        _scores(lambda q, k: q * k / q.shape[-1] ** 0.5),
    ),
    _attention(
        "reshape instead of transpose",
        "The keys have been reshaped. That has the right shape, but tears keys apart; `transpose` swaps rows "
        "and columns.",
        _scores(lambda q, k: q @ reshape(k, (*k.shape[:-2], k.shape[-1], k.shape[-2])) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "wrong input asked",
        "The queries ask each other here. Whom do they ask?",
        _scores(lambda q, k: q @ transpose(q) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "wrong input asked",
        "The keys ask each other here. Who asks them?",
        _scores(lambda q, k: k @ transpose(k) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "history cut",
        "The scores are right, but have no history: `.data` is an array, and no gradient finds its way back "
        "to queries and keys. Stay with Tensors.",
        _scores(lambda q, k: Tensor(q.data @ transpose(k).data / q.shape[-1] ** 0.5)),
    ),
    _attention(
        "history cut",
        "The scores are right, but the queries have no history here: `.data` is an array, and no gradient "
        "finds its way back to them. Stay with Tensors.",
        _scores(lambda q, k: q.data @ transpose(k) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "history cut",
        "The scores are right, but the keys have no history here: `.data` and `no_grad` end it. Stay "
        "with Tensors.",
        _scores(lambda q, k: q @ Tensor(k.data.swapaxes(-1, -2)) / q.shape[-1] ** 0.5),
    ),
    _attention(
        "array for Tensor",
        "`softmax` should be given a Tensor. An array has no history, and no gradient finds its way back "
        "from it.",
        _scores(lambda q, k: q.data @ transpose(k).data / q.shape[-1] ** 0.5),
    ),
    _attention(
        "setting ignored",
        "What `softmax` is given has no mask in it. The mask is added to the scores before; and `+` makes a "
        "new Tensor, which needs a name to be used afterwards.",
        _masking(lambda scores, mask: scores),
    ),
    _attention(
        "multiplied for divided",
        "The scores are multiplied by the mask. A score that may stay would become 0, and a negative one "
        "that should vanish would become large. The mask is added.",
        _masking(lambda scores, mask: scores * mask),
    ),
    _attention(
        "lost sign",
        "The mask is taken off. It holds negative numbers, so that what should vanish gets all the weight. "
        "It has to be added.",
        _masking(lambda scores, mask: scores - mask),
    ),
    _attention(
        "other input missing",
        "With a mask, `softmax` is given the mask alone. Where are the scores?",
        _masking(lambda scores, mask: Tensor(mask)),
    ),
    _attention(
        "truth of an array",
        "`if` wants one answer, and an array gives one for each of its numbers. The question is whether "
        "there is a mask at all; `is` asks that, and asks it once.",
        _truth_of_the_mask,
    ),
    _attention(
        "mask taken for granted",
        "Without a mask, `mask` is None, and None cannot be added. Is there one? Ask that first.",
        _always_masked,
    ),
    _attention(
        "question the wrong way round",
        "The mask is added where there is none. The question is the wrong way round.",
        _masked_without_a_mask,
    ),
    _attention(
        "mask after softmax",
        _MASK_LATE,
        _mask_late,
    ),
    _attention(
        "mask after softmax",
        _MASK_LATE,
        _mask_for_zero_or_one,
    ),
    _attention(
        "order of operations",
        "The mask is divided by the root of d, too. It is added when the scores are divided already.",
        _mask_before_the_root,
    ),
    _attention(
        "lists exchanged",
        "The pair is the other way round. First the answers, then the weights.",
        _ending(lambda weights, values, scores, keys: (weights, weights @ values)),
    ),
    _attention(
        "one of the pair only",
        "Only the answers come back. The weights are wanted as well, as the second of a pair.",
        _ending(lambda weights, values, scores, keys: weights @ values),
    ),
    _attention(
        "one of the pair only",
        "Only the weights come back. The answers are wanted as well, as the first of a pair.",
        _ending(lambda weights, values, scores, keys: weights),
    ),
    _attention(
        "own value instead of the other's",
        "The answers are means of the keys. The keys only say how well something fits; what is said are the "
        "values.",
        _ending(lambda weights, values, scores, keys: (weights @ keys, weights)),
    ),
    _attention(
        "transposes or order wrong in matmul",
        "The product is the wrong way round. Each row of the weights belongs to a query, and weighs the rows "
        "of the values: the weights come first.",
        _ending(lambda weights, values, scores, keys: (values @ weights, weights)),
    ),
    _attention(
        "transposes or order wrong in matmul",
        "The weights are on their side here. Each row belongs to a query, as it should: they go into the "
        "product as they are.",
        _ending(lambda weights, values, scores, keys: (transpose(weights) @ values, weights)),
    ),
    _attention(
        "input used for output",
        "The values are weighted by the scores. These do not add up to 1; the weights do.",
        _ending(lambda weights, values, scores, keys: (scores @ values, weights)),
    ),
    _attention(
        "input used for output",
        "The scores are returned in the place of the weights. What `softmax` made of them is wanted.",
        _ending(lambda weights, values, scores, keys: (weights @ values, scores)),
    ),
    _attention(
        "maximum along an axis",
        "Only the value with the largest weight is taken. A choice has no slope; each value should count by "
        "its weight.",
        _ending(lambda weights, values, scores, keys: (Tensor(_picked(weights.data, values.data)), weights)),
    ),
    _attention(
        "history cut",
        "The answers are right, but have no history: `.data` and `no_grad` end it. Stay with Tensors.",
        _ending(lambda weights, values, scores, keys: (Tensor(weights.data @ values.data), weights)),
    ),
    _attention(
        "history cut",
        "The answers are right, but the weights in them have no history: `.data` and `no_grad` "
        "end it, and queries and keys learn nothing. Stay with Tensors.",
        _ending(lambda weights, values, scores, keys: (Tensor(weights.data) @ values, weights)),
    ),
    _attention(
        "history cut",
        "The answers are right, but the values have no history in them: `.data` and `no_grad` end it. "
        "Stay with Tensors.",
        _ending(lambda weights, values, scores, keys: (weights @ Tensor(values.data), weights)),
    ),
    _attention(
        "array returned",
        "The answers should be a Tensor, so that a gradient can find its way back. They are an array.",
        _ending(lambda weights, values, scores, keys: (weights.data @ values.data, weights)),
    ),
    _attention(
        "array returned",
        "The weights should be the Tensor that `softmax` gives. They are an array.",
        _ending(lambda weights, values, scores, keys: (weights @ values, weights.data)),
    ),
    _attention(
        "computed again",
        "`softmax` is called twice. Call it once, on the scores, and keep what it gives under a name.",
        _asked_twice,
    ),
    _attention(
        "computed again",
        "The softmax is written out here. Call your `softmax` of 14.1 instead: that one is safe for large "
        "numbers, and the check looks at what it is given.",
        _written_out,
    ),
    _attention(
        "input used for output",
        "`softmax` is not called: the scores are used as weights. They may be negative, and do not add up to "
        "1. What makes weights of them?",
        _without_softmax,
    ),
    _attention(
        "table transposed",
        "`softmax` is given the table on its side: a row for each key. Its shares are along the last axis, "
        "and there should be a row for each query.",
        _over_the_queries,
    ),
    _attention(
        "nothing returned",
        "Nothing comes back, and `softmax` is not called. Is something still to be written?",
        _nothing_done,
    ),
    _attention(
        "returned in one case only",
        "Without a mask, nothing comes back. How far in does the `return` stand?",
        _only_masked,
    ),
    _attention(
        "nothing returned",
        "Are the answers and the weights returned?",
        _ending(lambda weights, values, scores, keys: None),
    ),
)


def _picked(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    place = weights.argmax(axis=-1)[..., None]
    return np.take_along_axis(values, place, axis=-2)


# Head -------------------------------------------------------------------------------------------------


class Head(Module):
    """One attention head."""

    def __init__(self, n_in, d, n_out, rng):
        self.query = Linear(n_in, d, bias=False, rng=rng)
        self.key = Linear(n_in, d, bias=False, rng=rng)
        self.value = Linear(n_in, n_out, bias=False, rng=rng)

    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)


def new_heads(rng):
    """Sizes that differ."""
    sizes = ((5, 3, 4), tuple((rng.permutation(6) + 6)[:3].tolist()))
    names = ("n_in", "d", "n_out")
    return [
        Case(
            f"With `n_in = {size[0]}`, `d = {size[1]}` and `n_out = {size[2]}`",
            {**dict(zip(names, size, strict=True)), "seed": int(rng.integers(1000))},
        )
        for size in sizes
    ]


def some_rows(rng):
    """Rows of one sequence; of several, with a mask."""
    drawn = []
    for shape, masked in (((2, 3), False), ((4, 2, 5), True)):
        n_in = shape[-1]
        inputs = {
            "x": rng.normal(size=shape),
            "query": rng.normal(size=(n_in, 4)),
            "key": rng.normal(size=(n_in, 4)),
            "value": rng.normal(size=(n_in, 6)),
            "mask": _mask(rng, (2, 2)) if masked else None,
            "seed": int(rng.integers(1000)),
        }
        drawn.append(Case(f"With x of shape {shape}, and {'a' if masked else 'no'} mask", inputs))
    return drawn


def _head(family: str, message: str, wrong: type) -> Mistake:
    return Mistake(family, message, {"Head": wrong})


class _WithBias(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query, self.key = Linear(n_in, d, rng=rng), Linear(n_in, d, rng=rng)
        self.value = Linear(n_in, n_out, rng=rng)


class _OneLayer(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query = self.key = Linear(n_in, d, bias=False, rng=rng)
        self.value = Linear(n_in, n_out, bias=False, rng=rng)


class _OneSeed(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query, self.key = Linear(n_in, d, bias=False, rng=3), Linear(n_in, d, bias=False, rng=3)
        self.value = Linear(n_in, n_out, bias=False, rng=3)


class _WithoutRng(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query, self.key = (Linear(n_in, d, bias=False) for _ in range(2))
        self.value = Linear(n_in, n_out, bias=False)


class _ValuesLikeKeys(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query, self.key = (Linear(n_in, d, bias=False, rng=rng) for _ in range(2))
        self.value = Linear(n_in, d, bias=False, rng=rng)


class _KeysLikeValues(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query, self.key, self.value = (Linear(n_in, n_out, bias=False, rng=rng) for _ in range(3))


class _Turned(Head):
    def __init__(self, n_in, d, n_out, rng):
        self.query, self.key = (Linear(d, n_in, bias=False, rng=rng) for _ in range(2))
        self.value = Linear(n_out, n_in, bias=False, rng=rng)


class _Exchanged(Head):
    def forward(self, x, mask=None):
        return attention(self.key(x), self.query(x), self.value(x), mask)


class _ValuesFirst(Head):
    def forward(self, x, mask=None):
        return attention(self.value(x), self.key(x), self.query(x), mask)


class _Unmasked(Head):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x))


class _AnswersOnly(Head):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)[0]


class _RowsForValues(Head):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), x, mask)


class _RowsForAll(Head):
    def forward(self, x, mask=None):
        return attention(x, x, x, mask)


class _KeysAsQueries(Head):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.query(x), self.value(x), mask)


class _ValuesExchanged(Head):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.value(x), self.key(x), mask)


class _KeysAsValues(Head):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.key(x), mask)


def _detached(*names: str) -> type:
    class Detached(Head):
        def forward(self, x, mask=None):
            made = {"query": self.query(x), "key": self.key(x), "value": self.value(x)}
            made.update({name: Tensor(made[name].data) for name in names})
            return attention(made["query"], made["key"], made["value"], mask)

    return Detached


class _NothingReturned(Head):
    def forward(self, x, mask=None):
        attention(self.query(x), self.key(x), self.value(x), mask)


HEAD_MISTAKES = (
    _head(
        "bias taken for granted",
        "The layers have a bias each. `bias=False` leaves it out.",
        _WithBias,
    ),
    _head(
        "one memory for all blocks",
        "`query` and `key` are one and the same layer here, so that every row asks for what it is itself. "
        "Make two.",
        _OneLayer,
    ),
    _head(
        "generator of one's own",
        "`query` and `key` begin with the same numbers, because both draw from the same seed. The generator "
        "`rng` that is passed in goes on from layer to layer.",
        _OneSeed,
    ),
    _head(
        "generator of one's own",
        "The weights are others in every run, so that nobody can repeat yours. Pass `rng` on to each layer.",
        _WithoutRng,
    ),
    _head(
        "size of the other side",
        "The values have `d` numbers each. They are what comes out, so that they need `n_out`.",
        _ValuesLikeKeys,
    ),
    _head(
        "size of the other side",
        "Queries and keys have `n_out` numbers each. They meet in dot products, and have `d`.",
        _KeysLikeValues,
    ),
    _head(
        "sizes exchanged",
        "The layers are the wrong way round: the first size of `Linear` is what goes in, `n_in` for all.",
        _Turned,
    ),
    _head(
        "arguments exchanged",
        "Queries and keys are exchanged. In which order does `attention` take them?",
        _Exchanged,
    ),
    _head(
        "arguments exchanged",
        "Queries and values are exchanged. In which order does `attention` take them?",
        _ValuesFirst,
    ),
    _head(
        "wrong input asked",
        "The queries are passed on as keys, too. The layer `key` makes these.",
        _KeysAsQueries,
    ),
    _head(
        "arguments exchanged",
        "Keys and values are exchanged. In which order does `attention` take them?",
        _ValuesExchanged,
    ),
    _head(
        "wrong input asked",
        "The keys are passed on as values, too. The layer `value` makes these.",
        _KeysAsValues,
    ),
    *(
        _head(
            "history cut",
            f"What {which} to `attention` has the right numbers and no history: `.data` and `no_grad` "
            "end it, and the layer behind it learns nothing. Pass on what the layer gives.",
            _detached(*names),
        )
        for which, names in (
            ("goes as queries", ("query",)),
            ("goes as keys", ("key",)),
            ("goes as values", ("value",)),
            ("goes", ("query", "key", "value")),
        )
    ),
    _head(
        "setting ignored",
        "The mask does not reach `attention`. Pass it on, as the fourth.",
        _Unmasked,
    ),
    _head(
        "one of the pair only",
        "`attention` returns a pair, and `forward` should return the same pair, as it is.",
        _AnswersOnly,
    ),
    _head(
        "input used for output",
        "The rows themselves are passed on as values. The layer `value` makes values of them.",
        _RowsForValues,
    ),
    _head(
        "input used for output",
        "The rows themselves are passed on, three times. Each layer makes something of them first.",
        _RowsForAll,
    ),
    _head(
        "nothing returned",
        "Is what `attention` returns returned by `forward`?",
        _NothingReturned,
    ),
)

EXERCISES = (
    Exercise(
        "14_attention/softmax",
        cell="softmax",
        reference={"softmax": softmax},
        parts=(
            Part("shares along the last axis", 1, probes.shares, some_scores),
            Part("the way back", 1, probes.shares_and_gradient, with_upstream),
            Part("large numbers", 1, probes.shares, large_scores),
        ),
        mistakes=SOFTMAX_MISTAKES,
        withheld=("babygrad.data",),
    ),
    Exercise(
        "14_attention/attention",
        cell="attention",
        reference={"attention": attention},
        parts=(
            Part("a score for each query and key", 1, probes.scores, single_numbers),
            Part("divided by the root of d", 1, probes.scores, longer_ones),
            Part("answers and weights", 1, probes.answers, some_values),
            Part("batches", 1, probes.scores, in_batches),
            Part("the mask", 1, probes.masked, some_masks),
        ),
        mistakes=ATTENTION_MISTAKES,
        withheld=("babygrad.data",),
    ),
    Exercise(
        "14_attention/head",
        cell="head",
        reference={"Head": Head},
        parts=(
            Part("three layers", 1, probes.layers, new_heads),
            Part("`forward`", 1, probes.passed_on, some_rows),
        ),
        mistakes=HEAD_MISTAKES,
        withheld=("babygrad.data",),
    ),
)
