"""The learner's own library: exported cells of the notebooks, gathered into a package that can be imported.

In a notebook: ``from autograder import export``, then ``export("mybabygrad")``. In a terminal:
``autograder export``. What is right is the learner's; what is missing or wrong is borrowed from babygrad, and
marked. In the order of the work: ``parts`` (the table), ``notebooks``, ``verdicts``, ``own``, ``choice``,
``reference``, ``pieces``, ``layout``, ``examine``, ``gather``, ``folder``, ``result``. A notebook that works
with the package afterwards calls ``library("mybabygrad")``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.export.imported import Library, StandIn
    from autograder.export.result import Exported


def export(
    name: str | Path = "mybabygrad", folder: str | Path | None = None, *, force: bool = False
) -> Exported:
    """Gather the exported cells of your notebooks into the package `name`, and show whose each part is.

    name: of the package, which is made in the current folder, or a path to it. folder: where the notebooks
    are; those of the course that the current folder is in if not given. Save them first: files are read.
    force: also replace a package made before in which files were changed by hand.
    Returns an Exported, which JupyterLab shows as a table. Raises ExportError, which says what to do.
    """
    from autograder.export.command import exported

    return exported(Path(name), None if folder is None else Path(folder), force)


def library(name: str = "mybabygrad") -> Library | StandIn:
    """Gather your library as ``export`` does, and have it imported anew by what follows in this notebook.

    name: of the package, which is made in the current folder. Where there are no notebooks to gather from,
    and while nbgrader runs the notebook, the name means babygrad.
    Returns what JupyterLab shows: whose each part is, or why babygrad stands in. Raises ExportError where the
    package cannot be written; says what to do.
    """
    from autograder.export import imported

    return imported.library(name)


class _Callable(ModuleType):
    """``from autograder import export`` finds this module, so it can be called like the function in it."""

    def __call__(self, *arguments: Any, **named: Any) -> Exported:
        return export(*arguments, **named)


_Callable.__call__.__doc__ = export.__doc__
sys.modules[__name__].__class__ = _Callable
