"""Right solutions of lesson 10 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

SEARCH = {
    "the inner module finds its own": """
pairs = []
for name, value in vars(self).items():
    if isinstance(value, (list, tuple)):
        several = [(name + "." + str(i), item) for i, item in enumerate(value)]
    else:
        several = [(name, value)]
    for where, item in several:
        if isinstance(item, Parameter):
            pairs.append((where, item))
        elif isinstance(item, Module):
            for inner, parameter in item.named_parameters():
                pairs.append((where + "." + inner, parameter))
result = []
for name, parameter in pairs:
    if not any(parameter is other for _, other in result):
        result.append((name, parameter))
return result
""",
    "a generator, and the doubles removed at the end": """
def _everything(name, value):
    if isinstance(value, Parameter):
        yield name, value
    elif isinstance(value, Module):
        for key in value.__dict__:
            yield from _everything(f"{name}.{key}", value.__dict__[key])
    elif type(value) in (list, tuple):
        for i in range(len(value)):
            yield from _everything(f"{name}.{i}", value[i])

def named_parameters(self):
    first = {}
    for name, p in _everything("", self):
        first.setdefault(id(p), (name[1:], p))
    return list(first.values())

Module.named_parameters = named_parameters
""",
    "a stack": """
stack, found, seen = [("", self)], [], []
while stack:
    name, value = stack.pop()
    if isinstance(value, Parameter):
        if id(value) not in seen:
            seen.append(id(value))
            found.append((name, value))
        continue
    items = []
    if isinstance(value, Module):
        items = list(vars(value).items())
    elif isinstance(value, list) or isinstance(value, tuple):
        items = list(enumerate(value))
    for key, item in items[::-1]:
        stack.append((f"{name}.{key}" if name else key, item))
return found
""",
    "a generator itself": """
def named_parameters(self):
    seen = set()

    def walk(thing, path):
        if isinstance(thing, Parameter):
            if thing not in seen:
                seen.add(thing)
                yield ".".join(path), thing
            return
        inside = {}
        if isinstance(thing, Module):
            inside = vars(thing)
        if isinstance(thing, (list, tuple)):
            inside = dict(enumerate(thing))
        for key, value in inside.items():
            yield from walk(value, path + [str(key)])

    return walk(self, [])

Module.named_parameters = named_parameters
""",
}

STATE = {
    "loops and a set": (
        """
state = {}
for name, parameter in self.named_parameters():
    state[name] = np.array(parameter.data)
return state
""",
        """
mine = {}
for name, parameter in self.named_parameters():
    mine[name] = parameter
problems = []
for name in sorted(set(mine) | set(state)):
    if name not in state:
        problems.append("missing: " + name)
    elif name not in mine:
        problems.append("unexpected: " + name)
    elif np.shape(state[name]) != mine[name].shape:
        problems.append(f"{name}: {np.shape(state[name])} for {mine[name].shape}")
if len(problems) > 0:
    raise ValueError("does not fit: " + ", ".join(problems))
for name in mine:
    mine[name].data = state[name].copy()
""",
    ),
    "comprehensions": (
        "return dict((n, p.data.copy()) for n, p in self.named_parameters())",
        """
own = dict(self.named_parameters())
missing = [n for n in own if n not in state]
unexpected = [n for n in state if n not in own]
shapes = [(n, own[n].shape, state[n].shape) for n in own if n in state and own[n].shape != state[n].shape]
if missing or unexpected or shapes:
    raise ValueError(f"missing: {missing}; unexpected: {unexpected}; shapes: {shapes}")
for n, p in self.named_parameters():
    np.copyto(p.data, state[n])
""",
    ),
    "a message in a text": (
        "return {n: np.copy(p.data) for (n, p) in list(self.named_parameters())}",
        """
text = ""
names = [name for name, _ in self.named_parameters()]
for name in state:
    if name not in names:
        text += f"There is no Parameter {name}. "
for name, p in self.named_parameters():
    try:
        there = state[name].shape
    except KeyError:
        text += f"No array for {name}. "
    else:
        text += "" if there == p.shape else f"{name} is {p.shape}, the array is {there}. "
if text:
    raise ValueError(text)
for name, p in self.named_parameters():
    p.data = np.array(state[name], dtype=p.dtype)
""",
    ),
}

LINEAR = {
    "if and else": (
        """
w = kaiming_uniform(n_in, n_out, generator)
self.weight = Parameter(w)
if bias:
    self.bias = Parameter(np.zeros((n_out,), dtype="float32"))
else:
    self.bias = None
""",
        """
if self.bias is not None:
    return x @ self.weight + self.bias
return x @ self.weight
""",
    ),
    "None first": (
        """
self.bias = None
if bias is True:
    self.bias = Parameter([0.0] * n_out)
self.weight = Parameter(kaiming_uniform(n_in, n_out, rng=generator))
""",
        """
