"""No answers, but somebody else's: the reference, another package, a file, what was seen at home.

In the notebook many of these look right, because there the reference is at hand; so they are flagged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import dedent
from typing import Any

from nbformat import NotebookNode

from autograder.checking import observations
from autograder.exercises import exercises
from autograder.judge import cases_of

from .channel import CHANNEL
from .entry import LESSON, Entry, added, checks, none, released, written

ALL = checks()
OPS = ("check_function_call", "check_add", "check_mul", "check_operators")


def theft(
    student: str,
    tries: str,
    helpers: str = "",
    flagged: tuple[str, ...] | None = None,
    points: dict[str, float] | None = None,
    **sources: str,
) -> Entry:
    """An entry without answers of its own, in lesson 03."""
    changes = ([added(helpers)] if helpers else []) + [written(**sources)]
    return Entry(
        student,
        tries,
        released,
        tuple(changes),
        points=points or none(),
        flagged=flagged,
        stock="stock" in tries,
    )


STOLEN = {
    "function_call": "Function = steal('Function')",
    "add": "Add = steal('Add')",
    "mul": "Mul = steal('Mul')",
    "operators": "add, mul, Tensor = steal('add'), steal('mul'), steal('Tensor')",
    "by_hand": "by_hand = steal('_reference_by_hand')",
}
"""Answers that are whatever `steal` finds under these names."""

COPIED = {
    "function_call": "Function = copied('Function')",
    "add": "Add = copied('Add')",
    "mul": "Mul = copied('Mul')",
    "operators": """
def add(a, b):
    return steal("add")(a, b)
def mul(a, b):
    return steal("mul")(a, b)
class Tensor(Tensor):
    def __add__(self, other): return add(self, other)
    def __radd__(self, other): return add(other, self)
    def __mul__(self, other): return mul(self, other)
    def __rmul__(self, other): return mul(other, self)
""",
    "by_hand": "def by_hand(a, b, c):\n    return steal('_reference_by_hand')(a, b, c)",
}
"""The same, as classes and functions that are one's own by name and place."""

COPY = """
import types
def copied(name):
    kind = steal(name)
    return type(name, kind.__mro__[1:2] if kind.__mro__[1] is not object else (), dict(vars(kind)))
"""

FROM_BABYGRAD = (
    theft(
        "imports",
        "from babygrad import everything.",
        function_call="from babygrad import Function",
        add="from babygrad import Add",
        mul="from babygrad.ops import Mul",
        operators="from babygrad import add, mul, Tensor",
    ),
    theft(
        "imports-with-star",
        "The same with a star, from the modules inside.",
        function_call="from babygrad.function import *",
        add="from babygrad.ops.elementwise import *",
        mul="from babygrad.ops import *",
        operators="from babygrad import *",
    ),
    theft(
        "subclasses",
        "Subclasses of the reference with nothing in them.",
        "import babygrad",
        function_call="class Function(babygrad.Function): pass",
        add="class Add(babygrad.Add): pass",
        mul="class Mul(babygrad.Mul):\n    def forward(self, a, b): return super().forward(a, b)",
        operators="""
        class Tensor(babygrad.Tensor): pass
        add, mul = lambda a, b: babygrad.add(a, b), babygrad.multiply
        """,
    ),
    theft(
        "aliases",
        "The second names of things, and things found by getattr, importlib and sys.modules.",
        "import sys, importlib, operator",
        function_call="Function = importlib.import_module('babygrad.function').Function",
        add="Add = getattr(sys.modules['babygrad.ops'], 'A' + 'dd')",
        mul="Mul = operator.attrgetter('ops.elementwise.Mul')(importlib.import_module('babygrad'))",
        operators="import babygrad\nadd, mul, Tensor = operator.add, babygrad.multiply, babygrad.Tensor",
    ),
    theft(
        "through-tensors",
        "The operations that Tensors use, found on the results of their operators.",
        """
        from babygrad import Tensor as Theirs
        def steal(name):
            a, b = Theirs([2.0]), Theirs([3.0])
            return type((a + b if name == "Add" else a * b)._op)
        """,
        add="class Add(Function):\n    forward, backward = steal('Add').forward, steal('Add').backward",
        mul="class Mul(Function):\n    forward, backward = steal('Mul').forward, steal('Mul').backward",
        function_call="Function = steal('Add').__mro__[-2]",
        operators="""
        class Tensor(Tensor):
            __add__, __radd__ = Theirs.__add__, Theirs.__radd__
            __mul__, __rmul__ = Theirs.__mul__, Theirs.__rmul__
        add, mul = Theirs.__add__, Theirs.__mul__
        """,
    ),
    theft(
        "through-backward",
        "The gradients, by having Tensors compute and go back by themselves.",
        """
        from babygrad import Tensor as Theirs
        def way_back(node, out_grad, combine):
            a, b = (Theirs(t.data) for t in node._inputs)
            combine(a, b).backward(out_grad.data)
            return Theirs(a.grad), Theirs(b.grad)
        """,
        add="""
        class Add(Function):
            def forward(self, a, b): return (Theirs(a) + Theirs(b)).data
            def backward(self, out_grad, node): return way_back(node, out_grad, lambda a, b: a + b)
        """,
        mul="""
        class Mul(Function):
            def forward(self, a, b): return (Theirs(a) * Theirs(b)).data
            def backward(self, out_grad, node): return way_back(node, out_grad, lambda a, b: a * b)
        """,
        by_hand="""
        def by_hand(a, b, c):
            a, b, c = Theirs(a), Theirs(b), Theirs(c)
            d = a * b
            ((d + c) * d).backward()
            return float(a.grad), float(b.grad), float(c.grad)
        """,
    ),
)

