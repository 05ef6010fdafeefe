"""autograder: checks in the notebook, grades outside it, and the tools around them."""

from autograder.checking import check

__all__ = ["check"]
