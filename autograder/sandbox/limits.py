"""Limits on what a process may use up (setrlimit; not on Windows)."""

from __future__ import annotations

from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Limits:
    """memory: bytes of address space. cpu: seconds of processor time. file: bytes in one file. files: open at
    a time.
    """

    memory: int = 4 << 30
    cpu: int = 60
    file: int = 32 << 20
    files: int = 256


def apply(allowed: Limits) -> bool:
    """Set the limits, or lower ones where they are set already; whether this system has any."""
    if resource is None:
        return False
    _lower("RLIMIT_AS", allowed.memory)
    _lower("RLIMIT_CPU", allowed.cpu)
    _lower("RLIMIT_FSIZE", allowed.file)
    _lower("RLIMIT_NOFILE", allowed.files)
    _lower("RLIMIT_CORE", 0)
    return True


def _lower(name: str, value: int) -> None:
    which = getattr(resource, name, None)  # macOS has no RLIMIT_AS
    if which is None:
        return
    hard = resource.getrlimit(which)[1]
    lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (lowest, lowest))
