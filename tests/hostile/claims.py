"""No answers, but the appearance of points: the checker, its helpers and IPython replaced in the process.

The notebook of each is the released one, so that every point would be one too many. Where the learner's
process claims points that the outside does not find, a human is told.
"""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from .entry import LESSON, Entry, added, checks, continued, none, released, solved

ALL = checks()


def claim(
    student: str, tries: str, source: str, flagged: tuple[str, ...] | None = ALL, **options: bool
) -> Entry:
    """An entry with a cell of its own and no answers."""
    return Entry(student, tries, released, (added(source),), points=none(), flagged=flagged, **options)


FAKE = """
class Full(float):
    def _repr_html_(self):
        return "<b>all right</b>"
    def __repr__(self):
        return str(float(self))
def check(name, *parts):
    points = {"Function.__call__": 5, "Add": 2, "Mul": 3, "operators": 2, "by_hand": 2}
    return Full(points[name.split("/")[1]])
"""

CHECKER = (
    claim("redefines-check", "A check of its own.", FAKE, stock=True),
    claim(
        "redefines-check-everywhere",
        "The same, also under every name that the package has for it.",
        FAKE
        + """
import autograder, autograder.checking, builtins, sys
autograder.check = autograder.checking.check = builtins.check = check
for module in list(sys.modules.values()):
    if "check" in vars(module):
        module.check = check
""",
    ),
    claim(
        "check-of-too-much",
        "A check that gives a million points.",
        "def check(*parts):\n    return 1e6",
        stock=True,
    ),
    claim(
        "check-of-strange-numbers",
        "Checks that give what is hardly a number.",
        """
        answers = iter([float("inf"), float("nan"), -5.0, 10**400, True])
        def check(*parts):
            return next(answers)
        """,
        flagged=None,
        stock=True,
    ),
    claim(
        "check-is-a-number",
        "The name of the checker stands for something that agrees with everything.",
        """
        class Yes(float):
            def __call__(self, *parts, **more): return self
            def __getattr__(self, name): return self
            def __eq__(self, other): return True
            __ne__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
            __hash__ = float.__hash__
        check = Yes(2)
        """,
    ),
    claim(
        "fake-module",
        "Other modules in the place of ours and NumPy's.",
        FAKE
        + """
import sys, types
for name in list(sys.modules):
    if name.split(".")[0] in ("autograder", "babygrad", "numpy"):
        fake = types.ModuleType(name)
        fake.check, fake.Tensor, fake.float64 = check, object, float
        sys.modules[name] = fake
sys.meta_path.clear()
sys.path_hooks.clear()
""",
    ),
    claim(
        "patches-the-judge",
        "The comparison, and everything on the way to it, says yes.",
        """
        import autograder.checking as checking
        from autograder import judge, observation, report
        from autograder.exercises import find
        def all_right(exercise, cases, seen):
            return [judge.Verdict(part.label, part.points, part.points) for part in exercise.parts]
        judge.judge = checking.judge = all_right
        report.Report.points = property(lambda self: self.most)
        observation.observe = lambda *a: {"kind": "None"}
        observation.Claim.__init__ = lambda self, *a: self.__dict__.update(holds=True, instead="")
        """,
        flagged=None,
    ),
    claim(
        "patches-where-it-is-run",
        "Whatever the outside has is patched, under all the names that it might have.",
        """
        import gc, sys, types
        import autograder
        wanted = {"_missing", "_compare", "agree", "equal", "_verdicts", "judge", "points", "_borrow"}
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith("autograder"):
                for name in wanted & set(vars(module)):
                    setattr(module, name, lambda *a, **k: "")
        try:
            from autograder import observation
            observation.Claim.__init__ = lambda self, *a: self.__dict__.update(holds=True, instead="")
            observation.Form.__init__ = lambda self, *a: self.__dict__.update(value=None)
        except Exception:
            pass
        """,
        flagged=None,
    ),
)

