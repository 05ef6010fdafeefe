"""Right solutions of lesson 00 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

DOUBLE = {
    "the other way round": "return x * 2",
    "a sum": "result = x + x\nreturn result",
    "NumPy's": "return np.multiply(2, x)",
    "a lambda": """
twice = lambda number: number - (-number)
return twice(x)
""",
}

STYLES = {"double": DOUBLE}
