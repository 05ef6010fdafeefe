"""The cells of a notebook in a forked, confined IPython shell, which says what a Jupyter kernel would say.

The shell and the kernel around it are ipykernel's own. In the place of the kernel's sockets stands the
channel to the grader, and nobody answers ``input()``. ``prepare`` does in the warm process what is slow;
``main`` is a child's life: it shuts itself in, and then runs a cell for every message.

    {"folder": …, "memory": bytes, "cpu": seconds, "environment": {…}, "amounts": {…}}
        -> {"ready": [layers of the sandbox], "language_info": {…}}
    {"source": …, "count": n}
        -> {"message": "stream", "content": {…}}, …, {"reply": {"status": "ok"}}

What is written to the file descriptors 1 and 2 directly, past Python's ``sys.stdout``, is dropped.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import inspect
import io
import json
import logging
import os
import pkgutil
import random
import signal
import sys
import tempfile
import threading
import time
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from tornado.ioloop import IOLoop
from traitlets.config import Config

import autograder
import babygrad
from autograder import check, figures, sandbox
from autograder.exercises import LESSONS, exercises
from autograder.outputs import Amounts, Sieve
from autograder.zygote import Channel
from babygrad import plot

_INLINE = "module://matplotlib_inline.backend_inline"
_TEMPORARY = tempfile.gettempdir()  # as it is for a kernel, before the child has a folder of its own
_FLUSH_SECONDS = 0.2  # printed text waits this long for more of it, as in ipykernel
_FLUSH_CHARACTERS = 1 << 16

_kernel: Kernel


# In the warm process ---------------------------------------------------------------------------------


def prepare(lesson: str = "", solution: str = "") -> None:
    """Import and warm what cells need.

    lesson: whose checks are warmed up; "" for none. solution: the path of a notebook whose figures are drawn
    already when a cell shows them; "" for none.
    """
    global _kernel
    _import_everything()
    _kernel = _new_kernel()
    with warnings.catch_warnings():  # what was warned of once is warned of again
        warnings.simplefilter("ignore")
        _draw_something()
        _run_something()
        _check_right_and_wrong(lesson)
        drawings, calls = _figures_of(Path(solution)) if solution else ({}, [])
    figures.use(figures.remembering(plot.drawn, drawings), figures.made_before(plot.axes, calls))


def _import_everything() -> None:
    """Import what lessons use, and connect nothing: pyplot finds the shell when a cell imports it."""
    os.environ["MPLBACKEND"] = _INLINE
    for package in (babygrad, autograder):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name in _OF_LESSONS or package is babygrad:
                importlib.import_module(module.name)
    for lesson in LESSONS:
        exercises(lesson)
    for name in _LATER:
        importlib.import_module(name)
    import matplotlib as mpl

    mpl.rcParams["backend"] = _INLINE
    for name in ("matplotlib.pyplot", "matplotlib_inline.backend_inline"):
        importlib.import_module(name)
        del sys.modules[name]


_OF_LESSONS = {"autograder.checking", "autograder.report"}
_LATER = (
    *("matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg", "matplotlib.figure"),
    *("IPython.core.pylabtools", "IPython.core.magics", "numpy.testing", "pickle", "secrets", "statistics"),
)


def _new_kernel() -> Kernel:
    """A kernel as nbclient starts one; nobody's own settings of IPython are read."""
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # a kernel imports it, if it can
    kernel = Kernel(config=config, session=Wire(), log=logging.getLogger(__name__))
    del sys.modules["debugpy"]
    kernel.shell.keepkernel_on_exit = True  # exit() in a cell ends nothing
    kernel.shell.compiler_class, kernel.shell.compile = Compiler, Compiler()
    kernel.shell._format_exception_for_storage = _nothing  # each traceback a second time, for %notebook
    kernel.shell.system = kernel.shell.getoutput = _refuse
    return kernel


def _refuse(command: str, **_: Any) -> None:
    """In the place of IPython's ways to start a program, which end in puzzling errors when none may start."""
    raise PermissionError(f"!{command}: no program can be started here")


