"""Our command leaves what nbgrader's leaves: the same gradebook, the same autograded notebooks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.grading.plan import tasks
from autograder.grading.settings import Settings

from .lessons import ROOT
from .small_course import hand_in, right
from .three_ways import LESSON, WAYS, prepare

pytestmark = pytest.mark.slow

OURS, WITH_OUR_STEPS, STOCK = WAYS


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The class, graded in all three ways at the same time."""
    folder = tmp_path_factory.mktemp("ways")
    made = {way: prepare(folder, way) for way in WAYS}
    with ThreadPoolExecutor() as pool:
        for done in pool.map(lambda way: program(way, str(made[way])), WAYS):
            assert done.returncode == 0, done.stdout + done.stderr
    return made


def program(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.autograder.three_ways", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def gradebooks(courses: dict[str, Path]) -> dict[str, Any]:
    return {way: json.loads((course / "result.json").read_text()) for way, course in courses.items()}


@pytest.mark.parametrize("way", [WITH_OUR_STEPS, STOCK])
def test_the_gradebook_is_that_of_nbgrader(gradebooks: dict[str, Any], way: str) -> None:
    assert gradebooks[OURS].keys() == gradebooks[way].keys()
    for who, record in gradebooks[way].items():
        assert gradebooks[OURS][who] == record, who


def test_the_class_is_mixed(gradebooks: dict[str, Any]) -> None:
    """So that the comparison says something."""
    by_student = {who.split()[0]: record for who, record in gradebooks[OURS].items()}
    assert len(by_student) == 7
    scores = {student: record["score"] for student, record in by_student.items()}
    assert scores["a_right"] == scores["e_with_a_file"] == scores["g_again"] == 8
    assert scores["b_untouched"] == 0
    assert 0 < scores["d_wrong"] < 8
    assert scores["h_by_hand"] == 5.75
    assert by_student["h_by_hand"]["needs_manual_grade"]
    assert by_student["h_by_hand"]["timestamp"] == "2030-05-01 11:00:00"
    assert ["tensor_methods", None, "Have another look.", "Have another look."] in by_student["h_by_hand"][
        "comments"
    ]
    assert by_student["b_untouched"]["timestamp"] == "None"
    assert {comment[1] for comment in by_student["b_untouched"]["comments"]} == {"No response."}
    penalties = {
        student: record["late"] for student, record in by_student.items() if record["late"] != [None]
    }
    assert penalties == {"d_wrong": [scores["d_wrong"]], "g_again": [8.0]}


def normalised(course: Path, student: str) -> nbformat.NotebookNode:
    """An autograded notebook without what is another each time: times, and places in memory."""
    path = course / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    text = re.sub(r"0x[0-9a-f]{6,}", "0x0", path.read_text(encoding="utf-8"))
    made = nbformat.reads(text, as_version=4)
    for cell in made.cells:
        cell.metadata.pop("execution", None)
    return made


def test_the_autograded_notebooks_are_those_of_nbgrader_with_our_steps(courses: dict[str, Path]) -> None:
    students = sorted(path.name for path in (courses[OURS] / "autograded").iterdir())
    assert len(students) == 7
    for student in students:
        ours, theirs = (normalised(courses[way], student) for way in (OURS, WITH_OUR_STEPS))
        assert ours.metadata == theirs.metadata, student
        assert [cell.metadata for cell in ours.cells] == [cell.metadata for cell in theirs.cells], student
        for mine, other in zip(ours.cells, theirs.cells, strict=True):
            if not mine.metadata.get("nbgrader", {}).get("grade"):
                assert mine == other, student
            else:  # the inputs are drawn anew each time
                assert mine.outputs[0].data["text/plain"] == other.outputs[0].data["text/plain"]
                assert {**mine, "outputs": []} == {**other, "outputs": []}


def test_the_files_are_those_of_nbgrader(courses: dict[str, Path]) -> None:
    listings = {
        way: {
            (path.relative_to(course / "autograded").as_posix(), oct(path.stat().st_mode))
            for path in (course / "autograded").rglob("*")
        }
        for way, course in courses.items()
    }
    assert listings[OURS] == listings[WITH_OUR_STEPS] == listings[STOCK]


def test_what_nbgrader_graded_is_up_to_date_for_our_command(courses: dict[str, Path]) -> None:
    settings = {way: Settings(course) for way, course in courses.items()}
    for way in WAYS:
        assert not [task for task in tasks(settings[way], [], [], False) if task.due]
    hand_in(courses[WITH_OUR_STEPS], "b_untouched", LESSON, right)
    due = [task for task in tasks(settings[WITH_OUR_STEPS], [], [], False) if task.due]
    assert [task.student for task in due] == ["b_untouched"]
