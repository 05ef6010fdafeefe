"""The rules of the course: what holds in every lesson, and in the repository around them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat import NotebookNode

from autograder.exercises import LESSONS, exercises

ROOT = Path(__file__).parents[1]


@cache
def cells(lesson: str) -> list[NotebookNode]:
    """The cells of the instructor's notebook, which is made from the lesson's source."""
    return nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4).cells


def kind(cell: NotebookNode) -> str:
    """markdown, given, solution, check, figure or demo."""
    about = cell.metadata.get("nbgrader")
    if cell.cell_type == "markdown":
        return "markdown"
    if about:
        return "check" if about.grade else "solution" if about.solution else "given"
    return "figure" if cell.metadata.get("jupyter", {}).get("source_hidden") else "demo"


# The lessons and their exercises ---------------------------------------------------------------------


def test_every_lesson_has_its_exercises_and_its_source() -> None:
    assert {path.name for path in (ROOT / "solutions").iterdir() if path.is_dir()} == set(LESSONS)
    assert {path.name for path in (ROOT / "notebooks").iterdir() if path.is_dir()} == set(LESSONS)


def test_the_lessons_before_training_give_a_hundred_points() -> None:
    core = [lesson for lesson in LESSONS if lesson < "10"]
    assert [lesson[:2] for lesson in core] == [f"{number:02d}" for number in range(10)]
    assert sum(exercise.points for lesson in core for exercise in exercises(lesson)) == 100


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_first_page_names_the_lesson_with_its_points(lesson: str) -> None:
    title = cells(lesson)[0].source.splitlines()[0].removeprefix("# ").replace(" · ", " ").split(":")[0]
    points = sum(exercise.points for exercise in exercises(lesson))
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith(f"| {lesson[:2]} ")]
    assert line.startswith(f"| {title} |")
    assert line.endswith(f"| {points:g} |")


LABEL = re.compile(r"^\*(\d+) points? · (\d+) minutes · difficulty ([1-5]) of 5\*$", re.MULTILINE)


def parts_of(lesson: str) -> Iterator[tuple[str, str, NotebookNode, float, str]]:
    """For each exercise: its cell's id, what is said before, the cell, its points, what is said after."""
    all_cells = cells(lesson)
    for place, cell in enumerate(all_cells):
        if kind(cell) == "solution":
            before, check, after = all_cells[place - 1], all_cells[place + 1], all_cells[place + 2]
            assert [kind(near) for near in (before, check, after)] == ["markdown", "check", "markdown"]
            yield cell.id, before.source, cell, check.metadata.nbgrader.points, after.source


PARTS = [(lesson, *part) for lesson in LESSONS for part in parts_of(lesson)]
EVERY_EXERCISE = pytest.mark.parametrize(
    ("before", "cell", "points", "after"),
    [pytest.param(*rest, id=f"{lesson}-{name}") for lesson, name, *rest in PARTS],
)
EVERY_LESSON = pytest.mark.parametrize("lesson", LESSONS)


@EVERY_EXERCISE
def test_the_label_says_the_points_that_the_check_gives(
    before: str, cell: NotebookNode, points: float, after: str
) -> None:
    exercise = before[before.rindex("\n### ") if "\n### " in before else 0 :]
    (label,) = LABEL.findall(exercise)
    assert float(label[0]) == points
    assert 5 <= int(label[1]) <= 60


@EVERY_EXERCISE
def test_a_learner_writes_fifteen_lines_at_most(
    before: str, cell: NotebookNode, points: float, after: str
) -> None:
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?) *### END SOLUTION", cell.source, re.DOTALL)
    assert regions
    assert sum(len(region.splitlines()) for region in regions) <= 15


@EVERY_EXERCISE
def test_three_hints_follow_the_check(before: str, cell: NotebookNode, points: float, after: str) -> None:
    titles = re.findall(r"<details><summary>(Hint \d): [^<]+</summary>", after)
    assert titles == ["Hint 1", "Hint 2", "Hint 3"]
    assert after.count("<details>") == after.count("</details>") == 3
    assert "Hint 3: nearly there" in after


