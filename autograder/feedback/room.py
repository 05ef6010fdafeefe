"""How much a page may still grow."""

from __future__ import annotations


class Room:
    """A number of bytes that pieces of HTML take until none are left."""

    def __init__(self, size: int) -> None:
        self.left = size

    def has(self, html: str) -> bool:
        """Whether the piece fits."""
        return len(html) <= self.left and len(html.encode(errors="replace")) <= self.left

    def close(self) -> None:
        """Let nothing more in."""
        self.left = 0

    def take(self, html: str) -> None:
        """Use up what the piece needs."""
        self.left -= len(html.encode(errors="replace"))
