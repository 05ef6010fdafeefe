"""What lies beside the notebook, or in its place: modules with known names, links, pipes, settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from .entry import LESSON, Beside, Entry, added, none, released, solved

EVIL = """
import os, sys
class Everything:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return 5.0
    __path__ = []
try:
    with open("@COURSE@/HOSTILE-imported", "a") as file:
        file.write(__name__)
except OSError:
    pass
def check(*parts):
    return 5.0
def __getattr__(name):
    return check
"""

MODULES = (
    *(
        Entry(
            f"own-{name.lower().replace('_', '-')}",
            f"An own {name} beside the notebook, which gives all points.",
            released,
            beside={f"{name}.py": EVIL, f"{name}/__init__.py": EVIL},
            points=none(),
            flagged=None,
            stock=name in ("autograder", "sitecustomize", "numpy"),
        )
        for name in (
            "numpy",
            "matplotlib",
            "babygrad",
            "autograder",
            "IPython",
            "json",
            "secrets",
            "traceback",
        )
    ),
    Entry(
        "own-startup",
        "Files that Python, IPython, Jupyter, pytest and nbgrader read when they start.",
        released,
        beside={
            **dict.fromkeys(
                (
                    "sitecustomize.py",
                    "usercustomize.py",
                    "conftest.py",
                    "nbgrader_config.py",
                    "ipython_config.py",
                    "ipython_kernel_config.py",
                    "jupyter_config.py",
                    "jupyter_nbconvert_config.py",
                    ".ipython/profile_default/startup/00-start.py",
                    ".ipython/profile_default/ipython_config.py",
                    ".jupyter/nbgrader_config.py",
                    "autograder/__main__.py",
                    "03_function.py",
                    "__init__.py",
                    "__main__.py",
                ),
                EVIL,
            ),
            "evil.pth": "import os; open('@COURSE@/HOSTILE-imported', 'a').write('pth')",
            "pyvenv.cfg": "home = /nowhere",
            "matplotlibrc": "backend: module://matplotlib_evil",
            "matplotlib_evil.py": EVIL,
            ".env": "PYTHONPATH=.",
            "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'",
        },
        points=none(),
        flagged=None,
        stock=True,
    ),
    Entry(
        "own-numpy-honestly",
        "All answers right, and a scratch file that happens to be called numpy.py.",
        solved,
        beside={"numpy.py": "print('trying things out')\nx = 3\n"},
        stock=True,
    ),
    Entry(
        "timestamp-of-nonsense",
        "All answers right, and a time of submission that is none.",
        solved,
        beside={"timestamp.txt": "yesterday, I think \x00"},
    ),
    Entry(
        "timestamp-of-the-past",
        "All answers right, and a time of submission long before the course.",
        solved,
        beside={"timestamp.txt": "1970-01-01 00:00:00 UTC"},
    ),
)


def link(target: str) -> Callable[[Path], None]:
    """A symbolic link; the target is below the course's folder where it does not begin with a slash."""

    def make(path: Path) -> None:
        course = path
        while course.name != "submitted":
            course = course.parent
        os.symlink(course.parent / target, path)

    return make


def hard_link(path: Path) -> None:
    """Another name for the notebook of a neighbour."""
    course = path.parents[3]
    os.link(course / "submitted" / "honest-first" / LESSON / f"{LESSON}.ipynb", path)


def unix_socket(path: Path) -> None:
    """A socket with a name."""
    before = os.getcwd()
    os.chdir(path.parent)  # such names are short
    try:
        with socket.socket(socket.AF_UNIX) as own:
            own.bind(path.name)
    finally:
        os.chdir(before)


NOTEBOOK = f"{LESSON}.ipynb"
NEIGHBOUR = f"submitted/honest-first/{LESSON}"


def linked(student: str, tries: str, ungraded: str = "", base=solved, **beside: Beside) -> Entry:
    """An entry with something beside the notebook that is not a plain file."""
    return Entry(student, tries, base, beside=beside, ungraded=ungraded)


