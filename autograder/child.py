"""The learner's code in a process of its own: ``python -m autograder.child FOLDER``.

FOLDER/request.json says what to run: the learner's cells, in order, then the probes of some exercises on
given inputs. What was seen goes to FOLDER/answer.jsonl, line by line, so that an end with violence loses only
what comes after it. Before the first line of the learner's, the process shuts itself in. Nothing is compared
here, and nothing is trusted that comes from here.
"""

from __future__ import annotations

import builtins
import io
import json
import linecache
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

import autograder
import babygrad
from autograder import plain, sandbox
from autograder.exercise import Exercise
from autograder.exercises import find
from autograder.observation import STOPPED, Probe, run


class TimeUp(Exception):
    """A cell or a probe took too long."""


Confine = Callable[[Path], Sequence[str]]


def main(folder: Path, confine: Confine = lambda work: ()) -> None:
    """Run the request in `folder`, writing the answers there.

    confine: shuts this process in, with a folder to work in, and names the layers of the sandbox.
    """
    request = plain.loads((folder / "request.json").read_text(encoding="utf-8"))
    with (folder / "answer.jsonl").open("w", encoding="utf-8") as answers:

        def say(**answer: Any) -> None:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()

        asked = [(find(item["name"]), item["inputs"]) for item in request["exercises"]]
        work = folder / "work"
        work.mkdir()
        say(ready=True, layers=list(confine(work)))
        namespace = _new_namespace(work)
        borrowed: dict[str, set[str]] = {}
        for cell in request["cells"]:
            say(running=cell["id"])
            error = _run_cell(cell, namespace, request["seconds"])
            say(cell=cell["id"], error=error)
            if error:
                borrowed[cell["id"]] = _borrow(cell["id"], [exercise for exercise, _ in asked], namespace)
        for exercise, inputs in asked:
            say(running=exercise.name)
            missing = _missing(exercise, namespace, borrowed.get(exercise.cell, set()))
            if missing:
                say(exercise=exercise.name, seen={"missing": missing})
            else:
                say(exercise=exercise.name, seen=_observe(exercise, inputs, namespace, request["seconds"]))


def confined(work: Path) -> tuple[str, ...]:
    """Shut this process in: it may read what Python needs, and write only below `work`."""
    packages = [Path(module.__file__).parent for module in (autograder, babygrad) if module.__file__]
    fonts = [Path.home() / ".cache" / "matplotlib", Path.home() / ".config" / "matplotlib"]
    return sandbox.enter(work, [*map(Path, _PYTHON), *packages, *fonts])


_PYTHON = (
    *(sys.prefix, sys.base_prefix),
    *("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache"),
    *("/usr/share/fonts", "/usr/share/zoneinfo", "/etc/localtime", "/dev/null", "/dev/urandom"),
)
"""What Python and its libraries read while they run; not ``sys.path``, where the course's folder may be."""


def _new_namespace(work: Path) -> dict[str, Any]:
    """An empty ``__main__`` for the learner, in an empty folder, with what IPython adds."""
    os.chdir(work)
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.stdin = io.StringIO()
    module.__dict__.update(display=lambda *things, **options: None, __builtins__=builtins)
    return module.__dict__


def _run_cell(cell: dict[str, str], namespace: dict[str, Any], seconds: float) -> str:
    """Run one cell; the error it stopped with, or ""."""
    name = f"<cell {cell['id']}>"
    linecache.cache[name] = (len(cell["source"]), None, cell["source"].splitlines(keepends=True), name)
    try:
        with _within(seconds):
            exec(_compiled(cell["source"], name), namespace)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


def _compiled(source: str, name: str) -> CodeType:
    """The code of a cell. Lines for IPython (%time, !ls) do nothing here."""
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except SyntaxError:
        return compile(_FOR_IPYTHON.sub(r"\1pass  # \2", source), name, "exec", dont_inherit=True)


_FOR_IPYTHON = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)


def _borrow(cell: str, asked: list[Exercise], namespace: dict[str, Any]) -> set[str]:
    """Where a cell failed, later cells find the reference's parts under its names, so that faults stay local.

    Returns the names that were borrowed.
    """
    parts = {
        name: part
        for exercise in asked
        if exercise.cell == cell
        for name, part in exercise.reference.items()
        if name not in namespace
    }
    namespace.update(parts)
    return set(parts)


def _missing(exercise: Exercise, namespace: dict[str, Any], borrowed: set[str]) -> str:
    """The name of a part that the learner did not write; "" if there is none.

    What was borrowed for this exercise's own cell stays borrowed, also where a later cell continued it; and
    the reference itself is nobody's answer.
    """
    for name, right in exercise.reference.items():
        if name in borrowed or namespace.get(name, right) is right:
            return name
    return ""


def _observe(
    exercise: Exercise, inputs: list[list[dict]], namespace: dict[str, Any], seconds: float
) -> list[list[dict]]:
    """What the probes see, part by part, case by case."""
    parts = exercise.namespace(**{name: namespace[name] for name in exercise.reference})
    return [
        _observe_part(part.probe, parts, cases, seconds)
        for part, cases in zip(exercise.parts, inputs, strict=True)
    ]


def _observe_part(probe: Probe, parts: SimpleNamespace, cases: list[dict], seconds: float) -> list[dict]:
    """What a probe sees in each case; once the time was up, the remaining cases are not tried."""

    def limited(*args: Any, **inputs: Any) -> Iterator[tuple[str, Any]]:
        with _within(seconds):
            yield from probe(*args, **inputs)

    seen: list[dict] = []
    for case in cases:
        late = bool(seen) and seen[-1].get(STOPPED, {}).get("type") == TimeUp.__name__
        seen.append(seen[-1] if late else run(limited, parts, case))
    return seen


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise TimeUp after some seconds of wall clock (not on Windows, where the parent's limit remains)."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeUp(f"it took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # and again, should somebody catch it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    main(Path(sys.argv[1]), confined)
