"""Right solutions of lesson 03 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

CALL = {
    "tuple(map(...))": """
tensors = tuple(map(_ensure_tensor, inputs))
out = Tensor(self.forward(*(t.data for t in tensors)))
out.requires_grad = any(map(lambda t: t.requires_grad, tensors))
if out.requires_grad:
    out._op, out._inputs = self, tensors
return out
""",
    "loops": """
wrapped, arrays, wanted = [], [], False
for value in inputs:
    t = _ensure_tensor(value)
    wrapped.append(t)
    arrays.append(t.data)
    if t.requires_grad:
        wanted = True
result = self.forward(*arrays)
if not wanted:
    return Tensor(result, requires_grad=False)
result = Tensor(result, requires_grad=True)
result._inputs = tuple(wrapped)
result._op = self
return result
""",
    "counting": """
parents = *[_ensure_tensor(i) for i in inputs],
node = Tensor(self.forward(*[p.data for p in parents]))
node.requires_grad = sum([int(p.requires_grad) for p in parents]) > 0
node._op = self if node.requires_grad else None
node._inputs = parents if node.requires_grad else ()
return node
""",
}

ADD = {
    "out_grad * 1": ("import numpy as np\nreturn np.add(a, b)", "return out_grad * 1, out_grad * 1"),
    "copies": (
        "return b + a",
        "return Tensor(out_grad.data), Tensor(out_grad.data, requires_grad=False)",
    ),
    "sum of a list": ("return sum([a, b])", "return tuple(out_grad for _ in node._inputs)"),
}

MUL = {
    "arrays inside": (
        "import numpy as np\nreturn np.multiply(a, b)",
        """
a, b = node._inputs
return Tensor(out_grad.data * b.data), Tensor(out_grad.data * a.data)
""",
    ),
    "kept by forward": (
        "self.a, self.b = a, b\nreturn a * b",
        "return out_grad * self.b, out_grad * self.a",
    ),
    "by index": (
        "result = b * a\nreturn result",
        "return (node._inputs[1] * out_grad, node._inputs[0] * out_grad)",
    ),
}

OPERATORS = {
    "__radd__ = __add__": """
def add(a, b):
    op = Add()
    return op(a, b)

mul = lambda a, b: Mul().__call__(a, b)

class Tensor(Tensor):
    def __add__(self, other):
        return add(self, other)
    __radd__ = __add__
    def __mul__(self, other):
        return mul(self, other)
    __rmul__ = __mul__
""",
    "methods in terms of each other": """
def add(a, b):
    return Add()(_ensure_tensor(a), _ensure_tensor(b))

def mul(a, b):
    return Mul()(*(_ensure_tensor(t) for t in (a, b)))

class Tensor(Tensor):
    __add__ = add
    __mul__ = mul
    def __radd__(self, other):
        return self + other
    def __rmul__(self, other):
        return self * other
""",
}

BY_HAND = {
    "multiplied out": "return 2 * a * b * b + b * c, 2 * a * a * b + a * c, a * b",
    "in a list": """
d = a * b
e = d + c
grads = {"f": 1}
grads["e"] = grads["f"] * d
grads["c"] = grads["e"] * 1
grads["d"] = sum([grads["f"] * e, grads["e"] * 1])
return tuple(grads["d"] * other for other in (b, a)) + (grads["c"],)
""",
}

STYLES = {
    "function_call": CALL,
    "add": ADD,
    "mul": MUL,
    "operators": OPERATORS,
    "by_hand": BY_HAND,
}
