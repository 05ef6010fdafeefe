"""The builder: the committed notebooks are what their sources say, and a release gives nothing away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import builder
from autograder.exercises import LESSONS
from autograder.source import SourceError

from .lessons import ROOT, notebook


@pytest.fixture(scope="module")
def built() -> list[builder.Built]:
    return list(builder.build(ROOT))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A course with the sources alone."""
    for lesson in LESSONS:
        (tmp_path / "solutions" / lesson).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / lesson / f"{lesson}.py", tmp_path / "solutions" / lesson)
    return tmp_path


def test_committed_notebooks_are_what_their_sources_say(built: list[builder.Built]) -> None:
    stale = [made.path.relative_to(ROOT).as_posix() for made in built if not made.current]
    assert stale == [], "run `autograder build`"


def test_there_are_two_notebooks_for_every_lesson_and_no_others(built: list[builder.Built]) -> None:
    made = {file.path.relative_to(ROOT) for file in built}
    assert made == {
        Path(folder, lesson, f"{lesson}.ipynb") for folder in ("solutions", "notebooks") for lesson in LESSONS
    }
    there = {p.relative_to(ROOT) for f in ("solutions", "notebooks") for p in (ROOT / f).rglob("*.ipynb")}
    assert {path for path in there if ".ipynb_checkpoints" not in path.parts} == made


def test_building_elsewhere_and_again_gives_the_same_bytes(built: list[builder.Built], copy: Path) -> None:
    for first, again in zip(built, builder.build(copy), strict=True):
        assert again.text == first.text
        assert again.path.relative_to(copy) == first.path.relative_to(ROOT)
        assert not again.current
        again.write()
        assert again.current
        assert again.path.read_bytes() == first.path.read_bytes()
        again.path.write_bytes(again.path.read_bytes().replace(b"\n", b"\r\n"))
        assert not again.current


def test_a_course_without_lessons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no lesson here"):
        list(builder.build(tmp_path))


def test_a_lesson_without_its_source_is_refused(copy: Path) -> None:
    missing = copy / "solutions" / "01_tensor" / "01_tensor.py"
    missing.unlink()
    with pytest.raises(SourceError, match=re.escape(f"{missing}: this file is missing")):
        list(builder.build(copy))


# What a release must not contain ---------------------------------------------------------------------


def solution_lines(lesson: str) -> Iterator[str]:
    """Every line between the marks of a solution that could not stand anywhere."""
    for cell in notebook("solutions", lesson).cells:
        for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL):
            for line in region.splitlines():
                if len(line.strip()) > 1:
                    yield line.strip()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_release_holds_no_line_of_a_solution(lesson: str) -> None:
    released = notebook("notebooks", lesson)
    code = [
        line.strip()
        for cell in released.cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
    ]
    in_a_figure = [
        line.strip()
        for cell in released.cells
        if "autograder" in cell.metadata
        for line in cell.source.splitlines()
    ]
    lines = set(solution_lines(lesson))
    assert len(lines) > (0 if lesson == "00_start" else 10)
    found = lines & set(code)
    assert found <= set(in_a_figure), "only what a lesson shows elsewhere may look like a solution"
    assert found <= SHOWN_ON_PURPOSE


SHOWN_ON_PURPOSE = {
    # 03: the cell f_of computes the numbers that the learner checks the answer to by_hand against
    "d = a * b",
    "e = d + c",
    # 12: how an error is caught is told before the exercise asks for it
    "try:",
    "except FloatingPointError as error:",
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_release_holds_no_marks_and_no_outputs(lesson: str) -> None:
    path = ROOT / "notebooks" / lesson / f"{lesson}.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text
    assert "END SOLUTION" not in text
    for cell in notebook("notebooks", lesson).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            if cell.metadata.get("nbgrader", {}).get("solution"):
                assert "# YOUR CODE HERE" in cell.source
                assert "raise NotImplementedError()" in cell.source


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_release_differs_from_its_solution_in_the_gaps_only(lesson: str) -> None:
    for ours, theirs in zip(
        notebook("solutions", lesson).cells, notebook("notebooks", lesson).cells, strict=True
    ):
        gaps = re.sub(
            r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION",
            r"\1# YOUR CODE HERE\n\1raise NotImplementedError()",
            ours.source,
            flags=re.DOTALL,
        )
        assert theirs.source == gaps


@pytest.mark.parametrize("lesson", LESSONS)
def test_given_and_check_cells_cannot_be_edited_or_deleted(lesson: str) -> None:
    for cell in notebook("notebooks", lesson).cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("locked"):
            assert cell.metadata.editable is False
            assert cell.metadata.deletable is False
        if about.get("solution"):
            assert cell.metadata.get("editable", True)
            assert cell.metadata.deletable is False


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_else_lies_beside_a_release(lesson: str) -> None:
    files = {path.name for path in (ROOT / "notebooks" / lesson).iterdir()} - {".ipynb_checkpoints"}
    assert files == {f"{lesson}.ipynb"}
