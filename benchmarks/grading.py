"""How fast a class is graded: `autograder grade` against nbgrader's own `nbgrader autograde`.

    uv run python benchmarks/grading.py                     60 submissions of lesson 04, about eight minutes
    uv run python benchmarks/grading.py --submissions 10    a quick look
    uv run python benchmarks/grading.py --memory 500        memory over 500 submissions, about five minutes

Both grade the same class, in folders of their own, one after the other: ours, nbgrader, ours again. nbgrader
runs as it comes, with its own steps and a Jupyter kernel for each submission: no sandbox, and points that the
learner's process claims. Ours has everything on. The whole command counts, from start to end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
LESSON = "04_elementwise"
PROGRAMS = Path(sys.executable).parent

STOCK = """
c = get_config()
c.CourseDirectory.course_id = "babygrad"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.py", "*.pyc", "__pycache__"]
"""

MISTAKES = {
    "negate": ("return -out_grad", "return out_grad"),
    "sub": ("return out_grad, -out_grad", "return out_grad, out_grad"),
    "div": ("-out_grad * a / (b * b)", "out_grad * a / (b * b)"),
    "log": ("return out_grad / x", "return 1 / x"),
    "exp": ("return out_grad * node", "return out_grad"),
    "sqrt": ("(2 * node)", "node"),
    "relu": ("x.data > 0", "x.data >= 0"),
    "abs": ("np.sign(x.data)", "np.where(x.data < 0, -1.0, 1.0)"),
    "sigmoid": ("np.where(x >= 0, 1, small) / (1 + small)", "1 / (1 + np.exp(-x))"),
    "tanh": ("(1 - node * node)", "(1 - node)"),
    "pow": ("out_grad * b * a ** (b - 1 + (b.data == 0))", "out_grad * b * a ** b"),
}
"""What people write wrong, by cell."""


# The class -------------------------------------------------------------------------------------------


def submissions(count: int) -> Iterator[nbformat.NotebookNode]:
    """A class like any: of 20, nine are right, eight have one mistake to three, two stopped half way, and one
    did nothing. The same on every run.
    """
    released, solution = (
        nbformat.read(ROOT / folder / LESSON / f"{LESSON}.ipynb", as_version=4)
        for folder in ("notebooks", "solutions")
    )
    answers = {cell.id: cell.source for cell in solution.cells}
    drawn = random.Random(4)
    for number in range(count):
        kind = number % 20
        wrong = drawn.sample(sorted(MISTAKES), drawn.randint(1, 3)) if 9 <= kind < 17 else []
        done = 1 if kind < 17 else 0.5 if kind < 19 else 0
        yield _handed_in(released, answers, wrong, done)


def _handed_in(
    released: nbformat.NotebookNode, answers: dict[str, str], wrong: Sequence[str], done: float
) -> nbformat.NotebookNode:
    """The released notebook with answers in the first part of its cells, some of them wrong."""
    notebook = nbformat.from_dict(released)
    places = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    for cell in places[: round(done * len(places))]:
        old, new = MISTAKES[cell.id] if cell.id in wrong else ("", "")
        if old not in answers[cell.id]:
            raise SystemExit(f"The solution of {cell.id} no longer contains {old!r}: mend MISTAKES.")
        cell.source = answers[cell.id].replace(old, new) if old else answers[cell.id]
    return notebook


def course(folder: Path, count: int, config: str) -> Path:
    """A course with the lesson released and a class handed in."""
    (folder / "solutions").mkdir(parents=True)
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for number, notebook in enumerate(submissions(count)):
        path = folder / "submitted" / f"s{number:03d}" / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    run(folder, "nbgrader", "generate_assignment", LESSON)
    return folder


# Measuring -------------------------------------------------------------------------------------------


def run(folder: Path, program: str, *arguments: str) -> float:
    """Run a program in a course; the seconds it took."""
    command = [str(PROGRAMS / program), *arguments]
    environment = {**os.environ, "PATH": os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", "")])}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return seconds


def speed(folder: Path, count: int, jobs: int, console: Console) -> dict[str, float]:
    """Submissions per minute of both, and their ratio."""
    ours = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    seconds: dict[str, list[float]] = {"autograder grade": [], "nbgrader autograde": []}
    turns = [("autograder grade", ours), ("nbgrader autograde", STOCK), ("autograder grade", ours)]
    for turn, (name, config) in enumerate(turns):
        with console.status(f"{name}: {count} submissions ({turn + 1} of {len(turns)})"):
            place = course(folder / str(turn), count, config)
            program, verb = name.split()
            options = ["--jobs", str(jobs)] if program == "autograder" else []
            seconds[name].append(run(place, program, verb, LESSON, *options))
    rates = {name: 60 * count / mean(times) for name, times in seconds.items()}
    return {**rates, "ratio": rates["autograder grade"] / rates["nbgrader autograde"]}


def memory(folder: Path, count: int, jobs: int, console: Console) -> list[tuple[float, float]]:
    """Memory of the grader and all its processes in MB, against the share of the class that is graded."""
    place = course(folder / "memory", count, (ROOT / "nbgrader_config.py").read_text(encoding="utf-8"))
    samples: list[tuple[float, float]] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            graded = len(list((place / "autograded").glob(f"*/{LESSON}/*.ipynb")))
            samples.append((graded / count, _megabytes(psutil.Process())))

    watching = threading.Thread(target=watch)
    with console.status(f"memory over {count} submissions"):
        watching.start()
        try:
            run(place, "autograder", "grade", LESSON, "--jobs", str(jobs))
        finally:
            ended.set()
            watching.join()
    return samples


def _megabytes(process: psutil.Process) -> float:
    """The memory of a process's descendants; what they share is counted once."""
    total = 0
    for one in process.children(recursive=True):
        try:
            about = one.memory_full_info()
            total += getattr(about, "pss", about.uss)
        except psutil.Error:  # it has just ended
            continue
    return total / 1e6