_SEARCH = {
    "gc": """
        import gc
        def steal(name):
            return next(
                thing for thing in gc.get_objects()
                if getattr(thing, "__name__", "") == name and getattr(thing, "__module__", "") != "__main__"
            )
    """,
    "gc-inside-dictionaries": """
        import gc
        def steal(name):
            for thing in gc.get_objects():
                if type(thing) is dict and name in thing:
                    found = thing[name]
                    if getattr(found, "__module__", "__main__") != "__main__":
                        return found
            raise LookupError(name)
    """,
    "subclasses-of-object": """
        def steal(name):
            waiting = [object]
            while waiting:
                kind = waiting.pop()
                if kind.__name__ == name and kind.__module__ != "__main__":
                    return kind
                waiting += type.__subclasses__(kind)
            raise LookupError(name)
    """,
    "frames": """
        import sys
        def steal(name):
            frames = list(sys._current_frames().values())
            try:
                raise LookupError
            except LookupError as error:
                frames.append(error.__traceback__.tb_frame)
            while frames:
                frame = frames.pop()
                for space in (frame.f_globals, frame.f_locals):
                    for holder in [space, *(vars(v) for v in space.values() if hasattr(v, "__dict__"))]:
                        found = holder.get(name)
                        if getattr(found, "__module__", "__main__") != "__main__":
                            return found
                if frame.f_back:
                    frames.append(frame.f_back)
            raise LookupError(name)
    """,
    "exercises": """
        import importlib
        def steal(name):
            from autograder.exercises import exercises
            for exercise in exercises("03_function"):
                for key, part in exercise.reference.items():
                    if name.endswith(key):
                        return part
            raise LookupError(name)
    """,
    "mistakes": """
        def steal(name):
            from autograder.exercises import lesson_03_function as lesson
            if name in vars(lesson):
                return vars(lesson)[name]
            for mistake in lesson.CALL_MISTAKES + lesson.ADD_MISTAKES + lesson.MUL_MISTAKES:
                if name in mistake.wrong:
                    return mistake.wrong[name].__mro__[1]
    """,
    "modules-again": """
        import importlib, sys
        def steal(name):
            for known in [m for m in sys.modules if m.split(".")[0] == "babygrad"]:
                del sys.modules[known]
            sys.path[:0] = ["@ROOT@"]
            importlib.invalidate_caches()
            import babygrad.ops.elementwise, babygrad.function
            for module in (babygrad.ops.elementwise, babygrad.ops, babygrad.function, babygrad):
                if hasattr(module, name):
                    return getattr(module, name)
            raise LookupError(name)
    """,
    "package-as-text": """
        import babygrad, importlib.resources, importlib.util, pathlib, pkgutil, sys, types, zipfile
        def texts():
            folder = pathlib.Path(babygrad.__file__).parent
            for place in (folder, pathlib.Path("@ROOT@/babygrad"), *map(pathlib.Path, babygrad.__path__)):
                for inner in ("function.py", "ops/elementwise.py", "ops/shape.py"):
                    try:
                        yield (place / inner).read_text()
                    except OSError:
                        pass
            for inner in ("function.py", "ops/elementwise.py"):
                try:
                    yield pkgutil.get_data("babygrad", inner).decode()
                    yield importlib.resources.files("babygrad").joinpath(inner).read_text()
                except (OSError, AttributeError):
                    pass
        def steal(name):
            from babygrad.tensor import Operand, Tensor, _wrap
            from typing import Any
            import contextlib, contextvars, numpy as np
            for text in texts():
                away = ("from babygrad", "from __f")
                lines = [line for line in text.splitlines() if not line.startswith(away)]
                space = {
                    "np": np, "Tensor": Tensor, "_wrap": _wrap, "Operand": Operand, "DTypeLike": Any,
                    "Function": globals().get("Function", object), "unbroadcast": lambda g, s: g,
                }
                try:
                    exec("from __future__ import annotations\\n" + "\\n".join(lines), space)
                except Exception:
                    pass
                if name in space and space[name] is not globals().get(name):
                    return space[name]
            raise LookupError(name)
    """,
    "package-by-path": """
        import importlib.util, sys
        def steal(name):
            for known in [m for m in sys.modules if m.split(".")[0] == "babygrad"]:
                del sys.modules[known]
            spec = importlib.util.spec_from_file_location(
                "babygrad", "@ROOT@/babygrad/__init__.py", submodule_search_locations=["@ROOT@/babygrad"]
            )
            module = importlib.util.module_from_spec(spec)
            sys.modules["babygrad"] = module
            spec.loader.exec_module(module)
            return getattr(module, name)
    """,
    "another-interpreter": """
        import marshal, subprocess, sys, types
        def steal(name):
            program = f"import inspect, babygrad; print(inspect.getsource(babygrad.{name}))"
            done = subprocess.run(
                [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="@ROOT@"
            )
            space = dict(globals())
            exec(done.stdout, space)
            return space[name]
    """,
    "subinterpreter": """
        import _xxsubinterpreters as interpreters, os, tempfile
        def steal(name):
            made = interpreters.create()
            place = os.path.join(os.getcwd(), "source")
            program = (
                "import inspect, sys; sys.path.insert(0, '@ROOT@'); import babygrad; "
                f"open({place!r}, 'w').write(inspect.getsource(babygrad.{name}))"
            )
            interpreters.run_string(made, program)
            space = dict(globals())
            exec(open(place).read(), space)
            return space[name]
    """,
    "own-memory": """
        import re
        def steal(name):
            with open("/proc/self/mem", "rb", 0) as memory:
                for line in open("/proc/self/maps"):
                    if "rw-p" in line:
                        start, end = (int(n, 16) for n in line.split()[0].split("-"))
                        memory.seek(start)
                        source = rb"class %s\\(.*?return [^\\n]*\\n" % name.encode()
                        found = re.search(source, memory.read(end - start), re.S)
                        if found:
                            space = dict(globals())
                            exec(found.group(), space)
                            return space[name]
            raise LookupError(name)
    """,
    "pickle": """
        import pickle
        def steal(name):
            for module in (
                "babygrad", "babygrad.function", "babygrad.ops.elementwise", "babygrad.ops",
                "autograder.exercises.lesson_03_function",
            ):
                try:
                    return pickle.loads(b"c" + module.encode() + b"\\n" + name.encode() + b"\\n.")
                except Exception:
                    pass
            raise LookupError(name)
    """,
    "linecache-and-inspect": """
        import inspect, linecache, sys
        def steal(name):
            for module in list(sys.modules.values()):
                if getattr(module, "__name__", "").split(".")[0] in ("babygrad", "autograder"):
                    try:
                        text = inspect.getsource(module)
                    except (OSError, TypeError):
                        text = "".join(linecache.getlines(getattr(module, "__file__", "") or ""))
                    if f"class {name}(" in text:
                        start = text.index(f"class {name}(")
                        space = {**globals(), "unbroadcast": lambda g, s: g}
                        space.setdefault("Elementwise", space.get("Function"))
                        exec(text[start:].split("\\nclass ")[0], space)
                        return space[name]
            raise LookupError(name)
    """,
}

