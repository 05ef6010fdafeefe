"""The confined shell shows what a Jupyter kernel shows, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import Execute

from autograder.zygote import CAN_FORK

from .executing import executed, notebook, run, shown

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")

LIKE_A_KERNEL = [
    "1 + 1",
    "print('a'); print('b'); 3",
    "import sys\nprint('out'); print('err', file=sys.stderr); print('out again')",
    "print('before'); display(1, {'text/plain': 'x'}); print('after')",
    "from IPython.display import HTML, Markdown, JSON\ndisplay(HTML('<b>x</b>'), JSON({'a': [1, None]}))",
    "handle = display('first', display_id='it')",
    "handle.update('second')\nprint('updated')",
    "display('once more', display_id='it')",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "print('shown'); clear_output(wait=True); print('instead')",
    "1 / 0",
    "def f(x):\n    return g(x)\ndef g(x):\n    raise ValueError('of', x)\nf(3)",
    "try:\n    {}['a']\nexcept KeyError as error:\n    raise RuntimeError('b') from error",
    "def f(:\n    pass",
    "  x = 1\n y = 2",
    "import sys; sys.exit(3)",
    "raise KeyboardInterrupt",
    "input('name? ')",
    "import getpass\ngetpass.getpass()",
    "import asyncio\nawait asyncio.sleep(0.01)\n5",
    "async def late():\n    raise OSError('x')\nawait late()",
    "asyncio.run(None)",
    "async with asyncio.timeout(1):\n    print('inside')",
    "_, __, _1, Out[1], In[1]",
    "get_ipython().execution_count, type(get_ipython()).__name__, __name__",
    "class Both:\n    def _repr_html_(self): return '<i>'\n    def __repr__(self): return 'both'\nBoth()",
    "class Bad:\n    def __repr__(self): raise ValueError('no')\nBad()",
    "class Bundle:\n    def _repr_mimebundle_(self, **_): return {'text/plain': 'p'}, {'a': 1}\nBundle()",
    "%precision 3\n3.14159",
    "%nosuch",
    "%%nosuch\n1",
    "%%capture kept\nprint('kept')",
    "kept.stdout; None",
    "%xmode Plain",
    "1 / 0",
    "%xmode Context",
    "import warnings\nwarnings.warn('careful')",
    "import numpy as np\nnp.array([1.0]) / 0",
    "import logging\nlogging.warning('logged')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "fig, ax = plt.subplots()\nax.set_title('t')\nprint('drawn at the end')",
    "plt.figure(figsize=(1, 1)); plt.show(); print('after the figure')",
    "from matplotlib.figure import Figure\nFigure(figsize=(1, 1))",
    "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): print('hidden')",
    "import os\nos.environ['NBGRADER_EXECUTION']",
    "import helper\nhelper.answer",
    "open('data.txt').read()",
    "exec(compile('raise IndexError(1)', 'elsewhere', 'exec'))",
    "np.linalg.inv(np.zeros((2, 2)))",
    "raise type('Own', (Exception,), {'_render_traceback_': lambda self: ['own', 'words']})('x')",
    "get_ipython().showtraceback = lambda *a, **k: None\n1 / 0",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a submission, with more in it than a notebook."""
    folder = tmp_path_factory.mktemp("submission")
    (folder / "helper.py").write_text("answer = 42\n")
    (folder / "data.txt").write_text("seven")
    return folder


@pytest.fixture(scope="module")
def both(folder: Path) -> tuple[NotebookNode, NotebookNode]:
    """The same cells, run by nbgrader's own step and by ours."""
    theirs = executed(notebook(*LIKE_A_KERNEL), folder, Execute, timeout=30)
    return theirs, executed(notebook(*LIKE_A_KERNEL), folder, timeout=30)


def comparable(cell: NotebookNode) -> list[dict[str, Any]]:
    """A cell's outputs without what differs from run to run; text of one stream in one piece."""
    outputs: list[dict[str, Any]] = []
    for output in cell.outputs:
        if outputs and output.output_type == "stream" and outputs[-1].get("name") == output.name:
            outputs[-1]["text"] += output.text
        else:
            outputs.append(dict(output))
    return [_without_addresses(output) for output in outputs]


def _without_addresses(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"0x[0-9a-f]+|ipykernel_\d+|\d+\.py", "…", value)
    if isinstance(value, dict):
        return {key: _without_addresses(item) for key, item in value.items()}
    return [_without_addresses(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("index", range(len(LIKE_A_KERNEL)), ids=lambda i: LIKE_A_KERNEL[i][:40])
def test_outputs_are_those_of_a_kernel(both: tuple[NotebookNode, NotebookNode], index: int) -> None:
    theirs, ours = (nb.cells[index] for nb in both)
    assert comparable(ours) == comparable(theirs)
    assert ours.execution_count == theirs.execution_count
    assert ours.metadata.execution.keys() == theirs.metadata.execution.keys()


def test_the_notebook_says_as_much_about_itself(both: tuple[NotebookNode, NotebookNode]) -> None:
    theirs, ours = (dict(nb.metadata) for nb in both)
    layers = ours.pop("autograder")["layers"]
    assert ours == theirs
    assert "limits" in layers


def test_a_figure_is_flushed_after_an_error_too(folder: Path) -> None:
    (cell,) = run(folder, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n1 / 0")
    assert [output.output_type for output in cell.outputs] == ["error", "display_data"]
    assert cell.outputs[1].data["image/png"].startswith("iVBOR")


def test_cells_that_are_not_run_are_not_counted(folder: Path) -> None:
    nb = notebook("'a'", "", "  \n", "'b'", "'c'")
    nb.cells.insert(0, new_markdown_cell("# Words"))
    nb.cells[-1].metadata["tags"] = ["skip-execution"]
    done = executed(nb, folder)
    assert [cell.get("execution_count") for cell in done.cells] == [None, 1, None, None, 2, None]


def test_check_knows_that_it_is_in_a_notebook(folder: Path) -> None:
    define, check = run(
        folder,
        "from autograder import check\ndef by_hand(*_): pass\ncheck('no/name')",
        "from autograder.checking import _in_jupyter\n_in_jupyter()",
    )
    assert "\x1b" not in shown(define)  # check shows its errors without a traceback
    assert check.outputs[0].data["text/plain"] == "True"


def test_widgets_become_text(folder: Path) -> None:
    pytest.importorskip("ipywidgets")
    (cell,) = run(folder, "import ipywidgets\nipywidgets.IntSlider()")
    assert cell.outputs[0].data == {"text/plain": "IntSlider(value=0)"}


def test_programs_cannot_be_started(folder: Path) -> None:
    for cell in run(folder, "!ls", "x = !ls", "%%bash\nls", "import os\nos.system('ls')\nos.fork()"):
        assert "PermissionError" in {output.get("ename") for output in cell.outputs}
