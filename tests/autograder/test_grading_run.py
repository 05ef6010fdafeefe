"""A whole run: killed, stopped, out of room, with deaths among the processes; and what the command says."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder import cli
from autograder.grading import command
from autograder.grading import run as runs
from autograder.grading.lock import only_one
from autograder.grading.one import Job, Outcome
from autograder.grading.pool import NotStarted, WorkerDied
from autograder.grading.run import run
from autograder.grading.settings import GradingError, Settings, course_directory

from ..test_guides import GUIDE, penalty_of
from .small_course import (
    Silent,
    files_of,
    first_only,
    gradebook_of,
    hand_in,
    make_course,
    quick,
    right,
    runs_of,
)

LESSON = "01_tensor"
CLASS = [f"s{number:02d}" for number in range(60)]
UNREADABLE = {"s07", "s31"}

pytestmark = pytest.mark.filterwarnings("ignore:Object of type", "ignore:This process:DeprecationWarning")


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this file the work is quick and is done in threads: there is nothing to wait for."""

    @contextmanager
    def workers(settings: Settings, count: int, place: Any, stop: Any) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(count) as pool:
            yield pool

    monkeypatch.setattr(runs, "_workers", workers)
    monkeypatch.setattr(runs, "layers_here", lambda: ("limits", "seccomp"))


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of sixty, with an empty gradebook that knows the lesson; two handed in no notebook."""
    course = make_course(tmp_path_factory.mktemp("class") / "course", [LESSON])
    for student in CLASS:
        path = hand_in(course, student, LESSON, first_only)
        if student in UNREADABLE:
            path.write_text("Dear all", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "tasks", lambda *about: [])
        run(Settings(course), Silent(), work=quick)
    return course


@pytest.fixture
def course(handed_in: Path, tmp_path: Path) -> Path:
    """A copy of three of them, one of whom handed in no notebook."""
    made = tmp_path / "a [red] course"
    three = ("s00", "s01", "s07")
    shutil.copytree(handed_in, made, ignore=shutil.ignore_patterns("submitted"))
    for student in three:
        shutil.copytree(handed_in / "submitted" / student, made / "submitted" / student)
    return made


def state(course: Path) -> dict[str, Any]:
    ungraded = {}
    for path in (course / ".autograder" / "ungraded").rglob("*.json"):
        ungraded[path.stem] = {**json.loads(path.read_text(encoding="utf-8")), "when": ""}
    assert not list((course / ".autograder" / "staging").glob("*/*"))
    return {"book": gradebook_of(course), "files": files_of(course), "ungraded": ungraded}


# Killed ----------------------------------------------------------------------------------------------


def killed_after(seconds: float, course: Path) -> bool:
    """Whether a run, in a process of its own that is killed after so many seconds, was killed in time."""
    ready, begun = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(begun, b".")
            run(Settings(course), Silent(), jobs=2, work=quick)
            status = 0
        finally:
            os._exit(status)
    os.read(ready, 1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL)
    return status == signal.SIGKILL


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that is killed is forked here")
def test_killed_at_twenty_random_moments_it_ends_as_if_undisturbed(handed_in: Path, tmp_path: Path) -> None:
    goal, course = (Path(shutil.copytree(handed_in, tmp_path / name)) for name in ("goal", "course"))
    start = time.monotonic()
    summary = run(Settings(goal), Silent(), jobs=2, work=quick)
    whole = time.monotonic() - start
    assert (len(summary.graded), len(summary.ungraded)) == (58, 2)
    drawn = random.Random(20)
    for _ in range(20):
        assert killed_after(drawn.uniform(0, whole / 8), course)
    done = len(list((course / "autograded").glob("*/*")))
    assert 0 < done < 58
    last = run(Settings(course), Silent(), jobs=2, work=quick)
    assert last.up_to_date >= done
    assert state(course) == state(goal)
    times = [runs_of(course).count(student) for student in CLASS if student not in UNREADABLE]
    assert min(times) == 1
    assert sum(times) <= 58 + 20 * 4  # only what was in work at the moment of a kill is graded again
    assert run(Settings(course), Silent(), work=quick).due == 2


# Stopped ---------------------------------------------------------------------------------------------


class Stopper(Silent):
    """Presses Ctrl-C when the first one is done, once."""

    def __init__(self) -> None:
        self.pressed = False

    def done(self, outcome: Outcome) -> None:
        if not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_it_between_two_submissions_and_it_goes_on_later(course: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    summary = run(Settings(course), Stopper(), jobs=1, work=quick)
    assert summary.stopped
    assert len(summary.outcomes) >= 1
    assert summary.left == 3 - len(summary.outcomes)
    assert signal.getsignal(signal.SIGINT) is before
    assert run(Settings(course), Silent(), work=quick).up_to_date == len(summary.graded)
    assert len(state(course)["book"]) == 3


# What is due -----------------------------------------------------------------------------------------


def test_only_what_is_new_is_graded(course: Path) -> None:
    assert run(Settings(course), Silent(), work=quick).due == 3
    again = run(Settings(course), Silent(), work=quick)
    assert (again.due, again.up_to_date) == (1, 2)  # what could not be graded is tried again
    hand_in(course, "s01", LESSON, right)
    hand_in(course, "s07", LESSON, right)
    changed = run(Settings(course), Silent(), work=quick)
    assert {outcome.student for outcome in changed.graded} == {"s01", "s07"}
    assert state(course)["ungraded"] == {}
    assert run(Settings(course), Silent(), force=True, students=["s00"], work=quick).due == 1
    (course / "submitted" / "s00" / LESSON / "more.txt").touch()
    assert run(Settings(course), Silent(), work=quick).due == 1


def test_a_grade_that_the_gradebook_has_lost_is_recorded_again(course: Path) -> None:
    hand_in(course, "s07", LESSON, right)
    run(Settings(course), Silent(), work=quick)
    before, ran = state(course), runs_of(course)
    (course / "gradebook.db").unlink()
    again = run(Settings(course), Silent(), work=quick)
    assert (again.due, again.up_to_date) == (0, 3)
    assert (state(course), runs_of(course)) == (before, ran)
    (course / "gradebook.db").unlink()
    notebook = course / "autograded" / "s00" / LESSON / f"{LESSON}.ipynb"
    notebook.chmod(0o644)
    about = json.loads(notebook.read_text(encoding="utf-8"))
    notebook.write_text(json.dumps({"metadata": about["metadata"]}), encoding="utf-8")
    assert run(Settings(course), Silent(), work=quick).due == 1  # what cannot be recorded is graded
    assert state(course) == before


def test_a_resubmission_that_cannot_be_graded_does_not_keep_the_old_grade(course: Path) -> None:
    hand_in(course, "s07", LESSON, right)
    run(Settings(course), Silent(), work=quick)
    assert gradebook_of(course)[f"s07 {LESSON}"]["score"] > 0
    (course / "submitted" / "s07" / LESSON / f"{LESSON}.ipynb").write_text("Dear all", encoding="utf-8")
    summary = run(Settings(course), Silent(), work=quick)
    assert [outcome.student for outcome in summary.ungraded] == ["s07"]
    record = gradebook_of(course)[f"s07 {LESSON}"]
    assert (record["score"], record["needs_manual_grade"]) == (0, True)
    assert not (course / "autograded" / "s07" / LESSON).exists()
    assert list(state(course)["ungraded"]) == ["s07"]


# What goes wrong -------------------------------------------------------------------------------------


def failing(error: Exception, students: set[str], times: int = 99) -> Callable[[Job], Outcome]:
    """Work that fails so many times for these students."""
    count = dict.fromkeys(students, times)

    def work(job: Job) -> Outcome:
        if count.get(job.student, 0) > 0:
            count[job.student] -= 1
            raise error
        return quick(job)

    return work


def test_a_process_that_dies_is_tried_again_once(course: Path) -> None:
    died = WorkerDied("the grading process ended (by SIGKILL)")
    summary = run(Settings(course), Silent(), work=failing(died, {"s00"}, times=1))
    assert {outcome.student for outcome in summary.graded} == {"s00", "s01"}
    hand_in(course, "s00", LESSON, right)
    summary = run(Settings(course), Silent(), work=failing(died, {"s00"}))
    said = {outcome.student: outcome for outcome in summary.ungraded}
    assert said["s00"].reason == (
        "grading it was tried twice, and ended both times: the grading process ended (by SIGKILL)"
    )
    assert not said["s00"].ours
    assert gradebook_of(course)[f"s00 {LESSON}"]["score"] == 0


def test_processes_that_do_not_start_stop_it_and_touch_nothing(course: Path) -> None:
    run(Settings(course), Silent(), work=quick)
    before = state(course)
    work = failing(NotStarted("a grading process did not start (exit code 1)"), {"s00", "s01", "s07"})
    with pytest.raises(GradingError, match="did not start"):
        run(Settings(course), Silent(), force=True, work=work)
    assert state(course) == before


def test_an_error_of_ours_costs_one_and_three_in_a_row_stop_it(course: Path, handed_in: Path) -> None:
    error = ValueError("no such thing")
    summary = run(Settings(course), Silent(), work=failing(error, {"s00"}))
    assert [outcome.ours for outcome in summary.ungraded if outcome.student == "s00"] == [True]
    for student in ("s02", "s03", "s04", "s05"):
        shutil.copytree(handed_in / "submitted" / student, course / "submitted" / student)
    work = failing(error, set(CLASS))
    with pytest.raises(GradingError, match=r"three submissions in a row failed .*: ValueError: no such"):
        run(Settings(course), Silent(), work=work)


def test_a_full_disk_stops_it_in_words_and_it_goes_on_later(course: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/full/x")
    with pytest.raises(GradingError, match="there is no room left on the disk while writing /full/x"):
        run(Settings(course), Silent(), jobs=1, work=failing(full, {"s01"}))
    assert run(Settings(course), Silent(), work=quick).up_to_date == 1


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_files_that_may_not_grow_stop_it_in_words(course: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        with pytest.raises(GradingError, match="make room and run the same command again"):
            run(Settings(course), Silent(), work=quick)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert len(run(Settings(course), Silent(), work=quick).graded) == 2
    assert len(state(course)["book"]) == 3


def test_only_one_grades_at_a_time(course: Path) -> None:
    with (
        only_one(course / ".autograder" / "lock"),
        pytest.raises(GradingError, match=rf"is being graded already by .*, process {os.getpid()}, since 2"),
    ):
        run(Settings(course), Silent(), work=quick)
    assert run(Settings(course), Silent(), work=quick).due == 3


def test_a_lesson_of_another_version_is_refused_with_the_command(course: Path) -> None:
    run(Settings(course), Silent(), work=quick)
    source = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    text = source.read_text(encoding="utf-8").replace('"points": 4', '"points": 5')
    source.write_text(text, encoding="utf-8")
    with pytest.raises(GradingError, match=f"another version.*generate_assignment {LESSON} --force"):
        run(Settings(course), Silent(), work=quick)


def test_a_lesson_that_was_released_otherwise_is_not_entered(course: Path) -> None:
    (course / "notebooks" / LESSON / f"{LESSON}.ipynb").write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(GradingError, match=f"is not in the gradebook.*generate_assignment {LESSON} --force"):
        run(Settings(course), Silent(), work=quick)


# The command -----------------------------------------------------------------------------------------


@pytest.fixture
def grade(course: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run the command in the course."""
    monkeypatch.chdir(course)
    monkeypatch.setattr(runs, "run", partial(run, work=quick))
    monkeypatch.setattr("autograder.grading.pool.warm_up", lambda preload: None)
    for name, stderr in (("console", False), ("errors", True)):
        monkeypatch.setattr(command, name, command.Console(stderr=stderr, highlight=False, width=200))
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    return lambda *words: runner.invoke(cli.app, ["grade", *words])