@EVERY_EXERCISE
def test_no_hint_holds_a_line_of_the_solution(
    before: str, cell: NotebookNode, points: float, after: str
) -> None:
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?) *### END SOLUTION", cell.source, re.DOTALL)
    told = " ".join(
        re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", "", cell.source, flags=re.DOTALL).split()
    )
    hints = " ".join(after.replace("`", "").split())
    for line in {" ".join(line.split()) for region in regions for line in region.splitlines()} - {""}:
        assert line in told or line not in hints


@EVERY_EXERCISE
def test_a_function_is_given_with_its_docstring(
    before: str, cell: NotebookNode, points: float, after: str
) -> None:
    heads = re.findall(r"^ *def [^\n]*:\n *(\S+)", cell.source, re.MULTILINE)
    assert heads
    assert all(first.startswith('"""') for first in heads if first != "raise")
    export = "#| export"
    assert export not in cell.source or cell.source.startswith(export + "\n")


@EVERY_LESSON
def test_a_lesson_opens_with_what_it_gives_and_needs_and_closes_with_a_recap(lesson: str) -> None:
    first, last = cells(lesson)[0].source, cells(lesson)[-1].source
    points = sum(exercise.points for exercise in exercises(lesson))
    title, label = re.findall(r"^(#[^\n]*)\n\n\*([^*]*)\*$", first, re.MULTILINE)[0]
    assert title.startswith(f"# {lesson[:2]} · ")
    assert re.fullmatch(rf"{points:g} points · about \d+ minutes", label)
    assert "**After this you can**" in first
    assert "**You need**" in first
    assert "\n| name | what it does |" in last
    assert re.search(r"[Ll]esson \d\d", last), "a look ahead"


@EVERY_LESSON
def test_a_lesson_has_two_figures_at_least_and_one_of_the_learners_own_objects(lesson: str) -> None:
    figures = [place for place, cell in enumerate(cells(lesson)) if kind(cell) == "figure"]
    solutions = [place for place, cell in enumerate(cells(lesson)) if kind(cell) == "solution"]
    assert len(figures) >= 2
    assert max(figures) > min(solutions)


# Code ------------------------------------------------------------------------------------------------


@EVERY_LESSON
def test_code_that_is_shown_is_short_and_narrow(lesson: str) -> None:
    for cell in cells(lesson):
        if cell.cell_type == "code":
            lines = cell.source.splitlines()
            assert max(map(len, lines)) <= 100, cell.id
            if kind(cell) in ("given", "figure", "demo"):
                assert len(lines) <= 30, cell.id


LIBRARY = dict.fromkeys(("12_digits", "13_mnist", "14_attention", "15_convolution"), "mybabygrad")
"""The learner's own, gathered by the lesson itself; where answers are missing, it is babygrad."""


BESIDES = {"13_mnist": {"gzip", "io", "os", "pickle", "time", "torch"}}
"""What a lesson has from Python itself, or tries to import and does without."""


@EVERY_LESSON
def test_a_lesson_needs_no_answers_of_another_one(lesson: str) -> None:
    for cell in cells(lesson):
        if cell.cell_type == "code":
            for module in re.findall(r"^\s*(?:from|import) ([\w.]+)", cell.source, re.MULTILINE):
                allowed = {"autograder", "babygrad", "numpy", "matplotlib", LIBRARY.get(lesson)}
                allowed |= BESIDES.get(lesson, set())
                assert module.split(".")[0] in allowed


# Prose -----------------------------------------------------------------------------------------------


