"""The learner's code in a process of its own, and probes that look at it.

``main`` runs in a child that ``autograder.zygote`` has forked: a process in which no reference, case or known
mistake has ever been. One message says what to run: a library (see ``autograder.withheld``), the cells of the
learner in order, then probes of some exercises on given inputs. What was seen goes back part by part, so that
an end with violence loses only what comes after it. Before the first line of the learner's, the process
shuts itself in. Nothing is compared here, and nothing is trusted that comes from here.

What one process can keep from code that runs in it has an end. Who reads and writes its memory (by ctypes)
can claim whatever a probe claims with yes or no; the numbers that a probe asks for still have to be right,
for inputs that were not known before, and the code that would compute them is not there.
"""

from __future__ import annotations

import base64
import builtins
import importlib
import io
import linecache
import marshal
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType, ModuleType, SimpleNamespace
from typing import Any

from autograder import drawings, plain, sandbox
from autograder.absent import why_absent
from autograder.sandbox import python

Answer = dict[str, Any]

_OURS = ("babygrad", "autograder")

_READABLE, _LISTED, _IMPORTABLE = python.readable(), python.listed(), python.importable()
"""Found once, before any child is forked."""

_DRAWINGS = drawings.loaded()


class TimeUp(Exception):
    """A cell or a probe took too long."""


def main(channel: Any) -> None:
    """Do what the one request says that comes by the channel."""
    request = channel.receive()
    try:
        work = _prepared(request)
        layers = confined(Path(request["work"]))
    except Exception as error:
        channel.send({"fault": f"{type(error).__name__}: {error}"[:1000]})
        raise
    word = request["word"]  # who finds the channel, and writes to it, does not know it
    del request
    channel.send({"word": word, "ready": True, "layers": list(layers)})
    for answer in work.answers():
        channel.send({"word": word, **answer})
    channel.send({"word": word, "running": "done"})


def _prepared(request: Mapping[str, Any]) -> Work:
    """The work, with the library in the place of all that the warm process had of ours."""
    _forget(_OURS)
    sys.meta_path.insert(0, Library(request["library"]))
    work = Work(request)
    _forget(["autograder"])  # nobody finds there what looks at their code
    return work


def _forget(packages: Sequence[str]) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in packages]:
        del sys.modules[name]


def confined(work: Path) -> tuple[str, ...]:
    """Shut this process in: it may read what Python needs, and write only below `work`."""
    os.chdir(work)
    sys.dont_write_bytecode = True
    layers = sandbox.enter(work, _READABLE, listed=_LISTED)
    sys.path[:] = [*map(str, _LISTED), str(work)]  # last, so that nobody's numpy.py is NumPy
    sys.path_importer_cache.clear()
    sys.addaudithook(_discreet())
    return layers


