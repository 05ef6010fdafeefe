"""Right solutions of lesson 15 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

UNFOLD = {
    "windows one by one": (
        """
k = self.size
n, height, width = images.shape
out = np.zeros((n, height - k + 1, width - k + 1, k * k), images.dtype)
for i in range(height - k + 1):
    for j in range(width - k + 1):
        out[:, i, j] = images[:, i:i + k, j:j + k].reshape(n, -1)
return out
""",
        """
k, g = self.size, out_grad.data
grad = np.zeros(node._inputs[0].shape, g.dtype)
for i in range(g.shape[1]):
    for j in range(g.shape[2]):
        grad[:, i:i + k, j:j + k] += g[:, i, j].reshape(-1, k, k)
return Tensor(grad)
""",
    ),
    "views, and add.at": (
        """
views = np.lib.stride_tricks.sliding_window_view(images, (self.size, self.size), axis=(1, 2))
return views.reshape(views.shape[:3] + (-1,))
""",
        """
x = node._inputs[0]
places = self.forward(np.arange(x.data.size).reshape(x.shape))
grad = np.zeros(x.data.size)
np.add.at(grad, places, out_grad.data)
return (Tensor(grad.reshape(x.shape)),)
""",
    ),
}

CONV = {
    "in one line": "return Unfold(size)(images) @ kernels + bias",
    "bias first": """
product = Unfold(size)(images) @ kernels
return bias + product
""",
    "rows": """
windows = Unfold(size)(images)
n, h, w, k = windows.shape
rows = windows.reshape((n * h * w, k)) @ kernels + bias
return rows.reshape((n, h, w, bias.shape[0]))
""",
}

STYLES = {"unfold": UNFOLD, "conv": CONV}
