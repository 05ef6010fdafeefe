"""A submitted notebook that runs in the sandbox costs nobody but itself, whatever is in it."""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from autograder import running
from autograder.outputs import Amounts
from autograder.zygote import CAN_FORK

from .executing import executed, notebook, run, shown
from .lessons import ROOT

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a submission, with more in it than a notebook."""
    folder = tmp_path_factory.mktemp("submission")
    (folder / "helper.py").write_text("answer = 42\n")
    (folder / "data.txt").write_text("seven")
    return folder


# Ends of all kinds -----------------------------------------------------------------------------------


def test_a_loop_is_interrupted_and_the_next_cell_knows_what_was_before(folder: Path) -> None:
    _, loop, after = run(folder, "x = 1", "print('in')\nwhile True: pass", "x", timeout=1)
    assert "KeyboardInterrupt" in shown(loop)
    assert loop.outputs[-1].ename == "CellTimeoutError"
    assert loop.outputs[0].text == "in\n"
    assert after.outputs[0].data["text/plain"] == "1"


def test_a_loop_that_cannot_be_interrupted_is_ended(folder: Path) -> None:
    stubborn = "import time\nwhile True:\n    try: time.sleep(9)\n    except KeyboardInterrupt: print('no')"
    before = time.monotonic()
    _, loop, after = run(folder, "x = 1", stubborn, "x", timeout=1)
    assert time.monotonic() - before < 6
    assert "could not be interrupted" in shown(loop)
    assert after.outputs[0].data["text/plain"] == "1"


@pytest.mark.parametrize(
    "end", ["import os\nos._exit(0)", "import ctypes\nctypes.string_at(0)", "import os\nos.abort()"]
)
def test_after_an_end_the_cells_before_are_run_again(folder: Path, end: str) -> None:
    first, ended, after = run(folder, "x = 1\nprint('once')", end, "x + 1")
    assert shown(first) == "once\n"
    assert ended.outputs[-1].ename == "PythonEnded"
    assert after.outputs[0].data["text/plain"] == "2"


def test_after_too_many_ends_cells_are_left_out(folder: Path) -> None:
    cells = run(folder, "x = 1; x", *["import os; os._exit(0)"] * 5, "x")
    names = [cell.outputs[-1].get("ename") for cell in cells]
    assert names == [None, *["PythonEnded"] * 4, "NotRun", "NotRun"]
    assert "not run" in shown(cells[-1])


def test_slow_cells_are_not_run_again(folder: Path) -> None:
    cells = run(folder, "import time; time.sleep(1.5)", "import os; os._exit(0)", "3", total=4)
    assert [cell.outputs[-1].ename for cell in cells[1:]] == ["PythonEnded", "NotRun"]


def test_a_notebook_has_a_limit_too(folder: Path) -> None:
    before = time.monotonic()
    cells = run(folder, *["import time; time.sleep(0.8)"] * 5, total=2)
    assert time.monotonic() - before < 5
    assert cells[-1].outputs[-1].ename == "NotRun"


def test_memory_is_limited(folder: Path) -> None:
    _, cell, after = run(folder, "pass", "x = bytearray(50 << 30)", "1")
    assert cell.outputs[-1].ename == "MemoryError"
    assert after.outputs[0].data["text/plain"] == "1"


@pytest.mark.parametrize("leave", ["exit()", "quit", "import sys\nsys.exit()", "raise SystemExit"])
def test_leaving_a_cell_ends_nothing(folder: Path, leave: str) -> None:
    assert run(folder, "x = 1", leave, "x")[-1].outputs[0].data["text/plain"] == "1"


def test_deep_recursion_and_a_broken_shell_are_errors(folder: Path) -> None:
    cells = run(
        folder,
        "def f(): return f()\nf()",
        "get_ipython().run_cell = None",
        "1",
        "import sys; sys.stdout = None",
        "del get_ipython",
    )
    assert cells[0].outputs[-1].ename == "RecursionError"
    assert cells[2].outputs[-1].output_type == "error"


# Too much, and what is no output ---------------------------------------------------------------------


def test_text_is_cut_and_says_so(folder: Path) -> None:
    cell, after = run(folder, "for _ in range(300): print('x' * 9999)", "print('next')")
    (output,) = cell.outputs
    assert output.text.endswith("[2.0 million characters more were printed here, and left out]\n")
    assert len(output.text) < Amounts().printed + 100
    assert shown(after) == "next\n"


def test_large_values_are_replaced_by_words(folder: Path) -> None:
    text, html, error = run(
        folder,
        "'y' * 20_000_000",
        "from IPython.display import HTML\nHTML('<p>' * 4_000_000)",
        "raise ValueError('z' * 20_000_000)",
    )
    for cell in (text, html, error):
        assert "left out]" in shown(cell)
        assert len(shown(cell)) < 20_000


def test_a_notebook_of_many_large_outputs_stays_small(folder: Path) -> None:
    cells = run(folder, *["display('y' * 5_000_000)"] * 8)
    assert sum(len(shown(cell)) for cell in cells) < Amounts().notebook + 100_000


def test_an_animation_is_not_too_much(folder: Path) -> None:
    (cell,) = run(
        folder,
        "from IPython.display import clear_output\nfor n in range(20):\n"
        "    clear_output(wait=True); display('y' * 1_000_000); print(n)",
    )
    assert "left out" not in shown(cell)
    assert cell.outputs[-1].text == "19\n"


FORGED = """
import gc, json
from autograder.zygote import Channel
(channel,) = [thing for thing in gc.get_objects() if type(thing) is Channel]
send = channel.send
def forge(**content): send({"message": content.pop("kind"), "content": content})
"""


def test_forged_messages_are_no_harm(folder: Path) -> None:
    """A child can send what it likes; what comes of it is a valid notebook, and no larger than allowed."""
    _, cell, after = run(
        folder,
        FORGED,
        """
