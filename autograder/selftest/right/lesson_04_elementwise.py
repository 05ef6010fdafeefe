"""Right solutions of lesson 04 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

NEGATE = {
    "times -1": ("return x * -1", "return out_grad * -1"),
    "0 minus": ("return np.subtract(0, x)", "return (0 - out_grad,)"),
    "arrays inside": ("return np.negative(x)", "return Tensor(-out_grad.data, requires_grad=False)"),
}

SUB = {
    "plus the negative": ("return a + -b", "return out_grad, -1 * out_grad"),
    "in a list": (
        "return np.subtract(a, b)",
        "first = out_grad\nsecond = Negate()(out_grad)\nreturn [first, second]",
    ),
}

DIV = {
    "with the quotient": (
        "return a / b",
        """
divisor = node._inputs[1]
for_a = out_grad / divisor
return for_a, -(for_a * node)
""",
    ),
    "powers": (
        "return np.true_divide(a, b)",
        """
a, b = node._inputs
return out_grad * b ** -1, out_grad * (-a) * b ** -2
""",
    ),
    "arrays inside, in a loop": (
        """
out = np.empty_like(a)
for i in np.ndindex(a.shape):
    out[i] = a[i] / b[i]
return out
""",
        """
a, b, g = (t.data for t in (*node._inputs, out_grad))
return [Tensor(g / b), Tensor(-g * a / b ** 2)]
""",
    ),
}

LOG = {
    "times the reciprocal": ("return np.log(x)", "return out_grad * (1 / node._inputs[0])"),
    "power -1": (
        "import math\nreturn (np.log2(x) * math.log(2)).astype(x.dtype)",
        "x = node._inputs[0]\nreturn out_grad * x ** -1",
    ),
    "from the output": ("return np.log(x)", "return out_grad * (-node).exp()"),
}

EXP = {
    "computed again": ("return np.e ** x", "(x,) = node._inputs\nreturn out_grad * x.exp()"),
    "arrays inside": ("return np.exp(x)", "return Tensor(out_grad.data * node.data, requires_grad=False),"),
}

SQRT = {
    "times a half": "return out_grad * 0.5 / node",
    "from the input": "(x,) = node._inputs\nreturn out_grad * (0.5 * x ** -0.5)",
    "with the root of the input": "import babygrad\nreturn out_grad / (babygrad.sqrt(node._inputs[0]) * 2)",
}

RELU = {
    "np.where": (
        "return np.where(x > 0, x, 0)",
        "x = node._inputs[0].data\nreturn Tensor(np.where(x > 0, out_grad.data, 0))",
    ),
    "a copy with zeros": (
        "out = x.copy()\nout[out < 0] = 0\nreturn out",
        """
grad = out_grad.numpy()
grad[node._inputs[0].data <= 0] = 0
return Tensor(grad)
""",
    ),
    "from the output": (
        "return x.clip(0)",
        "return out_grad * Tensor((node.data > 0).astype(node.dtype), requires_grad=False)",
    ),
    "np.sign and np.heaviside": (
        "return np.fmax(x, 0)",
        "(x,) = node._inputs\nreturn out_grad * np.heaviside(x.data, 0).astype(x.dtype)",
    ),
}

ABS = {
    "two comparisons": """
x = node._inputs[0].data
slope = (x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)
return out_grad * Tensor(slope, requires_grad=False)
""",
    "np.where twice": """
(x,) = node._inputs
g = out_grad.data
return Tensor(np.where(x.data > 0, g, np.where(x.data < 0, -g, 0 * g)))
""",
    "three cases": """
(x,) = node._inputs
grad = np.zeros_like(x.data)
grad[x.data > 0] = out_grad.data[x.data > 0]
grad[x.data < 0] = -out_grad.data[x.data < 0]
return Tensor(grad)
""",
}

SIGMOID = {
    "two masks": (
        """
out = np.empty_like(x)
positive = x >= 0
out[positive] = 1 / (1 + np.exp(-x[positive]))
powers = np.exp(x[~positive])
out[~positive] = powers / (1 + powers)
return out
""",
        "return out_grad * node * (1 - node)",
    ),
    "tanh": ("return 0.5 * (1 + np.tanh(0.5 * x))", "return out_grad * (node - node * node)"),
    "logaddexp": (
        "return np.exp(-np.logaddexp(0, -x)).astype(x.dtype)",
        "s = node.data\nreturn Tensor(out_grad.data * s * (1 - s))",
    ),
    "np.where with safe exponents": (
        """
left, right = np.minimum(x, 0), np.maximum(x, 0)
return np.where(x < 0, np.exp(left) / (1 + np.exp(left)), 1 / (1 + np.exp(-right)))
""",
        "return out_grad * (-(node - 0.5) ** 2 + 0.25)",
    ),
    "element by element": (
        """
