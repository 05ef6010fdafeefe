"""A class of hostile and broken submissions, graded once: how it is made, and what was there afterwards.

The grading is a program of its own, with a home and a temporary folder of its own, so that what it leaves
behind can be looked at.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import sandbox
from autograder.sandbox import kernel, landlock

from .entry import LESSON, ROOT, Entry

SECRET = "HOSTILE-secret-4711"
"""In the grader's environment, where no learner should find it."""

LINKED = "folder-is-a-link"
"""The student whose whole folder is a link to a neighbour's."""

SETTINGS = """
c.SandboxedExecute.timeout = 2
c.TrustedVerdict.seconds = 1
c.TrustedVerdict.total = 9
"""

WRITTEN_BY_GRADING = ("gradebook.db", "autograded", ".autograder", "feedback", ".nbgrader.log")


@dataclass(frozen=True)
class Looked:
    """What could be seen after the grading.

    grades: for each student, what the gradebook says of each check cell: its score, and whether a human
    should look at it. before, after: every file of the course, with its kind, rights, times and content.
    processes: command lines that were still there. temporary: what was left in the temporary folder and the
    home. heard: what came in at the sockets that listened. kernel_objects: what outlives processes.
    """

    course: Path
    status: int
    log: str
    seconds: float
    grades: dict[tuple[str, str], dict[str, tuple[float | None, bool]]]
    before: dict[str, tuple]
    after: dict[str, tuple]
    processes: list[str]
    temporary: list[str]
    heard: list[str]
    kernel_objects: list[str]

    def graded(self, entry: Entry) -> NotebookNode | None:
        """The autograded notebook, if there is one."""
        path = self.folder(entry) / f"{entry.lesson}.ipynb"
        return _read(path) if path.is_file() else None

    def folder(self, entry: Entry) -> Path:
        """Where the autograded notebook lies."""
        return self.course / "autograded" / entry.student / entry.lesson

    def reason(self, entry: Entry) -> str:
        """Why a submission could not be graded; "" where nothing is said."""
        path = self.course / ".autograder" / "ungraded" / entry.lesson / f"{entry.student}.json"
        return str(json.loads(path.read_text(encoding="utf-8"))["reason"]) if path.is_file() else ""


@cache
def _read(path: Path) -> NotebookNode:
    return nbformat.v4.reads_json(path.read_text(encoding="utf-8"))


def layers() -> set[str]:
    """The layers of the sandbox that this system has."""
    there = {"limits"} if sys.platform != "win32" else set()
    if kernel.machine():
        there |= {"capabilities", "seccomp"} | ({"landlock"} if landlock.version() >= 6 else set())
    return there & set(sandbox.LAYERS)


def possible(entries: Iterable[Entry]) -> list[Entry]:
    """Those that can be handed in here without doing harm."""
    there = layers()
    return [entry for entry in entries if there.issuperset(entry.needs)]


# Before ----------------------------------------------------------------------------------------------


def make(course: Path, entries: Sequence[Entry], port: int) -> None:
    """The course: lessons, and what was handed in."""
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (course / "nbgrader_config.py").write_text(config + SETTINGS, encoding="utf-8")
    for lesson in {entry.lesson for entry in entries}:
        shutil.copytree(ROOT / "solutions" / lesson, course / "solutions" / lesson)
    own = {"@HOME@": course.parent / "home", "@TMP@": course.parent / "tmp"}
    known = {name: path.as_posix() for name, path in {"@COURSE@": course, "@ROOT@": ROOT, **own}.items()}
    known["@PORT@"] = str(port)
    for entry in entries:
        entry.hand_in(course, known)
    (course / "submitted" / LINKED).mkdir()
    (course / "submitted" / LINKED / LESSON).symlink_to(course / "submitted" / "honest-first" / LESSON)