def _nothing(*_: Any, **__: Any) -> dict[str, Any]:
    return {}


def _draw_something() -> None:
    """Fill the caches of fonts and letters, and let Python see often what it will do often."""
    figure, panels = plot.axes(columns=5, rows=2)
    for ax in panels.flat:
        ax.plot([0, 1], [0, 1], label="$x^2$")
        ax.set_xlabel("x")
    figures.fingerprint(figure)
    figure, ax = plot.axes()
    ax.plot([0, 1], [0, 1], label="$x^2$")
    ax.set_title("0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ .,-()=")
    ax.legend()
    plot.described(figure, "", "")
    figure.savefig(io.BytesIO(), format="png")


def _run_something() -> None:
    """Run cells that leave no trace; errors too, whose first one takes IPython long."""
    before = sys.stdout, sys.stderr, sys.stdin
    _begin(Channel(_Nowhere()), Amounts())  # type: ignore[arg-type]
    for source in (*["print(1)\n1", "pass"] * 5, "import babygrad; babygrad.add(1, 'a')"):
        asyncio.get_event_loop().run_until_complete(
            _kernel.do_execute(source, silent=False, store_history=False)
        )
    asyncio.get_event_loop().close()
    sys.stdout, sys.stderr, sys.stdin = before
    _kernel.shell.reset(new_session=False)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)


def _check_right_and_wrong(lesson: str) -> None:
    """See once what right answers and known mistakes do: ``check`` keeps it."""
    for exercise in exercises(lesson) if lesson in LESSONS else ():
        right = exercise.reference
        wrong = {name: type(name, (), {}) for name in right}
        for parts in (right, wrong):
            with suppress(Exception):  # a check that stands on the notebook around it
                check(exercise.name, *parts.values())


def _figures_of(solution: Path) -> tuple[dict[str, str], list[figures.Call]]:
    """The drawings in a notebook, and the empty figures it asks for; it runs in a child, and nothing else of
    it stays here.
    """
    # Not nbformat, whose import takes longer than all others together.
    cells = json.loads(solution.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            drawings: dict[str, str] = {}
            calls: list[figures.Call] = []
            figures.use(figures.recording(plot.drawn, drawings), figures.noting(plot.axes, calls))
            _begin(Channel(_Nowhere()), Amounts())  # type: ignore[arg-type]
            for number, source in enumerate(filter(str.strip, sources), 1):
                _run(source, number)
            with open(writing, "w", encoding="utf-8") as file:
                json.dump([drawings, calls], file)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, encoding="utf-8") as file:
        text = file.read()
    os.waitpid(pid, 0)
    drawings, calls = json.loads(text) if text else ({}, [])
    return drawings, [(columns, rows, width, height) for columns, rows, width, height in calls]


class _Nowhere:
    """A connection that nobody listens to."""

    def sendall(self, data: bytes) -> None:
        pass


# In a child ------------------------------------------------------------------------------------------


def main(channel: Channel) -> None:
    """Run cells until nobody sends any more."""
    request = channel.receive()
    folder = Path(request["folder"])
    os.chdir(folder)
    os.environ.update(request["environment"], TMPDIR=str(folder))
    tempfile.tempdir = None
    sys.path.insert(0, "")
    sys.argv = ["ipykernel_launcher.py"]
    _begin(channel, Amounts(**request["amounts"]))
    allowed = sandbox.Limits(memory=request["memory"], cpu=request["cpu"])
    layers = sandbox.enter(folder, _readable(), allowed)
    channel.send({"ready": list(layers), "language_info": _kernel.language_info})
    while True:
        cell = channel.receive()
        channel.send({"reply": _run(cell["source"], cell["count"])})