def test_it_says_what_was_done_and_who_could_not_be_graded(grade: Callable[..., Any], course: Path) -> None:
    first = grade()
    assert first.exit_code == 1
    assert "3 submissions to grade." in first.stderr
    assert "Sandbox: limits, seccomp." in first.stderr
    assert f"/3 s00 · {LESSON}: " in first.stderr
    reason = f"{LESSON}.ipynb is not a notebook: its text is not JSON (line 1: Expecting value)"
    assert f"s07 · {LESSON} could not be graded: {reason}." in first.stdout
    assert "2 submissions graded in" in first.stdout
    hand_in(course, "s07", LESSON, right)
    assert grade().exit_code == 0
    third = grade()
    assert third.exit_code == 0
    assert "0 submissions to grade, 3 up to date." in third.stderr


def test_as_json_it_prints_objects_and_nothing_else(grade: Callable[..., Any], course: Path) -> None:
    grade("--student", "s00")
    result = grade("--json")
    assert result.exit_code == 1
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert said[0] == {"student": "s00", "lesson": LESSON, "state": "up to date"}
    by_student = {about["student"]: about for about in said[1:-1]}
    assert by_student["s01"]["state"] == "graded"
    assert by_student["s01"]["most"] == 8
    assert by_student["s07"]["state"] == "not graded"
    assert "its text is not JSON" in by_student["s07"]["reason"]
    about = said[-1]["summary"]
    assert (about["graded"], about["not graded"], about["up to date"], about["left"]) == (1, 1, 1, 0)


