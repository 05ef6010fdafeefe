"""autograder: checks in the notebook, grades outside it, and the tools around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checking import check

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    """`check`, imported when it is asked for: the process that learners' code is forked from needs none."""
    if name == "check":
        from autograder.checking import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
