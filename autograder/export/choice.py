"""Whose each part is: the learner's where it is right, borrowed where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.export.notebooks import Notebook
from autograder.export.own import DoesNotFit, Taken, taken
from autograder.export.parts import PARTS, Part
from autograder.export.verdicts import Reason

DOES_NOT_FIT = "does not fit into the package"


@dataclass(frozen=True)
class Choice:
    """A part with the cells of the learner's that it comes from; none if it is borrowed.

    reason: why it is borrowed, or why it comes from an earlier lesson than it might.
    """

    part: Part
    source: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    reason: Reason | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is the learner's."""
        return bool(self.source)

    @property
    def is_of_an_earlier_lesson(self) -> bool:
        """Whether a later lesson asks for more."""
        return self.is_own and self.source != self.part.sources[0]


def chosen(notebooks: Mapping[str, Notebook], verdicts: Mapping[str, Reason | None]) -> dict[str, Choice]:
    """The choice for each part, by its label: the first source of which all cells are right, and fit."""
    return {part.label: _choice(part, notebooks, verdicts) for part in PARTS}


def _choice(part: Part, notebooks: Mapping[str, Notebook], verdicts: Mapping[str, Reason | None]) -> Choice:
    first: Reason | None = None
    for source in part.sources:
        wrong = next((reason for cell in source if (reason := verdicts[cell]) is not None), None)
        if wrong is None:
            try:
                return Choice(part, source, tuple(_all_taken(part, source, notebooks)), first)
            except DoesNotFit as error:
                wrong = Reason(DOES_NOT_FIT, str(error))
        first = first or wrong
    return Choice(part, reason=first)


def _all_taken(part: Part, source: tuple[str, ...], notebooks: Mapping[str, Notebook]) -> list[Taken]:
    found, names = [], list(part.names)
    for cell in source:
        lesson, name = cell.split("/")
        if len(source) == 1:
            found.append(taken(notebooks[lesson], name, names))
        else:  # one name each, in the same order
            found.append(taken(notebooks[lesson], name, [names[len(found)]]))
    return found


def borrowed(choice: Choice, words: str, details: str = "") -> Choice:
    """The same part, borrowed after all."""
    return replace(choice, source=(), taken=(), reason=Reason(words, details))
