"""Right solutions of lesson 09 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

GRADCHECK = {
    "element by element": """
mine = []
for x in xs:
    mine.append(Tensor(x, dtype=np.float64))
out = f(*mine)
rng = np.random.RandomState(3)
v = rng.randn(*out.shape) if out.shape else np.array(-1.25)
out.backward(Tensor(v))
on_arrays = lambda *arrays: f(*[Tensor(a) for a in arrays]).data
nudged = numeric_gradient(on_arrays, [t.data for t in mine], v)
for i in range(len(mine)):
    grad = mine[i].grad
    for index in np.ndindex(mine[i].shape):
        one, other = (0.0 if grad is None else grad[index]), nudged[i][index]
        if not abs(one - other) <= 1e-7 + 1e-5 * abs(other):
            raise AssertionError("input %d, index %s: %r from backward, %r by nudging"
                                 % (i, index, float(one), float(other)))
return True
""",
    "isclose and assert": """
ts = tuple(Tensor(np.array(getattr(x, "data", x) if isinstance(x, Tensor) else x, float)) for x in xs)
y = f(*ts)
v = np.random.default_rng(7).uniform(0.5, 2, y.shape) * np.random.default_rng(8).choice([-1, 1], y.shape)
y.backward(v)
right = numeric_gradient(lambda *a: f(*(Tensor(b) for b in a)).numpy(), [t.numpy() for t in ts], v, eps=1e-5)
for n, (t, r) in enumerate(zip(ts, right)):
    g = t.grad if t.grad is not None else np.zeros(t.shape)
    bad = np.argwhere(~np.isclose(g, r, rtol=1e-5, atol=1e-7))
    assert len(bad) == 0, f"x{n} argument {n}: g{tuple(bad[0])} = {g[tuple(bad[0])]}, not {r[tuple(bad[0])]}"
return True
""",
    "a sum of its own, and all faults at once": """
tensors = [Tensor(x, dtype="float64") for x in xs]
out = f(*tensors)
weights = np.random.default_rng(42).standard_normal(out.shape)
loss = (out * Tensor(weights)).sum()
if loss.requires_grad:
    loss.backward()
nudged = numeric_gradient(lambda *a: f(*map(Tensor, a)).data, [t.data for t in tensors], weights)
faults = []
for place, (t, n) in enumerate(zip(tensors, nudged)):
    b = np.zeros_like(n) if t.grad is None else t.grad
    for index in np.argwhere(np.logical_not(np.abs(b - n) <= 1e-7 + 1e-5 * np.abs(n))).tolist():
        faults.append(f"input {place} at {index}: {b[tuple(index)]:.4f} / {n[tuple(index)]:.4f}")
if faults:
    raise AssertionError("; ".join(faults))
return not faults
""",
    "central differences written out": """
tensors = [Tensor(x, dtype=np.float64) for x in xs]
out = f(*tensors)
v = np.random.default_rng(1).normal(size=out.shape)
out.backward(v)
for place, t in enumerate(tensors):
    for index in np.ndindex(t.shape):
        sums = []
        for eps in (1e-5, -1e-5):
            nudged = [Tensor(u) for u in tensors]
            nudged[place].data[index] += eps
            sums.append((v * f(*nudged).data).sum())
        slope = (sums[0] - sums[1]) / 2e-5
        ours = 0.0 if t.grad is None else float(t.grad[index])
        if np.isnan(ours) or abs(ours - slope) > 1e-7 + 1e-5 * abs(slope):
            raise AssertionError(f"input {place}, index {index}: backward {ours}, nudging {slope}")
return True
""",
}

HUNT = {
    "class names, capitals, lists": """
return {1: ["Tanh", "J"], 2: ["Add", "A"], 3: ["backward", "I"], 4: ["power", "E"],
        5: ["Transpose", "D"], 6: ["ReLU", "C"], 7: ["backward", "G"], 8: ["MatMul", "K"]}
""",
    "zipped": """
names = "tanh add backward pow transpose relu backward matmul".split()
return dict(enumerate(zip(names, "jaiedcgk"), start=1))
""",
}

ORDER = {
    "a path of iterators": """
order, entered, path = [], {root}, [(root, iter(root._inputs))]
while path:
    node, rest = path[-1]
    for tensor in rest:
        if tensor not in entered:
            entered.add(tensor)
            path.append((tensor, iter(tensor._inputs)))
            break
    else:
        order.append(path.pop()[0])
return order
""",
    "counting users, root first, then turned round": """
users, waiting = {id(root): 0}, [root]
while waiting:
    for tensor in waiting.pop()._inputs:
        if id(tensor) not in users:
            users[id(tensor)] = 0
            waiting.append(tensor)
        users[id(tensor)] += 1
order, ready = [], [root]
while ready:
    node = ready.pop()
    order.append(node)
    for tensor in node._inputs:
        users[id(tensor)] -= 1
        if users[id(tensor)] == 0:
            ready.append(tensor)
return order[::-1]
""",
    "peeking": """
order, done, stack = [], set(), [root]
while stack:
    node = stack[-1]
    open_ = [t for t in node._inputs if id(t) not in done]
    if open_:
        stack.extend(open_)
        continue
    stack.pop()
    if id(node) not in done:
        done.add(id(node))
        order.append(node)
return order
""",
}

NO_GRAD = {
    "contextlib": """
from contextlib import contextmanager

@contextmanager
def no_grad():
    before, Recording.on = Recording.on, False
    try:
        yield
    finally:
        Recording.on = before
""",
    "a stack of old values": (
        """
if not hasattr(self, "stack"):
    self.stack = []
self.stack.append(Recording.on)
Recording.on = False
return self
""",
        """
Recording.on = self.stack.pop()
return False
""",
    ),
    "setattr, in __init__": """
class no_grad:
    def __init__(self):
        self.before = None
    def __enter__(self):
        self.before = getattr(Recording, "on")
        setattr(Recording, "on", False)
    def __exit__(self, *error):
        setattr(Recording, "on", self.before)
""",
}

GRAD = {
    "recursion from x": """
def grad(y, x):
    order = topological_order(y)
    users = [(node, i) for node in order for i, t in enumerate(node._inputs) if node.requires_grad]
    answers = {}
    def of(tensor):
        if tensor is y:
            return Tensor(np.ones(y.shape, dtype=y.dtype), requires_grad=False)
        total = 0
        for node, i in users:
            if node._inputs[i] is tensor:
                if id(node) not in answers:
                    sent = node._op.backward(of(node), node)
                    answers[id(node)] = sent if isinstance(sent, tuple) else (sent,)
                total = total + answers[id(node)][i]
        return total
    return of(x)
""",
    "lists of what arrived": """
arrived = {id(y): [Tensor(np.ones_like(y.data), requires_grad=False)]}
for node in topological_order(y)[::-1]:
    got = arrived.get(id(node), [])
    if not got:
        continue
    total = sum(got[1:], got[0])
    if node is x:
        return total
    if node._op is None:
        continue
    sent = node._op.backward(total, node)
    for tensor, g in zip(node._inputs, sent if type(sent) is tuple else [sent]):
        if g is not None and tensor.requires_grad:
            arrived.setdefault(id(tensor), []).append(g)
""",
}

STYLES = {
    "gradcheck": GRADCHECK,
    "bug_hunt": HUNT,
    "deep_order": ORDER,
    "no_grad": NO_GRAD,
    "second_derivative": GRAD,
}
