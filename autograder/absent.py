"""What stands in the place of a part that a learner's process does not have, and says why.

Of some operations the values are there, because others need them; these are silent while that very operation
is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


def why_absent(name: str) -> str:
    """The sentence that the learner reads. name: as it would be written, such as "babygrad.log"."""
    return f"`{name}` is what you are asked to write, or gives it away: when graded, it is not there."


class Absent:
    """Stands for a part. Whatever is done with it raises an AttributeError that says why it is not there."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __repr__(self) -> str:
        return f"<{why_absent(object.__getattribute__(self, '_name'))}>"

    def _refuse(self, *anything: Any, **named: Any) -> NoReturn:
        raise AttributeError(why_absent(object.__getattribute__(self, "_name")))

    __call__ = __getattr__ = __setattr__ = __mro_entries__ = __instancecheck__ = __subclasscheck__ = _refuse


_silent: set[str] = set()


def answer_now(name: str) -> None:
    """Begins the `forward` of an operation of which only the values are there.

    Raises AttributeError while the operation is silent.
    """
    if name in _silent:
        raise AttributeError(f"`{name}` does not answer here: its `forward` is what you write.")


@contextmanager
def silent(name: str) -> Iterator[None]:
    """Have an operation compute nothing for a while, whoever has kept hold of it."""
    _silent.add(name)
    try:
        yield
    finally:
        _silent.discard(name)
