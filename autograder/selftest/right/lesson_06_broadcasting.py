"""Right solutions of lesson 06 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

PREDICT = {
    "error in words, sizes in lists": """
predictions = {"a": [4, 3], "b": "error", "c": [4, 3], "d": "Error", "e": [2, 3, 4], "f": [5, 5]}
return list(predictions.values())
""",
    "a tuple of tuples": """
a, c = (4, 3), (4, 3)
return a, None, c, None, (2, 3, 4), (5, 5)
""",
    "NumPy asked": """
answers = []
for x, y in [((4, 3), 3), ((4, 3), 4), ((4, 1), 3), ((6, 3), (2, 3)), ((2, 1, 4), (3, 1)), ((5, 1), 5)]:
    try:
        answers.append(np.add(np.ones(x), np.ones(y)).shape)
    except ValueError:
        answers.append(None)
return answers
""",
}

UNBROADCAST = {
    "a loop in front, a loop behind": """
while len(grad.shape) > len(shape):
    grad = grad.sum(axis=0)
for axis, size in enumerate(shape):
    if size == 1:
        grad = grad.sum(axis=axis, keepdims=True)
return grad
""",
    "only where sizes differ": """
while grad.ndim > len(shape):
    grad = summation(grad, 0)
for axis in range(len(shape)):
    if grad.shape[axis] != shape[axis]:
        grad = summation(grad, axis, keepdims=True)
return grad
""",
    "NumPy, with padded shapes": """
padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
axes = tuple(i for i, (have, want) in enumerate(zip(grad.shape, padded)) if want == 1)
return Tensor(grad.data.sum(axis=axes, keepdims=True).reshape(shape))
""",
    "nothing to do, nothing done": """
if grad.shape == shape:
    return grad
axes = [i for i in range(-grad.ndim, 0) if -i > len(shape) or shape[i] == 1]
return reshape(summation(grad, tuple(axes)), shape)
""",
    "reshape where nothing was copied": """
if grad.size == np.prod(shape, dtype=int):
    return reshape(grad, shape)
axes = [axis for axis in range(grad.ndim) if ((1,) * (grad.ndim - len(shape)) + shape)[axis] == 1]
return reshape(summation(grad, tuple(axes)), shape)
""",
    "recursion": """
if len(grad.shape) > len(shape):
    return unbroadcast(summation(grad, 0), shape)
for axis, (have, want) in enumerate(zip(grad.shape, shape)):
    if have != want:
        return unbroadcast(summation(grad, axis, True), shape)
return grad
""",
    "a sum over no axes as well": """
new = len(grad.shape) - len(shape)
stretched = [new + axis for axis, size in enumerate(shape) if size == 1]
total = summation(grad, (*range(new), *stretched))
return reshape(total, shape)
""",
    "every element to its place": """
result = np.zeros(shape, grad.dtype)
for index in np.ndindex(grad.shape):
    own = index[len(index) - len(shape):]
    result[tuple(0 if size == 1 else i for i, size in zip(own, shape))] += grad.data[index]
return Tensor(result, dtype=grad.dtype)
""",
}

ADD_SUB_MUL = {
    "by index": (
        "return tuple(unbroadcast(out_grad, t.shape) for t in node._inputs)",
        """
x, y = node._inputs
return [unbroadcast(out_grad, x.data.shape), -unbroadcast(out_grad, y.data.shape)]
""",
        """
x, y = node._inputs
grads = y * out_grad, x * out_grad
return tuple(unbroadcast(grad, t.shape) for grad, t in zip(grads, node._inputs))
""",
    ),
    "only what is wanted": (
        """
a, b = node._inputs
for_a = unbroadcast(out_grad, a.shape) if a.requires_grad else None
for_b = unbroadcast(out_grad, b.shape) if b.requires_grad else None
return for_a, for_b
""",
        """
a, b = node._inputs
for_a = unbroadcast(out_grad, a.shape) if a.requires_grad else None
for_b = unbroadcast(out_grad * -1, b.shape) if b.requires_grad else None
return for_a, for_b
""",
        """
a, b = node._inputs
for_a = unbroadcast(out_grad * b, a.shape) if a.requires_grad else None
for_b = unbroadcast(out_grad * a, b.shape) if b.requires_grad else None
return for_a, for_b
""",
    ),
    "a helper": """
def led_back(node, *grads):
    return tuple(unbroadcast(grad, t.shape) for grad, t in zip(grads, node._inputs))

class Add(Function):
    def forward(self, a, b):
        return a + b
    def backward(self, out_grad, node):
        return led_back(node, out_grad, out_grad)

class Sub(Function):
    def forward(self, a, b):
        return a - b
    def backward(self, out_grad, node):
        return led_back(node, out_grad, -out_grad)

class Mul(Function):
    def forward(self, a, b):
        return a * b
    def backward(self, out_grad, node):
        a, b = node._inputs
        return led_back(node, Tensor(out_grad.data * b.data), Tensor(out_grad.data * a.data))
""",
}

DIV_POW = {
    "the value of the quotient": (
        """
a, b = node._inputs
share = out_grad / b
return unbroadcast(share, a.shape), unbroadcast(-share * node, b.shape)
""",
        """
a, b = base, exponent
for_a = unbroadcast(a**lowered * b * out_grad, a.shape)
for_b = unbroadcast(log(a) * a**b * out_grad, b.shape) if b.requires_grad else None
return for_a, for_b
""",
    ),
    "powers of the divisor": (
        """
a, b = node._inputs
grads = [out_grad * b**-1, out_grad * a * b**-2 * -1]
return tuple(unbroadcast(grad, t.shape) for grad, t in zip(grads, (a, b)))
""",
        """
a, b = node._inputs
grads = [None, None]
if a.requires_grad:
    grads[0] = unbroadcast(out_grad * (b * a**lowered), a.shape)
if b.requires_grad:
    grads[1] = unbroadcast(Tensor(out_grad.data * node.data * np.log(a.data)), b.shape)
return grads
""",
    ),
}

STYLES = {
    "predict_shapes": PREDICT,
    "unbroadcast": UNBROADCAST,
    "add_sub_mul": ADD_SUB_MUL,
    "div_pow": DIV_POW,
}
