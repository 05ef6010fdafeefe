"""Right solutions of lesson 02 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

CENTRAL = {
    "a new tuple for each side": """
higher = x[:i] + (x[i] + eps,) + x[i + 1 :]
lower = x[:i] + (x[i] - eps,) + x[i + 1 :]
return (f(*higher) - f(*lower)) / eps / 2
""",
    "an array of floats and a direction": """
middle = np.array(x, dtype=np.float64)
step = np.zeros(len(x))
step[i] = eps
return f(*(middle + step)) / (2 * eps) - f(*(middle - step)) / (2 * eps)
""",
    "one list, nudged and taken back": """
numbers = list(x)
middle = numbers[i]
values = []
for sign in (+1, -1):
    numbers[i] = middle + sign * eps
    values.append(f(*numbers))
return (values[0] - values[1]) * 0.5 / eps
""",
    "a function of the one number": """
def central_difference(f, *x, i=0, eps=1e-6):
    def along(value):
        return f(*[value if place == i else other for place, other in enumerate(x)])
    left, right = x[i] - eps, x[i] + eps
    return np.float64((along(right) - along(left)) / (eps + eps))
""",
    "the mean of both sides": """
up = [number + (place == i) * eps for place, number in enumerate(x)]
down = [number - (place == i) * eps for place, number in enumerate(x)]
here = f(*x)
return ((f(*up) - here) / eps + (here - f(*down)) / eps) / 2
""",
}

CHOOSE = {
    "in a dictionary": "return {np.float32: 1e-2, np.float64: 1e-6}[dtype]",
    "worked out from the last digit": """
last_digit = 8 * np.finfo(dtype).eps
return last_digit ** (1 / 3)
""",
    "by name": 'return 2e-5 if np.dtype(dtype).name == "float64" else np.float32(0.001)',
    "ten times as large": "return {np.float32: np.float32(0.1), np.float64: 1e-4}[dtype]",
    "rounded further away": "return 3e-6 if dtype is np.float64 else 0.02",
}

NUMERIC = {
    "with central_difference": """
arrays = [np.array(x, dtype=np.float64) for x in xs]
gradients = []
for x in arrays:
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        middle = float(x[index])
        def along(value):
            x[index] = value
            return np.sum(v * f(*arrays))
        gradient[index] = central_difference(along, middle, eps=eps)
        x[index] = middle
    gradients.append(gradient)
return gradients
""",
    "a direction for each element": """
gradients = ()
for k, x in enumerate(xs):
    x = np.asarray(x, dtype=float)
    slopes = []
    for place in range(x.size):
        step = np.zeros(x.size)
        step[place] = eps
        step = step.reshape(x.shape)
        y = [f(*[np.asarray(a, float) + s * step if j == k else np.asarray(a, float)
                 for j, a in enumerate(xs)]) for s in (1, -1)]
        slopes.append((v * (y[0] - y[1])).sum() / (2 * eps))
    gradients += (np.array(slopes, dtype=float).reshape(x.shape),)
return gradients
""",
    "flat views": """
import copy
xs = [np.asarray(x).astype("float64", order="C") for x in xs]
out = [np.zeros_like(x) for x in xs]
for x, g in zip(xs, out):
    flat, slopes = x.reshape(-1), g.reshape(-1)
    for n in range(flat.size):
        kept = flat[n].copy()
        flat[n] += eps
        up = np.array(f(*xs))
        flat[n] -= 2 * eps
        down = np.array(f(*xs))
        flat[n] = kept
        slopes[n] = np.sum(v * up - v * down) / 2 / eps
return out
""",
    "the weighted sum as a function": """
def numeric_gradient(f, xs, v, eps=1e-6):
    def loss(arrays):
        return float(np.vdot(v, f(*arrays)))
    def nudged(k, index, step):
        arrays = [np.array(x, dtype=np.float64) for x in xs]
        arrays[k][index] += step
        return arrays
    return [
        np.array([(loss(nudged(k, n, eps)) - loss(nudged(k, n, -eps))) / (2 * eps)
                  for n in np.ndindex(np.shape(x))], dtype=np.float64).reshape(np.shape(x))
        for k, x in enumerate(xs)
    ]
""",
}

STYLES = {
    "central_difference": CENTRAL,
    "choose_eps": CHOOSE,
    "numeric_gradient": NUMERIC,
}
