"""Lesson 05: the probes."""

from __future__ import annotations

import warnings
from contextlib import suppress

from autograder.probes.operation import Operation
from autograder.surroundings import those_of_babygrad


class OneOfTwo(Operation):
    """An operation whose objects may not know of each other: before one goes back, another goes forward."""

    def _one_step_back(self, own, arrays, *rest, **case):
        (x,) = arrays
        another = x.T if x.ndim > 1 else x[None]

        def one(*settings):
            op = own(*settings)
            rule = op.backward

            def backward(out_grad, node):
                with suppress(Exception), warnings.catch_warnings(action="ignore"):
                    own(*settings).forward(another.copy())
                return rule(out_grad, node)

            op.backward = backward
            return op

        return super()._one_step_back(one, arrays, *rest, **case)


# A rule may be made of the lesson's other operations; while one is checked, all of these are babygrad's.
_AROUND = those_of_babygrad(
    *("Reshape", "Transpose", "Summation", "BroadcastTo"),
    *("reshape", "transpose", "summation", "broadcast_to"),
)

RESHAPE, TRANSPOSE, SUMMATION, BROADCAST_TO = (
    OneOfTwo(name, ("x",), around=_AROUND) for name in ("Reshape", "Transpose", "Summation", "BroadcastTo")
)