def test_a_dry_run_writes_nothing(grade: Callable[..., Any], course: Path) -> None:
    before = sorted(course.rglob("*"))
    result = grade("--dry-run")
    assert result.exit_code == 0
    assert f"s00 · {LESSON}: to be graded" in result.stdout
    assert "3 submissions to grade, 0 up to date." in result.stdout
    assert sorted(course.rglob("*")) == before


def test_a_lost_gradebook_is_noticed(grade: Callable[..., Any], course: Path) -> None:
    grade("--student", "s00")
    (course / "gradebook.db").unlink()
    planned = grade("--student", "s00", "--dry-run")
    assert "graded; missing from the gradebook, to be recorded there" in planned.stdout
    assert not (course / "gradebook.db").exists()
    said = grade("--student", "s00").stderr
    assert "1 up to date, 1 of them missing from the gradebook, now recorded there again." in said
    assert "missing" not in grade("--student", "s00").stderr


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
def test_a_broken_gradebook_is_said_in_words(
    grade: Callable[..., Any], course: Path, words: list[str]
) -> None:
    (course / "gradebook.db").write_text("garbage " * 1000, encoding="utf-8")
    result = grade(*words)
    assert result.exit_code == 2
    assert "the gradebook cannot be read (file is not a database). Put a copy of it" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["04_elementwis"],
            "there is no lesson 04_elementwis. Did you mean 04_elementwise? Lessons: 00",
        ),
        (["03_function"], "there is nothing handed in for 03_function; submissions are looked for in"),
        (["--student", "eve"], "there is nothing handed in by eve; submissions are looked for in"),
        (["--student", "s77"], "nothing handed in by s77;"),
        (["--student", "s77"], "Did you mean s07?"),
        (["3"], "there is nothing handed in for 03_function; submissions are looked for in"),
        (["99"], "there is no lesson 99. Lessons: 00"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
        (["--timeout", "soon"], "Invalid value for '--timeout'"),
    ],
)
def test_what_cannot_begin_is_said(grade: Callable[..., Any], words: list[str], said: str) -> None:
    result = grade(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in " ".join(result.stderr.split())


def test_its_help_teaches(grade: Callable[..., Any]) -> None:
    text = " ".join(grade("--help").stdout.split())
    for part in ("autograder grade 04_elementwise --student bo --force", "Exit status: 0", "--dry-run"):
        assert part in text


def test_what_belongs_to_no_lesson_is_named(grade: Callable[..., Any], course: Path) -> None:
    wrong = course / "submitted" / "hugo" / LESSON.removeprefix("0")
    shutil.copytree(course / "submitted" / "s00" / LESSON, wrong)
    said = grade("--student", "s00").stderr
    assert f"Left alone: hugo/{wrong.name} (did you mean {LESSON}?) is no lesson of this course." in said


def test_the_late_penalty_of_the_guide_counts_for_those_who_were_late(tmp_path: Path) -> None:
    course = make_course(tmp_path, [LESSON], "\n" + penalty_of(GUIDE))
    hand_in(course, "s01", LESSON, right, {"timestamp.txt": "2030-10-13 08:15 UTC"})
    hand_in(course, "s02", LESSON, right, {"timestamp.txt": "2030-10-12 21:58 UTC"})
    run(Settings(course), Silent(), work=quick)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "babygrad") as book:
        book.update_or_create_assignment(LESSON, duedate="2030-10-12 23:59 Europe/Berlin")
    run(Settings(course), Silent(), force=True, work=quick)
    recorded = gradebook_of(course)
    late = recorded[f"s01 {LESSON}"]
    assert late["score"] > 0
    assert late["late"] == [pytest.approx(late["score"] / 10)]
    assert recorded[f"s02 {LESSON}"]["late"] == [None]


