"""Right solutions of lesson 08 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

ORDER = {
    "a helper that gets list and set": """
def _visit(tensor, order, seen):
    if id(tensor) in seen:
        return
    seen.add(id(tensor))
    for i in range(len(tensor._inputs)):
        _visit(tensor._inputs[i], order, seen)
    order.append(tensor)

def topological_order(root):
    order = []
    _visit(root, order, set())
    return order
""",
    "a stack of open and closed": """
order, done, stack = [], set(), [(root, False)]
while stack:
    tensor, ready = stack.pop()
    if tensor in done:
        continue
    if ready:
        done.add(tensor)
        order.append(tensor)
    else:
        stack.append((tensor, True))
        stack.extend((source, False) for source in tensor._inputs)
return order
""",
    "counting users (Kahn)": """
users, waiting = {root: 0}, [root]
while waiting:
    for source in waiting.pop()._inputs:
        if source not in users:
            users[source] = 0
            waiting.append(source)
        users[source] += 1
order, free = [], [root]
while free:
    tensor = free.pop(0)
    order.append(tensor)
    for source in tensor._inputs:
        users[source] -= 1
        if users[source] == 0:
            free.append(source)
return order[::-1]
""",
    "a dict as an ordered set, inputs from the right": """
def topological_order(root):
    done = {}
    def visit(t):
        for source in reversed(t._inputs):
            if source not in done:
                visit(source)
        done[t] = True
    visit(root)
    return tuple(done)
""",
    "again and again until nothing is left": """
everything, new = [root], [root]
while new:
    found = []
    for tensor in new:
        for source in tensor._inputs:
            if not any(source is t for t in everything) and not any(source is t for t in found):
                found.append(source)
    everything += found
    new = found
order, known = [], set()
while len(order) < len(everything):
    for tensor in everything:
        if id(tensor) not in known and all(id(source) in known for source in tensor._inputs):
            order.append(tensor)
            known.add(id(tensor))
return order
""",
    "a list and the operator in": """
def topological_order(root):
    order = []

    def visit(tensor):
        if tensor in order:
            return
        [visit(source) for source in tensor._inputs]
        order.append(tensor)

    visit(root)
    return order
""",
    "calling itself, the list handed on": """
def topological_order(root, order=None):
    order = [] if order is None else order
    for source in root._inputs:
        if source not in order:
            topological_order(source, order)
    order.append(root)
    return order
""",
}

BACKWARD = {
    "the ledger by id, .grad on the way": """
if not self.requires_grad:
    raise RuntimeError("no gradient wanted here")
if grad is None:
    grad = np.ones(self.shape, dtype=self.dtype)
grad = grad if isinstance(grad, Tensor) else Tensor(grad, dtype=self.dtype, requires_grad=False)
if grad.data.shape != self.data.shape:
    raise ValueError("shapes differ")
ledger = {id(self): grad}
for node in topological_order(self)[::-1]:
    out_grad = ledger.get(id(node))
    if out_grad is None:
        continue
    if node.grad is None:
        node.grad = np.zeros_like(node.data)
    node.grad = node.grad + out_grad.data.astype(node.dtype)
    if node._op:
        input_grads = node._op.backward(out_grad, node)
        if isinstance(input_grads, Tensor):
            input_grads = [input_grads]
        for i, parent in enumerate(node._inputs):
            if not parent.requires_grad:
                continue
            if id(parent) in ledger:
                ledger[id(parent)] = input_grads[i] + ledger[id(parent)]
            else:
                ledger[id(parent)] = input_grads[i]
""",
    "lists of reports, summed when the turn comes": """
if self.requires_grad is False:
    raise RuntimeError(f"{self!r} requires no gradient")
data = np.ones_like(self.data) if grad is None else np.array(getattr(grad, "data", grad), dtype=self.dtype)
if isinstance(grad, np.ndarray):
    data = grad.astype(self.dtype)
if np.shape(data) != self.shape:
    raise ValueError(f"{np.shape(data)} is not {self.shape}")
reports = {t: [] for t in topological_order(self)}
reports[self].append(data)
for t in list(reports)[::-1]:
    if not t.requires_grad:
        continue
    total = np.sum(reports[t], axis=0)
    if t._op is not None:
        answer = t._op.backward(Tensor(total, requires_grad=False), t)
        answer = answer if isinstance(answer, (tuple, list)) else [answer]
        for source, g in zip(t._inputs, answer):
            if g is not None:
                reports[source].append(g.data)
    t.grad = np.array(total if t.grad is None else total + t.grad, dtype=t.dtype)
""",
    "two helpers and a default of zero": """
def _start(t, grad):
    if grad is None:
        return Tensor(np.full(t.shape, 1.0), dtype=t.dtype, requires_grad=False)
    start = Tensor(grad, dtype=t.dtype, requires_grad=False)
    if start.shape == t.shape:
        return start
    raise ValueError(f"grad: {start.shape}, wanted: {t.shape}")

def _as_tuple(answer):
    return answer if type(answer) is tuple else (answer,)

def backward(self, grad=None):
    if not self.requires_grad:
        raise RuntimeError("this is a constant")
    ledger = {self: _start(self, grad)}
    order = topological_order(self)
    while order:
        node = order.pop()
        if node.requires_grad:
            arrived = ledger.pop(node)
            before = 0 if node.grad is None else node.grad
            node.grad = np.asarray(before + arrived.data.copy(), dtype=node.dtype)
            if node._op is not None:
                for t, g in zip(node._inputs, _as_tuple(node._op.backward(arrived, node))):
                    if t.requires_grad:
                        zero = Tensor(np.zeros_like(t.data), requires_grad=False)
                        ledger[t] = ledger.get(t, zero) + g

Tensor.backward = backward
""",
}

STYLES = {"topological_order": ORDER, "backward": BACKWARD}
