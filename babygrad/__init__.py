"""babygrad: automatic differentiation in NumPy, small enough to read in one sitting.

Read ``tensor``, ``function``, ``ops`` and ``backward`` in this order; ``gradcheck`` tests them and ``graph``
draws what they build. ``nn``, ``init``, ``optim`` and ``data`` train with them, and are imported by name.
"""

from babygrad.tensor import Tensor  # isort: skip  (Tensor first: the ops need it)
from babygrad.backward import grad, topological_order
from babygrad.function import Function, no_grad
from babygrad.gradcheck import central_difference, gradcheck, numeric_gradient
from babygrad.ops import *  # noqa: F403
from babygrad.ops import __all__ as _ops

__all__ = [
    "Function",
    "Tensor",
    "central_difference",
    "grad",
    "gradcheck",
    "no_grad",
    "numeric_gradient",
    "topological_order",
    *_ops,
]
