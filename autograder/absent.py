"""What stands in the place of a part that a learner's process does not have, and says why."""

from __future__ import annotations

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
