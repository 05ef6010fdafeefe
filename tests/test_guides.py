"""What the guides tell people to type, typed: an instructor's commands in order, in a copy of the course.

Other commands are run elsewhere, or nowhere, for a reason that stands here. A new one needs a place.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import parse_utc

from .autograder.lessons import notebook
from .test_docs import COMMANDS, ROOT

ARCHIVE = next(
    line
    for line in (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("git archive ")
)
GUIDE = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
(PATTERN,) = re.findall(r"`(c\.FileNameCollectorPlugin\.named_regexp = .*)`", GUIDE)
GIT = "git -c user.name=tests -c user.email=tests@example.invalid"
LESSON = "01_tensor"
NOTEBOOK = f"{LESSON}/{LESSON}.ipynb"

ELSEWHERE = {
    "autograder demo": (".ci/run", "autograder demo"),
    "make demo": ("Makefile", "run autograder demo"),
    "make learn": ("Makefile", "run jupyter lab notebooks/00_start/00_start.ipynb"),
    "uv run autograder demo": (".ci/run", "autograder demo"),
    "make test": (".ci/run", "make test"),
    "make check": ("Makefile", "bash .ci/run"),
    "make build": ("Makefile", "run autograder build"),
    "uv run pytest": ("Makefile", "run pytest"),
    "uv run pytest -m selftest": (".ci/run", "-m selftest"),
    "uv run pytest -m slow": (".ci/run", "pytest -m slow"),
    "uv run pytest -n 0 -m hostile": (".ci/run", "pytest -n 0 -m hostile"),
    "uv run autograder selftest": (".ci/run", "autograder selftest"),
    'uv run pytest -m "" tests/autograder/test_exercises.py': (".ci/run", "pytest -m slow"),
    "uv run --group site-checks pytest -n 0 -m site": (".ci/run", "--group site-checks pytest -n 0 -m site"),
    "uv run --group site autograder site": ("tests/site/conftest.py", '"site", *options'),
    "uv run --group site autograder site --open": ("tests/site/conftest.py", '"site", *options'),
    "uv run jupyter lab": ("tests/browser/test_jupyterlab.py", '"jupyterlab", *options'),
    "uv run jupyter lab notebooks/00_start/00_start.ipynb": (
        "tests/browser/test_jupyterlab.py",
        '"jupyterlab", *options',
    ),
    "python benchmarks/grading.py": ("tests/test_benchmarks.py", 'with_name("grading.py")'),
}
"""Where each of these, or what it stands for, is run: a file, and what stands in it."""

NOWHERE = {
    ".ci/pins": "it asks the package index for what is new",
    "conda env create -f environment.yml": "it needs conda; a test compares its packages",
    "conda activate babygrad": "it needs conda",
    "uv pip install psycopg2-binary": "it needs a server of PostgreSQL to be of use",
    "uv sync --group mutants": "it would change the environment that runs the tests",
}


def penalty_of(guide: str) -> str:
    """The rule for late submissions that the guide shows."""
    (rule,) = re.findall(r"```\n(from nbgrader\.plugins import .*?)```", guide, re.DOTALL)
    return str(rule)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A clone of the course, with the exchange and the pattern that an instructor has set."""
    folder = tmp_path / "course"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)  # as nbgrader asks, whatever the umask
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n{PATTERN}\n{penalty_of(GUIDE)}\n")
    return folder


def typed(line: str, folder: Path) -> str:
    """What a command prints, run in a folder with the programs of this environment. It has to succeed."""
    words = shlex.split(line)
    if words[:2] == ["uv", "run"]:
        words = words[2:]
    programs = Path(sys.executable).parent
    env = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [shutil.which(words[0], path=env["PATH"]) or words[0], *words[1:]],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def hand_in_by_platform(course: Path) -> None:
    """An archive as a learning platform gives it, with Anna's right answers."""
    made = notebook("notebooks", LESSON)
    for cell, answer in zip(made.cells, notebook("solutions", LESSON).cells, strict=True):
        cell.source = answer.source
    archive = course / "downloaded" / LESSON / "archive" / "download.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("anna_4711_01_tensor.ipynb", nbformat.writes(made))


def write_roster(course: Path) -> None:
    """A roster with what is difficult in it."""
    rows = 'id,first_name,last_name,email\nanna,Anna,"Müller, jr.",anna@example.invalid\n'
    (course / "roster.csv").write_text(rows, encoding="utf-8")


def hand_in_by_exchange(course: Path) -> None:
    """A student fetches what was released, and hands it in untouched."""
    home = course.parent / "student"
    home.mkdir()
    shutil.copy(course / "nbgrader_config.py", home)
    typed(f"nbgrader fetch_assignment {LESSON}", home)
    typed(f"nbgrader submit {LESSON}", home)


Check = Callable[[Path, str], bool]


def makes(pattern: str) -> Check:
    return lambda course, said: bool(list(course.glob(pattern)))


def says(*words: str) -> Check:
    return lambda course, said: all(word in " ".join(said.split()) for word in words)


