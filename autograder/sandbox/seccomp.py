"""System calls that are refused, by seccomp (Linux on x86_64 and aarch64).

A small program in the kernel looks at the number of every system call and answers "not permitted" to those on
the list: new processes and programs, sockets, signals to others, rights and times of files (which Landlock
does not cover), other processes' memory, and whatever administers the machine. Threads of the same process
stay possible. Facts: Documentation/userspace-api/seccomp_filter.rst and the kernel's tables of system calls.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

from autograder.sandbox.kernel import NO_NEW_PRIVILEGES, machine, prctl

_SET_SECCOMP, _FILTER = 22, 2  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# By name: the number on x86_64 and on aarch64 (None where it does not exist).
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # new processes and programs
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    # network
    "socket": (41, 198),
    # what stays when its processes are gone, and memory that no limit counts
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # signals to others
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    # rights, owners and times of files
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "utimensat": (280, 88),
    "futimesat": (261, None),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "open_by_handle_at": (304, 265),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "setpriority": (141, 140),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    # the machine
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "sethostname": (170, 161),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
}
_CLONE, _CLONE3 = {"x86_64": 56, "aarch64": 220}, 435
_TGKILL = {"x86_64": 234, "aarch64": 131}
_PRLIMIT = {"x86_64": 302, "aarch64": 261}
_SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
_CLONE_THREAD = 0x10000
_NOT_A_STREAM = 0x0E  # the bits of all types of sockets but SOCK_STREAM
_X32 = 0x40000000  # on x86_64, the numbers of another set of system calls begin here

# Instructions of the kernel's packet filter, and where a call's properties lie.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
_UNKNOWN = 0x00050000 | errno.ENOSYS


def apply() -> bool:
    """Refuse these system calls from here on, in all threads to come; whether this system can."""
    if not machine():
        return False
    instructions = list(_program(machine(), os.getpid()))
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = struct.pack("=HxxxxxxQ", len(instructions), ctypes.addressof(code))
    prctl(NO_NEW_PRIVILEGES, 1)
    prctl(_SET_SECCOMP, _FILTER, ctypes.c_char_p(program))
    return True


def _program(name: str, process: int) -> Iterator[bytes]:
    """The filter, instruction by instruction."""
    yield _do(_LOAD, _ARCHITECTURE)
    yield _do(_IF_EQUAL, _ARCHITECTURES[name], then=1)
    yield _do(_ANSWER, _KILL)
    yield _do(_LOAD, _NUMBER)
    if name == "x86_64":
        yield _do(_IF_AT_LEAST, _X32, otherwise=1)
        yield _do(_ANSWER, _REFUSE)
    column = list(_ARCHITECTURES).index(name)
    for numbers in REFUSED.values():
        if numbers[column] is not None:
            yield _do(_IF_EQUAL, numbers[column], otherwise=1)
            yield _do(_ANSWER, _REFUSE)
    yield _do(_IF_EQUAL, _CLONE3, otherwise=1)  # its arguments cannot be seen; glibc then uses clone
    yield _do(_ANSWER, _UNKNOWN)
    yield from _only(_CLONE[name], _do(_IF_ANY_BIT, _CLONE_THREAD, otherwise=1))
    yield from _only(_TGKILL[name], _do(_IF_EQUAL, process, otherwise=1))
    yield from _only(_PRLIMIT[name], _do(_IF_EQUAL, 0, otherwise=1))
    # A pair of streams is its own; one of datagrams could send to any socket that has a file.
    yield from _only(_SOCKETPAIR[name], _do(_IF_ANY_BIT, _NOT_A_STREAM, then=1), _SECOND_ARGUMENT)
    yield _do(_ANSWER, _ALLOW)


def _only(number: int, condition: bytes, argument: int = _FIRST_ARGUMENT) -> Iterator[bytes]:
    """Allow a system call only if a condition holds for one of its arguments."""
    yield _do(_IF_EQUAL, number, otherwise=4)
    yield _do(_LOAD, argument)
    yield condition
    yield _do(_ANSWER, _ALLOW)
    yield _do(_ANSWER, _REFUSE)


def _do(what: int, value: int | None, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; `then` and `otherwise` say how many to skip after a condition."""
    return struct.pack("=HBBI", what, then, otherwise, value)
