"""What is lent where babygrad's own source would ask more of the learner's parts than the lessons do.

babygrad's ``MatMul`` takes vectors, a learner's takes matrices; a learner's ``Function`` has never heard of
``no_grad``; and a learner's Tensor may take NumPy's scalars, as which results without axes come, for
Python's, and make them float32. A learner's Optimizer takes any parameters and any learning rate. Each piece
is source, with the names of the modules in ``HOMES``.
"""

from __future__ import annotations

LENT = {
    "matmul": '''
def matmul(a: Operand, b: Operand) -> Tensor:
    """The matrix product ``a @ b``: a 1-D `a` counts as a row, a 1-D `b` as a column."""
    a = a if isinstance(a, Tensor) else Tensor(a, requires_grad=False)
    b = b if isinstance(b, Tensor) else Tensor(b, requires_grad=False)
    rows = reshape(a, (1, a.size)) if a.ndim == 1 else a
    columns = reshape(b, (b.size, 1)) if b.ndim == 1 else b
    product = MatMul()(rows, columns)
    if rows is a and columns is b:
        return product
    invented = (a.ndim == 1, b.ndim == 1)
    kept = [size for size, new in zip(product.shape[-2:], invented, strict=True) if not new]
    return reshape(product, (*product.shape[:-2], *kept))
''',
    "matmul_operators": '''
class Tensor(Tensor):
    """An array that remembers where it came from, with @."""

    def __matmul__(self, other: Operand) -> Tensor:
        return ops.matmul(self, other)

    def __rmatmul__(self, other: Operand) -> Tensor:
        return ops.matmul(other, self)
''',
    "scalars": '''
class Tensor(Tensor):
    """A Tensor for which a result without axes, which NumPy makes a scalar, is still an array."""

    def __init__(
        self, data: ArrayLike | Tensor, *, dtype: DTypeLike | None = None, requires_grad: bool = True
    ) -> None:
        if isinstance(data, np.generic):
            data = np.asarray(data)
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
''',
    "recording": '''
class Function(Function):
    """A Function that looks at the switch of ``no_grad`` first, as in lesson 09."""

    def __call__(self, *inputs: Operand) -> Tensor:
        """Apply the operation. Within ``no_grad`` the inputs count as constants: nothing is recorded."""
        if not _recording.get():
            inputs = tuple(_wrap(x.data) if isinstance(x, Tensor) else x for x in inputs)
        return super().__call__(*inputs)
''',
    "walk": """
# So that the rules, which are made of Tensor operations, leave no second graph behind.
Tensor.backward = no_grad()(Tensor.backward)
""",
    "gradient_descent": '''
class GradientDescent(Optimizer):
    """``parameter -= lr * gradient``. Raises as ``Optimizer`` does."""

    def step(self) -> None:
        """Change all parameters that have a gradient."""
        for parameter, grad in self._gradients():
            parameter.data -= self.lr * grad
''',
    "optimizer": '''
class Optimizer(Optimizer):
    """An Optimizer that looks at what it is to optimize, and how fast, before the first step."""

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        super().__init__(parameters, lr)
        self.steps = 0
        _check_optimizer(self)
''',
}

HOMES = {
    "matmul": "ops.matmul",
    "matmul_operators": "ops.matmul",
    "scalars": "tensor",
    "recording": "function",
    "walk": "backward",
    "gradient_descent": "optim",
    "optimizer": "optim",
}
"""The module of babygrad whose names each piece uses."""