NUMPY = (
    claim(
        "numpy-agrees",
        "NumPy's comparisons and asserts say yes.",
        """
        import numpy as np, numpy.testing, math, operator
        for module in (np, np.testing, math, operator):
            for name in dir(module):
                if name.startswith(("assert", "allclose", "isclose", "array_eq", "eq", "all", "any")):
                    setattr(module, name, lambda *a, **k: True)
        np.array_equal = np.array_equiv = np.allclose = np.isclose = lambda *a, **k: True
        np.abs = np.max = np.subtract = lambda *a, **k: 0.0
        """,
        flagged=None,
    ),
    claim(
        "builtins-agree",
        "Python's own functions say yes.",
        """
        import builtins
        real = builtins.isinstance, builtins.abs, builtins.len
        builtins.all = builtins.any = builtins.callable = lambda *a: True
        builtins.abs = lambda x: 0.0
        builtins.sum = builtins.max = lambda *a, **k: 0.0
        builtins.sorted = lambda things, **k: []
        builtins.repr = lambda thing: "5.0"
        """,
        flagged=None,
    ),
    claim(
        "builtins-are-gone",
        "Without Python's own functions.",
        """
        import builtins
        for name in ("len", "isinstance", "print", "open", "__import__", "getattr", "Exception", "type"):
            delattr(builtins, name)
        """,
        flagged=None,
    ),
    claim(
        "exec-agrees",
        "What compiles and runs the cells is replaced.",
        FAKE
        + """
import builtins, codeop, ast
real = builtins.compile
def other(source, *more, **options):
    if isinstance(source, str) and "NotImplementedError" in source:
        source = "pass"
    return real(source, *more, **options)
builtins.compile = other
builtins.exec = lambda *a, **k: None
""",
        flagged=None,
    ),
)

IPYTHON = (
    claim(
        "no-transformers",
        "IPython's input transformers emptied, or made to replace every cell by a number.",
        """
        shell = get_ipython()
        shell.input_transformers_cleanup.clear()
        shell.input_transformers_post.clear()
        manager = shell.input_transformer_manager
        manager.cleanup_transforms.clear()
        manager.line_transforms.clear()
        manager.token_transformers.clear()
        manager.cleanup_transforms.append(lambda lines: ["5.0\\n"])
        shell.transform_cell = lambda source: "5.0"
        """,
        stock=True,
    ),
    claim(
        "ast-transformer",
        "A transformer that makes a number of every expression.",
        """
        import ast
        class Five(ast.NodeTransformer):
            def visit_Call(self, node):
                return ast.copy_location(ast.Constant(5.0), node)
        get_ipython().ast_transformers.append(Five())
        """,
    ),
    claim(
        "run-cell",
        "IPython's run_cell, and what is below it, replaced.",
        """
        from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
        def run_cell(self, *a, **k):
            self.displayhook(5.0)
            result = ExecutionResult(None)
            result.result = 5.0
            return result
        async def run_cell_async(self, *a, **k):
            return run_cell(self)
        for shell in {InteractiveShell, type(get_ipython()), *type(get_ipython()).__mro__[:-1]}:
            try:
                shell.run_cell, shell.run_code = run_cell, run_cell_async
                shell.run_cell_async = run_cell_async
                shell.should_run_async = lambda *a, **k: False
            except TypeError:
                pass
        """,
        flagged=None,
        stock=True,
    ),
    claim(
        "displayhook",
        "The displayhook called with a number, and replaced by one that shows numbers only.",
        """
        import sys
        sys.displayhook(5.0)
        hook = sys.displayhook
        class Five(type(hook)):
            def __call__(self, result=None):
                super().__call__(5.0)
        try:
            hook.__class__ = Five
        except TypeError:
            pass
        """,
        flagged=None,
        stock=True,
    ),
    claim(
        "number-as-result",
        "Numbers as the last expressions of answers, and of what stands before a check.",
        "5.0",
        flagged=(),
        stock=True,
    ),
    Entry(
        "numbers-everywhere",
        "Every answer is a number, printed, displayed and left behind.",
        released,
        tuple(
            continued(name, "print(5.0)\ndisplay(5.0)\n_ = __ = ___ = 5.0\n5.0")
            for name in ("function_call", "add", "mul", "operators", "by_hand")
        ),
        points=none(),
    ),
    claim(
        "no-traceback",
        "Errors are shown as numbers.",
        """
        import sys, traceback
        from IPython.core.interactiveshell import InteractiveShell
        def showtraceback(self, *a, **k):
            self.displayhook(5.0)
        for shell in type(get_ipython()).__mro__[:-1]:
            if "showtraceback" in vars(shell):
                shell.showtraceback = showtraceback
        get_ipython().set_custom_exc((BaseException,), showtraceback)
        sys.excepthook = lambda *a: None
        traceback.print_exc = traceback.format_exception = lambda *a, **k: []
        """,
        flagged=None,
    ),
    claim(
        "formatter",
        "Whatever is shown reads as a number.",
        """
        formatters = get_ipython().display_formatter
        formatters.format = lambda *a, **k: ({"text/plain": "5.0"}, {})
        for formatter in formatters.formatters.values():
            formatter.for_type(object, lambda *a: "5.0")
        """,
        flagged=None,
    ),
    claim(
        "report-reads-as-five",
        "The report itself reads as a number.",
        """
        from autograder.report import Report
        Report.__repr__ = Report.text = lambda self: "5.0"
        Report.points = property(lambda self: 5.0)
        """,
    ),
    claim(
        "cell-magic",
        "A hook before and after each cell that shows a number.",
        """
        import sys
        shell = get_ipython()
        shell.events.register("pre_run_cell", lambda *a: sys.displayhook(5.0))
        shell.events.register("post_run_cell", lambda *a: sys.displayhook(5.0))
        shell.events.register("post_execute", lambda *a: exec("raise SystemExit"))
        """,
        flagged=None,
    ),
    claim(
        "trace",
        "A trace function that ends every function of ours with a number.",
        """
        import sys, threading
        def trace(frame, event, argument):
            if "autograder" in frame.f_code.co_filename and frame.f_code.co_name in ("check", "run", "judge"):
                frame.f_trace_lines = True
                frame.f_locals.update(report=5.0, seen={}, verdicts=())
            return trace
        sys.settrace(trace)
        sys.setprofile(trace)
        threading.settrace_all_threads(trace) if hasattr(threading, "settrace_all_threads") else None
        """,
        flagged=None,
    ),
    claim(
        "variable-named-as-a-check",
        "Values under the names that a checker might look up.",
        """
        check_function_call = check_add = check_mul = check_operators = check_by_hand = 5.0
        points = score = grade = verdict = reports = 14
        __name__ = "autograder.trusted"
        __file__ = __spec__ = __builtins__ = None
        """,
        flagged=(),
    ),
)


