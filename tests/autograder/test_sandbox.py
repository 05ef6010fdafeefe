"""The sandbox: every layer is tried by somebody who wants out. Only Linux has all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from autograder.sandbox import LAYERS, landlock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")

PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from autograder import sandbox
{before}
scratch = Path(sys.argv[1])
libraries = [Path(p) for p in (sys.prefix, sys.base_prefix, "/usr/lib", "/lib", "/lib64", "/dev/null")]
layers = {layers}
def attempt():
{attempt}
try:
    result = repr(attempt())
except BaseException as error:
    result = type(error).__name__
print(json.dumps([layers, result]))
"""
ENTER = "sandbox.enter(scratch, libraries, sandbox.Limits({limits}))"


def tried(
    folder: Path, attempt: str, layers: str = ENTER, limits: str = "", before: str = ""
) -> tuple[list[str], str]:
    """The layers that were in force, and what became of an attempt in a process of its own."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    program = PROGRAM.format(
        before=before,
        layers=layers.format(limits=limits),
        attempt=textwrap.indent(textwrap.dedent(attempt).strip(), "    "),
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(scratch)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OUTSIDE": str(folder)},
    )
    if done.returncode:
        return [], f"ended by signal {-done.returncode}" if done.returncode < 0 else done.stderr
    return tuple(json.loads(done.stdout.splitlines()[-1]))


OUTSIDE = "import os; from pathlib import Path; outside = Path(os.environ['OUTSIDE'])\n"

ESCAPES = {
    "read a file outside": OUTSIDE + "return (outside / 'secret').read_text()",
    "list a folder outside": OUTSIDE + "return os.listdir(outside)",
    "write a file outside": OUTSIDE + "(outside / 'new').write_text('3')",
    "change a file outside": OUTSIDE + "(outside / 'secret').write_text('3')",
    "remove a file outside": OUTSIDE + "(outside / 'secret').unlink()",
    "a link to the outside": OUTSIDE + "os.symlink(outside / 'secret', 'here'); return open('here').read()",
    "a hard link": OUTSIDE + "os.link(outside / 'secret', Path(os.sys.argv[1], 'here'))",
    "the password file": "return open('/etc/passwd').read()",
    "another process's environment": "import os; return open(f'/proc/{os.getppid()}/environ').read()",
    "chmod": OUTSIDE + "os.chmod(outside / 'secret', 0o777)",
    "chown": OUTSIDE + "os.chown(outside / 'secret', 1, 1)",
    "utime": OUTSIDE + "os.utime(outside / 'secret', (3, 3))",
    "an attribute": OUTSIDE + "os.setxattr(outside / 'secret', 'user.mark', b'3')",
    "a socket": "import socket; socket.socket()",
    "a UDP socket": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a pair of sockets for datagrams": "import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "memory that no limit counts": "import os; os.memfd_create('m')",
    **{
        f"what stays in the kernel: {call}": f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.{call} < 0:
            raise PermissionError(ctypes.get_errno())
        """
        for call in (
            "shmget(3, 1, 0o1666)",
            "msgget(3, 0o1666)",
            "semget(3, 1, 0o1666)",
            "mq_open(b'/m', 66, 438, None)",
        )
    },
    "a web page": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    "fork": "import os; os.fork()",
    "a program": "import subprocess; return subprocess.run(['true'])",
    "exec": "import os; os.execv('/bin/true', ['true'])",
    "multiprocessing": "import multiprocessing as m; p = m.Process(target=print); p.start()",
    "a signal to the parent": "import os; os.kill(os.getppid(), 0)",
    "a signal to the group": "import os; os.killpg(0, 0)",
    "a group of its own": "import os; os.setsid()",
    "more of everything": "import resource as r; r.setrlimit(r.RLIMIT_CPU, (999, 999))",
    "somebody else's limits": "import os, resource as r; r.prlimit(os.getppid(), r.RLIMIT_CPU, (999, 999))",
    "chroot": "import os; os.chroot('.')",
    "another user": "import os; os.setuid(12345)",
    "ptrace": """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(16, os.getppid(), 0, 0) < 0:
            raise PermissionError(ctypes.get_errno())
    """,
}


