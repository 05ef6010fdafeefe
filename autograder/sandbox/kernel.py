"""System calls that Python has no name for, by ctypes."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from functools import cache
from typing import Any

END_WITH_PARENT = 1  # PR_SET_PDEATHSIG: the signal that comes when the parent ends
NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS: nothing that is executed from here on can gain rights


def machine() -> str:
    """ "x86_64" or "aarch64" on a Linux whose system calls are known here, else ""."""
    known = platform.machine() in ("x86_64", "aarch64") and sys.maxsize > 2**32
    return platform.machine() if sys.platform == "linux" and known else ""


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call. Raises OSError."""
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, *arguments: Any) -> int:
    """Change something about this process. Raises OSError."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _checked(_libc().prctl(option, *(ctypes.c_ulong(a) if isinstance(a, int) else a for a in padded)))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