import math
def one(number):
    if number >= 0:
        return 1 / (1 + math.exp(-number))
    return math.exp(number) / (1 + math.exp(number))
return np.array([one(float(number)) for number in x.ravel()], dtype=x.dtype).reshape(x.shape)
""",
        "left_over = 1 - node\nreturn out_grad * left_over * node",
    ),
}

TANH = {
    "power": "return out_grad * (1 - node ** 2)",
    "two factors": "return out_grad * (1 + node) * (1 - node)",
    "multiplied out": "return out_grad - out_grad * node * node",
    "by the sigmoid": "(x,) = node._inputs\ns = Sigmoid()(2 * x)\nreturn out_grad * 4 * s * (1 - s)",
}

POW = {
    "np.where for the exponent": (
        "return np.power(a, b)",
        """
a, b = node._inputs
lowered = Tensor(np.where(b.data == 0, 0, b.data - 1), dtype=b.dtype, requires_grad=False)
first = out_grad * b * a ** lowered
if not b.requires_grad:
    return first, None
return first, out_grad * node * a.log()
""",
    ),
    "only what is wanted": (
        "return a ** b",
        """
a, b = node._inputs
grads = [None, None]
if a.requires_grad:
    safe = b + Tensor((b.data == 0).astype(b.dtype), requires_grad=False)
    grads[0] = out_grad * (b * a ** (safe - 1))
if b.requires_grad:
    grads[1] = Log()(a) * node * out_grad
return tuple(grads)
""",
    ),
    "arrays inside": (
        "return np.float_power(a, b).astype(a.dtype)",
        """
a, b, g = node._inputs[0].data, node._inputs[1].data, out_grad.data
slope = np.zeros_like(a)
some = b != 0
slope[some] = b[some] * a[some] ** (b[some] - 1)
if node._inputs[1].requires_grad:
    return Tensor(g * slope), Tensor(g * node.data * np.log(a))
return Tensor(g * slope), None
""",
    ),
    "the base replaced where the exponent is 0": (
        "return a ** b",
        """
a, b = node._inputs
base = a + Tensor((a.data == 0) & (b.data == 0), dtype=a.dtype, requires_grad=False)
return (
    out_grad * b * base ** (b - 1),
    out_grad * node * Log()(a) if b.requires_grad else out_grad * 0,
)
""",
    ),
}

OPERATORS = {
    "in terms of each other": """
class Tensor(Tensor):
    def __neg__(self):
        return 0 - self
    def __sub__(self, other):
        return self + Negate()(other)
    def __rsub__(self, other):
        return Sub()(other, self)
    def __truediv__(self, other):
        op = Div()
        return op(self, other)
    def __rtruediv__(self, other):
        return other * self ** -1
    def __pow__(self, other):
        return Pow()(self, other)
    def __rpow__(self, other):
        return Pow()(other, self)
""",
    "lambdas": """
class Tensor(Tensor):
    __neg__ = lambda self: Negate()(self)
    __sub__ = lambda self, other: Sub()(self, other)
    __rsub__ = lambda self, other: Negate()(Sub()(self, other))
    __truediv__ = lambda self, other: Div()(self, other)
    __rtruediv__ = lambda self, other: Div()(other, self)
    __pow__ = lambda self, other: Pow()(self, other)
    __rpow__ = lambda self, other: Pow()(other, self)
""",
    "wrapped as constants": """
import babygrad.tensor

class Tensor(Tensor):
    def _pair(self, other):
        return self, babygrad.tensor._ensure_tensor(other)
    def __neg__(self):
        return Negate()(self)
    def __sub__(self, other):
        return Sub()(*self._pair(other))
    def __rsub__(self, other):
        return Sub()(*self._pair(other)[::-1])
    def __truediv__(self, other):
        return Div()(*self._pair(other))
    def __rtruediv__(self, other):
        return Div()(*self._pair(other)[::-1])
    def __pow__(self, other):
        return Pow()(*self._pair(other))
    def __rpow__(self, other):
        return Pow()(*self._pair(other)[::-1])
""",
}

TABLE = {
    "a dict": """
return {
    "Negate": "neither",
    "Log": "input",
    "Exp": "output",
    "Sqrt": "output",
    "ReLU": "either",
    "Abs": "input",
    "Sigmoid": "output",
    "Tanh": "output",
}
""",
    "with one more": """
needs = dict.fromkeys(["Exp", "Sqrt", "Sigmoid", "Tanh"], "output")
needs.update(Square="input", Log="input", Abs="Input", Negate="neither", ReLU="either")
return needs
""",
}

STYLES = {
    "negate": NEGATE,
    "sub": SUB,
    "div": DIV,
    "log": LOG,
    "exp": EXP,
    "sqrt": SQRT,
    "relu": RELU,
    "abs": ABS,
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "pow": POW,
    "operators": OPERATORS,
    "table": TABLE,
}