@pytest.mark.parametrize("what", ESCAPES)
def test_there_is_no_way_out(what: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    before = (tmp_path / "secret").stat()
    layers, result = tried(tmp_path, ESCAPES[what])
    if set(layers) != set(LAYERS):
        pytest.skip(f"this system has only {layers}")
    assert result in ("PermissionError", "OSError", "URLError", "ValueError"), result
    after = (tmp_path / "secret").stat()
    assert (after.st_mode, after.st_uid, after.st_mtime) == (before.st_mode, before.st_uid, before.st_mtime)
    assert (tmp_path / "secret").read_text() == "a secret"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scratch", "secret"]


WORK = {
    "mathematics": "return float(np.linalg.norm(np.ones((100, 100)) @ np.ones((100, 100))))",
    "a thread": "import threading; t = threading.Thread(target=print); t.start(); t.join(); return 1",
    "a file of its own": """
        (scratch / "f").write_text("3")
        return (scratch / "f").rename(scratch / "g").read_text()
    """,
    "a module": "import decimal, sqlite3, xml.dom.minidom; return 1",
    "an alarm": """
        import signal, time
        def stop(*_): raise TimeoutError
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        try:
            time.sleep(5)
        except TimeoutError:
            return 1
    """,
    "a pair of streams": """
        import socket
        one, other = socket.socketpair()
        one.sendall(b"1")
        return int(other.recv(1))
    """,
    "asyncio": """
        import asyncio
        async def f(): return 1
        return asyncio.run(f())
    """,
}


@pytest.mark.parametrize("what", WORK)
def test_ordinary_work_is_possible(what: str, tmp_path: Path) -> None:
    _, result = tried(tmp_path, WORK[what])
    assert result in ("1", "'3'", "10000.0"), result


LIMITS = {
    "memory": ("memory=1 << 30", "return len(bytearray(2 << 30))", "MemoryError"),
    "file": ("file=1000", "(scratch / 'f').write_bytes(bytes(2000))", "OSError"),
    "files": ("files=20", "return [open('/dev/null') for _ in range(30)]", "OSError"),
    "cpu": ("cpu=1", "while True: pass", "ended by signal 9"),
}


@pytest.mark.parametrize("what", LIMITS)
def test_what_it_uses_up_has_an_end(what: str, tmp_path: Path) -> None:
    limits, attempt, end = LIMITS[what]
    _, result = tried(tmp_path, attempt, limits=limits, before="")
    assert result == end or (what == "cpu" and result.startswith("ended by signal"))


@pytest.mark.parametrize(
    ("layer", "attempt"),
    [
        ("landlock.apply(libraries, [scratch])", "read a file outside"),
        ("landlock.apply(libraries, [scratch])", "write a file outside"),
        ("seccomp.apply()", "fork"),
        ("seccomp.apply()", "a socket"),
        ("seccomp.apply()", "chmod"),
    ],
)
def test_each_layer_holds_alone(layer: str, attempt: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    imported = "from autograder.sandbox import landlock, seccomp"
    applied, result = tried(tmp_path, ESCAPES[attempt], layers=layer, before=imported)
    if not applied:
        pytest.skip("this system lacks the layer")
    assert result == "PermissionError"


def test_without_the_sandbox_the_attempts_succeed(tmp_path: Path) -> None:
    """So that the refusals above are the sandbox's."""
    (tmp_path / "secret").write_text("a secret")
    for what in ("read a file outside", "list a folder outside", "a socket", "chmod", "a program"):
        _, result = tried(tmp_path, ESCAPES[what], layers="[]")
        assert "Error" not in result, what


def test_root_has_no_capabilities_left(tmp_path: Path) -> None:
    layers, result = tried(
        tmp_path,
        "return [line.split()[1] for line in status if line.startswith('CapEff')]",
        before="status = open('/proc/self/status')",
    )
    if "capabilities" not in layers:
        pytest.skip("this system has no capabilities")
    assert result == "['0000000000000000']"


def test_the_version_of_landlock_is_a_number() -> None:
    assert landlock.version() >= 0
