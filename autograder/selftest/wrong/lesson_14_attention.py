"""Wrong solutions of lesson 14: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# softmax ----------------------------------------------------------------------------------------------

_SHARES = "exp(x - logsumexp(x, axes=-1, keepdims=True))"


def _softmax(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "softmax", edits, loses, family, survives=survives)


SOFTMAX = (
    _softmax(
        "plain-fraction",
        {f"return {_SHARES}": "powers = exp(x)\n    return powers / powers.sum(axis=-1, keepdims=True)"},
        1,
        "overflow",
        "small numbers",
    ),
    _softmax(
        "exp-of-both",
        {_SHARES: "exp(x) / exp(logsumexp(x, axes=-1, keepdims=True))"},
        1,
        "overflow",
        "small numbers",
    ),
    _softmax(
        "largest-of-all",
        {
            f"return {_SHARES}": "powers = exp(x - float(x.data.max()))\n"
            "    return powers / powers.sum(axis=-1, keepdims=True)"
        },
        1,
        "overflow",
        "small numbers",
    ),
    _softmax(
        "mean-taken-off",
        {
            f"return {_SHARES}": "powers = exp(x - x.mean(axis=-1, keepdims=True))\n"
            "    return powers / powers.sum(axis=-1, keepdims=True)"
        },
        1,
        "overflow",
        "small numbers",
    ),
    _softmax("first-axis", {"axes=-1": "axes=0"}, 3, "wrong axis", "a row"),
    _softmax("second-axis", {"axes=-1": "axes=1"}, 3, "wrong axis", "two axes"),
    _softmax("all-axes", {"axes=-1, keepdims=True": "keepdims=True"}, 3, "summed all axes", "a row"),
    _softmax("axis-not-kept", {", keepdims=True": ""}, 3, "keepdims ignored", "a row"),
    _softmax("no-exp", {_SHARES: "x - logsumexp(x, axes=-1, keepdims=True)"}, 3, "another function"),
    _softmax("logsumexp-alone", {_SHARES: "logsumexp(x, axes=-1, keepdims=True)"}, 3, "another function"),
    _softmax(
        "no-exponentials", {_SHARES: "x / x.sum(axis=-1, keepdims=True)"}, 3, "shares not exponentiated"
    ),
    _softmax("powers-only", {_SHARES: "x.exp()"}, 3, "not scaled"),
    _softmax("minus-turned", {_SHARES: "exp(logsumexp(x, axes=-1, keepdims=True) - x)"}, 3, "lost sign"),
    _softmax(
        "smallest-largest",
        {_SHARES: "exp(-x - logsumexp(-x, axes=-1, keepdims=True))"},
        3,
        "lost sign",
    ),
    _softmax(
        "numpy-inside",
        {_SHARES: "exp(x - logsumexp(x, axes=-1, keepdims=True).numpy())"},
        1,
        "history cut",
        "no gradient",
    ),
    _softmax(
        "new-tensor",
        {
            f"return {_SHARES}": "powers = np.exp(x.data - x.data.max(axis=-1, keepdims=True))\n"
            "    return Tensor(powers / powers.sum(axis=-1, keepdims=True))"
        },
        1,
        "history cut",
        "no gradient",
    ),
    *(
        _softmax(
            f"{name}-taken-off",
            {
                f"return {_SHARES}": f"powers = exp(x - {taken})\n"
                "    return powers / powers.sum(axis=-1, keepdims=True)"
            },
            1,
            "overflow",
            "small numbers",
        )
        for name, taken in (
            ("first", "x.data[..., :1]"),
            ("last", "x.data[..., -1:]"),
            ("median", "np.median(x.data, axis=-1, keepdims=True)"),
            ("smallest", "x.data.min(axis=-1, keepdims=True)"),
            ("constant", "700"),
        )
    ),
    _softmax(
        "sum-of-arrays",
        {
            f"return {_SHARES}": "powers = exp(x - x.data.max(axis=-1, keepdims=True))\n"
            "    return powers / powers.data.sum(axis=-1, keepdims=True)"
        },
        1,
        "history cut",
        "no gradient",
    ),
    _softmax("x-as-array", {"exp(x - ": "exp(x.data - "}, 1, "history cut", "no gradient"),
    _softmax("rounded", {f"return {_SHARES}": f"return Tensor(np.round({_SHARES}.data, 2))"}, 3),
    _softmax(
        "no-grad", {f"return {_SHARES}": f"with no_grad():\n        return {_SHARES}"}, 1, "", "no gradient"
    ),
    _softmax(
        "by-its-logarithm", {_SHARES: "exp(x) / logsumexp(x, -1, keepdims=True)"}, 3, "another function"
    ),
    _softmax("off-the-powers", {_SHARES: "exp(x) - logsumexp(x, -1, keepdims=True)"}, 3, "another function"),
    _softmax("logarithm-added", {_SHARES: "x + logsumexp(x, -1, keepdims=True)"}, 3, "lost sign"),
    _softmax("sum-alone", {_SHARES: "exp(logsumexp(x, -1, keepdims=True))"}, 3, "another function"),
    *(
        _softmax(
            name,
            {
                f"return {_SHARES}": "e = exp(x - x.data.max(axis=-1, keepdims=True))\n"
                f"    return e / e.sum({settings})"
            },
            3,
            family,
            "a row",
        )
        for name, settings, family in (
            ("sum-not-kept", "axis=-1", "keepdims ignored"),
            ("sum-of-all", "", "summed all axes"),
            ("sum-of-columns", "axis=0", "wrong axis"),
            ("axes-for-axis", "axes=-1, keepdims=True", ""),
        )
    ),
    _softmax("array-back", {_SHARES: f"{_SHARES}.numpy()"}, 3, "array returned"),
    _softmax("not-returned", {f"return {_SHARES}": f"shares = {_SHARES}"}, 3, "nothing returned"),
)

# attention --------------------------------------------------------------------------------------------

_SCORES = "queries @ transpose(keys) / queries.shape[-1] ** 0.5"
_MASK = "    if mask is not None:\n        scores = scores + mask\n"
_ADD = "scores = scores + mask"
_WEIGHTS = "    weights = softmax(scores)\n"
_PAIR = "return weights @ values, weights"


def _attention(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "attention", edits, loses, family, survives=survives)


ATTENTION = (
    _attention("no-root", {" / queries.shape[-1] ** 0.5": ""}, 3, "not scaled", "one number each"),
    _attention("by-d", {"queries.shape[-1] ** 0.5": "queries.shape[-1]"}, 3, "root missing"),
    _attention(
        "times-the-root",
        {" / queries.shape[-1] ** 0.5": " * queries.shape[-1] ** 0.5"},
        3,
        "multiplied for divided",
    ),
    _attention(
        "root-of-the-keys",
        {"queries.shape[-1] ** 0.5": "keys.shape[-2] ** 0.5"},
        4,
        "wrong axis",
    ),
    _attention(
        "root-of-the-length", {"queries.shape[-1] ** 0.5": "len(queries.data) ** 0.5"}, 4, "wrong axis"
    ),
    _attention(
        "root-of-axis-one",
        {"queries.shape[-1] ** 0.5": "queries.shape[1] ** 0.5"},
        2,
        "last two counted from the front",
        "no batch",
    ),
    _attention(
        "weights-divided",
        {
            _SCORES: "queries @ transpose(keys)",
            _WEIGHTS: "    weights = softmax(scores) / queries.shape[-1] ** 0.5\n",
        },
        4,
        "order of operations",
        "one number each",
    ),
    _attention(
        "table-on-its-side",
        {_SCORES: "keys @ transpose(queries) / queries.shape[-1] ** 0.5"},
        4,
        "table transposed",
    ),
    _attention(
        "two-axes-named",
        {"transpose(keys)": "transpose(keys, (1, 0))"},
        2,
        "right for a matrix only",
        "no batch",
    ),
    _attention(
        "every-axis-turned",
        {"transpose(keys)": "transpose(keys, tuple(range(keys.ndim))[::-1])"},
        2,
        "all axes reversed",
        "no batch",
    ),
    _attention("keys-standing", {"transpose(keys)": "keys"}, 5, "transposes or order wrong in matmul"),
    _attention(
        "keys-reshaped",
        {"transpose(keys)": "reshape(keys, keys.shape[:-2] + (keys.shape[-1], keys.shape[-2]))"},
        3,
        "reshape instead of transpose",
        "one number each",
    ),
    _attention(
        "element-by-element",
        {"queries @ transpose(keys)": "queries * keys"},
        5,
        "element-wise product instead",
    ),
    _attention("queries-twice", {"transpose(keys)": "transpose(queries)"}, 4, "wrong input asked"),
    _attention(
        "scores-of-arrays",
        {_SCORES: "Tensor(queries.numpy() @ transpose(keys).numpy() / queries.shape[-1] ** 0.5)"},
        3,
        "history cut",
        "no gradient",
    ),
    _attention("by-two", {"queries.shape[-1] ** 0.5": "2"}, 4, "divided by a fixed number", "d = 4"),
    _attention("by-the-square", {"** 0.5": "** 2"}, 3, "root missing"),
    _attention("half-power", {"** 0.5": "** 1 / 2"}, 4, "order of operations"),
    _attention("half-of-d", {"** 0.5": "* 0.5"}, 4, "order of operations"),
    _attention(
        "root-of-the-values", {"queries.shape[-1] ** 0.5": "values.shape[-1] ** 0.5"}, 4, "wrong axis"
    ),
    _attention(
        "three-axes-named",
        {"transpose(keys)": "transpose(keys, (0, 2, 1))"},
        5,
        "right for one batch axis only",
        "one batch axis",
    ),
    _attention("queries-as-array", {"queries @": "queries.data @"}, 3, "history cut", "no gradient"),
    _attention(
        "keys-as-array",
        {"transpose(keys)": "transpose(Tensor(keys.data))"},
        3,
        "history cut",
        "no gradient",
    ),
    _attention(
        "queries-changed",
        {
            _SCORES: "queries @ transpose(keys)",
            "    scores = q": "    queries.data /= queries.shape[-1] ** 0.5\n    scores = q",
        },
        2,
        "",
        "values only",
    ),
    _attention(
        "no-softmax",
        {_WEIGHTS: "    weights = scores\n"},
        5,
        "input used for output",
    ),
    _attention(
        "sigmoid-for-softmax",
        {_WEIGHTS: "    weights = 1 / (1 + exp(-scores))\n"},
        5,
    ),
    _attention(
        "softmax-of-columns",
        {_WEIGHTS: "    weights = transpose(softmax(transpose(scores)))\n"},
        5,
        "table transposed",
    ),
    _attention(
        "nothing-done",
        {f"    scores = {_SCORES}\n{_MASK}{_WEIGHTS}    {_PAIR}": "    pass"},
        5,
        "nothing returned",
    ),
    _attention("mask-added-to-nothing", {_ADD: "scores + mask"}, 1, "setting ignored", "no mask"),
    _attention(
        "always-masked", {_MASK: "    scores = scores + mask\n"}, 4, "mask taken for granted", "a mask"
    ),
    _attention("masked-without", {"is not None": "is None"}, 5, "question the wrong way round"),
    _attention("mask-compared", {"mask is not None": "mask != None"}, 1, "truth of an array", "no mask"),
    _attention(
        "values-first", {"weights @ values": "values @ weights"}, 2, "transposes or order wrong in matmul"
    ),
    _attention(
        "weights-turned",
        {"weights @ values": "transpose(weights) @ values"},
        2,
        "transposes or order wrong in matmul",
    ),
    _attention(
        "keys-for-values", {"weights @ values": "weights @ keys"}, 2, "own value instead of the other's"
    ),
    _attention("queries-for-values", {"weights @ values": "weights @ queries"}, 2),
    *(
        _attention(name, edits, 1, "history cut", "no gradient")
        for name, edits in (
            ("weights-cut", {"weights @ values": "Tensor(weights.data) @ values"}),
            ("weights-anew", {"= softmax(scores)": "= Tensor(softmax(scores).data)"}),
            ("values-cut", {"weights @ values": "weights @ Tensor(values.data)"}),
        )
    ),
    _attention(
        "weights-as-array-inside", {"weights @ values": "weights.data @ values"}, 1, "history cut", "values"
    ),
    _attention("pair-in-a-dict", {_PAIR: 'return {"answers": weights @ values, "weights": weights}'}, 2),
    _attention(
        "no-grad",
        {f"    scores = {_SCORES}\n": f"    with no_grad():\n        scores = {_SCORES}\n"},
        3,
        "history cut",
        "no gradient",
    ),
    _attention("mask-forgotten", {_MASK: ""}, 1, "setting ignored", "no mask"),
    _attention("mask-multiplied", {_ADD: "scores = scores * mask"}, 1, "multiplied for divided", "no mask"),
    _attention("mask-taken-off", {_ADD: "scores = scores - mask"}, 1, "lost sign", "no mask"),
    _attention("mask-for-scores", {_ADD: "scores = Tensor(mask)"}, 1, "other input missing", "no mask"),
    _attention(
        "mask-on-weights",
        {_MASK: "", _WEIGHTS: f"{_WEIGHTS}    if mask is not None:\n        weights = weights + mask\n"},
        1,
        "mask after softmax",
        "no mask",
    ),
    _attention(
        "mask-times-weights",
        {_MASK: "", _WEIGHTS: f"{_WEIGHTS}    if mask is not None:\n        weights = weights * mask\n"},
        1,
        "mask after softmax",
        "no mask",
    ),
    _attention(
        "mask-divided-too",
        {
            " / queries.shape[-1] ** 0.5": "",
            _WEIGHTS: "    weights = softmax(scores / queries.shape[-1] ** 0.5)\n",
        },
        1,
        "order of operations",
        "no mask",
    ),
    _attention("mask-asked-for-its-truth", {"mask is not None": "mask"}, 1, "truth of an array", "no mask"),
    _attention("weights-first", {_PAIR: "return weights, weights @ values"}, 2, "lists exchanged"),
    _attention("answers-only", {_PAIR: "return weights @ values"}, 2, "one of the pair only"),
    _attention("weights-only", {_PAIR: "return weights"}, 2, "one of the pair only"),
    _attention("scores-for-weights", {"weights @ values": "scores @ values"}, 2, "input used for output"),
    _attention("scores-returned", {_PAIR: "return weights @ values, scores"}, 2, "input used for output"),
    _attention(
        "answers-of-arrays",
        {_PAIR: "return Tensor(weights.numpy() @ values.numpy()), weights"},
        1,
        "history cut",
        "no gradient",
    ),
    _attention("weights-as-array", {_PAIR: "return weights @ values, weights.data"}, 2, "array returned"),
    _attention(
        "softmax-written-out",
        {_WEIGHTS: "    powers = exp(scores)\n    weights = powers / powers.sum(axis=-1, keepdims=True)\n"},
        5,
        "computed again",
    ),
    _attention(
        "all-within-if",
        {
            _MASK + _WEIGHTS: "    if mask is not None:\n        scores = scores + mask\n"
            "        weights = softmax(scores)\n    ",
        },
        4,
        "returned in one case only",
    ),
    _attention("answers-within-if", {_WEIGHTS: "", _ADD: f"{_ADD}\n        weights = softmax(scores)"}, 4),
    _attention(
        "nothing-returned", {"return weights @ values": "pair = weights @ values"}, 2, "nothing returned"
    ),
)

# Head -------------------------------------------------------------------------------------------------

_QUERY = "self.query = Linear(n_in, d, bias=False, rng=rng)"
_KEY = "self.key = Linear(n_in, d, bias=False, rng=rng)"
_VALUE = "self.value = Linear(n_in, n_out, bias=False, rng=rng)"


def _head(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "head", edits, loses, family, survives=survives)


HEAD = (
    _head(
        "with-bias",
        {text: text.replace("bias=False, ", "") for text in (_QUERY, _KEY, _VALUE)},
        1,
        "bias taken for granted",
        "numbers only",
    ),
    _head("key-is-query", {_KEY: "self.key = self.query"}, 2, "one memory for all blocks"),
    _head(
        "same-seed",
        {text: text.replace("rng=rng", "rng=5") for text in (_QUERY, _KEY, _VALUE)},
        1,
        "generator of one's own",
        "numbers only",
    ),
    _head(
        "no-rng",
        {text: text.replace(", rng=rng", "") for text in (_QUERY, _KEY, _VALUE)},
        1,
        "generator of one's own",
        "shapes only",
    ),
    _head("values-of-d", {_VALUE: _VALUE.replace("n_out", "d")}, 2, "size of the other side"),
    _head(
        "all-of-n-out",
        {text: text.replace(" d,", " n_out,") for text in (_QUERY, _KEY)},
        2,
        "size of the other side",
    ),
    _head("other-name", {_KEY: _KEY.replace("key", "keys"), "self.key(x)": "self.keys(x)"}, 2),
    _head(
        "keys-first",
        {"self.query(x), self.key(x)": "self.key(x), self.query(x)"},
        1,
        "arguments exchanged",
    ),
    _head("queries-for-keys", {"self.key(x)": "self.query(x)"}, 1, "wrong input asked"),
    _head(
        "short-names",
        {
            _QUERY: _QUERY.replace("query", "q"),
            _KEY: _KEY.replace("key", "k"),
            _VALUE: _VALUE.replace("value", "v"),
            "self.query(x), self.key(x), self.value(x)": "self.q(x), self.k(x), self.v(x)",
        },
        2,
    ),
    _head(
        "sizes-exchanged",
        {
            _QUERY: _QUERY.replace("n_in, d", "d, n_in"),
            _KEY: _KEY.replace("n_in, d", "d, n_in"),
            _VALUE: _VALUE.replace("n_in, n_out", "n_out, n_in"),
        },
        2,
        "sizes exchanged",
    ),
    _head(
        "values-as-keys",
        {"self.key(x), self.value(x)": "self.value(x), self.key(x)"},
        1,
        "arguments exchanged",
    ),
    _head("keys-for-values", {"self.value(x)": "self.key(x)"}, 1, "wrong input asked"),
    *(
        _head(
            f"{name}-cut",
            {f"self.{name}(x)": f"Tensor(self.{name}(x).data)"},
            1,
            "history cut",
            "values only",
        )
        for name in ("query", "key", "value")
    ),
    _head(
        "no-grad",
        {"        queries, keys, values =": "        with no_grad():\n            queries, keys, values ="},
        1,
        "history cut",
        "values only",
    ),
    _head("mask-not-passed", {", mask)": ")"}, 1, "setting ignored", "no mask"),
    _head("answers-alone", {"values, mask)": "values, mask)[0]"}, 1, "one of the pair only"),
    _head("rows-for-values", {"self.value(x)": "x"}, 1, "input used for output"),
    _head("without-return", {"return attention": "attention"}, 1, "nothing returned"),
)

WRONG = SOFTMAX + ATTENTION + HEAD
