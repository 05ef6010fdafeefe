"""The command, and the same from a notebook's cell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.export.examine import exercises_for
from autograder.export.parts import LESSONS, PARTS

from .learner import part, untouched, written


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's course, in which two parts are not written."""
    root = tmp_path_factory.mktemp("course")
    written(root / "notebooks", {**untouched(part("Log")), "09_trust/gradcheck": None})
    return root


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_command_says_whose_each_part_is(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course / "notebooks" / "03_function")
    said = CliRunner().invoke(app, ["export", str(course / "lib")])
    assert said.exit_code == 0, said.output
    assert f"{len(PARTS) - 2} of {len(PARTS)} parts are yours, 2 borrowed from babygrad." in said.output
    assert "04_elementwise: not written yet" in said.output
    assert f"passes the checks of {len(exercises_for(LESSONS))} exercises" in said.output
    first = content(course / "lib")
    assert "Log: borrowed from babygrad (not written yet)" in first["__init__.py"].decode()
    again = CliRunner().invoke(app, ["export", str(course / "lib")])
    assert again.exit_code == 0
    assert content(course / "lib") == first


def test_a_folder_of_somebody_else_is_left_alone(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    (course / "mine").mkdir()
    (course / "mine" / "work.py").write_text("precious")
    said = CliRunner().invoke(app, ["export", "mine", "--force"])
    assert said.exit_code == 1
    assert "was not made by `autograder export`" in said.output
    assert content(course / "mine") == {"work.py": b"precious"}


def test_help_teaches() -> None:
    said = CliRunner().invoke(app, ["export", "--help"], env={"COLUMNS": "200"})
    for word in ("borrowed", "mybabygrad", "--from", "submitted/anna", "--force", "Exit status"):
        assert word in said.output


@pytest.mark.slow
def test_in_a_notebook_it_can_be_called_and_shows_a_table(course: Path) -> None:
    code = f"""
import sys
from autograder.export import parts
from autograder import check, export
made = export("ours", {str(course / "notebooks")!r})
html = made._repr_html_()
assert html.count("<tr>") == {len(PARTS) + 1} and "{len(PARTS) - 2} of {len(PARTS)} parts are yours" in html
assert "borrowed" in made.text() and "nbgrader" not in sys.modules
import ours
assert "imported here before: restart" in export("ours", {str(course / "notebooks")!r}).note
try:
    export("ours", "nowhere")
except Exception as error:
    assert error._render_traceback_() == ["nowhere is not a folder."], error
else:
    raise AssertionError
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_notebooks_can_lie_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["export", "--from", "empty"])
    assert said.exit_code == 1
    assert "empty is not a folder" in said.output
    assert not list(tmp_path.iterdir())
