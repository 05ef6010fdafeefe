"""What the course's nbgrader_config.py asks for, with what the command line says instead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from nbgrader.converters.autograde import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import CheckCellMetadata, SaveAutoGrades
from traitlets.config import Application, Config
from traitlets.utils.importstring import import_item


class GradingError(Exception):
    """Grading cannot begin or go on; says why and what to do."""


@dataclass(frozen=True)
class Settings:
    """root: the course's folder. timeout: seconds for each cell, None: as configured. kernel: Jupyter's."""

    root: Path
    timeout: float | None = None
    kernel: bool = False


@lru_cache(maxsize=4)
def configuration(settings: Settings) -> Config:
    """nbgrader's configuration, as its own commands find it: Jupyter's folders first, then the course's."""
    reader = Application()
    reader.load_config_file("nbgrader_config", path=[str(settings.root), *jupyter_config_path()])
    config = reader.config
    config.CourseDirectory.root = str(settings.root)
    if settings.kernel:
        config.SandboxedExecute.kernel = True
    if settings.timeout is not None:
        config.Execute.timeout = max(1, math.ceil(settings.timeout))
        config.TrustedVerdict.seconds = float(settings.timeout)
    return config


def course_directory(settings: Settings) -> CourseDirectory:
    """Where things are in the course."""
    return CourseDirectory(config=configuration(settings))


def autograde(settings: Settings) -> Autograde:
    """nbgrader's own converter, for what is configured there."""
    return Autograde(coursedir=course_directory(settings), config=configuration(settings))


@dataclass(frozen=True)
class Steps:
    """nbgrader's preprocessors, in order: those that make the graded notebook, and those that record it.

    Recording begins with ``SaveAutoGrades``. What only looks at the notebook belongs to making it.
    """

    making: tuple[Any, ...]
    recording: tuple[Any, ...]


@lru_cache(maxsize=4)
def steps(settings: Settings) -> Steps:
    """The steps that the configuration names."""
    converter = autograde(settings)
    making = [_made(step, converter) for step in converter.sanitize_preprocessors]
    recording: list[Any] = []
    for step in map(lambda named: _made(named, converter), converter.autograde_preprocessors):
        records = isinstance(step, SaveAutoGrades) or bool(recording)
        (recording if records and not isinstance(step, CheckCellMetadata) else making).append(step)
    return Steps(tuple(making), tuple(recording))


def _made(step: Any, converter: Autograde) -> Any:
    """A preprocessor from what a configuration may hold: its name, its class, or itself."""
    if isinstance(step, str):
        step = import_item(step)
    return step(parent=converter) if isinstance(step, type) else step