def test_work_in_a_wrong_place_is_named(grade: Callable[..., Any], course: Path) -> None:
    handed_in = course / "submitted"
    notebook = handed_in / "s00" / LESSON / f"{LESSON}.ipynb"
    for place in (
        "bob_01_tensor.ipynb",
        "mine.ipynb",
        "dora/01_tensor.ipynb",
        "s01/answers.ipynb",
        "01_tensor/carl/01_tensor.ipynb",
    ):
        (handed_in / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebook, handed_in / place)
    wanted = (
        "bob_01_tensor.ipynb lies in no lesson's folder; it belongs in submitted/bob/01_tensor/.",
        "mine.ipynb lies in no lesson's folder; it belongs in submitted/STUDENT/LESSON/.",
        "dora/01_tensor.ipynb lies in no lesson's folder; it belongs in submitted/dora/01_tensor/.",
        "s01/answers.ipynb lies in no lesson's folder; it belongs in submitted/s01/LESSON/.",
        "01_tensor/carl has student and lesson the wrong way round; it belongs in submitted/carl/01_tensor/.",
    )
    planned, done = grade("--dry-run").stdout, grade("--student", "s00").stderr
    for words in wanted:
        assert f"Left alone: {words}" in planned
        assert f"Left alone: {words}" in done
    assert "belongs in submitted/dora/01_tensor/" in grade("--student", "dora").stderr


