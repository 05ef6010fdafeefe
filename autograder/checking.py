"""``check``: the one thing that a check cell calls."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from autograder.exercise import Case, Exercise
from autograder.exercises import UnknownExercise, find
from autograder.judge import Answers, Seen, cases_of, judge
from autograder.observation import run
from autograder.report import Report

_SEED = 1
"""In the notebook the inputs are always the same, so that a message stays until its cause is gone."""

_answers: dict[str, Answers] = {}
"""What is right and what is known to be wrong, by exercise: a check is often run again."""


class CheckError(Exception):
    """An error shown without the checker's own lines: IPython prints what this method returns."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")


def check(name: str, *parts: Any) -> Report:
    """Check your answer to the exercise `name`, and say part by part what is right.

    parts: what the exercise asks you to define, in the order that its check cell shows.
    Returns a Report, which JupyterLab shows; its plain form is the number of points. Raises CheckError for a
    name that does not exist (and lists those that do) or a wrong number of parts.
    """
    try:
        exercise = find(str(name))
    except UnknownExercise as error:
        raise CheckError(f"check: {error}") from None
    if len(parts) != len(exercise.reference):
        wanted = ", ".join(exercise.reference)
        raise CheckError(
            f'check: write check("{name}", {wanted}); it got {len(parts)} things after the name.'
        )
    own = dict(zip(exercise.reference, parts, strict=True))
    for part, reference in exercise.reference.items():
        if isinstance(reference, type) and not isinstance(own[part], type):
            raise CheckError(
                f"check: `{part}` should be the class itself, without (); "
                f"it is an object of class {type(own[part]).__name__}."
            )
    try:
        report = _report(exercise, own)
    except KeyboardInterrupt:
        raise CheckError(
            "check: interrupted while your code was running. Is there a loop that nothing stops?"
        ) from None
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and not report.right:
        raise CheckError(report.text())  # JupyterLab's Validate button shows errors and nothing else
    if not _in_jupyter():
        print(report.text())
    return report


def observations(
    exercise: Exercise, own: dict[str, Any], cases: Sequence[Sequence[Case]]
) -> list[list[Seen]]:
    """What the probes of an exercise see in the learner's `own` parts, part by part, case by case."""
    namespace = exercise.namespace(**own)
    return [
        [run(part.probe, namespace, case.inputs) for case in part_cases]
        for part, part_cases in zip(exercise.parts, cases, strict=True)
    ]


def _report(exercise: Exercise, own: dict[str, Any]) -> Report:
    from autograder.own_library import own_library_is_babygrad  # loads babygrad

    cases = cases_of(exercise, _SEED)  # new ones: code may change what it is given
    answers = _answers.get(exercise.name)
    if answers is None or answers.exercise is not exercise:
        answers = _answers[exercise.name] = Answers(exercise, cases_of(exercise, _SEED))
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), own_library_is_babygrad(own.values()):
        seen = observations(exercise, own, cases)
    verdicts = tuple(judge(exercise, cases, seen, answers))
    lines = printed.getvalue().splitlines()
    notes = (f"While it was checked, your code printed: {lines[0][:200]}",) if lines else ()
    return Report(exercise.name, verdicts, notes)


def _in_jupyter() -> bool:
    """Whether a front end will show the report's HTML."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"
