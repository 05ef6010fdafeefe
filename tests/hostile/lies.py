"""No answers, but objects that say of themselves what one would like to hear."""

from __future__ import annotations

from .entry import Entry, added, full, none, released, solved, written

ANSWERS = """
#| export
class Function:
    def __call__(self, *inputs):
        return {value}
    def forward(self, *arrays):
        return {value}
    def backward(self, out_grad, node):
        return {value}, {value}
"""
OPERATION = """
#| export
class {name}(Function):
    def forward(self, a, b):
        return {value}
    def backward(self, out_grad, node):
        return {value}, {value}
"""
OPERATORS = """
#| export
def add(a, b):
    return {value}
mul = add
class Tensor(Tensor):
    def __add__(self, other):
        return {value}
    __radd__ = __mul__ = __rmul__ = __add__
"""
BY_HAND = "def by_hand(a, b, c):\n    return {value}, {value}, {value}"


def lie(student: str, tries: str, helpers: str, value: str, stock: bool = False) -> Entry:
    """An entry that answers everything with one expression."""
    sources = {
        "function_call": ANSWERS.format(value=value),
        "add": OPERATION.format(name="Add", value=value),
        "mul": OPERATION.format(name="Mul", value=value),
        "operators": OPERATORS.format(value=value),
        "by_hand": BY_HAND.format(value=value),
    }
    changes = (added("import numpy as np\n" + helpers.strip()), written(**sources))
    return Entry(student, tries, released, changes, points=none(), flagged=None, stock=stock)


AGREES = """
def yes(self, *a):
    return True
class Agrees:
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = yes
    __hash__ = lambda self: 3
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __getitem__(self, key): return self
    def __iter__(self): return iter([self, self])
    def __len__(self): return 2
    def __float__(self): return 0.0
    def __instancecheck__(self, other): return True
"""

ENTRIES = (
    lie("agrees", "An object that equals everything.", AGREES, "Agrees()", stock=True),
    lie(
        "float-that-agrees",
        "A float that equals everything, and is another one each time it is read.",
        """
        import itertools
        counter = itertools.count()
        class Lying(float):
            __eq__ = __le__ = __ge__ = __lt__ = lambda self, other: True
            __sub__ = __rsub__ = __abs__ = lambda self, *a: 0.0
            __hash__ = float.__hash__
            __float__ = lambda self: float(next(counter))
            __repr__ = lambda self: "nan"
        """.replace("\n        ", "\n"),
        "Lying(3)",
    ),
    lie(
        "array-that-agrees",
        "An ndarray whose comparisons, shape and dtype lie.",
        """
class Lying(np.ndarray):
    shape = property(lambda self: type("Any", (tuple,), {"__eq__": lambda *a: True, "__hash__": None})())
    dtype = property(lambda self: type("Any", (), {"__eq__": lambda *a: True, "kind": "f"})())
    size = property(lambda self: 1)
    __eq__ = __le__ = __ge__ = lambda self, other: np.True_
    __sub__ = __rsub__ = __abs__ = lambda self, *a: np.zeros(())
    def __array_function__(self, *a): return True
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_finalize__(self, other): pass
    def astype(self, *a, **k): return self
    def ravel(self): return self
    def tolist(self): return [5.0]
""",
        "np.zeros((2, 3)).view(Lying)",
        stock=True,
    ),
    lie(
        "array-protocol",
        "An object that NumPy asks for numbers, and that asks back who is asking.",
        """
import sys
class Lying:
    __class__ = np.ndarray
    dtype, shape, ndim, size = np.dtype("float64"), (2, 3), 2, 6
    def __array__(self, *a, **k):
        frame = sys._getframe(1)
        while frame:
            for value in frame.f_locals.values():
                if isinstance(value, dict) and "want" in value:
                    return np.asarray(value["want"])
            frame = frame.f_back
        return np.full((2, 3), np.nan)
    __array_interface__ = {"shape": (2, 3), "typestr": "<f8", "data": (0, False), "version": 3}
    __array_priority__ = 1e9
""",
        "Lying()",
    ),
    lie(
        "tensor-by-name",
        "A class that is a Tensor by its name, and whose data change when they are looked at.",
        """
class Tensor:
    def __init__(self, *a, **k): pass
    data = property(lambda self: np.random.normal(size=np.random.randint(1, 3)))
    grad = None
    requires_grad = property(lambda self: type("Any", (), {"__eq__": lambda *a: True})())
    _op = property(lambda self: self)
    _inputs = property(lambda self: (self, self))
Lying = Tensor
from babygrad import Tensor
""",
        "Lying()",
    ),
    lie(
        "tuple-of-any-length",
        "A tuple that has as many entries as it is asked for, each of them the right one.",
        AGREES
        + """
class Any(tuple):
    __len__ = lambda self: 2
    __iter__ = lambda self: iter([Agrees()] * 2)
    __getitem__ = lambda self, key: Agrees()
    __eq__ = lambda self, other: True
    __hash__ = None
""",
        "Any()",
    ),
    lie(
        "class-of-its-own-choice",
        "Its class is whatever is asked for.",
        """
class Meta(type):
    __instancecheck__ = __subclasscheck__ = lambda *a: True
    __eq__ = lambda *a: True
    __hash__ = type.__hash__
class Lying(metaclass=Meta):
    kinds = iter([])
    @property
    def __class__(self):
        return [float, np.ndarray, tuple, str, bool, np.dtype, type(None)][np.random.randint(7)]
    def __getattr__(self, name):
        return self
""",
        "Lying()",
    ),
    lie(
        "text-that-agrees",
        "A text that equals every text, and is endless.",
        """
class Lying(str):
    __eq__ = __contains__ = startswith = endswith = lambda *a: True
    __hash__ = str.__hash__
    __getitem__ = lambda self, key: self * 1000
    __len__ = lambda self: 10**9
""",
        "Lying('x')",
    ),
    lie(
        "number-without-end",
        "Numbers that are none, or too large to be written down.",
        "",
        "[np.nan, np.inf, -np.inf, 10**5000, np.longdouble('1e4000'), complex(3, 5)][np.random.randint(6)]",
    ),
    lie(
        "object-array",
        "An array of objects that agree, and a record with fields.",
        AGREES,
        "np.array([Agrees()] * 2, dtype=object) if np.random.rand() < 0.5 else np.zeros(2, [('a', 'f8')])",
    ),
    lie(
        "raises-what-lies",
        "An error whose class, text and traceback lie.",
        """
class Error(Exception):
    __class__ = property(lambda self: StopIteration)
    __str__ = lambda self: 3
    __traceback__ = property(lambda self: self)
    def __repr__(self): raise self
def fail():
    raise Error()
""",
        "fail()",
    ),
    lie(
        "generator-of-reports",
        "What is returned is what a probe would yield.",
        "",
        "iter([('`c`', True)] * 10)",
    ),
    Entry(
        "honest-subclasses",
        "Right answers that come as a subclass of float, ndarray and tuple that lies about nothing.",
        solved,
        (
            added("""
                import numpy as np
                from typing import NamedTuple
                class Number(float): pass
                class Grads(NamedTuple):
                    a: float
                    b: float
                    c: float
            """),
            written(
                by_hand="""
                def by_hand(a, b, c):
                    d = a * b
                    return Grads(Number((2 * d + c) * b), np.float64((2 * d + c) * a), Number(d))
                """
            ),
        ),
        points=full(),
    ),
)
