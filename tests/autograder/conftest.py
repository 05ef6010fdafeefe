"""Fixtures: a notebook graded in this process, and one class graded by stock nbgrader."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from autograder import trusted
from autograder.exercises import exercises
from autograder.report import Report

from .lessons import grade_in_this_process
from .stock import GradedClass, class_in, grade_the_class

# The same examples on every run and on every machine.
settings.register_profile(
    "autograder",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("autograder")

Grade = Callable[..., dict[str, Report]]


@pytest.fixture(autouse=True)
def nbgrader_runs_nothing() -> None:
    """After an error, nbgrader leaves in the environment that it is grading: in a test it is not."""
    for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        os.environ.pop(name, None)


@pytest.fixture
def grade() -> Grade:
    """Grade a lesson's notebook, in children of the warm process."""

    def grade(lesson: str, cells: dict[str, str], **limits: Any) -> dict[str, Report]:
        return trusted.reports(exercises(lesson), cells.items(), **limits)

    return grade


@pytest.fixture
def grade_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Grade:
    """Grade a lesson's notebook in this process, where cells can take known mistakes from the exercises."""

    def grade(lesson: str, cells: dict[str, str], **limits: Any) -> dict[str, Report]:
        return grade_in_this_process(lesson, cells, tmp_path, monkeypatch, **limits)

    return grade


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """A class that stock nbgrader released to, graded, and wrote feedback for.

    Where several processes test at a time, the first that asks has it graded, and the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    course = shared / "graded-class"
    try:
        course.mkdir()
    except FileExistsError:
        return class_in(course, patience=300)
    return grade_the_class(course)