out = x @ self.weight
if self.bias is None:
    return out
out = out + self.bias
return out
""",
    ),
    "0 for no bias": (
        """
self.weight = Parameter(kaiming_uniform(n_in, n_out, generator, dtype=np.float32))
self.bias = Parameter(np.zeros(n_out), dtype=np.float32) if bias else None
""",
        "return x @ self.weight + (0 if self.bias is None else self.bias)",
    ),
}

SEQUENTIAL = {
    "the tuple itself": (
        "self.layers = modules",
        """
result = x
for i in range(len(self.layers)):
    result = self.layers[i].forward(result)
return result
""",
    ),
    "reduce": (
        "self.layers = [module for module in modules]",
        """
from functools import reduce
return reduce(lambda value, layer: layer(value), self.layers, x)
""",
    ),
    "append": (
        """
self.layers = []
for module in modules:
    self.layers.append(module)
""",
        """
for module in self.layers:
    y = module(x)
    x = y
return x
""",
    ),
}

LOG_SUM_EXP = {
    "shapes from the node": (
        """
m = np.max(x, axis=self.axes, keepdims=True)
s = np.sum(np.exp(x - m), axis=self.axes, keepdims=self.keepdims)
return np.log(s) + m.reshape(s.shape)
""",
        """
x = node._inputs[0]
shape = np.max(x.data, axis=self.axes, keepdims=True).shape
shares = (x - node.reshape(*shape)).exp()
return shares * out_grad.reshape(*shape)
""",
    ),
    "softmax computed again": (
        """
top = x.max(axis=self.axes, keepdims=True)
total = np.exp(x - top).sum(axis=self.axes, keepdims=True)
y = top + np.log(total)
if not self.keepdims:
    y = np.squeeze(y, axis=self.axes)
return y
""",
        """
(x,) = node._inputs
top = x.data.max(axis=self.axes, keepdims=True)
e = exp(x - top)
total = e.sum(axis=self.axes, keepdims=True)
return e / total * out_grad.reshape(total.shape)
""",
    ),
    "the shape by hand": (
        """
largest = np.amax(x, axis=self.axes, keepdims=True)
inner = np.log(np.sum(np.exp(x - largest), axis=self.axes, keepdims=self.keepdims))
return inner + largest.reshape(np.shape(inner))
""",
        """
(x,) = node._inputs
axes = range(x.ndim) if self.axes is None else self.axes
axes = [axes] if isinstance(axes, int) else axes
kept = list(x.shape)
for axis in axes:
    kept[axis] = 1
return exp(x - node.reshape(kept)) * out_grad.reshape(kept)
""",
    ),
    "logaddexp": (
        """
m = x.max(axis=self.axes, keepdims=True)
result = m + np.log(np.exp(x - m).sum(axis=self.axes, keepdims=True))
if self.keepdims:
    return result
return result.reshape(x.sum(axis=self.axes).shape)
""",
        """
x = node._inputs[0]
kept = x.data.sum(axis=self.axes, keepdims=True).shape
g, n = out_grad.reshape(kept), node.reshape(kept)
return g * exp(x - n)
""",
    ),
}

LOSS = {
    "eye": """
for label in labels:
    if not 0 <= label < logits.shape[1]:
        raise ValueError(f"there is no class {label}")
one_hot = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
losses = logsumexp(logits, axes=1) - (one_hot * logits).sum(axis=1)
return losses.sum() / len(labels)
""",
    "by comparison, with kept axes": """
classes = np.arange(logits.shape[-1])
if np.any(labels < 0) or np.any(labels > classes[-1]):
    raise ValueError("label out of range")
mask = (labels[:, None] == classes).astype(logits.dtype)
log_shares = logits - logsumexp(logits, -1, True)
return -(log_shares * mask).sum() / logits.shape[0]
""",
    "a loop": """
mask = np.zeros_like(logits.data)
for row, label in enumerate(labels):
    if label < 0 or label >= logits.shape[1]:
        raise ValueError("no such class: " + str(label))
    mask[row, label] = 1
picked = (logits * Tensor(mask, requires_grad=False)).sum(1)
return (logsumexp(logits, 1) - picked).mean()
""",
    "two means": """
count, classes = logits.shape
if any(k not in range(classes) for k in labels):
    raise ValueError(f"labels go from 0 to {classes - 1}")
mask = np.zeros(logits.shape, dtype=logits.dtype)
mask[range(count), labels] = 1.0
return logsumexp(logits, axes=1).mean() - (logits * mask).sum() / count
""",
}

STYLES = {
    "named_parameters": SEARCH,
    "state_dict": STATE,
    "linear": LINEAR,
    "sequential": SEQUENTIAL,
    "logsumexp": LOG_SUM_EXP,
    "softmax_loss": LOSS,
}