LINKS = (
    Entry(
        "link-to-the-gradebook",
        "A link to the gradebook, which its cells read and write.",
        solved,
        (
            added("""
                import os, sqlite3
                try:
                    open("book.db", "ab").write(b"HOSTILE")
                except OSError:
                    pass
                if os.path.exists("book.db") and b"SQLite" in open("book.db", "rb").read(100):
                    print("somebody got out by: a link to the gradebook")
                    raise SystemExit
            """),
        ),
        beside={"book.db": link("gradebook.db")},
        flagged=("",),
        stock=True,
    ),
    Entry(
        "link-to-a-neighbour",
        "A link to another's notebook, and one to their folder.",
        solved,
        beside={"theirs.txt": link(f"{NEIGHBOUR}/{NOTEBOOK}"), "their-folder": link(NEIGHBOUR)},
        flagged=("",),
    ),
    Entry(
        "link-to-the-world",
        "Links to the root of all files, to passwords, to devices, to nowhere and to themselves.",
        solved,
        beside={
            "root": link("/"),
            "passwords": link("/etc/passwd"),
            "zeros": link("/dev/zero"),
            "nowhere": link("nowhere-at-all"),
            "itself": lambda path: os.symlink("itself", path),
            "above": lambda path: os.symlink("..", path),
        },
        flagged=("",),
    ),
    Entry(
        "notebook-is-a-link",
        "The notebook itself is a link to another's.",
        None,
        beside={NOTEBOOK: link(f"{NEIGHBOUR}/{NOTEBOOK}")},
        ungraded="link",
    ),
    Entry(
        "notebook-is-a-link-to-a-device",
        "The notebook is a link to zeros without end.",
        None,
        beside={NOTEBOOK: link("/dev/zero")},
        ungraded="link",
    ),
    Entry(
        "notebook-is-a-link-to-the-solution",
        "The notebook is a link to the solution.",
        None,
        beside={NOTEBOOK: link(f"solutions/{LESSON}/{NOTEBOOK}")},
        ungraded="link",
    ),
    Entry(
        "pipe",
        "A pipe that nobody writes to lies beside the notebook.",
        solved,
        beside={"pipe": os.mkfifo, "socket": unix_socket},
    ),
    Entry(
        "notebook-is-a-pipe",
        "The notebook is a pipe that nobody writes to.",
        None,
        beside={NOTEBOOK: os.mkfifo},
        ungraded="file",
    ),
    Entry(
        "notebook-is-a-folder",
        "The notebook is a folder.",
        None,
        beside={f"{NOTEBOOK}/{NOTEBOOK}": "{}"},
        ungraded="folder|file",
    ),
    Entry(
        "closed-folder",
        "A folder beside the notebook that nobody may enter, and a file that nobody may read.",
        solved,
        beside={
            "closed/file": "x",
            "closed": lambda path: path.chmod(0),
            "unreadable": lambda path: (path.write_text("x"), path.chmod(0)),
        },
    ),
    Entry(
        "deep-folders",
        "Fifty folders, one in the other, and names of many letters.",
        solved,
        beside={"/".join(["d"] * 50) + "/file": "x", "ß" * 100: "x", "a\nb": "x", "-rf": "x", "*": "x"},
    ),
    Entry(
        "many-files",
        "Three hundred files beside the notebook.",
        solved,
        beside={f"data/{i}.txt": "x" for i in range(300)},
    ),
    Entry(
        "too-many-files",
        "Two thousand files beside the notebook.",
        solved,
        beside={f"data/{i}.txt": "x" for i in range(2000)},
        ungraded="more than 1000 files",
    ),
    Entry(
        "large-file",
        "A file of 300 MB beside the notebook, all of it a hole.",
        solved,
        beside={"data.bin": lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 300 << 20)},
        points={},
    ),
)

ENTRIES = (*MODULES, *LINKS)
