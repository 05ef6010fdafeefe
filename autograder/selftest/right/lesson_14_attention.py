"""Right solutions of lesson 14 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

SOFTMAX = {
    "the largest taken off by hand": """
largest = x.data.max(axis=-1, keepdims=True)
powers = exp(x - largest)
return powers / powers.sum(axis=-1, keepdims=True)
""",
    "logarithms of shares first": """
log_shares = x - logsumexp(x, -1, True)
return log_shares.exp()
""",
    "the axis put back by reshape": """
axis = len(x.shape) - 1
total = logsumexp(x, axes=axis)
return exp(x - reshape(total, x.shape[:-1] + (1,)))
""",
    "from sums, by the library's own names": """
import mybabygrad as lib
from mybabygrad import summation as total, sub

m = x.data.max(-1, keepdims=True)
return lib.exp(sub(x, lib.log(total(exp(x - m), axes=-1, keepdims=True)) + m))
""",
    "the largest as a constant": """
shift = Tensor(np.max(x.numpy(), axis=-1, keepdims=True), requires_grad=False)
e = exp(x + (-shift))
total = e.sum((-1,), True)
return e * total ** -1
""",
}

ATTENTION = {
    "step by step": """
d = queries.shape[-1]
fits = queries @ transpose(keys)
fits = fits / np.sqrt(d)
if mask is None:
    weights = softmax(fits)
else:
    weights = softmax(fits + mask)
answers = weights @ values
return (answers, weights)
""",
    "the root of a Tensor": """
scores = (queries @ transpose(keys)) / Tensor(float(queries.shape[-1])).sqrt()
if mask is not None:
    scores = scores + mask
weights = softmax(scores)
return weights @ values, weights
""",
    "queries made smaller": """
d = keys.shape[-1]
scores = (queries * d ** -0.5) @ keys.transpose()
if mask is not None:
    scores = scores + Tensor(mask, requires_grad=False)
weights = softmax(scores)
return weights @ values, weights
""",
    "a mask of zero": """
if mask is None:
    mask = 0.0
axes = tuple(range(len(keys.shape)))
lying = transpose(keys, axes[:-2] + (axes[-1], axes[-2]))
weights = softmax((queries @ lying) * (1 / queries.shape[-1] ** 0.5) + mask)
return [weights @ values, weights]
""",
    "the other way round, turned": """
size = float(queries.shape[-1])
scores = transpose(keys @ transpose(queries)) / size ** 0.5
if mask is not None:
    scores = mask + scores
weights = softmax(x=scores)
out = weights @ values
return out, weights
""",
}

HEAD = {
    "names for everything": (
        """
self.query = Linear(n_in, d, False, rng)
self.key = Linear(n_in, d, False, rng)
self.value = Linear(n_in, n_out, False, rng)
""",
        """
q = self.query(x)
k = self.key(x)
v = self.value(x)
answers, weights = attention(q, k, v, mask=mask)
return answers, weights
""",
    ),
    "values first": (
        """
self.value = Linear(n_in=n_in, n_out=n_out, bias=False, rng=rng)
self.query, self.key = [Linear(n_in, d, bias=False, rng=rng) for _ in range(2)]
""",
        """
return attention(
    queries=self.query.forward(x), keys=self.key.forward(x), values=self.value.forward(x), mask=mask
)
""",
    ),
    "a loop over layers": """
class Head(Module):
    def __init__(self, n_in, d, n_out, rng):
        for name, size in {"query": d, "key": d, "value": n_out}.items():
            setattr(self, name, Linear(n_in, size, bias=False, rng=rng))

    def forward(self, x, mask=None):
        made = [layer(x) for layer in (self.query, self.key, self.value)]
        return attention(*made, mask)
""",
}

STYLES = {"softmax": SOFTMAX, "attention": ATTENTION, "head": HEAD}
