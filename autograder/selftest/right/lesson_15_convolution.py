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
    "two loops and a list": (
        """
slices = []
for down in range(self.size):
    for right in range(self.size):
        bottom = images.shape[1] - self.size + 1 + down
        end = images.shape[2] - self.size + 1 + right
        slices.append(images[:, down:bottom, right:end])
return np.stack(slices, axis=-1)
""",
        """
x = node._inputs[0]
grad = np.zeros(x.shape, x.data.dtype)
number = 0
for down in range(self.size):
    for right in range(self.size):
        part = out_grad.data[..., number]
        grad[:, down:down + part.shape[1], right:right + part.shape[2]] += part
        number += 1
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
grad = np.zeros_like(x.data).reshape(-1)
np.add.at(grad, places, out_grad.data)
return (Tensor(grad.reshape(x.shape)),)
""",
    ),
    "strides, and counts with weights": (
        """
k = self.size
n, height, width = images.shape
shape = (n, height - k + 1, width - k + 1, k, k)
image, row, column = images.strides
views = np.lib.stride_tricks.as_strided(images, shape, (image, row, column, row, column))
return views.reshape(shape[:3] + (k * k,))
""",
        """
x = node._inputs[0].data
places = self.forward(np.arange(x.size).reshape(x.shape))
sums = np.bincount(places.ravel(), out_grad.data.ravel(), minlength=x.size)
return Tensor(sums.reshape(x.shape).astype(x.dtype))
""",
    ),
    "places by index arrays": (
        """
k = self.size
rows = np.arange(images.shape[1] - k + 1)[:, None, None] + np.arange(k * k) // k
columns = np.arange(images.shape[2] - k + 1)[None, :, None] + np.arange(k * k) % k
return images[:, rows, columns]
""",
        """
k = self.size
x = node._inputs[0]
rows = np.arange(x.shape[1] - k + 1)[:, None, None] + np.arange(k * k) // k
columns = np.arange(x.shape[2] - k + 1)[None, :, None] + np.arange(k * k) % k
grad = np.zeros_like(x.data)
np.add.at(grad, (slice(None), rows, columns), out_grad.data)
return Tensor(grad)
""",
    ),
    "padded, and windows again": (
        """
self.shape = images.shape
k = self.size
ends = [(images.shape[1] - k + 1 + i, images.shape[2] - k + 1 + j) for i in range(k) for j in range(k)]
return np.stack([images[:, i // k:down, i % k:right] for i, (down, right) in enumerate(ends)], -1)
""",
        """
k, g = self.size, out_grad.data
down, right = g.shape[1], g.shape[2]
total = 0
for i in range(k):
    for j in range(k):
        around = ((0, 0), (i, k - 1 - i), (j, k - 1 - j))
        total = total + np.pad(g[..., i * k + j], around)
return Tensor(total)
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
    "step by step": """
unfold = Unfold(size)
windows = unfold(images)
out = windows @ kernels
out = out + bias.reshape((1, 1, 1, -1))
return out
""",
    "a layer": """
layer = Linear(size * size, bias.shape[0], rng=3)
layer.weight, layer.bias = kernels, bias
return layer(Unfold(size)(images))
""",
    "products added up": """
windows = Unfold(size)(images)
single = windows.reshape(windows.shape + (1,)) * kernels
return single.sum(axis=-2) + bias
""",
}

STYLES = {"unfold": UNFOLD, "conv": CONV}