def environment(place: Path) -> dict[str, str]:
    """That of the grader: a home and a temporary folder of its own, and a secret."""
    for name in ("home", "tmp"):
        (place / name).mkdir(exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    own = {"PATH": path, "HOME": str(place / "home"), "TMPDIR": str(place / "tmp")}
    return {**os.environ, **own, "JUPYTERHUB_API_TOKEN": SECRET, "PYTHONPATH": str(ROOT)}


def run(command: Sequence[str], course: Path, seconds: float) -> tuple[int, str]:
    """Run a program in the course; its status and what it said."""
    log = course.parent / "log.txt"
    with log.open("ab") as out:
        done = subprocess.run(
            command,
            cwd=course,
            env=environment(course.parent),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            timeout=seconds,
            check=False,
        )
    return done.returncode, log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def listening(course: Path) -> Iterator[tuple[int, list[str]]]:
    """Sockets that nobody should find: on a port, and as a file in the course. Gives the port, and a list
    that afterwards says who came.
    """
    heard: list[str] = []
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server.setblocking(False)
        box = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        here = os.getcwd()
        os.chdir(course)  # names of sockets are short
        try:
            box.bind("listening")
        finally:
            os.chdir(here)
        box.setblocking(False)
        yield server.getsockname()[1], heard
        for name, ask in (("a connection", server.accept), ("a datagram", lambda: box.recv(100))):
            try:
                ask()
            except BlockingIOError:
                continue
            heard.append(name)


# Afterwards ------------------------------------------------------------------------------------------


def files(course: Path) -> dict[str, tuple]:
    """Every file and folder but those that grading writes, with all that could be changed about it."""
    found = {}
    for folder, folders, names in os.walk(course):
        for name in (*folders, *names):
            path = Path(folder, name)
            inner = path.relative_to(course)
            if not inner.parts[0].startswith(WRITTEN_BY_GRADING):
                found[inner.as_posix()] = _seen(path)
    return found


def _seen(path: Path) -> tuple:
    about = path.lstat()
    content = ""
    if path.is_symlink():
        content = os.readlink(path)
    elif path.is_file():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    return (about.st_mode, about.st_uid, about.st_gid, about.st_nlink, about.st_mtime_ns, content)


def processes(place: Path) -> list[str]:
    """The command lines of processes that the grading has left: by environment, folder or command."""
    left = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            known = process.joinpath("environ").read_bytes()
            command = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ")
            where = os.readlink(process / "cwd")
        except OSError:
            continue
        if os.fsencode(place) in known or b"HOSTILE" in command or where.startswith(str(place)):
            left.append(f"{process.name} {command.decode('utf-8', 'replace')[:300]}")
    return left


def _still_there(place: Path, seconds: float = 3) -> list[str]:
    """The same, after some seconds in which to end."""
    end = time.monotonic() + seconds
    while (left := processes(place)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def kernel_objects() -> list[str]:
    """What outlives processes: segments, queues and semaphores of our key, shared memory by name."""
    found = []
    for kind in ("shm", "msg", "sem"):
        table = Path("/proc/sysvipc", kind)
        if table.exists() and str(0x484F5354) in table.read_text().split():
            found.append(kind)
    return found + [str(path) for path in Path("/dev/shm").glob("*HOSTILE*")]


def temporary(place: Path) -> list[str]:
    """What lies in the temporary folder, and in the home but for the caches of libraries."""
    left = [path.relative_to(place) for path in (place / "tmp").iterdir()]
    left += [path.relative_to(place) for path in (place / "home").rglob("*HOSTILE*")]
    return [path.as_posix() for path in left]


def grade(place: Path, entries: Sequence[Entry], command: Sequence[str], seconds: float = 600) -> Looked:
    """Make the course below `place`, run the command that grades it, and look around."""
    course = place / "course"
    course.mkdir()
    lessons = sorted({entry.lesson for entry in entries})
    with listening(course) as (port, heard):
        make(course, entries, port)
        nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment"]
        status, log = run([*nbgrader, "--CourseDirectory.assignment_id=" + lessons[0]], course, 120)
        for lesson in lessons[1:]:
            status, log = run([*nbgrader, lesson], course, 120)
        assert status == 0, log
        before, objects = files(course), kernel_objects()
        start = time.monotonic()
        status, log = run([part for part in command], course, seconds)
        took = time.monotonic() - start
        left = _still_there(place)
        kept = sorted(set(kernel_objects()) - set(objects))
    said, _ = subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.course", str(course), *lessons],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ).communicate()
    grades = {
        (student, lesson): {name: (score, manual) for name, score, manual in rows}
        for student, lesson, rows in json.loads(said)
    }
    return Looked(
        course,
        status,
        log,
        took,
        grades,
        before,
        files(course),
        left,
        temporary(place),
        heard,
        kept,
    )


def main(course: Path, lessons: Sequence[str]) -> None:
    """In a process of its own: what the gradebook says."""
    from nbgrader.api import Gradebook

    rows: list[Any] = []
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "babygrad") as gradebook:
        for lesson in lessons:
            for submission in gradebook.assignment_submissions(lesson):
                grades = [
                    (grade.name, grade.auto_score, bool(grade.needs_manual_grade))
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                ]
                rows.append((submission.student.id, lesson, grades))
    print(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
