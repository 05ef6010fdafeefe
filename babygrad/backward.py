"""The backward pass: from the output to everything it was made from.

The walk knows no operation. It visits each tensor once, after all that use it, and keeps a ledger: what has
been found so far of each gradient. When a tensor's turn comes its entry is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from babygrad.function import no_grad
from babygrad.tensor import Tensor, _wrap


def topological_order(*roots: Tensor) -> list[Tensor]:
    """All tensors that the roots were made from, the roots too, each once and after all of its inputs.

    Depth first, in the order of the inputs; iterative, so that depth has no limit. Linear in the number of
    tensors and inputs.
    """
    order: list[Tensor] = []
    path: list[Tensor] = []
    entered: set[Tensor] = set()
    stack: list[Tensor | None] = list(roots[::-1])
    while stack:
        node = stack.pop()
        if node is None:  # the inputs of the last tensor on the path are all in the order
            order.append(path.pop())
        elif node not in entered:
            entered.add(node)
            if node._inputs:
                path.append(node)
                stack.append(None)
                stack.extend(node._inputs[::-1])
            else:
                order.append(node)
    return order


def walk(seeds: Sequence[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield each tensor that needs a gradient with its whole gradient, the outputs first.

    seeds: pairs of an output and its upstream gradient. Raises TypeError or ValueError where an operation
    returns something that is not a gradient for each of its inputs.
    """
    ledger: dict[Tensor, Tensor] = {}
    for output, seed in seeds:
        ledger[output] = ledger[output] + seed if output in ledger else seed
    for node in reversed(topological_order(*[output for output, _ in seeds])):
        out_grad = ledger.pop(node, None)
        if out_grad is None:
            continue
        yield node, out_grad
        if node._op is None:
            continue
        grads = node._op.backward(out_grad, node)
        if not isinstance(grads, tuple):
            grads = (grads,)
        if len(grads) != len(node._inputs):
            raise _miscounted(node, len(grads))
        for tensor, grad in zip(node._inputs, grads):  # noqa: B905  (just counted)
            if tensor.requires_grad:
                grad = _fitting(grad, tensor, node)
                ledger[tensor] = ledger[tensor] + grad if tensor in ledger else grad


def accumulate(root: Tensor, grad: ArrayLike | Tensor | None) -> None:
    """Add the gradients of ``sum(grad * root)`` to ``.grad`` of root and of all it was made from."""
    with no_grad():
        for node, found in walk([(root, _seed(root, grad))]):
            if node.grad is not None:
                node.grad = np.asarray(node.grad + found.data)  # NumPy turns 0-d sums into scalars
            elif node._op is None:
                # A leaf's gradient is the caller's to change, and a rule may keep the array it has returned.
                node.grad = found.data.copy()
            else:
                node.grad = found.data


@overload
def grad(
    outputs: Tensor | Sequence[Tensor], inputs: Tensor, grad: Any = None, create_graph: bool = False
) -> Tensor: ...
@overload
def grad(
    outputs: Tensor | Sequence[Tensor], inputs: Sequence[Tensor], grad: Any = None, create_graph: bool = False
) -> tuple[Tensor, ...]: ...
def grad(outputs, inputs, grad=None, create_graph=False):
    """The gradients of the sum of `outputs` with respect to `inputs`, as Tensors; ``.grad`` is not touched.

    outputs, inputs: a Tensor or a sequence of them. grad: an upstream gradient with the output's shape, for
    a sequence of outputs a sequence of them; None means ones. create_graph: record the walk, so that the
    results can be differentiated again.
    Returns a Tensor for a single input, else a tuple. An input that the outputs do not depend on gets zeros.
    Raises RuntimeError where an output or an input requires no gradient, ValueError where a shape is wrong.
    """
    single = isinstance(outputs, Tensor)
    outputs = [outputs] if single else list(outputs)
    seeds = [grad] if single else [None] * len(outputs) if grad is None else list(grad)
    targets = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    for kind, tensors in (("output", outputs), ("input", targets)):
        for position, tensor in enumerate(tensors):
            if not tensor.requires_grad:
                raise RuntimeError(f"grad: {kind} {position} does not require gradients.")
    found = {tensor: _wrap(np.zeros_like(tensor.data)) for tensor in targets}
    with nullcontext() if create_graph else no_grad():
        for node, out_grad in walk([(o, _seed(o, g)) for o, g in zip(outputs, seeds, strict=True)]):
            if node in found:
                found[node] = out_grad if create_graph else out_grad.detach()
    results = tuple(found[tensor] for tensor in targets)
    return results[0] if isinstance(inputs, Tensor) else results


def _seed(root: Tensor, grad: ArrayLike | Tensor | None) -> Tensor:
    """The gradient that the walk starts with."""
    if grad is None:
        return _wrap(np.ones_like(root.data))
    seed = grad if isinstance(grad, Tensor) else Tensor(grad, dtype=root.dtype, requires_grad=False)
    if seed.shape != root.shape:
        raise ValueError(f"grad has shape {seed.shape}; it must have the tensor's own shape, {root.shape}.")
    return seed if seed.dtype == root.dtype else seed.astype(root.dtype)


def _miscounted(node: Tensor, count: int) -> TypeError:
    return TypeError(
        f"{type(node._op).__name__}.backward must return one gradient for each of its {len(node._inputs)} "
        f"inputs, in input order; it returned {count}."
    )


def _fitting(grad: Tensor, tensor: Tensor, node: Tensor) -> Tensor:
    """A gradient checked to be a Tensor of the right shape, in the dtype of its tensor."""
    if not isinstance(grad, Tensor):
        raise TypeError(
            f"{type(node._op).__name__}.backward must return Tensors; it returned {type(grad).__name__}."
        )
    data, like = grad.data, tensor.data
    if data.shape != like.shape:
        raise ValueError(
            f"{type(node._op).__name__}.backward returned a gradient of shape {data.shape} for an input of "
            f"shape {like.shape}; a gradient has the shape of its tensor."
        )
    return grad if data.dtype == like.dtype else grad.astype(like.dtype)
