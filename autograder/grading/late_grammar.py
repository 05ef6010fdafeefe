"""Half of nbgrader's start is one grammar that nobody here uses: with this module, it is read when needed.

jsonschema, which nbformat and nbgrader load, can check that a text is an internationalised address; the
package that does it, rfc3987-syntax, compiles its grammar when it is imported, which takes a second or two.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

_NAME = "rfc3987_syntax"


def is_valid_syntax(rule: str, text: str) -> bool:
    """What rfc3987_syntax says; it is loaded with the first question."""
    answer: bool = import_module(_NAME).is_valid_syntax(rule, text)
    return answer


def load() -> None:
    """Load jsonschema without compiling the grammar. Where one of both is loaded already, nothing happens."""
    if _NAME in sys.modules or "jsonschema" in sys.modules:
        return
    stand_in = ModuleType(_NAME)
    stand_in.is_valid_syntax = is_valid_syntax  # type: ignore[attr-defined]
    sys.modules[_NAME] = stand_in
    try:
        import_module("jsonschema")
    finally:
        del sys.modules[_NAME]


load()
