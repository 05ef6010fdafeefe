"""Right solutions of lesson 01 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

INIT = {
    "asarray and copy": """
if isinstance(data, Tensor):
    data = data.data
if dtype is None:
    dtype = getattr(data, "dtype", np.dtype(int))
    dtype = dtype if dtype.kind == 'f' else 'float32'
self.data = np.asarray(data, dtype=dtype).copy()
self._inputs, self._op, self.grad, self.requires_grad = (), None, None, requires_grad
""",
    "one case after the other": """
self.grad = self._op = None
self._inputs = tuple()
self.requires_grad = bool(requires_grad)
if dtype is not None:
    self.data = np.array(data.data if type(data).__name__ == "Tensor" else data, dtype)
elif isinstance(data, Tensor):
    self.data = data.data.copy()
elif isinstance(data, np.ndarray) and data.dtype in (np.float32, np.float64):
    self.data = np.array(data)
else:
    self.data = np.array(data).astype("float32")
""",
    "by its type": """
source = data.data if isinstance(data, Tensor) else data
own = source.dtype if isinstance(source, np.ndarray) else None
if own is None or not issubclass(own.type, np.floating):
    own = np.dtype("f4")
self.data = np.array(source, dtype or own, copy=True)
self.grad = None
self.requires_grad = requires_grad
self._op = None
self._inputs = ()
""",
}

METHODS = {
    "np.array, and the history taken away": (
        "return np.dtype(self.data.dtype)",
        "return np.array(self.data)",
        """
new = Tensor(0.0)
new.data, new.requires_grad = self.data, False
return new
""",
        """
text = "Tensor(" + str(self.data.tolist())
if self.requires_grad is False:
    text += ", requires_grad=False"
return text + ")"
""",
    ),
    "without the constructor": (
        "return self.numpy().dtype",
        "return self.data.astype(self.data.dtype)",
        """
box = self.__class__.__new__(self.__class__)
box.data = self.data[...]
box.grad = box._op = None
box._inputs, box.requires_grad = (), False
return box
""",
        """
if self.requires_grad:
    return "Tensor({})".format(self.data)
else:
    return "Tensor(%s, requires_grad=False)" % (self.data,)
""",
    ),
    "copy": (
        "d = self.data\nreturn d.dtype",
        "return np.copy(self.data)",
        """
import copy
twin = copy.copy(self)
twin.requires_grad = False
twin._op = None
twin._inputs = ()
twin.grad = None
return twin
""",
        'return repr(self.data).replace("array(", "Tensor(").rstrip(")") '
        '+ (")" if self.requires_grad else ", requires_grad=False)")',
    ),
}

ENSURE = {
    "one line": ("return value if isinstance(value, Tensor) else Tensor(value, requires_grad=False)",),
    "afterwards": (
        """
if not isinstance(value, Tensor):
    value = Tensor(value)
    value.requires_grad = False
return value
""",
    ),
}

STYLES = {
    "tensor_init": INIT,
    "tensor_methods": METHODS,
    "ensure_tensor": ENSURE,
}
