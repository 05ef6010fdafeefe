"""Mutants that earn all points, and why that is as it should be."""

from __future__ import annotations

import re

_CAPITALS = "capital letters are as right as small ones"
_AS_MANY = "there are as many of the one as of the other: `strict` finds nothing"

SURVIVORS: dict[tuple[str, str], dict[str, str]] = {
    ("01_tensor", "tensor_init"): {r"issubdtype\(data.dtype, None\)": "float16 is left to the learner"},
    ("01_tensor", "tensor_methods"): {r'"XX.*XX"': "a repr may say more than it must"},
    ("02_gradient", "numeric_gradient"): {r"zip\(arrays, gradients, (strict=\w+)?\)": _AS_MANY},
    ("04_elementwise", "sigmoid"): {r"where\(x > 0, 1, small\)": "the two are equal where they meet"},
    ("04_elementwise", "table"): {'"[A-Z]+"': _CAPITALS},
    ("07_matmul", "matmul"): {r'a_grad = b_grad = (None|"")': "nobody looks at what stands for no gradient"},
    ("07_matmul", "vectors"): {r"if a.ndim > 2|b.ndim > 2:": "matrices may also go the way of batches"},
    ("08_backward", "backward"): {
        r"raise \w+Error\(": "an error says what its learner likes",
        r"zip\(node._inputs, grads, (strict=\w+)?\)": _AS_MANY,
    },
    ("09_trust", "gradcheck"): {
        r"default_rng\((1|None)\)": "any random weights do",
        r"right\) < 1e-7 \+ 1e-5": "no difference is just as large as the bound",
    },
    ("09_trust", "bug_hunt"): {r'\("[A-Z]+", "\w"\)|"[A-Z]"\)': _CAPITALS},
    ("09_trust", "second_derivative"): {r"requires_grad=None": "None is as false as False"},
    ("10_layers", "state_dict"): {r'"XX; XX"': "an error says what its learner likes"},
    ("10_layers", "softmax_loss"): {r"raise ValueError\(": "an error says what its learner likes"},
    ("12_digits", "confusion"): {r"zip\(labels, predicted, (strict=\w+)?\)": _AS_MANY},
    ("12_digits", "train"): {
        r'range\(epochs\), ("\w+"|None)?\)': "what the bar calls its steps is the learner's affair"
    },
    ("13_mnist", "read_idx"): {
        r"len\(data\) (<= 4|< 5):": "four bytes hold no sizes: they are refused either way",
        r"raise ValueError\((None|f\"this is)": "an error says what its learner likes",
        r"place \+ 4\], \)": '"big" is what Python takes where it is told nothing',
    },
    ("14_attention", "head"): {"bias=None": "None is as false as False"},
}
"""Why, by what is to be found in the changed lines (a regular expression), by lesson and cell."""


def why(lesson: str, cell: str, change: str) -> str:
    """Why this mutant may live, "" where nobody knows."""
    after = change.split(" -> ")[-1]
    known = SURVIVORS.get((lesson, cell), {})
    return next((reason for found, reason in known.items() if re.search(found, after)), "")