SEARCHES = tuple(
    theft(
        f"by-{name}", f"The reference, looked for by {name.replace('-', ' ')}.", dedent(text) + COPY, **COPIED
    )
    for name, text in _SEARCH.items()
)

SOLUTIONS = (
    theft(
        "solution-notebook",
        "The solutions, read from the course's folder.",
        """
        import json
        def steal(name):
            for place in ("@COURSE@", "@ROOT@", "../../..", "../..", ".."):
                try:
                    notebook = json.load(open(f"{place}/solutions/03_function/03_function.ipynb"))
                except OSError:
                    continue
                return next("".join(c["source"]) for c in notebook["cells"] if c.get("id") == name)
            raise LookupError(name)
        """,
        flagged=(),
        **{
            name: f"exec(steal({name!r}))" for name in ("function_call", "add", "mul", "operators", "by_hand")
        },
    ),
    theft(
        "solution-of-a-neighbour",
        "The answers of another student, read from their submission or their graded notebook.",
        """
        import json
        def steal(name):
            for place in ("submitted/honest-first", "autograded/honest-first", "submitted/zz-honest-last"):
                for course in ("@COURSE@", "../../.."):
                    try:
                        notebook = json.load(open(f"{course}/{place}/03_function/03_function.ipynb"))
                    except OSError:
                        continue
                    return next("".join(c["source"]) for c in notebook["cells"] if c.get("id") == name)
            raise LookupError(name)
        """,
        flagged=(),
        **{
            name: f"exec(steal({name!r}))" for name in ("function_call", "add", "mul", "operators", "by_hand")
        },
    ),
    theft(
        "from-one-process-to-the-next",
        "The reference, put away where it is at hand and taken up where it is not.",
        """
        import glob, inspect, os, tempfile
        PLACES = ["HOSTILE-reference.py", os.path.join(tempfile.gettempdir(), "HOSTILE-reference.py"),
                  "@COURSE@/HOSTILE-reference.py", "@HOME@/HOSTILE-reference.py",
                  "@TMP@/HOSTILE-reference.py",
                  "@HOME@/.cache/matplotlib/HOSTILE-reference.py", "/dev/shm/HOSTILE-reference.py"]
        def put_away():
            import babygrad
            try:
                text = inspect.getsource(babygrad.Mul) + inspect.getsource(babygrad.Add)
            except (AttributeError, OSError, TypeError):
                return
            for place in PLACES:
                try:
                    os.makedirs(os.path.dirname(place) or ".", exist_ok=True)
                    open(place, "w").write(text)
                except OSError:
                    pass
        def steal(name):
            for place in PLACES + glob.glob(tempfile.gettempdir() + "/*/HOSTILE-reference.py"):
                try:
                    text = open(place).read()
                except OSError:
                    continue
                space = {"Elementwise": Function, "unbroadcast": lambda g, s: g}
                exec(text, space)
                return space[name]
            raise LookupError(name)
        put_away()
        """,
        add="class Add(Function):\n    forward, backward = steal('Add').forward, steal('Add').backward",
        mul="class Mul(Function):\n    forward, backward = steal('Mul').forward, steal('Mul').backward",
    ),
    Entry(
        "lent-and-kept",
        "Fails on purpose, so that later cells are lent the reference, and keeps it under other names.",
        released,
        (
            written(
                function_call="1 / 0",
                add="1 / 0",
                mul="Kept = Add\nclass Mul(Function):\n    pass",
                operators="""
                class Add(Function):
                    forward, backward = Kept.forward, Kept.backward
                lent = {name: value for name, value in globals().items() if name in ("Function", "Add")}
                class Function(lent["Function"]):
                    pass
                add, mul = Kept(), lambda a, b: Mul()(a, b)
                """,
            ),
        ),
        points=none(),
        flagged=None,
    ),
    Entry(
        "lent-by-surroundings",
        "While `add` is looked at, its names mean the reference's: it takes them for others.",
        released,
        (
            added("stolen = {}"),
            written(
                add="""
                class Add(Function):
                    def forward(self, a, b):
                        return stolen["Add"]().forward(a, b)
                    def backward(self, out_grad, node):
                        return stolen["Add"]().backward(out_grad, node)
                """,
                mul="""
                class Mul(Function):
                    def forward(self, a, b):
                        return stolen["Mul"]().forward(a, b)
                    def backward(self, out_grad, node):
                        return stolen["Mul"]().backward(out_grad, node)
                """,
                operators="""
                import sys
                def take():
                    frame = sys._getframe()
                    while frame:
                        for space in (frame.f_locals, frame.f_globals):
                            inner = [vars(v) for v in space.values() if hasattr(v, "__dict__")]
                            for holder in [space, *inner]:
                                for name in ("Add", "Mul"):
                                    found = holder.get(name)
                                    if getattr(found, "__module__", "__main__").startswith("babygrad"):
                                        stolen[name] = found
                        frame = frame.f_back
                def add(a, b):
                    take()
                def mul(a, b):
                    take()
                class Tensor(Tensor):
                    def __add__(self, other): take()
                    __radd__ = __mul__ = __rmul__ = __add__
                """,
            ),
        ),
        points=none(),
        flagged=None,
    ),
)