def _begin(channel: Channel, amounts: Amounts) -> None:
    """Connect the warmed-up kernel with the channel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # but while a cell runs
    gc.set_threshold(20_000, 20, 50)
    random.seed()
    np.random.seed()
    asyncio.set_event_loop(asyncio.new_event_loop())
    _kernel.io_loop = IOLoop.current()
    _kernel.session.start(channel, Sieve(amounts))
    sys.stdout, sys.stderr = Stream.pair(_kernel.session.send_text)
    sys.stdin = io.StringIO()


def _readable() -> list[Path]:
    """What Python and its libraries read while they run; not ``sys.path``: the course may be there."""
    packages = [Path(module.__file__).parent for module in (autograder, babygrad) if module.__file__]
    return [*map(Path, _PYTHON), *packages]


_PYTHON = (
    *(sys.prefix, sys.base_prefix),
    *("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache"),
    *("/usr/share/fonts", "/usr/share/zoneinfo", "/etc/localtime", "/dev/null", "/dev/urandom"),
)


def _run(source: str, count: int) -> dict[str, Any]:
    """Run one cell as the kernel does; what the kernel replies at its end."""
    _kernel.shell.execution_count = count
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        work = _kernel.do_execute(source, silent=False, store_history=True, allow_stdin=False)
        reply = asyncio.get_event_loop().run_until_complete(work)
    except BaseException as error:  # a shell that the cell has broken
        reply = {"status": "error", "ename": type(error).__name__, "evalue": str(error)[:1000]}
    finally:
        signal.signal(signal.SIGINT, before)
    _kernel.session.end_cell()
    names = ("status", "ename", "evalue", "traceback")
    return {name: reply[name] for name in names if name in reply}


class Compiler(XCachingCompiler):
    """Names a cell's code as ipykernel does, with a number that is found faster."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        number_of_code = zlib.crc32(raw_code.encode("utf-8", "replace"))
        name = os.path.join(_TEMPORARY, f"ipykernel_{os.getpid()}", f"{number_of_code}.py")
        # Else, for every line of a traceback, all modules are looked through for this file.
        inspect.modulesbyfile[name] = "__main__"
        return name


class Kernel(IPythonKernel):
    """ipykernel's kernel without sockets."""

    shell: Any
    session: Any
    io_loop: Any
    shell_channel_thread: Any = SimpleNamespace(parent_thread=threading.main_thread())


class Wire(Session):
    """What ipykernel sends its messages with; here they go to the grader."""

    def start(self, channel: Channel, sieve: Sieve) -> None:
        """Send to `channel` from here on what passes `sieve`."""
        self._channel, self._sieve = channel, sieve

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **others: Any) -> Any:
        """Send a message, or what there is to say in its place."""
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        plain = json.loads(json.dumps(message["content"], default=json_default))
        for kind, part in self._sieve.through(message["msg_type"], plain):
            self._channel.send({"message": kind, "content": part})
        return message

    def send_text(self, name: str, text: str) -> None:
        """Send what was printed."""
        self.send(None, "stream", {"name": name, "text": text})

    def end_cell(self) -> None:
        """Send what is left of a cell."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, Stream):
                stream.flush()
        for kind, part in self._sieve.end_cell():
            self._channel.send({"message": kind, "content": part})
        self._sieve.start_cell()


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr``: text is sent when something else is shown, and every now and then."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, name: str, send: Callable[[str, str], None], both: list[Stream]) -> None:
        self.name = name
        self._send = send
        self._both = both
        self._pieces: list[str] = []
        self._length = 0
        self._since = time.monotonic()

    @staticmethod
    def pair(send: Callable[[str, str], None]) -> list[Stream]:
        """Standard output and error; send: takes a name and text. Text is sent in the order of writing, if
        some time lies between.
        """
        both: list[Stream] = []
        both += [Stream("stdout", send, both), Stream("stderr", send, both)]
        return both

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1 if self.name == "stdout" else 2

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if time.monotonic() - self._since > _FLUSH_SECONDS or self._length > _FLUSH_CHARACTERS:
            for stream in self._both:
                stream.flush()
        self._pieces.append(text)
        self._length += len(text)
        return len(text)

    def flush(self) -> None:
        text, self._pieces, self._length, self._since = "".join(self._pieces), [], 0, time.monotonic()
        if text:
            self._send(self.name, text)