def test_who_is_not_on_the_roster_is_named(grade: Callable[..., Any], course: Path) -> None:
    assert "roster" not in grade("--student", "s00").stdout  # there was none
    said = grade("--student", "s00", "--student", "s01", "--student", "s07").stdout
    assert "Not on the roster, and added: s01, s07." in said
    assert "roster" not in grade().stdout


def test_points_before_late_penalties_are_said_to_be_that(grade: Callable[..., Any], course: Path) -> None:
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    hand_in(course, "s07", LESSON, right)
    assert "late penalties" not in grade().stdout
    directory = course_directory(Settings(course))
    with Gradebook(directory.db_url, directory.course_id) as book:
        book.update_or_create_assignment(LESSON, duedate="2026-01-01 00:00:00 UTC")
    for student in ("s00", "s01", "s07"):
        late = course / "submitted" / student / LESSON / "timestamp.txt"
        late.write_text("2026-01-02 00:00:00 UTC", encoding="utf-8")
    said = grade().stdout
    count = sum(record["late"] > [0] for record in gradebook_of(course).values())
    assert count
    assert f"The points are those before late penalties, which {count} of these have;" in said


@pytest.mark.parametrize("name", ["1", "01", LESSON])
def test_a_lesson_can_be_named_by_its_number(grade: Callable[..., Any], name: str) -> None:
    assert f"s00 · {LESSON}: to be graded" in grade(name, "--dry-run").stdout
