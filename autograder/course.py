"""A course folder, and nbgrader at work in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader


def nbgrader_api(root: Path) -> NbGraderAPI:
    """nbgrader's own interface to the course in `root`, configured by its nbgrader_config.py."""
    find_programs()
    config = Config(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    config.NbGraderAPI.log_level = "WARN"
    return NbGraderAPI(config=config)


def find_programs() -> None:
    """nbgrader calls programs that were installed with it by name: look for them where Python is, too."""
    places = os.environ.get("PATH", "").split(os.pathsep)
    here = str(Path(sys.executable).parent)
    if here not in places:
        os.environ["PATH"] = os.pathsep.join([here, *places])


def done(result: dict[str, Any]) -> None:
    """Go on if a call of nbgrader's interface succeeded; else raise RuntimeError with what it said."""
    if not result["success"]:
        raise RuntimeError(result.get("log") or result.get("error") or "nbgrader gave no reason")


def not_a_notebook(path: Path) -> str:
    """Why a submitted file cannot be read as a notebook; "" if it can."""
    if not path.is_file():
        return f"there is no file {path.name}"
    try:
        notebook = nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, UnicodeDecodeError):
        return f"{path.name} is not a notebook: its text is not JSON"
    except Exception as error:  # nbformat raises whatever a wrong structure leads to
        return f"{path.name} is not a notebook that can be read ({type(error).__name__})"
    return "" if isinstance(notebook, NotebookNode) and "cells" in notebook else f"{path.name} has no cells"