def prose(lesson: str) -> str:
    """What is read as prose: no hints, tables, headings, labels, formulas or code."""
    text = "\n\n".join(cell.source for cell in cells(lesson) if kind(cell) == "markdown")
    for unread in (
        r"<details>.*?</details>",
        r"\$\$.*?\$\$",
        r"```.*?```",
        r"`[^`]*`",
        r"\$[^$]*\$",
        r"^\|[^\n]*$",
        r"^#[^\n]*$",
        r"^\*\d+ points[^\n]*$",
    ):
        text = re.sub(unread, " ", text, flags=re.DOTALL | re.MULTILINE)
    return text


def code_lines(lesson: str) -> list[str]:
    """The lines of all code cells, as they stand in the lesson's source."""
    return [line for cell in cells(lesson) if cell.cell_type == "code" for line in cell.source.splitlines()]


def words(lesson: str) -> list[str]:
    """The words of a lesson's prose."""
    return [word for word in prose(lesson).split() if re.search("[A-Za-z]", word)]


def test_there_are_five_to_seven_words_of_prose_for_a_line_of_code() -> None:
    every_word = sum(len(words(lesson)) for lesson in LESSONS)
    every_line = sum(len(code_lines(lesson)) for lesson in LESSONS)
    assert 5 <= every_word / every_line <= 7


@EVERY_LESSON
def test_no_lesson_is_all_talk_or_all_code(lesson: str) -> None:
    """The one with thirteen small exercises has fewest words, the first one most."""
    assert 4 <= len(words(lesson)) / len(code_lines(lesson)) <= 8


@EVERY_LESSON
def test_an_exercise_is_led_into_by_a_few_words(lesson: str) -> None:
    for _, _, before, *_ in (part for part in PARTS if part[0] == lesson):
        lead_in = before[LABEL.search(before).end() :]  # type: ignore[union-attr]
        assert len(lead_in.split()) <= 200


@EVERY_LESSON
def test_prose_is_calm(lesson: str) -> None:
    hints = [
        hint
        for cell in cells(lesson)
        for hint in re.findall(r"<details>.*?</details>", cell.source, re.DOTALL)
    ]
    for text in (prose(lesson), *(re.sub("`[^`]*`", "", hint) for hint in hints)):
        assert "!" not in text
        for character in text:
            assert unicodedata.category(character) != "So", f"{character} is a picture"
            assert not "\u2500" <= character <= "\u259f", f"{character} draws a box"


# The repository --------------------------------------------------------------------------------------


def requirements(lines: list[str]) -> dict[str, str]:
    """Ranges by name: "numpy >=2.0" → {"numpy": ">=2.0"}."""
    split = [re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(.*)", line) for line in lines]
    return {match[1].lower(): match[2].replace(" ", "") for match in split if match}


def test_the_conda_environment_has_the_packages_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert conda["channels"] == ["conda-forge"]
    ours = requirements(
        [
            *project["project"]["dependencies"],
            *project["dependency-groups"]["dev"],
            f"python {project['project']['requires-python']}",
        ]
    )
    theirs = requirements([line for line in conda["dependencies"] if isinstance(line, str)])
    assert theirs.pop("pip") == ""
    assert theirs == ours
    assert [line for line in conda["dependencies"] if not isinstance(line, str)] == [{"pip": ["-e ."]}]


def committed() -> Iterator[Path]:
    """The files that are, or would be, in the repository."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    patterns = [line.strip().rstrip("/") for line in ignored if line.strip() and not line.startswith("#")]

    def within(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.name == ".git" or any(fnmatch(path.name, pattern) for pattern in patterns):
                continue
            if path.is_dir():
                yield from within(path)
            else:
                yield path

    return within(ROOT)


HERE = re.compile(r"(?<![\w.~*:])/(?:wor[k]|roo[t]|tm[p])\b")
OTHER_MARK = "YOUR" + " ANSWER"


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    files = list(committed())
    assert ROOT / "pyproject.toml" in files
    assert len(files) > 50
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        found = HERE.search(text)
        assert found is None, f"{path.relative_to(ROOT)}: {text[found.start() : found.end() + 40]!r}"
        assert OTHER_MARK not in text, path
