"""Systematic mutants: every small change that mutmut knows, made in every answer of the course.

What a person would get wrong is in ``autograder.selftest.wrong``. A mutant that earns all points is a
survivor: either it computes the same, which ``autograder.selftest.survivors`` says of it, or a check is weak.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path

from autograder.exercises import exercises
from autograder.selftest.corpus import answer_lines, cells
from autograder.selftest.trial import Trial


def mutants(root: Path, lesson: str) -> Iterator[Trial]:
    """A trial for each mutant of a lesson. Raises ImportError where mutmut is not installed."""
    solution = cells(root, "solutions", lesson)
    full = {exercise.cell: exercise.points for exercise in exercises(lesson)}
    for cell in full:
        lines = answer_lines(root, lesson, cell)
        for source in dict.fromkeys(_mutated(solution[cell], lines)):
            change = _change(solution[cell], source)
            yield Trial("mutant", lesson, cell, change, {**solution, cell: source}, full)


def _mutated(source: str, lines: set[int]) -> Iterator[str]:
    """The source with one small change in these lines, again and again with another one."""
    import libcst
    from libcst.metadata import MetadataWrapper
    from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
    from mutmut.mutation.mutators import mutation_operators
    from mutmut.mutation.pragma_handling import IgnoredCode

    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()), lines)
    module = MetadataWrapper(libcst.parse_module(source)).visit(visitor)
    for mutation in visitor.mutations:
        changed = deep_replace(module, mutation.original_node, mutation.mutated_node)
        assert isinstance(changed, libcst.Module)
        if changed.code != source:
            yield changed.code


def _change(before: str, after: str) -> str:
    """The lines that are changed, as in "a + b -> a - b"."""
    lines = list(ndiff(before.splitlines(), after.splitlines()))
    sides = [" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+"]
    return " -> ".join(sides)