class Work:
    """What a request asks for, with everything that it takes from the library at hand."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._look = importlib.import_module("autograder.observation").look
        self._exercises = [_with_probes(exercise) for exercise in request["exercises"]]
        self._lent = {cell: _found(parts) for cell, parts in request["lent"].items()}
        self._cells, self._seconds = request["cells"], request["seconds"]

    def answers(self) -> Iterator[Answer]:
        """Run the cells, then the probes; yields what is to be said of it, step by step."""
        namespace = _new_namespace()
        for cell in self._cells:
            yield {"running": cell["id"]}
            error = _run_cell(cell, namespace, self._seconds)
            yield {"cell": cell["id"], "error": error}
            if error:  # so that faults stay local
                for name, part in self._lent.get(cell["id"], {}).items():
                    namespace.setdefault(name, part)
        for exercise in self._exercises:
            yield {"running": exercise["name"]}
            yield from self._about(exercise, namespace)

    def _about(self, exercise: Mapping[str, Any], namespace: Mapping[str, Any]) -> Iterator[Answer]:
        for name in exercise["names"]:
            if not is_own(namespace, name):
                yield {"exercise": exercise["name"], "missing": name}
                return
        parts = SimpleNamespace(**{name: namespace[name] for name in exercise["names"]})
        for place, (probe, cases) in enumerate(exercise["parts"]):
            seen = _observe(self._look, probe, parts, cases, self._seconds)
            yield {"exercise": exercise["name"], "part": place, "seen": seen}


# What is there ---------------------------------------------------------------------------------------


class Library(MetaPathFinder, Loader):
    """Finds the modules of this course where the request has them, and no others of their name."""

    def __init__(self, library: Mapping[str, Any]) -> None:
        self._modules, self._absent = dict(library["modules"]), frozenset(library["absent"])
        self._builtins = dict(vars(builtins))  # so that who changes those changes nothing here

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec of a module of ours, None for what others find. Raises ImportError for all the rest."""
        if name in self._absent:
            raise ImportError(why_absent(name), name=name)
        if name in self._modules:
            return ModuleSpec(name, self, origin="the grader", is_package=self._modules[name][0])
        if name in _DRAWINGS:
            return ModuleSpec(name, self, origin="the grader")
        top = name.split(".")[0]
        if top in _OURS:
            raise ModuleNotFoundError(f"No module named {name!r}: when graded, it is not there", name=name)
        if top not in _IMPORTABLE and not _is_beside_the_notebook(top):
            raise ModuleNotFoundError(
                f"No module named {top!r}: when graded, there are Python's own modules, NumPy, matplotlib, "
                "those of this course, and files beside the notebook.",
                name=name,
            )
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """A module that is there already; None for a new one."""
        return _DRAWINGS.get(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run the code of a module, if that has not been done before."""
        if module.__name__ in _DRAWINGS:
            return
        code = marshal.loads(base64.b64decode(self._modules[module.__name__][1]))
        module.__dict__["__builtins__"] = self._builtins
        exec(code, module.__dict__)


def _is_beside_the_notebook(top: str) -> bool:
    return any(os.path.exists(name) for name in (top, f"{top}.py"))


def _with_probes(exercise: dict[str, Any]) -> dict[str, Any]:
    """An exercise of a request, with the probes themselves."""
    parts = []
    for module, name, cases in exercise["parts"]:
        probe: Any = importlib.import_module(module)
        for attribute in name.split("."):
            probe = getattr(probe, attribute)
        parts.append((probe, cases))
    return {**exercise, "parts": parts}


def _found(parts: Mapping[str, list[str]]) -> dict[str, Any]:
    """The parts of babygrad that are lent, as far as they are there."""
    found = {}
    for name, (module, attribute) in parts.items():
        try:
            part = vars(importlib.import_module(module)).get(attribute)
        except ImportError:
            continue
        if part is not None and type(part).__name__ != "Absent":
            found[name] = part
    return found


def is_own(namespace: Mapping[str, Any], name: str) -> bool:
    """Whether the learner has made something of this name, and not imported it or been lent it."""
    part = namespace.get(name)
    made_by = getattr(type(part) if _is_absent(part) else part, "__module__", "")
    return name in namespace and str(made_by).split(".")[0] not in _OURS


def _is_absent(part: Any) -> bool:
    return type(part).__name__ == "Absent"


# Frames lead from the learner's functions to the probe that called them, and the collector knows every
# object. No honest code asks for either; Python's own modules do, for purposes of their own, and may.
_OBJECTS = ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames")
_FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame")


def _discreet() -> Callable[[str, tuple], None]:
    """An audit hook that refuses what leads from the learner's code to what looks at it."""
    looking = False

    def hook(event: str, arguments: tuple) -> None:
        nonlocal looking
        if event in _OBJECTS:
            raise RuntimeError(f"{event} is not there when graded")
        if event == "sys._getframe" or (event == "object.__getattr__" and arguments[1] in _FRAMES):
            if looking:  # this very hook, which has to know who asks
                return
            looking = True
            asking = sys._getframe(1)
            looking = False
            if asking.f_globals.get("__name__") in ("inspect", "traceback") and asking.f_back is not None:
                asking = asking.f_back  # these two hand on what they find
            if not _is_of_a_library(asking):
                raise RuntimeError("frames are not there when graded")

    return hook


def _is_of_a_library(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__"))
    known = name.split(".")[0] in _OURS or name.split(".")[0] in _IMPORTABLE
    return known and name != "__main__"


# Cells -----------------------------------------------------------------------------------------------


def _new_namespace() -> dict[str, Any]:
    """An empty ``__main__`` for the learner, with what IPython adds."""
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
        return _in_words(error)
    return ""


def _in_words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {str(error)[:300]}"
    except Exception:  # somebody's class may do anything when it is asked something
        return "an error without words"


def _compiled(source: str, name: str) -> CodeType:
    """The code of a cell. Lines for IPython (%time, !ls) do nothing here."""
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except SyntaxError:
        return compile(_FOR_IPYTHON.sub(r"\1pass  # \2", source), name, "exec", dont_inherit=True)


_FOR_IPYTHON = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)


# Probes ----------------------------------------------------------------------------------------------


def _observe(
    look: Callable[..., Answer],
    probe: Callable[..., Any],
    parts: SimpleNamespace,
    cases: list,
    seconds: float,
) -> list[Answer]:
    """What a probe sees in each case; once the time is up, for all together, the others are not tried."""
    seen: list[Answer] = []
    try:
        with _within(seconds):
            for case in cases:
                seen.append(look(probe, parts, plain.decoded(case)))
                if seen[-1].get("stopped", {}).get("type") == TimeUp.__name__:
                    break
    except TimeUp as error:
        seen.append({"stopped": {"kind": "raised", "type": TimeUp.__name__, "text": str(error), "line": ""}})
    return [*seen, *seen[-1:] * (len(cases) - len(seen))]


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