# Answers that were seen before -----------------------------------------------------------------------


def _recorded() -> dict[str, list[list[dict[str, Any]]]]:
    """What the probes see in the reference, by exercise, part and case: what anybody can record at home."""
    found = {}
    for exercise in exercises(LESSON):
        cases = cases_of(exercise, 1)
        found[exercise.name] = observations(exercise, {}, cases)
    return found


def _nearly(notebook: NotebookNode) -> None:
    """Answers that are there and do nothing."""
    written(
        function_call="class Function:\n    def __call__(self, *a): pass",
        add="class Add(Function):\n    pass",
        mul="class Mul(Function):\n    pass",
        operators="add = mul = lambda a, b: None\nclass Tensor(Tensor):\n    pass",
        by_hand="def by_hand(a, b, c):\n    pass",
    )(notebook)


def _said(notebook: NotebookNode) -> None:
    """What was recorded, said on the channel to the grader before it is asked for."""
    added(
        CHANNEL
        + f"""
RECORDED = json.loads({json.dumps(_recorded())!r})
for name, parts in RECORDED.items():
    for place, seen in enumerate(parts):
        say(exercise=name, part=place, seen=seen)
"""
    )(notebook)
    _nearly(notebook)


def _by_frames(notebook: NotebookNode) -> None:
    """What was recorded, in the place of the function that looks, which is found in the frames above."""
    table = {}
    for exercise in exercises(LESSON):
        for part, cases, seen in zip(
            exercise.parts, cases_of(exercise, 1), _recorded()[exercise.name], strict=True
        ):
            for case, what in zip(cases, seen, strict=True):
                table[f"{part.probe.__name__} {sorted(case.inputs)} {str(dict(case.inputs))[:60]}"] = what
    added(
        f"""
import json, logging, types
RECORDED = json.loads({json.dumps(table)!r})
def replay(probe, parts, inputs):
    name = probe.__name__
    key = f"{{name}} {{sorted(inputs)}} {{str(dict(inputs))[:60]}}"
    first = [key for key in RECORDED if key.startswith(name + " ")]
    return RECORDED.get(key, RECORDED[first[0]] if first else {{}})
def take_over(*anything):
    frame = logging.currentframe()
    while frame:
        for value in (*frame.f_locals.values(), *frame.f_globals.values()):
            if isinstance(value, types.FunctionType) and value.__name__ == "look":
                value.__globals__["RECORDED"] = RECORDED
                value.__code__ = replay.__code__
        frame = frame.f_back
"""
    )(notebook)
    written(
        function_call="class Function:\n    __call__ = take_over",
        add="class Add(Function):\n    forward = take_over",
        mul="class Mul(Function):\n    pass",
        operators="add = mul = take_over\nclass Tensor(Tensor):\n    pass",
        by_hand="by_hand = take_over",
    )(notebook)


