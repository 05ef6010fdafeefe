"""The verdict on a notebook, reached outside the learner's process.

The learner's cells run in a child; inputs that nobody has seen before go in, observations come back as plain
data, and the comparison with the reference happens here.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder import plain
from autograder.exercise import Exercise
from autograder.judge import Verdict, cases_of, judge
from autograder.report import Report

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
_QUIET = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8",
}


def reports(
    exercises: Sequence[Exercise], cells: Iterable[tuple[str, str]], seconds: float = 5, total: float = 60
) -> dict[str, Report]:
    """The report on each exercise, by the id of its cell.

    cells: id and source of the learner's cells, in order, without the checks. seconds: for each cell and each
    look at the learner's code; total: for everything. Raises RuntimeError where the fault is ours.
    """
    seed = secrets.randbits(64)
    cases = {exercise.name: cases_of(exercise, seed) for exercise in exercises}
    request = {
        "seconds": float(seconds),
        "cells": [{"id": name, "source": source} for name, source in cells],
        "exercises": [
            {
                "name": exercise.name,
                "inputs": [[dict(case.inputs) for case in part] for part in cases[exercise.name]],
            }
            for exercise in exercises
        ],
    }
    answers = _ask_child(request, total)
    seen = {str(answer["exercise"]): answer.get("seen") for answer in answers if "exercise" in answer}
    errors = {str(answer["cell"]): answer.get("error") for answer in answers if "cell" in answer}
    unanswered = _why_unanswered(answers)
    return {
        exercise.cell: Report(
            exercise.name,
            tuple(
                _verdicts(exercise, cases[exercise.name], seen.get(exercise.name), errors, unanswered),
            ),
        )
        for exercise in exercises
    }


def _verdicts(
    exercise: Exercise, cases: list, seen: Any, errors: Mapping[str, Any], unanswered: str
) -> list[Verdict]:
    if isinstance(seen, dict) and "missing" in seen:
        error = errors.get(exercise.cell)
        why = f": its cell stopped with {error}" if error else " in this notebook"
        return _nothing(exercise, f"There is no `{seen['missing']}` of your own{why}.")
    if seen is None:
        return _nothing(exercise, unanswered)
    try:
        return judge(exercise, cases, seen)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return _nothing(exercise, "What came back from your code could not be read.")


def _nothing(exercise: Exercise, message: str) -> list[Verdict]:
    return [Verdict(part.label, part.points, 0.0, difference=message) for part in exercise.parts]


def _why_unanswered(answers: list[dict[str, Any]]) -> str:
    """What the child was doing when it ended."""
    running = next(
        (answer["running"] for answer in reversed(answers) if "running" in answer), "the first cell"
    )
    return (
        f"Python ended, or had to be stopped, while running `{running}`; what comes after it could not be "
        "checked. Is there a loop without end, or a call that leaves Python?"
    )


def _ask_child(request: dict[str, Any], total: float) -> list[dict[str, Any]]:
    """Have a child work on the request; what it answered until it ended or its time was up."""
    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "request.json").write_text(plain.dumps(request), encoding="utf-8")
        complaint = _run_child(folder, total)
        answer = folder / "answer.jsonl"
        lines = answer.read_text(encoding="utf-8", errors="replace").splitlines() if answer.is_file() else []
    answers = list(_whole(lines))
    if not answers:
        raise RuntimeError(f"the checking process did not start: {complaint or 'it said nothing'}")
    return answers


def _whole(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    """The lines that were written to their end."""
    for line in lines:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return
        if isinstance(answer, dict):
            yield answer


def _run_child(folder: Path, total: float) -> str:
    """Run the child, with all it starts, for `total` seconds at most; returns what it said on stderr."""
    with (folder / "stderr").open("w+b") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-I", "-m", "autograder.child", str(folder)],
            cwd=folder,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _QUIET,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            with suppress(subprocess.TimeoutExpired):
                child.wait(total)
        finally:
            _kill(child)
        stderr.seek(0)
        return stderr.read(4000).decode("utf-8", "replace").strip()


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and, where process groups exist, all that it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()
