"""What an exercise is: names the learner defines, probes that look at them, mistakes that are known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.observation import Probe


@dataclass(frozen=True)
class Case:
    """One set of inputs for a probe, and how a message speaks of it: "With a = 3 and b = 4"."""

    text: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Some of an exercise's points: they are earned when the probe sees in every case what it should.

    cases: draws the cases from a random generator, smallest first. Labels of what the probe returns are
    written to fit the sentence "<label> should be …, and yours is …".
    reading: makes of what was seen, and the inputs, what is compared. Here, and not in the probe, stands what
    compares with an answer that is the same each time: the learner's process does not know it.
    """

    label: str
    points: float
    probe: Probe
    cases: Callable[[np.random.Generator], list[Case]]
    reading: Callable[..., Iterator[tuple[str, Any]]] | None = None

    @cached_property
    def place(self) -> tuple[str, str]:
        """The module of the probe and its name in there, such as "MUL.backward". Raises LookupError."""
        holder = getattr(self.probe, "__self__", self.probe)
        for module in [m for name, m in sys.modules.items() if name.startswith("autograder.probes.")]:
            for name, thing in vars(module).items():
                if thing is holder:
                    method = "" if holder is self.probe else f".{self.probe.__name__}"
                    return module.__name__, name + method
        raise LookupError(f"the probe of the part {self.label!r} has no name in autograder.probes")


@dataclass(frozen=True)
class Mistake:
    """A known wrong way to write some parts. A learner's answers that equal its answers get its message."""

    family: str
    message: str
    wrong: Mapping[str, Any]


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson.

    name: "03_function/Mul", as in ``check(name, …)``. cell: the id of its cell in the notebook.
    reference: the names that the learner defines, in the order in which ``check`` takes them, each with what
    it should have been. withheld, needed: the parts of babygrad that the learner's process must not have when
    this is graded, and those without which it cannot be; named as ``autograder.withheld`` says.
    """

    name: str
    cell: str
    reference: Mapping[str, Any]
    parts: tuple[Part, ...]
    mistakes: tuple[Mistake, ...] = ()
    withheld: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """What all parts together are worth."""
        return sum(part.points for part in self.parts)

    def namespace(self, **own: Any) -> SimpleNamespace:
        """The parts for a probe: the reference's, with `own` in the place of some."""
        return SimpleNamespace(**{**self.reference, **own})