def as_released(course: Path, said: str) -> bool:
    return (course / "notebooks" / NOTEBOOK).read_bytes() == (ROOT / "notebooks" / NOTEBOOK).read_bytes()


def is_in_the_exchange(course: Path, said: str) -> bool:
    return (course.parent / "exchange" / "babygrad" / "outbound" / NOTEBOOK).is_file()


def is_returned(course: Path, said: str) -> bool:
    return len(list(course.parent.glob("exchange/babygrad/feedback/*.html"))) == 1


def is_due(course: Path, said: str) -> bool:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "babygrad") as gradebook:
        return str(gradebook.find_assignment(LESSON).duedate) == "2030-10-12 21:59:00"


def has_a_row_each(course: Path, said: str) -> bool:
    with (course / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return (
        rows["anna"]["last name"] == "Müller, jr."
        and rows["anna"][f"{LESSON} (of 8)"] == "8"
        and len(rows) == 2
    )


A_CLASS: dict[str, Check] = {
    f"uv run nbgrader generate_assignment {LESSON} --force": as_released,
    "uv run nbgrader db student import roster.csv": says("anna"),
    f'uv run nbgrader db assignment add {LESSON} --duedate="2030-10-12 23:59 Europe/Berlin"': is_due,
    f"uv run nbgrader release_assignment {LESSON}": is_in_the_exchange,
    f"uv run nbgrader collect {LESSON}": makes(f"submitted/*/{NOTEBOOK}"),
    f"uv run nbgrader zip_collect {LESSON}": makes(f"submitted/anna/{NOTEBOOK}"),
    "uv run autograder grade": says("2 submissions graded", "0 could not be graded"),
    "uv run autograder grade --force": says("2 submissions graded", "0 could not be graded"),
    f"uv run autograder grade {LESSON} --force": says("2 submissions graded", "0 could not be graded"),
    "uv run autograder report": makes("report.html"),
    "uv run autograder feedback": makes(f"feedback/anna/{LESSON}/{LESSON}.html"),
    f"uv run nbgrader release_feedback {LESSON} --CourseDirectory.student_id_exclude=anna": is_returned,
    "uv run autograder report --grades grades.csv": has_a_row_each,
    "uv run autograder build 03_function": makes("notebooks/03_function/03_function.ipynb"),
    "uv run autograder selftest 03_function": says("All is as it should be"),
    "uv run autograder export": makes("mybabygrad/__init__.py"),
}
"""By command, in the guide's order: what must have come of it."""

BEFORE = {
    "uv run nbgrader db student import roster.csv": write_roster,
    f"uv run nbgrader collect {LESSON}": hand_in_by_exchange,
    f"uv run nbgrader zip_collect {LESSON}": hand_in_by_platform,
}


def test_every_command_of_the_guides_has_its_place() -> None:
    told = {line for line, _ in COMMANDS}
    here = set(A_CLASS) | {line.removeprefix("uv run ") for line in A_CLASS}
    assert told - here - set(ELSEWHERE) - set(NOWHERE) == set()
    assert (set(A_CLASS) | set(ELSEWHERE) | set(NOWHERE)) - told == set(), "no guide tells this any more"
    for name, words in ELSEWHERE.values():
        assert words in (ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="nbgrader's exchange is for POSIX systems")
def test_a_class_from_release_to_export(course: Path) -> None:
    for line, check in A_CLASS.items():
        BEFORE.get(line, lambda course: None)(course)
        said = typed(line, course)
        assert check(course, said), f"{line}\n{said}"


@pytest.mark.parametrize("student", ["anna", "müller", "s1003", "Ada Okafor"])
def test_the_pattern_takes_every_name_of_a_student(student: str) -> None:
    pattern = PATTERN.split(" = ")[1].removeprefix('r"').removesuffix('"')
    for number, with_time in ((r"_\d+_", False), (r"_(?P<timestamp>\d{14})_", True)):
        assert f"`{number}`" in GUIDE
        path = f"/course/downloaded/{LESSON}/extracted/x/{student}_20301012173000_{LESSON}.ipynb"
        found = re.match(pattern.replace(r"_\d+_", number), path)
        assert found
        assert (found["student_id"], found["file_id"]) == (student, LESSON)
        assert not with_time or parse_utc(found["timestamp"]) == datetime(2030, 10, 12, 17, 30)


def test_the_archive_for_students_holds_no_answer(course: Path) -> None:
    for line in ("git init -q", "git add -A", f"{GIT} commit -q -m course", ARCHIVE):
        typed(line, course)
    with zipfile.ZipFile(course / "babygrad-class.zip") as packed:
        names = packed.namelist()
        texts = {name: packed.read(name) for name in names if not name.endswith("/")}
    assert f"notebooks/{NOTEBOOK}" in names
    assert not [name for name in names if name.startswith(("solutions/", "tests/"))]
    told = [name for name, text in texts.items() if b"### BEGIN SOLUTION" in text and name.endswith(".ipynb")]
    assert told == []