# Telling ---------------------------------------------------------------------------------------------


def tell_speed(console: Console, figures: dict[str, float], count: int, jobs: int) -> None:
    """A table of the rates."""
    table = Table(title=f"{count} submissions of {LESSON}, {jobs} jobs", title_justify="left")
    table.add_column("")
    table.add_column("submissions per minute", justify="right")
    for name in ("nbgrader autograde", "autograder grade"):
        table.add_row(name, f"{figures[name]:.1f}")
    console.print(table)
    console.print(f"autograder grade is {figures['ratio']:.1f} times as fast.")


def tell_memory(console: Console, samples: list[tuple[float, float]], count: int) -> None:
    """The mean over each fifth of the class."""
    table = Table(title=f"Memory while {count} submissions are graded", title_justify="left")
    table.add_column("graded")
    table.add_column("MB, mean", justify="right")
    table.add_column("MB, most", justify="right")
    for fifth in range(5):
        within = [mb for share, mb in samples if fifth / 5 <= share < (fifth + 1) / 5]
        if within:
            table.add_row(f"{20 * fifth} to {20 * fifth + 20} %", f"{mean(within):.0f}", f"{max(within):.0f}")
    console.print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--submissions", type=int, default=60, help="in the class (default 60)")
    parser.add_argument("--jobs", type=int, default=2, help="at a time (default 2)")
    parser.add_argument("--memory", type=int, metavar="N", help="watch memory over N submissions instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures for another program")
    options = parser.parse_args()
    if min(options.submissions, options.jobs, options.memory or 1) < 1:
        parser.error("--submissions, --jobs and --memory must be at least 1")
    console = Console()
    with tempfile.TemporaryDirectory(prefix="grading-") as name:
        waiting = Console(stderr=True)
        if options.memory:
            samples = memory(Path(name), options.memory, options.jobs, waiting)
            tell_memory(console, samples, options.memory)
            figures: object = {"memory": samples}
        else:
            rates = speed(Path(name), options.submissions, options.jobs, waiting)
            tell_speed(console, rates, options.submissions, options.jobs)
            figures = rates
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