forge(kind="stream", name="stdlog", text="x"); forge(kind="stream", name="stdout", text=[1, "kept"])
forge(kind="display_data", data={"text/plain": {"a": 1}, "no mime": "x", "application/json": []}, metadata=7)
forge(kind="display_data", data={"text/plain": "\\ud800"}, metadata={"autograder": {"points": 3}})
forge(kind="execute_result", data={"text/plain": "9"}, metadata={}, execution_count="many")
forge(kind="error", ename=1, evalue=None, traceback="x"); forge(kind="comm_open", data={})
send({"message": [1]}); forge(kind="shutdown"); send({}); send({"message": None, "content": None})
""",
        "'after'",
    )
    assert [output.output_type for output in cell.outputs][:2] == ["stream", "display_data"]
    assert cell.outputs[0].text == "kept"
    assert "points" not in str(cell.outputs)
    nbformat.writes(new_notebook(cells=[cell])).encode("utf-8")
    assert after.outputs[0].data["text/plain"] == "'after'"


@pytest.mark.parametrize(
    "flood",
    [
        "while True: forge(kind='stream', name='stdout', text='x' * 1_000_000)",
        "channel._connection.sendall(b'\\xff\\xff\\xff\\xff')",
        "channel._connection.sendall(b'\\x00\\x00\\x00\\x02[[')",
        "send({'reply': ['no']}); channel._connection.close()",
    ],
)
def test_who_floods_the_channel_is_ended(folder: Path, flood: str) -> None:
    _, cell, after = run(folder, FORGED, flood, "1", timeout=20)
    assert len(shown(cell)) < Amounts().printed + 100_000
    assert after.outputs


# Shut in ---------------------------------------------------------------------------------------------


def test_the_sandbox_is_in_force(folder: Path, tmp_path: Path) -> None:
    secret = ROOT / "solutions" / "04_elementwise" / "04_elementwise.py"
    outside = tmp_path / "written"
    forbidden = [
        f"open({str(secret)!r}).read()",
        f"import os\nos.listdir({str(ROOT)!r})",
        f"open({str(outside)!r}, 'w')",
        f"open({str(folder / 'data.txt')!r})",
        "import socket\nsocket.create_connection(('127.0.0.1', 9))",
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    ]
    for cell in run(folder, *forbidden):
        assert cell.outputs[-1].ename == "PermissionError", cell.source
    assert not outside.exists()


def test_files_of_the_submission_are_there_and_what_is_written_disappears(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("not theirs")
    submission = tmp_path / "submission"
    (submission / "sub").mkdir(parents=True)
    (submission / "sub" / "more.txt").write_text("more")
    (submission / "lesson.ipynb").write_text("{}")
    (submission / "link.txt").symlink_to(tmp_path / "secret.txt")
    (submission / "link").symlink_to(tmp_path)
    os.mkfifo(submission / "pipe")
    cell, written = run(
        submission,
        "import os\nsorted(os.listdir()), open('sub/more.txt').read()",
        "open('new.txt', 'w').write('x'); os.mkdir('deep', 0); print(os.getcwd())",
    )
    assert cell.outputs[0].data["text/plain"] == "(['sub'], 'more')"
    assert not Path(shown(written).strip()).exists()
    assert not (submission / "new.txt").exists()


@pytest.mark.parametrize(
    "name", ["numpy", "matplotlib", "random", "IPython", "autograder", "json", "asyncio"]
)
def test_a_module_of_the_same_name_breaks_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit('mine')")
    cells = run(
        tmp_path,
        f"import {name}\n'fine'",
        "from babygrad.plot import axes, described\nfigure, _ = axes()\ndescribed(figure, 't', 'text')",
        "import matplotlib.pyplot as plt\nplt.plot([1]);",
        "1 / 0",
    )
    assert cells[0].outputs[0].data["text/plain"] == "'fine'"
    assert "image/svg+xml" in cells[1].outputs[0].data
    assert "image/png" in cells[2].outputs[0].data
    assert cells[3].outputs[0].ename == "ZeroDivisionError"


# Besides ---------------------------------------------------------------------------------------------


def test_one_notebook_leaves_nothing_for_the_next(folder: Path) -> None:
    run(folder, "import numpy as np, builtins\nbuiltins.trace = np.trace_of_it = x = 1\nopen('left', 'w')")
    cells = run(folder, "x", "trace", "import numpy as np\nnp.trace_of_it", "open('left')")
    names = [cell.outputs[-1].get("ename") for cell in cells]
    assert names == ["NameError", "NameError", "AttributeError", "FileNotFoundError"]


def test_numbers_drawn_at_random_differ(folder: Path) -> None:
    source = "import random, numpy as np\nprint(random.random(), np.random.rand())"
    first, second = (shown(run(folder, source)[0]).split() for _ in range(2))
    assert not set(first) & set(second)


def test_a_kernel_runs_the_notebook_where_it_is_wanted(folder: Path) -> None:
    """Each with a folder of its own for the connection, so that no two answer each other."""
    done = executed(
        notebook("import os\nos.environ['JUPYTER_RUNTIME_DIR']", "'last'"),
        folder,
        kernel=True,
    )
    where = ast.literal_eval(done.cells[0].outputs[0].data["text/plain"])
    assert where != os.environ.get("JUPYTER_RUNTIME_DIR")
    assert not Path(where).exists()
    assert done.metadata.autograder.layers == []
    assert done.cells[1].execution_count == 2


def test_what_does_not_start_is_not_the_learners_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_START", 0.0)
    with pytest.raises(RuntimeError, match="did not start"):
        run(folder, "1")
