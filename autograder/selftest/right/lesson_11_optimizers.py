"""Right solutions of lesson 11 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

INIT = {
    "scaled afterwards": (
        """
deviation = (2 / n_in) ** 0.5
weights = deviation * rng.standard_normal((n_in, n_out))
return weights.astype("float32")
""",
        """
deviation = (2 / (n_in + n_out)) ** 0.5
return np.float32(rng.normal(size=(n_in, n_out)) * deviation)
""",
    ),
    "drawn in float32": (
        """
weights = rng.standard_normal((n_in, n_out), dtype=np.float32)
weights *= np.sqrt(2 / n_in)
return weights
""",
        """
weights = rng.standard_normal((n_in, n_out), dtype=np.float32)
weights /= np.sqrt((n_in + n_out) / 2)
return weights
""",
    ),
    "a helper": """
def drawn(variance, shape, rng):
    return np.array(rng.normal(loc=0.0, scale=np.sqrt(variance), size=shape), dtype=np.float32)

def kaiming_normal(n_in, n_out, rng):
    return drawn(2 / n_in, (n_in, n_out), rng)

def xavier_normal(n_in, n_out, rng):
    return drawn(1 / np.mean([n_in, n_out]), (n_in, n_out), rng)
""",
    "columns first": (
        "return np.ascontiguousarray(rng.normal(0, (2 / n_in) ** 0.5, (n_out, n_in)).T, np.float32)",
        "return rng.normal(0, (2 / (n_in + n_out)) ** 0.5, (n_out, n_in)).T.astype(np.float32)",
    ),
}

DESCENT = {
    "a new array, and continue": (
        """
for p in self.parameters:
    p.grad = None
""",
        """
for p in self.parameters:
    if p.grad is None:
        continue
    p.data = p.data - p.grad * self.lr
""",
    ),
    "by index": (
        """
for i in range(len(self.parameters)):
    self.parameters[i].grad = None
""",
        """
for i in range(len(self.parameters)):
    grad = self.parameters[i].grad
    if grad is not None:
        self.parameters[i].data[...] = self.parameters[i].data - self.lr * grad
""",
    ),
    "NumPy in place, everything returned": """
class Optimizer:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = [*parameters], lr

    def with_gradient(self):
        return [p for p in self.parameters if p.grad is not None]

    def zero_grad(self):
        for p in self.with_gradient():
            p.grad = None
        return self

class GradientDescent(Optimizer):
    def step(self):
        for p in self.with_gradient():
            np.subtract(p.data, self.lr * p.grad, out=p.data)
        return self.parameters
""",
}

SGD = {
    "zip, in place": """
for parameter, velocity in zip(self.parameters, self.velocities):
    if parameter.grad is None:
        continue
    velocity *= self.momentum
    velocity += parameter.grad + self.weight_decay * parameter.data
    parameter.data -= self.lr * velocity
""",
    "the learning rate in the velocity": """
for i, p in enumerate(self.parameters):
    if p.grad is not None:
        pull = self.weight_decay * p.data
        self.velocities[i] = self.momentum * self.velocities[i] - self.lr * (p.grad + pull)
        p.data = p.data + self.velocities[i]
""",
    "a dictionary, made as needed": """
class SGD(Optimizer):
    def __init__(self, parameters, lr, momentum=0, weight_decay=0):
        super().__init__(parameters, lr)
        self.momentum, self.weight_decay, self.kept = momentum, weight_decay, {}

    def step(self):
        for p in self.parameters:
            if p.grad is not None:
                grad = p.grad + self.weight_decay * p.data if self.weight_decay else p.grad
                grad = self.kept[p] = self.momentum * self.kept.get(p, 0) + grad
                p.data -= self.lr * grad
""",
}

ADAM = {
    "in place, with zip": """
self.t = self.t + 1
beta1, beta2 = self.betas
for p, m, v in zip(self.parameters, self.m, self.v):
    if p.grad is None:
        continue
    m[...] = beta1 * m + (1 - beta1) * p.grad
    v[...] = beta2 * v + (1 - beta2) * np.square(p.grad)
    p.data = p.data - self.lr * (m / (1 - beta1 ** self.t)) / (np.sqrt(v / (1 - beta2 ** self.t)) + self.eps)
""",
    "a part of the way to the new one": """
self.t += 1
for i, p in enumerate(self.parameters):
    if p.grad is not None:
        self.m[i] = self.m[i] + (1 - self.betas[0]) * (p.grad - self.m[i])
        self.v[i] = self.v[i] + (1 - self.betas[1]) * (p.grad * p.grad - self.v[i])
        share_m, share_v = (1 - beta**self.t for beta in self.betas)
        size = (self.v[i] / share_v) ** 0.5 + self.eps
        p.data -= self.lr / share_m * self.m[i] / size
""",
    "the correction in the learning rate": """
self.t += 1
b1, b2 = self.betas
root = np.sqrt(1 - b2**self.t)
for i in range(len(self.parameters)):
    p = self.parameters[i]
    if p.grad is not None:
        self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
        self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad**2
        below = np.sqrt(self.v[i]) + self.eps * float(root)
        p.data -= self.lr * float(root) / (1 - b1**self.t) * self.m[i] / below
""",
}

STYLES = {"init": INIT, "descent": DESCENT, "sgd": SGD, "adam": ADAM}
