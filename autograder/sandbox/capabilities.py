"""No capabilities (Linux): in a container the learner's process may be root, and root's rights go here."""

from __future__ import annotations

import ctypes
import struct

from autograder.sandbox.kernel import NO_NEW_PRIVILEGES, machine, prctl, syscall

_CAPSET = {"x86_64": 126, "aarch64": 91}
_VERSION_3 = 0x20080522


def drop() -> bool:
    """Give all capabilities up, and the way to new ones; whether this system has them."""
    if not machine():
        return False
    prctl(NO_NEW_PRIVILEGES, 1)
    header = struct.pack("=Ii", _VERSION_3, 0)  # of this process
    none = struct.pack("=6I", *[0] * 6)  # effective, permitted, inheritable; 64 bits of each
    syscall(_CAPSET[machine()], ctypes.c_char_p(header), ctypes.c_char_p(none))
    return True
