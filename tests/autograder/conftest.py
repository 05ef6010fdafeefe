"""Fixtures: a notebook graded in this process, and one class graded by stock nbgrader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from autograder import trusted
from autograder.exercises import exercises
from autograder.report import Report

from .lessons import grade_in_this_process
from .stock import GradedClass, grade_the_class

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
    """A class that stock nbgrader released to, graded, and wrote feedback for."""
    return grade_the_class(tmp_path_factory.mktemp("course"))
