"""Right solutions of lesson 05 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

RESHAPE = {
    "on arrays": (
        "return np.reshape(x, self.shape)",
        "return Tensor(out_grad.data.reshape(node._inputs[0].data.shape))",
    ),
    "by the function": (
        "return x.ravel().reshape(self.shape)",
        "return reshape(out_grad, node._inputs[0].shape)",
    ),
    "by Tensor's method": (
        "flat = x.flatten()\nreturn flat.reshape(self.shape)",
        "[x] = node._inputs\nreturn (out_grad.reshape(x.shape),)",
    ),
    "filled element by element": (
        """
self.before = x.shape
return np.array(list(x.flat), dtype=x.dtype).reshape(self.shape)
""",
        """
grad = np.empty(self.before, dtype=out_grad.dtype)
for place, value in enumerate(out_grad.data.ravel()):
    grad.flat[place] = value
return [Tensor(grad)]
""",
    ),
}

TRANSPOSE = {
    "the inverse by a loop": (
        """
if self.axes is None:
    order = list(range(x.ndim))
    order[-2], order[-1] = order[-1], order[-2]
    return np.transpose(x, order)
return np.transpose(x, self.axes)
""",
        """
if self.axes is None:
    return transpose(out_grad)
inverse = [0] * len(self.axes)
for place, axis in enumerate(self.axes):
    inverse[axis] = place
return transpose(out_grad, tuple(inverse))
""",
    ),
    "np.moveaxis": (
        """
if self.axes is None:
    return np.moveaxis(x, -1, -2)
return np.moveaxis(x, self.axes, range(x.ndim))
""",
        """
grad = out_grad.data
if self.axes is None:
    return Tensor(np.moveaxis(grad, -1, -2))
return Tensor(np.moveaxis(grad, range(grad.ndim), self.axes))
""",
    ),
    "None made a tuple first": (
        """
n = x.ndim
axes = (*range(n - 2), n - 1, n - 2) if self.axes is None else self.axes
self.order = [axis + n if axis < 0 else axis for axis in axes]
return x.transpose(*self.order)
""",
        "return Transpose([self.order.index(axis) for axis in range(len(self.order))])(out_grad)",
    ),
    "sorted with a key": (
        "return x.mT if self.axes is None else x.transpose(self.axes)",
        """
if self.axes is None:
    return out_grad.T
n = len(out_grad.shape)
return out_grad.transpose(sorted(range(n), key=lambda place: self.axes[place] % n))
""",
    ),
    "element by element": (
        """
if self.axes is None:
    return x.swapaxes(-1, -2)
out = np.empty([x.shape[axis] for axis in self.axes], dtype=x.dtype)
for index in np.ndindex(x.shape):
    out[tuple(index[axis] for axis in self.axes)] = x[index]
return out
""",
        """
if self.axes is None:
    return Transpose()(out_grad)
grad = np.empty(node._inputs[0].shape, dtype=out_grad.dtype)
for index in np.ndindex(grad.shape):
    grad[index] = out_grad.data[tuple(index[axis] for axis in self.axes)]
return Tensor(grad)
""",
    ),
}

SUMMATION = {
    "1 for each summed axis": (
        "return np.sum(x, self.axes, keepdims=self.keepdims)",
        """
(x,) = node._inputs
axes = self.axes
if axes is None:
    axes = range(len(x.shape))
elif isinstance(axes, int):
    axes = [axes]
sizes = list(x.shape)
for axis in axes:
    sizes[axis] = 1
return BroadcastTo(x.shape)(Reshape(tuple(sizes))(out_grad))
""",
    ),
    "np.expand_dims": (
        "return x.sum(self.axes, keepdims=self.keepdims)",
        """
(x,) = node._inputs
grad = out_grad.data
if self.axes is not None and not self.keepdims:
    grad = np.expand_dims(grad, self.axes)
return Tensor(np.broadcast_to(grad, x.shape))
""",
    ),
    "times ones": (
        "return np.add.reduce(x, axis=self.axes, keepdims=self.keepdims)",
        """
x = node._inputs[0]
column = Summation(self.axes, keepdims=True)(x).shape
return out_grad.reshape(column) * Tensor(np.ones(x.shape, dtype=x.dtype))
""",
    ),
    "one axis after the other": (
        """
axes = range(x.ndim) if self.axes is None else np.atleast_1d(np.array(self.axes, int)) % max(x.ndim, 1)
self.summed = sorted(int(axis) for axis in axes)
for axis in reversed(self.summed):
    x = x.sum(axis=axis, keepdims=self.keepdims)
return x
""",
        """
x, grad = node._inputs[0], out_grad.data
for axis in self.summed:
    if not self.keepdims:
        grad = np.expand_dims(grad, axis)
    grad = np.repeat(grad, x.shape[axis], axis=axis)
return Tensor(grad)
""",
    ),
}

BROADCAST_TO = {
    "in front, then stretched": (
        "return x + np.zeros(self.shape, dtype=x.dtype)",
        """
(x,) = node._inputs
grad = out_grad.data
while grad.ndim > len(x.shape):
    grad = grad.sum(axis=0)
for axis, size in enumerate(x.shape):
    if size == 1:
        grad = grad.sum(axis=axis, keepdims=True)
return Tensor(grad)
""",
    ),
    "shapes padded with ones": (
        "return np.array(np.broadcast_to(x, self.shape))",
        """
(x,) = node._inputs
padded = (1,) * (len(self.shape) - len(x.shape)) + x.shape
copied = tuple(i for i, (a, b) in enumerate(zip(padded, self.shape)) if a != b)
return reshape(summation(out_grad, copied, keepdims=True), x.shape)
""",
    ),
    "which element each copy is of": (
        "return np.ones(self.shape, dtype=x.dtype) * x",
        """
x = node._inputs[0]
size = int(np.prod(x.shape))
origin = np.broadcast_to(np.arange(size).reshape(x.shape), self.shape)
total = np.bincount(origin.ravel(), weights=out_grad.data.ravel(), minlength=size)
return Tensor(total.reshape(x.shape).astype(out_grad.dtype))
""",
    ),
    "from the right": (
        "return np.broadcast_arrays(x, np.empty(self.shape))[0]",
        """
x, total = node._inputs[0], out_grad
for back in range(1, len(out_grad.shape) + 1):
    if back > len(x.shape) or x.shape[-back] == 1:
        total = total.sum(-back, keepdims=True)
return total.reshape(x.shape)
""",
    ),
}

STYLES = {
    "reshape": RESHAPE,
    "transpose": TRANSPOSE,
    "summation": SUMMATION,
    "broadcast_to": BROADCAST_TO,
}
