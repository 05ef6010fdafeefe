"""The grading step that runs a submitted notebook: in the place of nbgrader's ``Execute``, without a kernel.

The cells run one after the other in a child of a warm process (``autograder.shell``), shut in; what they show
comes back as Jupyter's messages, which nbclient turns into outputs as it does with a kernel's.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets import Bool, Float, Integer

from autograder.running import NotRun, Running, TimedOut
from autograder.warm import warm_shell
from autograder.zygote import CAN_FORK, ChildError, Zygote


class SandboxedExecute(Execute):
    """Run the cells of a submitted notebook in a sandbox.

    ``timeout`` and the other settings of ``Execute`` mean here what they mean there. Where a process cannot
    fork, or `kernel` asks for it, a Jupyter kernel runs the notebook, without a sandbox.
    """

    kernel = Bool(False, help="Whether Jupyter kernels run the notebooks, without a sandbox.").tag(
        config=True
    )
    total = Float(120, help="Seconds for all cells of a notebook together.").tag(config=True)
    memory = Integer(4 << 30, help="Bytes of memory for a notebook.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run all cells of `nb`."""
        about = nb.metadata.setdefault("autograder", NotebookNode())
        if self.kernel or not CAN_FORK:
            about["layers"] = []
            with _own_connections(self.config):
                return super().preprocess(nb, resources, km)
        NotebookClient.__init__(self, nb, km)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        with self._start() as running:
            about["layers"] = running.layers
            nb.metadata["language_info"] = running.language
            for index, cell in enumerate(nb.cells):
                if cell.cell_type == "code" and self._is_run(cell):
                    self._run(running, cell, index)
        return nb, self.resources

    def _is_run(self, cell: NotebookNode) -> bool:
        return bool(cell.source.strip()) and self.skip_cells_with_tag not in cell.metadata.get("tags", [])

    def _start(self) -> Running:
        """A child for this notebook, with the other files of the submission."""
        about = self.resources.get("nbgrader", {})
        path = self.resources.get("metadata", {}).get("path")
        return Running(
            _zygote(str(about.get("assignment", "")), self.config),
            files=Path(path) if path else None,
            besides=f"{about.get('notebook', '')}.ipynb",
            deadline=time.monotonic() + self.total,
            limits={"memory": self.memory, "cpu": int(self.total) + 5},
        )

    def _run(self, running: Running, cell: NotebookNode, index: int) -> None:
        """Run one cell, and write down what it showed."""
        self.code_cells_executed += 1
        cell.outputs = []
        cell.execution_count = self.code_cells_executed
        self.clear_before_next_output = False
        started = _now()
        reply: dict[str, Any]
        try:
            seconds = self._get_timeout(cell)
            for kind, content in running.run(cell.source, self.code_cells_executed, seconds):
                self._note(kind, content, cell, index)
            reply = running.reply
        except TimedOut as ended:
            reply = _error("CellTimeoutError", "") | self.error_on_timeout
            reply["traceback"] = [*reply["traceback"], *ended.words]
        except NotRun as reason:
            cell.execution_count = None
            reply = _error("NotRun", str(reason))
        except ChildError as reason:
            reply = _error("PythonEnded", str(reason))
        self.on_cell_executed(cell=cell, cell_index=index, execute_reply={"content": reply})
        if self.record_timing:
            cell.metadata["execution"] = _timing(started, _now())

    def _note(self, kind: str, content: dict[str, Any], cell: NotebookNode, index: int) -> None:
        """Add a message to a cell's outputs; text follows text of the same stream in one output."""
        last = cell.outputs[-1] if cell.outputs and not self.clear_before_next_output else None
        if kind == "stream" and last and last.output_type == "stream" and last.name == content["name"]:
            last.text += content["text"]
            return
        header = {"msg_type": kind}
        message = {"msg_type": kind, "header": header, "parent_header": {}, "content": content}
        self.process_message(message, cell, index)
        cell.execution_count = self.code_cells_executed


# Words -----------------------------------------------------------------------------------------------


def _error(name: str, words: str) -> dict[str, Any]:
    shown = f"\x1b[0;31m{name}\x1b[0m: {words}"
    return {"status": "error", "ename": name, "evalue": words, "traceback": [shown]}


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _timing(started: str, ended: str) -> NotebookNode:
    """When a cell ran, as nbclient writes it."""
    begin, end = ("iopub.status.busy", "iopub.execute_input"), ("iopub.status.idle", "shell.execute_reply")
    return NotebookNode({**dict.fromkeys(begin, started), **dict.fromkeys(end, ended)})


# The warm process ------------------------------------------------------------------------------------

_warm: dict[str, Zygote] = {}


def _zygote(lesson: str, config: Any) -> Zygote:
    """The warm process of a lesson; one is kept, for one lesson after the other is graded."""
    course = CourseDirectory(config=config)
    folder = Path(course.format_path(course.source_directory, ".", lesson))
    solution = (folder / f"{lesson}.ipynb").absolute()
    key = str(solution)
    if key not in _warm:
        close()
        _warm[key] = warm_shell(lesson, solution)
    return _warm[key]


@atexit.register
def close() -> None:
    """End the warm process."""
    while _warm:
        _warm.popitem()[1].close()


# With kernels ----------------------------------------------------------------------------------------


@contextmanager
def _own_connections(config: Any) -> Iterator[None]:
    """Let the kernels of this process meet in a folder of their own, and where possible without ports.

    Kernels of several graders at a time take each other's ports otherwise, and answer the wrong one.
    """
    before = os.environ.get("JUPYTER_RUNTIME_DIR")
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        if os.name == "posix":
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = os.path.join(folder, "kernel")  # for ipc, where the sockets are
        try:
            yield
        finally:
            if before is None:
                del os.environ["JUPYTER_RUNTIME_DIR"]
            else:
                os.environ["JUPYTER_RUNTIME_DIR"] = before
