"""The real command, with everything on: killed, stopped, and with submissions that try to stop it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from .lessons import ROOT
from .small_course import gradebook_of, hand_in, make_course, right, untouched

LESSON = "01_tensor"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Four who are right, and one who did nothing."""
    made = make_course(tmp_path / "course", [LESSON])
    for student in "abcd":
        hand_in(made, student, LESSON, right)
    hand_in(made, "e", LESSON, untouched)
    return made


def started(course: Path, *words: str) -> subprocess.Popen[str]:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from autograder.cli import app; app()"
    return subprocess.Popen(
        [sys.executable, "-c", program, "grade", *words],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(grading: subprocess.Popen[str], word: str) -> None:
    """Read what it says until this comes."""
    assert grading.stderr is not None
    said = ""
    for line in grading.stderr:
        said += line
        if word in line:
            return
    raise AssertionError(f"it never said {word!r}: {said}")


def remaining(course: Path) -> list[str]:
    """The processes that still work in the course, once they have had some seconds to end."""
    deadline = time.monotonic() + 20
    while True:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if Path(os.readlink(process / "cwd")).is_relative_to(course):
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def scores(course: Path) -> dict[str, float]:
    return {who.split()[0]: record["score"] for who, record in gradebook_of(course).items()}


@pytest.mark.slow
def test_killed_three_times_it_goes_on_and_leaves_no_process(course: Path) -> None:
    for word in ("Sandbox", "1/", "1/"):
        grading = started(course)
        wait_for(grading, word)
        grading.kill()
        grading.communicate()
        assert remaining(course) == []
    grading = started(course, "--json")
    out, err = grading.communicate()
    assert grading.returncode == 0, err
    said = [json.loads(line) for line in out.splitlines()]
    assert [about["student"] for about in said if about.get("state") == "up to date"]
    assert scores(course) == {"a": 8, "b": 8, "c": 8, "d": 8, "e": 0}
    assert len(list((course / "autograded").glob("*/*/*.ipynb"))) == 5
    assert not list((course / ".autograder" / "staging").glob("*/*"))
    assert remaining(course) == []


def test_ctrl_c_ends_it_soon_and_says_how_to_go_on(course: Path) -> None:
    grading = started(course)
    wait_for(grading, "1/")
    start = time.monotonic()
    grading.send_signal(signal.SIGINT)
    out, err = grading.communicate()
    assert time.monotonic() - start < 5
    assert grading.returncode == 130, err
    assert "still to be graded. Run the same command again: it goes on." in out
    assert remaining(course) == []


def ending_python(made: NotebookNode, solution: NotebookNode) -> None:
    """A notebook that ends its process, and the one above."""
    right(made, solution)
    end = "import os\nfor pid in (os.getppid(), os.getpid()):\n    os.kill(pid, 9)"
    made.cells.append(nbformat.v4.new_code_cell(end, id="end"))


def test_a_submission_that_ends_python_costs_only_itself(course: Path) -> None:
    hand_in(course, "c", LESSON, ending_python)
    (course / "submitted" / "d" / LESSON / f"{LESSON}.ipynb").write_text("Dear all", encoding="utf-8")
    grading = started(course)
    out, err = grading.communicate()
    assert grading.returncode == 1, err
    assert f"d · {LESSON} could not be graded: {LESSON}.ipynb is not a notebook" in out
    got = scores(course)
    assert got["a"] == got["b"] == got["c"] == 8  # what it had done before it ended was right
    assert got["d"] == got["e"] == 0
    assert remaining(course) == []
