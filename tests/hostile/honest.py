"""Honest learners, who did nothing that should cost a point."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from .entry import (
    Entry,
    added,
    at_the_end,
    cell_of,
    deleted,
    full,
    none,
    released,
    replaced,
    solved,
    whole,
    written,
)


def _pasted(notebook: NotebookNode) -> None:
    """A check cell, copied and pasted below itself, as JupyterLab does it: with its metadata, a new id."""
    place = notebook.cells.index(cell_of(notebook, "check_mul"))
    copy = deepcopy(notebook.cells[place])
    copy.id = "6f1c"
    notebook.cells.insert(place + 1, copy)


NEIGHBOURS = (
    Entry("honest-first", "All right, and the first in the class.", whole, stock=True),
    Entry(
        "honest-half",
        "Three of five exercises.",
        whole,
        (written(operators="", by_hand=""),),
        points=full(operators=0, by_hand=0),
        stock=True,
    ),
    Entry("honest-nothing", "Untouched.", released, points=none(), stock=True),
    Entry("zz-honest-last", "All right, and the last in the class.", whole, stock=True),
)

CHANGES = (
    Entry("pasted-check", "A check cell copied and pasted.", whole, (_pasted,), stock=True),
    Entry("lost-check", "A check cell deleted.", whole, (deleted("check_operators"),), stock=True),
    Entry(
        "lost-imports", "The given cell of imports deleted.", whole, (deleted("given_imports"),), stock=True
    ),
    Entry(
        "warning",
        "An answer that is right and warns: NumPy's RuntimeWarning, on stderr in a check cell.",
        solved,
        (
            replaced(
                "mul", "return a * b", "import numpy as np\n        np.log(np.zeros(1))\n        return a * b"
            ),
            replaced(
                "by_hand",
                "e_grad = d\n",
                "import sys, warnings\n    warnings.warn('')\n    print(3, file=sys.stderr)\n    e_grad=d\n",
            ),
        ),
        points={"check_function_call": 5, "check_add": 2, "check_operators": 2, "check_by_hand": 2},
        stock=True,
    ),
    Entry(
        "warning-in-a-check",
        "A warning that comes while a check cell runs, and has nothing to do with the numbers.",
        solved,
        (
            replaced(
                "by_hand",
                "e_grad = d\n",
                "import warnings\n    warnings.warn('old', DeprecationWarning)\n    e_grad = d\n",
            ),
        ),
        stock=True,
    ),
    Entry(
        "scratch-cells",
        "Cells for trying things out: failing ones, magics, commands, unfinished lines.",
        whole,
        (
            added("1 / 0", name="s1"),
            added("%timeit -n1 -r1 3\n!ls\n%matplotlib inline\n%%time", name="s2"),
            added("%%bash\nls", name="s3"),
            added("def unfinished(", name="s4"),
            added("import sys\nprint('oh', file=sys.stderr)", name="s5"),
            added("Tensor?", name="s6"),
            added("assert False, 'not yet'", name="s7"),
            added("import asyncio\nawait asyncio.sleep(0.01)", name="s8"),
            added("from matplotlib import pyplot as plt\nplt.plot([1, 2])\nplt.show()", name="s9"),
            added("import this_is_not_installed", name="s10"),
        ),
        stock=True,
    ),
    Entry(
        "helpers-in-a-cell",
        "Answers that use functions from a cell of one's own.",
        whole,
        (
            added("def product(a, b):\n    return a * b", after="cell-14", name="helpers"),
            replaced("mul", "return a * b", "return product(a, b)"),
        ),
        stock=True,
    ),
    Entry(
        "helpers-in-a-module",
        "Answers that use a module and a data file beside the notebook.",
        solved,
        (
            added("import helpers\nimport json\nfactors = json.load(open('data/factors.json'))", name="own"),
            replaced("mul", "return a * b", "return helpers.product(a, b) * factors['one']"),
        ),
        beside={
            "helpers.py": "def product(a, b):\n    return a * b\n",
            "data/factors.json": '{"one": 1}',
        },
        stock=True,
    ),
    Entry(
        "own-files",
        "Writes a file and reads it again.",
        solved,
        (
            added("open('notes.txt', 'w').write('3')\nimport os; os.makedirs('out', exist_ok=True)"),
            at_the_end("assert open('notes.txt').read() == '3'\nopen('out/x', 'w').write('4')"),
        ),
    ),
    Entry(
        "own-state",
        "Seeds NumPy, changes how it prints, and has it raise on warnings.",
        solved,
        (added("import numpy as np\nnp.random.seed(3)\nnp.set_printoptions(2)\nnp.seterr(all='raise')"),),
    ),
    Entry(
        "typed",
        "Answers with annotations, docstrings and decorators.",
        solved,
        (
            added("from __future__ import annotations\nimport functools"),
            written(
                by_hand="""
                from dataclasses import dataclass
                @dataclass
                class Grads:
                    a: float
                @functools.lru_cache
                def helper(x: float) -> float:
                    return x
                def by_hand(a: float, b: float, c: float) -> tuple[float, ...]:
                    d: float = helper(a * b)
                    return (2 * d + c) * b, (2 * d + c) * a, d
                """
            ),
        ),
    ),
    Entry("renamed-file", "The notebook under another name.", whole, file="03_function (1).ipynb"),
    Entry(
        "renamed-file-entirely", "The notebook under quite another name.", whole, file="Homework Müller.ipynb"
    ),
    Entry(
        "copies",
        "The notebook, a checkpoint of it and an older copy.",
        whole,
        beside={
            ".ipynb_checkpoints/03_function-checkpoint.ipynb": "{}",
            "03_function-Copy1.ipynb": "not a notebook any more",
            "Untitled.ipynb": "{}",
        },
        stock=True,
    ),
    Entry(
        "leftovers",
        "What systems and editors leave.",
        whole,
        beside={
            ".DS_Store": b"\0\1",
            "Thumbs.db": b"\0",
            "__pycache__/x.cpython-311.pyc": b"\0",
            "~$x.docx": "x",
            ".#03_function.ipynb": "x",
        },
    ),
)

NAMES = tuple(
    Entry(student, "A student with this name, and everything right.", solved, stock=stock)
    for student, stock in (
        ("ann with a space", True),
        ("o.neil.jr", True),
        ("müller-ß", True),
        ("李明", False),
        ("--force", False),
        ("-rf", True),
        ("d'arcy; DROP TABLE grade", False),
        ("100%s{0}$HOME", False),
        ("[red]rich[bold]", False),
        ("a" * 120, False),
        ("UPPER", False),
        ("upper", False),
        ("solutions", False),
        ("<b>bold<b>", False),
        ("*", False),
    )
)

ENTRIES = (*NEIGHBOURS, *CHANGES, *NAMES)
