"""The command line: what it offers, what it says outside a course, and its exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.exercises import LESSONS

from .lessons import ROOT

runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Consoles write to where the test listens, and break no lines."""
    for name, stderr in (("console", False), ("errors", True)):
        monkeypatch.setattr(cli, name, cli.Console(stderr=stderr, highlight=False, width=200))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course to write into, as the current folder, whose name looks like markup."""
    root = tmp_path / "a [red]course[/]"
    for lesson in LESSONS:
        (root / "solutions" / lesson).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / lesson / f"{lesson}.py", root / "solutions" / lesson)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--help"], ["build", "demo", "Build the babygrad course, and grade it."]),
        ([], ["build", "demo"]),
        (["build", "--help"], ["--check", "03_function", "Make the notebooks"]),
        (["demo", "--help"], ["--folder", "Seven students hand in two lessons"]),
    ],
)
def test_help_says_what_there_is(words: list[str], expected: list[str]) -> None:
    result = runner.invoke(cli.app, words)
    assert result.exit_code == (0 if words else 2)
    text = " ".join(result.output.split())
    for part in expected:
        assert part in text


def test_the_help_of_the_demo_counts_right() -> None:
    from autograder.demo_class import LESSONS, STUDENTS

    counts = {2: "two", 7: "Seven"}
    text = " ".join(runner.invoke(cli.app, ["demo", "--help"]).output.split())
    assert f"{counts[len(STUDENTS)]} students hand in {counts[len(LESSONS)]} lessons" in text


@pytest.mark.parametrize("command", ["build", "demo"])
def test_outside_a_course_it_says_where_to_go(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(cli.app, [command])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"{tmp_path} is not inside a course" in result.stderr
    assert "Change into the clone of the course and try again." in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["build", "demo"])
def test_a_copy_for_learners_says_what_is_for_them(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    result = runner.invoke(cli.app, [command])
    assert result.exit_code == 2
    assert "this copy of the course is for learners" in result.stderr
    assert "`make learn`" in result.stderr


def test_an_unknown_command_is_refused() -> None:
    result = runner.invoke(cli.app, ["mark"])
    assert result.exit_code == 2
    assert "No such command 'mark'" in result.stderr


def test_building_writes_once_and_then_finds_all_up_to_date(course: Path) -> None:
    first = runner.invoke(cli.app, ["build"])
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout.count("written") == 2 * len(LESSONS)
    for lesson in LESSONS:
        for folder in ("solutions", "notebooks"):
            name = f"{folder}/{lesson}/{lesson}.ipynb"
            assert name in first.stdout
            assert (course / name).read_bytes() == (ROOT / name).read_bytes()
    again = runner.invoke(cli.app, ["build"])
    assert again.exit_code == 0
    assert again.stdout.count("up to date") == 2 * len(LESSONS)


def test_a_lesson_can_be_built_by_itself(course: Path) -> None:
    assert runner.invoke(cli.app, ["build", "03_function"]).exit_code == 0
    assert [path.name for path in (course / "notebooks").iterdir()] == ["03_function"]
    unknown = runner.invoke(cli.app, ["build", "98_nothing"])
    assert unknown.exit_code == 1
    assert f"there is no lesson 98_nothing. Lessons: {', '.join(LESSONS)}." in unknown.stderr


def test_checking_writes_nothing_and_fails_where_something_differs(course: Path) -> None:
    result = runner.invoke(cli.app, ["build", "--check"])
    assert result.exit_code == 1
    assert result.stdout.count("differs") == 2 * len(LESSONS)
    assert f"{2 * len(LESSONS)} notebooks differ from their source: run `autograder build`" in result.stderr
    assert not (course / "notebooks").exists()
    runner.invoke(cli.app, ["build"])
    assert runner.invoke(cli.app, ["build", "--check"]).exit_code == 0
    changed = course / "notebooks" / "03_function" / "03_function.ipynb"
    changed.write_bytes(changed.read_bytes() + b"\n")
    result = runner.invoke(cli.app, ["build", "--check"])
    assert result.exit_code == 1
    assert result.stdout.count("differs") == 1
    assert changed.read_bytes().endswith(b"\n\n")


def test_building_from_a_folder_inside_the_course_works(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course / "solutions" / "03_function")
    assert runner.invoke(cli.app, ["build"]).exit_code == 0
    assert (course / "notebooks" / "03_function" / "03_function.ipynb").is_file()


def test_a_mistake_in_a_source_is_one_sentence_with_file_and_line(course: Path) -> None:
    source = course / "solutions" / "03_function" / "03_function.py"
    text = source.read_text(encoding="utf-8").replace("check:mul:3", "check:mul:4")
    source.write_text(text, encoding="utf-8")
    line = text[: text.index('# %% tags=["check:mul:4"]')].count("\n") + 1
    result = runner.invoke(cli.app, ["build"])
    assert result.exit_code == 1
    assert result.stderr == (
        f"autograder build: {source}:{line}: the tag says 4 points, the parts of 03_function/Mul sum to 3.\n"
    )


def test_the_demo_refuses_a_folder_that_it_did_not_make(course: Path) -> None:
    for folder in ("solutions", "."):
        result = runner.invoke(cli.app, ["demo", "--folder", folder])
        assert result.exit_code == 1
        assert "was not made by `autograder demo`, so it is left alone." in result.stderr
        assert (course / "solutions" / "03_function" / "03_function.py").is_file()
