"""Right solutions of lesson 07 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

PLAIN = {
    "arrays, and np.dot": (
        "return np.dot(a, b)",
        """
a, b = (t.data for t in node._inputs)
return Tensor(np.dot(out_grad.data, b.T)), Tensor(np.dot(a.T, out_grad.data))
""",
    ),
    "einsum": (
        "return np.einsum('ik,kj->ij', a, b)",
        """
left, right = node._inputs
for_left = np.einsum('ij,kj->ik', out_grad.data, right.data)
for_right = np.einsum('ij,ik->kj', out_grad.data, left.data)
return [Tensor(for_left), Tensor(for_right)]
""",
    ),
    "turned products": (
        "return (b.T @ a.T).T",
        """
a, b = node._inputs
return (b @ out_grad.T).T, (out_grad.T @ a).T
""",
    ),
    "loops that collect in the dtype of the inputs": (
        """
c = np.zeros((a.shape[0], b.shape[1]), a.dtype)
for i in range(a.shape[0]):
    for j in range(b.shape[1]):
        c[i, j] = sum(a[i] * b[:, j])
return c
""",
        """
a, b = (t.data for t in node._inputs)
g = out_grad.data
for_a, for_b = np.zeros_like(a), np.zeros_like(b)
for i in range(a.shape[0]):
    for k in range(a.shape[1]):
        for_a[i, k] = sum(g[i] * b[k])
for k in range(b.shape[0]):
    for j in range(b.shape[1]):
        for_b[k, j] = (a[:, k] * g[:, j]).sum()
return Tensor(for_a), Tensor(for_b)
""",
    ),
    "sum of broadcast products": (
        "return (a[:, :, None] * b[None]).sum(axis=1)",
        """
a, b = node._inputs
n, p, m = *a.shape, b.shape[1]
g = reshape(out_grad, (n, 1, m))
return (g * reshape(b, (1, p, m))).sum(2), (g * reshape(a, (n, p, 1))).sum(0)
""",
    ),
    "only what is wanted": (
        "return np.matmul(a, b)",
        """
a, b = node._inputs
a_grad = b_grad = None
if a.requires_grad:
    a_grad = out_grad @ b.transpose(1, 0)
if b.requires_grad:
    b_grad = a.T @ out_grad
return a_grad, b_grad
""",
    ),
}

BATCH = {
    "arrays, and sums of its own": (
        "return np.matmul(a, b)",
        """
a, b = (t.data for t in node._inputs)

def add_up(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return Tensor(grad)

g = out_grad.data
return add_up(g @ np.swapaxes(b, -1, -2), a.shape), add_up(np.swapaxes(a, -1, -2) @ g, b.shape)
""",
    ),
    "einsum": (
        "return np.einsum('...ik,...kj->...ij', a, b)",
        """
a, b = node._inputs
for_a = np.einsum('...ij,...kj->...ik', out_grad.data, b.data)
for_b = np.einsum('...ij,...ik->...kj', out_grad.data, a.data)
return unbroadcast(Tensor(for_a), a.shape), unbroadcast(Tensor(for_b), b.shape)
""",
    ),
    "broadcast first": (
        "return a @ b",
        """
a, b = node._inputs
batch = out_grad.shape[:-2]
whole_a = a.broadcast_to(*batch, *a.shape[-2:])
whole_b = b.broadcast_to(*batch, *b.shape[-2:])
grads = [out_grad @ whole_b.T, whole_a.T @ out_grad]
return tuple(unbroadcast(grad, t.shape) for grad, t in zip(grads, (a, b)))
""",
    ),
    "turned products": (
        "return (b.swapaxes(-2, -1) @ a.swapaxes(-2, -1)).swapaxes(-2, -1)",
        """
a, b = node._inputs
a_grad, b_grad = (b @ out_grad.T).T, (out_grad.T @ a).T
if a_grad.shape != a.shape:
    a_grad = unbroadcast(a_grad, a.shape)
if b_grad.shape != b.shape:
    b_grad = unbroadcast(b_grad, b.shape)
return [a_grad, b_grad]
""",
    ),
    "the rule of 7.1": (
        "return MatMul2D.forward(self, a, b)",
        """
grads = MatMul2D.backward(self, out_grad, node)
return tuple(unbroadcast(grad, t.shape) for grad, t in zip(grads, node._inputs))
""",
    ),
    "a helper, and only what is wanted": """
class MatMul(Function):
    def forward(self, a, b):
        return a.__matmul__(b)

    def side(self, left, right, like):
        return unbroadcast(left @ right, like.shape) if like.requires_grad else None

    def backward(self, out_grad, node):
        a, b = node._inputs
        return self.side(out_grad, transpose(b), a), self.side(transpose(a), out_grad, b)
""",
}

VECTORS = {
    "recursion and sums": """
def matmul(a, b):
    a, b = _ensure_tensor(a), _ensure_tensor(b)
    if a.ndim == 1:
        c = matmul(a.reshape(1, a.size), b)
        return c.sum(-1 if b.ndim == 1 else -2)
    if b.ndim == 1:
        return matmul(a, b.reshape(b.size, 1)).sum(-1)
    return MatMul()(a, b)
""",
    "a list of sizes": """
a_is_row, b_is_column = a.ndim == 1, b.ndim == 1
if a_is_row:
    a = a.reshape(1, -1)
if b_is_column:
    b = b.reshape(-1, 1)
c = MatMul()(a, b)
shape = list(c.shape)
if b_is_column:
    del shape[-1]
    if a_is_row:
        del shape[-1]
elif a_is_row:
    del shape[-2]
return c.reshape(tuple(shape))
""",
    "the shape that NumPy says": """
shape = (a.data @ b.data).shape
if a.ndim == 1:
    a = reshape(a, (1,) + a.shape)
if b.ndim == 1:
    b = reshape(b, b.shape + (1,))
return reshape(MatMul()(a, b), shape)
""",
    "an operation of its own": """
def matmul(a, b):
    return VectorMatMul()(_ensure_tensor(a), _ensure_tensor(b))

class VectorMatMul(Function):
    def forward(self, a, b):
        return a @ b

    def backward(self, out_grad, node):
        a, b = node._inputs
        g = out_grad
        if b.ndim == 1:
            g = reshape(g, (*g.shape, 1))
        if a.ndim == 1:
            g = reshape(g, (*g.shape[:-1], 1, g.shape[-1]))
        rows = reshape(a, (1, a.size)) if a.ndim == 1 else a
        columns = reshape(b, (b.size, 1)) if b.ndim == 1 else b
        for_a = unbroadcast(g @ transpose(columns), rows.shape)
        for_b = unbroadcast(transpose(rows) @ g, columns.shape)
        return reshape(for_a, a.shape), reshape(for_b, b.shape)
""",
}

OPERATOR = {
    "the functions themselves": """
class Tensor(Tensor):
    __matmul__ = matmul

    def __rmatmul__(self, other):
        return matmul(other, self)
""",
    "wrapped first": (
        "return matmul(self, _ensure_tensor(other))",
        "return matmul(_ensure_tensor(other), self)",
    ),
    "the other way, with a constant": (
        "return matmul(self, other)",
        "return Tensor(other, requires_grad=False) @ self",
    ),
    "turned": (
        "product = matmul(self, other)\nreturn product",
        "return _ensure_tensor(other).__matmul__(self)",
    ),
}

STYLES = {"matmul_2d": PLAIN, "matmul": BATCH, "vectors": VECTORS, "operator": OPERATOR}