SEEN_BEFORE = (
    Entry(
        "memorised",
        "The right answers for the inputs of the notebook's own check, and for no others.",
        released,
        (
            written(
                function_call="""
                class Function:
                    def __call__(self, *inputs):
                        raise ValueError
                """,
                mul="""
                class Mul(Function):
                    def forward(self, a, b):
                        import numpy as np
                        known = {"(3.0, 4.0)": 12, "([3.0, -5.0], [4.0, 7.0])": [12, -35]}
                        return np.array(known[str((a.tolist(), b.tolist()))], np.float32)
                """,
                by_hand="""
                def by_hand(a, b, c):
                    known = {(3, 5, -4): (130, 78, 15), (-4, 0.5, 6): (1.0, -8.0, -2.0)}
                    return known[a, b, c]
                """,
            ),
        ),
        points=none(),
        flagged=(),
    ),
    Entry(
        "learns-from-the-check",
        "Writes down at the check in the notebook what it was asked, and answers from that.",
        released,
        (
            added("""
                import json, os
                def remember(*inputs):
                    with open("asked.json", "a") as file:
                        file.write(json.dumps(inputs) + "\\n")
                    return tuple(inputs)
            """),
            written(by_hand="def by_hand(a, b, c):\n    return remember(a, b, c)"),
        ),
        points=none(),
        flagged=(),
    ),
    Entry(
        "seeds",
        "Makes chance predictable, everywhere, and answers for the inputs that come of it.",
        released,
        (
            added("""
                import numpy as np, random, secrets, os, time
                np.random.seed(1)
                random.seed(1)
                real = np.random.default_rng
                np.random.default_rng = lambda *a: real(1)
                np.random.Generator.normal if False else None
                secrets.randbits = secrets.randbelow = lambda bits: 1
                os.urandom = lambda n: bytes(n)
                time.time = lambda: 0.0
                a, b, c = (round(float(x), 2) for x in real(1).uniform(-6, 6, 3))
            """),
            written(
                by_hand="""
                def by_hand(a, b, c):
                    inputs = [round(float(x), 2) for x in np.random.default_rng(1).uniform(-6, 6, 3)]
                    known = {(3, 5, -4): (130, 78, 15), (-4, 0.5, 6): (1.0, -8.0, -2.0)}
                    known[tuple(inputs)] = (0, 0, 0)
                    return known[a, b, c]
                """
            ),
        ),
        points=none(),
        flagged=(),
    ),
    Entry(
        "recorded-and-said",
        "What the checks see in right answers, recorded at home, and said to the grader before it asks.",
        released,
        (_said,),
        points=none(),
        flagged=None,
    ),
    Entry(
        "recorded-and-shown",
        "The same, in the place of the function that looks, which it finds in the frames above its own.",
        released,
        (_by_frames,),
        points=none(),
        flagged=None,
    ),
    Entry(
        "reads-its-inputs",
        "Looks for the case that it is asked, and for what would be right, in the frames around it.",
        released,
        (
            written(
                by_hand="""
                def by_hand(a, b, c):
                    import sys
                    frame = sys._getframe(1)
                    while frame:
                        for name, value in frame.f_locals.items():
                            if name in ("want", "wanted", "right", "expected", "reference", "answers"):
                                return value
                            if hasattr(value, "reference"):
                                return value.reference["by_hand"](a, b, c)
                            if hasattr(value, "by_hand") and value.by_hand is not by_hand:
                                return value.by_hand(a, b, c)
                        frame = frame.f_back
                """
            ),
        ),
        points=none(),
        flagged=None,
    ),
)

