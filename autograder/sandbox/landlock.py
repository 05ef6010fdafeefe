"""Files, network and signals by Landlock (Linux 5.13 and newer; the older the kernel, the less it covers).

Facts: Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h of the kernel.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path

from autograder.sandbox.kernel import NO_NEW_PRIVILEGES, machine, prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all machines
_ASK_VERSION = 1
_PATH_BENEATH = 1


class Access(IntFlag):
    """What may be done with files; the last three came with versions 2, 3 and 5."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


_READ = Access.READ_FILE | Access.READ_DIR
_WRITE = (
    _READ
    | Access.WRITE_FILE
    | Access.REMOVE_DIR
    | Access.REMOVE_FILE
    | Access.MAKE_DIR
    | Access.MAKE_REG
    | Access.MAKE_FIFO
    | Access.MAKE_SYM
    | Access.REFER
    | Access.TRUNCATE
)
_OF_A_FILE = Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE | Access.EXECUTE | Access.IOCTL_DEV


def version() -> int:
    """The version of Landlock's interface; 0 where there is none."""
    if not machine():
        return 0
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    except OSError:
        return 0


def apply(readable: Iterable[Path], writable: Iterable[Path], listed: Iterable[Path] = ()) -> bool:
    """From here on only these paths, and what is below them; no TCP, and no signals to others.

    listed: folders in which names can be seen, and nothing read that is not `readable`.
    """
    known = version()
    if not known:
        return False
    handled = _handled(known)
    ruleset = _ruleset(handled, known)
    try:
        for path in readable:
            _allow(ruleset, path, _READ & handled)
        for path in listed:
            _allow(ruleset, path, Access.READ_DIR & handled)
        for path in writable:
            _allow(ruleset, path, _WRITE & handled)
        prctl(NO_NEW_PRIVILEGES, 1)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _handled(known: int) -> Access:
    """Everything that this version can forbid."""
    newer = {Access.REFER: 2, Access.TRUNCATE: 3, Access.IOCTL_DEV: 5}
    return Access(sum(access for access in Access if newer.get(access, 1) <= known))


def _ruleset(handled: Access, known: int) -> int:
    """A file descriptor of a new ruleset: TCP from version 4 on, signals and abstract sockets from 6 on."""
    tcp = 0b11 if known >= 4 else 0
    scoped = 0b11 if known >= 6 else 0
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    attributes = struct.pack("=QQQ", handled, tcp, scoped)[:size]
    return syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), ctypes.c_size_t(size), 0)


def _allow(ruleset: int, path: Path, access: Access) -> None:
    """Add a rule; a path that does not exist needs none."""
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = access if os.path.isdir(path) else access & _OF_A_FILE
        rule = struct.pack("=Qi", allowed, beneath)
        syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(beneath)