def _forged(notebook: NotebookNode) -> None:
    """Outputs and reports as grading writes them."""
    for cell in notebook.cells:
        name = cell.id.removeprefix("check_")
        points = cell.metadata.nbgrader.get("points", 0)
        if cell.metadata.nbgrader.grade:
            report = {
                "name": f"{LESSON}/{name}",
                "verdicts": [{"label": "all", "points": points, "earned": points}],
                "notes": [],
            }
            data = {
                "text/plain": str(float(points)),
                "text/html": "<b>all right</b><script>alert(3)</script>",
            }
            cell.outputs = [
                nbformat.v4.new_output(
                    "execute_result", data, execution_count=3, metadata={"autograder": report}
                )
            ]
            cell.execution_count = 3
    notebook.metadata["autograder"] = {
        "flags": [],
        "notes": ["looked at by hand: full points"],
        "layers": ["limits", "capabilities", "landlock", "seccomp"],
        "submission": "0" * 64,
    }


def _flagging(notebook: NotebookNode) -> None:
    """Flags as grading writes them, where nothing is wrong."""
    notebook.metadata["autograder"] = {
        "flags": [{"cell": "check_mul", "text": "a flag of my own"}, {"cell": [], "text": 3}, 5],
        "notes": {"not": "a list"},
        "layers": 3,
        "ungraded": True,
    }


FORGED = (
    Entry(
        "forged-outputs",
        "Outputs, and grading's own metadata, as those of full points.",
        released,
        (_forged,),
        points=none(),
        stock=True,
    ),
    Entry(
        "forged-flags",
        "Grading's own metadata, malformed, in a notebook that is all right.",
        solved,
        (_flagging,),
        stock=True,
    ),
    Entry(
        "displays-a-report",
        "A report shown by the learner's own cell, before and in the place of the check.",
        released,
        (
            added(f"""
                verdict = {{"label": "all", "points": 3, "earned": 3}}
                report = {{"name": "{LESSON}/Mul", "verdicts": [verdict]}}
                def check(*parts):
                    display({{"text/plain": "3.0"}}, raw=True, metadata={{"autograder": report}})
                    print("3.0")
            """),
        ),
        points=none(),
        flagged=None,
    ),
)

ENTRIES = (*CHECKER, *NUMPY, *IPYTHON, *FORGED)