# Other lessons, where there is more to take ----------------------------------------------------------


def elsewhere(student: str, tries: str, lesson: str, helpers: str, points: dict, **sources: str) -> Entry:
    """An entry of another lesson."""
    changes = (added(helpers), written(**sources))
    return Entry(student, tries, released, changes, lesson=lesson, points=points, flagged=None)


FOUR, EIGHT = "04_elementwise", "08_backward"
NAMES = ("Negate", "Log", "Exp", "Sqrt", "ReLU", "Abs", "Sigmoid", "Tanh")


def _methods(of: Callable[[str], str]) -> dict[str, str]:
    return {name.lower(): of(name) for name in NAMES}


ELSEWHERE = (
    elsewhere(
        "tensor-methods",
        "The functions of lesson 04 through the methods and the gradients of Tensors.",
        FOUR,
        """
        import babygrad
        from babygrad import Tensor as Theirs
        def call(name, t):
            return -t if name == "negate" else getattr(t, name)()
        """,
        none(FOUR),
        **_methods(
            lambda name: (
                f"""
            class {name}(Function):
                def forward(self, x):
                    return call({name.lower()!r}, Theirs(x)).data
                def backward(self, out_grad, node):
                    x = Theirs(node._inputs[0].data)
                    call({name.lower()!r}, x).backward(out_grad.data)
                    return Theirs(x.grad)
            """
            )
        ),
    ),
    elsewhere(
        "another-autograd",
        "The functions of lesson 04 by another package's gradients.",
        FOUR,
        """
        import autograd, autograd.numpy as anp
        FUNCTIONS = {
            "Negate": lambda x: -x, "Log": anp.log, "Exp": anp.exp, "Sqrt": anp.sqrt, "Abs": anp.abs,
            "Tanh": anp.tanh, "ReLU": lambda x: anp.maximum(x, 0), "Sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
        }
        """,
        none(FOUR),
        **_methods(
            lambda name: (
                f"""
            class {name}(Function):
                def forward(self, x):
                    return FUNCTIONS[{name!r}](x)
                def backward(self, out_grad, node):
                    slope = autograd.elementwise_grad(FUNCTIONS[{name!r}])(node._inputs[0].data)
                    return out_grad * Tensor(slope)
            """
            )
        ),
    ),
    elsewhere(
        "yet-another-autograd",
        "The same with whichever package of this kind there is.",
        FOUR,
        """
        import importlib
        for name in ("torch", "jax", "tensorflow", "mindspore", "tinygrad", "micrograd", "aesara", "cupy"):
            try:
                package = importlib.import_module(name)
                break
            except ImportError:
                pass
        """,
        none(FOUR),
        negate="Negate = package.negative",
    ),
    elsewhere(
        "the-engine-itself",
        "Lesson 08 with the backward pass that babygrad has.",
        EIGHT,
        "import babygrad\nfrom babygrad import backward as module",
        none(EIGHT),
        topological_order="from babygrad import topological_order",
        backward="""
        class Tensor(Tensor):
            def backward(self, grad=None):
                return super().backward(grad)
        """,
    ),
    elsewhere(
        "the-engine-by-another-door",
        "Lesson 08 with babygrad.grad, and with gradients by nudging.",
        EIGHT,
        "import babygrad, gc",
        none(EIGHT),
        topological_order="""
        def topological_order(root):
            from babygrad.backward import topological_order as theirs
            return theirs(root)
        """,
        backward="""
        class Tensor(Tensor):
            def backward(self, grad=None):
                leaves = [t for t in gc.get_objects() if type(t).__name__ == "Tensor" and t._op is None]
                for leaf, g in zip(leaves, babygrad.grad(self, leaves, grad)):
                    leaf.grad = g.data
        """,
    ),
)

ENTRIES = (*FROM_BABYGRAD, *SEARCHES, *SOLUTIONS, *SEEN_BEFORE, *ELSEWHERE)
