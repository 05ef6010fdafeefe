"""Attempts to get out of the process: files, processes, signals, network, what outlives a process.

Every answer is right, and stays so only while each attempt is refused. Attempts keep within the test's own
folder, within its own processes, and to the loopback interface, should they succeed.
"""

from __future__ import annotations

from .channel import CHANNEL
from .entry import Entry, added, attempts, full, none, released, replaced, solved

FILES = ("landlock",)
CALLS = ("seccomp",)

READING = Entry(
    "reads",
    "Reads what is not its own: the gradebook, others' work, solutions, how it is graded.",
    solved,
    (
        attempts("""
            # the gradebook
            return open('@COURSE@/gradebook.db', 'rb').read(100)

            # the gradebook, by sqlite
            import sqlite3
            return sqlite3.connect('@COURSE@/gradebook.db').execute('select count(*) from student').fetchall()

            # another's submission
            return open('@COURSE@/submitted/honest-first/03_function/03_function.ipynb').read(100)

            # the solutions
            return open('@COURSE@/solutions/03_function/03_function.ipynb').read(100)

            # the solutions of the repository
            return open('@ROOT@/solutions/03_function/03_function.py').read(9)

            # the tests
            return open('@ROOT@/tests/hostile/entry.py').read(100)

            # the course's configuration
            return open('@COURSE@/nbgrader_config.py').read(100)

            # the list of students
            import os
            return os.listdir('@COURSE@/submitted')

            # a walk over the course
            import os
            found = list(os.walk('@COURSE@'))
            assert found

            # a glob
            import glob
            found = glob.glob('@COURSE@/*/*/*/*')
            assert found

            # what lies above
            import os
            found = [n for n in os.listdir('..') + os.listdir('../..') + os.listdir('/')]
            assert found

            # passwords
            return open('/etc/passwd').read(100)

            # somebody's home
            import os
            return os.listdir('@HOME@')

            # the parent's environment
            import os
            return open(f'/proc/{os.getppid()}/environ').read(10)

            # the parent's memory
            import os
            return open(f'/proc/{os.getppid()}/mem', 'rb')

            # the parent's files
            import os
            return os.listdir(f'/proc/{os.getppid()}/fd')

            # all command lines
            import glob
            assert [open(p).read() for p in glob.glob('/proc/[0-9]*/cmdline')]

            # secrets in its own environment
            import os
            assert [v for v in os.environ.values() if 'HOSTILE-secret' in v]

            # secrets in the environment it was started with
            assert 'HOSTILE-secret' in open('/proc/self/environ').read()

            # its own old root
            return open('/proc/self/root/@COURSE@/gradebook.db', 'rb').read(10)

            # a file descriptor somebody forgot
            import os
            found = []
            for n in range(3, 256):
                try:
                    found.append(os.readlink(f'/proc/self/fd/{n}'))
                except OSError:
                    pass
            assert [f for f in found if f.startswith('@COURSE@')]

            # a folder that somebody left open
            import os
            for n in range(3, 256):
                try:
                    if os.listdir(n): return n
                except OSError:
                    pass
            raise LookupError

            # mapped files
            import mmap, os
            return os.open('@COURSE@/gradebook.db', os.O_RDONLY | os.O_NOFOLLOW)

            # NumPy
            import numpy as np
            return np.fromfile('@COURSE@/gradebook.db', 'u1')

            # the shell
            found = get_ipython().getoutput('cat @COURSE@/nbgrader_config.py')
            assert any('c =' in f for f in found)

            # runpy
            import runpy
            return runpy.run_path('@COURSE@/nbgrader_config.py', {'get_config': lambda: None})

            # C
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.open(b'@COURSE@/gradebook.db', 0) < 0: raise OSError(ctypes.get_errno())

            # a system call
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(257, -100, b'@COURSE@/gradebook.db', 0) < 0: raise OSError(ctypes.get_errno())
        """),
    ),
    needs=FILES,
    stock=True,
)

WRITING = Entry(
    "writes",
    "Writes where it should not: the gradebook, others' work, solutions, configuration.",
    solved,
    (
        attempts("""
            # the gradebook, by sqlite
            import sqlite3
            book = sqlite3.connect('@COURSE@/gradebook.db', timeout=0.1)
            book.execute('update grade set auto_score = 99')
            book.commit()

            # the gradebook, appended to
            open('@COURSE@/gradebook.db', 'ab').write(b'')

            # a journal beside the gradebook
            open('@COURSE@/gradebook.db-journal', 'wb').write(b'x' * 512)

            # another's submission
            open('@COURSE@/submitted/honest-first/03_function/03_function.ipynb', 'w').write('gone')

            # another's graded notebook
            import os
            os.makedirs('@COURSE@/autograded/zz-honest-last/03_function')

            # a submission for somebody else
            import os
            os.makedirs('@COURSE@/submitted/HOSTILE/03_function')

            # its own submission
            open('@COURSE@/submitted/writes/03_function/more.txt', 'w')

            # the solutions
            open('@COURSE@/solutions/03_function/03_function.ipynb', 'a')

            # the configuration
            open('@COURSE@/nbgrader_config.py', 'a').write('# HOSTILE')

            # what grading remembers
            import os
            os.makedirs('@COURSE@/.autograder/HOSTILE')

            # the package
            open('@ROOT@/autograder/judge.py', 'a')

            # an installed package
            import numpy
            open(numpy.__file__, 'a')

            # the home
            import os
            open('@HOME@/HOSTILE', 'w')

            # the drawing library's cache
            import os
            os.makedirs('@HOME@/.cache/matplotlib', exist_ok=True)
            open('@HOME@/.cache/matplotlib/HOSTILE', 'w')

            # the temporary folder
            import os
            open('@TMP@/HOSTILE', 'w')

            # shared memory
            open('/dev/shm/HOSTILE', 'w')

            # shared memory, by Python
            from multiprocessing import shared_memory
            shared_memory.SharedMemory('HOSTILE-m', create=True, size=10)

            # a link to the gradebook
            import os
            os.symlink('@COURSE@/gradebook.db', 'book')
            open('book', 'ab')

            # a hard link to the gradebook
            import os
            os.link('@COURSE@/gradebook.db', 'book-too')

            # the gradebook renamed
            import os
            os.rename('@COURSE@/gradebook.db', 'mine.db')

            # the gradebook removed
            import os
            os.unlink('@COURSE@/gradebook.db')

            # the gradebook emptied
            import os
            os.truncate('@COURSE@/gradebook.db', 0)

            # rights
            import os
            os.chmod('@COURSE@/gradebook.db', 0o777)

            # rights of an open folder
            import os
            os.fchmod(os.open('.', os.O_RDONLY), 0o777)

            # owners
            import os
            os.chown('@COURSE@/submitted', 12345, 12345)

            # times
            import os
            os.utime('@COURSE@/submitted/honest-first/03_function/03_function.ipynb', (3, 3))

            # attributes
            import os
            os.setxattr('@COURSE@/gradebook.db', 'user.HOSTILE', b'3')

            # a device
            import os, stat
            os.mknod('null', 0o666 | stat.S_IFCHR, os.makedev(1, 3))

            # a pipe with a name elsewhere
            import os
            os.mkfifo('@COURSE@/HOSTILE')

            # a terminal
            open('/dev/tty', 'w')

            # a setting of the kernel
            open('/proc/self/oom_score_adj', 'w').write('-1000')

            # a mount
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.mount(b'none', b'.', b'tmpfs', 0, None) < 0: raise OSError(ctypes.get_errno())
        """),
    ),
    needs=("landlock", "seccomp", "capabilities"),
    stock=True,
)

PROCESSES = Entry(
    "starts",
    "Starts other programs and processes, and has them stay.",
    solved,
    (
        attempts("""
            # fork
            import os, time
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)

            # a fork storm, of fifty at most
            import os, time
            for _ in range(50):
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)

            # forked twice, with a session of its own
            import os, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(60)
                os._exit(0)

            # a terminal of its own
            import os, pty, time
            pid, _ = pty.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)

            # a program
            import subprocess, sys
            program = 'import time; time.sleep(60)'
            subprocess.Popen([sys.executable, '-c', program, 'HOSTILE'], start_new_session=True)

            # a program, spawned
            import os, sys
            program = 'import time; time.sleep(60)'
            os.posix_spawn(sys.executable, [sys.executable, '-c', program, 'HOSTILE'], {})

            # a shell
            import os
            if os.system('sleep 60 & echo HOSTILE'): raise OSError

            # a pipe from a shell
            import os
            if not os.popen('echo HOSTILE').read(): raise OSError

            # multiprocessing
            import multiprocessing, time
            multiprocessing.get_context('fork').Process(target=time.sleep, args=(60,)).start()

            # a pool
            import concurrent.futures
            concurrent.futures.ProcessPoolExecutor(1).submit(int, 3).result(5)

            # in the place of itself
            import os, sys
            os.execv(sys.executable, [sys.executable, '-c', 'HOSTILE'])

            # a program in memory
            import os
            memory = os.memfd_create('HOSTILE')
            os.write(memory, b'#!/bin/sh\\nsleep 60\\n')
            os.execve(memory, ['HOSTILE'], {})

            # clone, by C
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(56, 17, 0, 0, 0, 0) < 0: raise OSError(ctypes.get_errno())

            # vfork, by C
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            pid = libc.syscall(57)
            if pid == 0: os._exit(0)
            if pid < 0: raise OSError(ctypes.get_errno())

            # a line for the shell
            from IPython import get_ipython
            if get_ipython().system('echo HOSTILE') or get_ipython().user_ns.get('_exit_code'): raise OSError
            if '_exit_code' not in get_ipython().user_ns: raise OSError
        """),
    ),
    needs=CALLS,
    stock=True,
)

SIGNALS = Entry(
    "signals",
    "Signals to its parent, its group and everybody, and other ways to disturb them.",
    solved,
    (
        attempts("""
            # kill the parent
            import os, signal
            if os.getppid() == 1: raise OSError
            os.kill(os.getppid(), signal.SIGKILL)

            # stop the parent
            import os, signal
            if os.getppid() == 1: raise OSError
            os.kill(os.getppid(), signal.SIGSTOP)

            # everybody (only asked, not done)
            import os
            os.kill(-1, 0)

            # the group
            import os
            os.killpg(0, 0)

            # the first process
            import os
            os.kill(1, 0)

            # by a handle
            import os, signal
            handle = os.pidfd_open(os.getppid())
            signal.pidfd_send_signal(handle, 0)

            # by a queue
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.sigqueue(os.getppid(), 0, 0) < 0: raise OSError(ctypes.get_errno())

            # a thread of somebody else
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(200, os.getppid(), 0) < 0: raise OSError(ctypes.get_errno())

            # a signal when a pipe can be read
            import fcntl, os
            r, w = os.pipe()
            fcntl.fcntl(r, fcntl.F_SETOWN, os.getppid())
            fcntl.fcntl(r, 10, 9)
            fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)
            os.write(w, b'x')
            import time
            time.sleep(0.05)
            raise OSError('what came of it shows by itself')

            # debug the parent
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.ptrace(16, os.getppid(), 0, 0) < 0: raise OSError(ctypes.get_errno())

            # the parent's memory
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0) < 0: raise OSError(ctypes.get_errno())

            # a file of the parent
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(438, os.pidfd_open(os.getppid()), 3, 0) < 0: raise OSError(ctypes.get_errno())

            # the parent's limits
            import os, resource
            resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))

            # the parent's priority
            import os
            os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid()))

            # the parent's processors
            import os
            os.sched_setaffinity(os.getppid(), os.sched_getaffinity(os.getppid()))

            # the parent's schedule
            import os
            os.sched_setscheduler(os.getppid(), os.sched_getscheduler(os.getppid()), os.sched_param(0))

            # the parent's disk priority
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(251, 1, os.getppid(), 2 << 13) < 0: raise OSError(ctypes.get_errno())

            # a session of its own
            import os
            os.setsid()

            # its limits raised
            import resource as r
            r.setrlimit(r.RLIMIT_AS, (60 << 30, 60 << 30))

            # another user
            import os
            os.setuid(12345)

            # a namespace
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.unshare(0x10000000) < 0: raise OSError(ctypes.get_errno())

            # the clock
            import time
            time.clock_settime(time.CLOCK_REALTIME, time.time())

            # the machine's name
            import socket
            socket.sethostname(socket.gethostname())
        """),
    ),
    needs=("landlock", "seccomp", "capabilities"),
    stock=True,
)

NETWORK = Entry(
    "sockets",
    "Network and sockets, all on the loopback interface.",
    solved,
    (
        attempts("""
            # listen
            import socket
            socket.create_server(('127.0.0.1', 0))

            # connect
            import socket
            socket.create_connection(('127.0.0.1', @PORT@), 1)

            # a page
            import urllib.request
            urllib.request.urlopen('http://127.0.0.1:@PORT@', timeout=1).read()

            # a datagram
            import socket
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'HOSTILE', ('127.0.0.1', 9))

            # IPv6
            import socket
            socket.socket(socket.AF_INET6)

            # raw
            import socket
            socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)

            # netlink
            import socket
            socket.socket(16, socket.SOCK_RAW)

            # a Unix socket
            import socket
            socket.socket(socket.AF_UNIX).connect('@COURSE@/listening')

            # a name without a file
            import socket
            socket.socket(socket.AF_UNIX).bind('\\0HOSTILE')

            # a datagram through a pair of sockets
            import socket
            one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            one.sendto(b'HOSTILE', '@COURSE@/listening')

            # asyncio
            import asyncio
            async def serve():
                return await asyncio.start_server(print, '127.0.0.1', 0)
            loop = asyncio.new_event_loop()
            assert loop.run_until_complete(serve()).sockets

            # XML-RPC
            from xmlrpc.server import SimpleXMLRPCServer
            SimpleXMLRPCServer(('127.0.0.1', 0))
        """),
    ),
    needs=CALLS,
    stock=True,
)

KERNEL = Entry(
    "stays-in-the-kernel",
    "What would stay in the kernel when its processes are gone, or is memory that no limit counts.",
    solved,
    (
        attempts("""
            # shared memory
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.shmget(0x484F5354, 4096, 0o1666) < 0: raise OSError(ctypes.get_errno())

            # a message queue
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.msgget(0x484F5354, 0o1666) < 0: raise OSError(ctypes.get_errno())

            # a semaphore
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.semget(0x484F5354, 1, 0o1666) < 0: raise OSError(ctypes.get_errno())

            # a queue with a name
            import ctypes
            libc = ctypes.CDLL('librt.so.1', use_errno=True)
            if libc.mq_open(b'/HOSTILE', 0o102, 0o666, None) < 0: raise OSError(ctypes.get_errno())

            # a key
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(248, b'user', b'HOSTILE', b'x', 1, -4) < 0: raise OSError(ctypes.get_errno())

            # io_uring
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.syscall(425, 8, ctypes.create_string_buffer(200)) < 0: raise OSError(ctypes.get_errno())

            # bpf
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            attributes = ctypes.create_string_buffer(200)
            if libc.syscall(321, 0, attributes, 72) < 0: raise OSError(ctypes.get_errno())

            # counters
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            attributes = ctypes.create_string_buffer(b'\\0\\0\\0\\0\\x80\\0\\0\\0', 128)
            if libc.syscall(298, attributes, 0, -1, -1, 0) < 0: raise OSError(ctypes.get_errno())

            # a lock on memory
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            piece = ctypes.create_string_buffer(64 << 20)
            if libc.mlock(piece, 64 << 20) < 0: raise OSError(ctypes.get_errno())

            # 120 MB in files without a name
            import os
            for i in range(4):
                os.write(os.memfd_create(f'HOSTILE-{i}'), bytes(30 << 20))
        """),
    ),
    needs=("seccomp", "limits"),
)

LEFT_BEHIND = Entry(
    "leaves-a-writer-behind",
    "A thread that waits until grading has moved on, and then writes to the gradebook and to a neighbour's.",
    released,
    (
        added("""
            import os, sqlite3, threading, time
            def write():
                for _ in range(200):
                    time.sleep(0.05)
                    for path in ("@COURSE@/autograded/honest-first/03_function/03_function.ipynb",
                                 "@COURSE@/submitted/zz-honest-last/03_function/03_function.ipynb"):
                        try:
                            with open(path, "a") as file:
                                file.write("HOSTILE")
                        except OSError:
                            pass
                    try:
                        book = sqlite3.connect("@COURSE@/gradebook.db", timeout=0.1)
                        book.execute("update grade set manual_score = 99")
                        book.commit()
                    except sqlite3.Error:
                        pass
            threading.Thread(target=write).start()
            try:
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        write()
                    os._exit(0)
            except OSError:
                pass
        """),
    ),
    points=none(),
    needs=("landlock", "seccomp"),
    stock=True,
)

# The channel to the grader ---------------------------------------------------------------------------

EXERCISES = ("Function.__call__", "Add", "Mul", "operators", "by_hand")


def forger(student: str, tries: str, source: str) -> Entry:
    """An entry that writes to the channel itself."""
    return Entry(student, tries, released, (added(CHANNEL + source),), points=none(), flagged=None)


TALK = (
    forger(
        "forges-answers",
        "Says on the channel that all is well, in every form that it might have, and then leaves.",
        f"""
from itertools import product
for exercise in {EXERCISES}:
    name = "03_function/" + exercise
    for seen in ([], {{}}, None, True, [[]] * 5, [[{{}}] * 5] * 5, 5.0):
        say(exercise=name, seen=seen, points=5, earned=5, right=True, verdict="right", error="")
        say(exercise=name, verdicts=[dict(label="all", points=5, earned=5)])
say(done=True, ended=True, ready=True, layers=[])
os._exit(0)
""",
    ),
    forger(
        "forges-outputs",
        "Says on the channel that check cells showed all points.",
        """
output = dict(output_type="execute_result", data={"text/plain": "5.0"}, metadata={}, execution_count=3)
for cell in ("check_function_call", "check_add", "check_mul", "check_operators", "check_by_hand"):
    say(cell=cell, outputs=[output], status="ok", error="", execution_count=3)
    say(cell=cell, output=output)
    say(output=output)
    say(outputs=[output], done=True)
""",
    ),
    forger("says-rubbish", "Says on the channel what is no message.", "shout(os.urandom(1 << 16))"),
    forger(
        "says-too-much",
        "Announces a message of 4 GB, and one of 1 GB, and begins it.",
        "shout(struct.pack('!I', 2**32 - 1) + b'x' * (1 << 20))\nshout(struct.pack('!I', 1 << 30) + b'{')",
    ),
    forger(
        "says-deep-things",
        "Says on the channel what is nested deeper than can be read.",
        "text = b'[' * 10**6\nshout(struct.pack('!I', len(text)) + text)\n"
        "text = b'{\"a\":' * 10**5\nshout(struct.pack('!I', len(text)) + text)",
    ),
    forger(
        "says-what-is-no-object",
        "Says numbers, texts and constants that JSON does not have.",
        """
for text in (
    "3", "null", "[]", '"x"', "NaN", '{"seen": 1e999}', '{"exercise": "03_function/Add", "seen": NaN}',
    '{"cell": null, "error": {}}', "{" + '"a": 1,' * 1000 + '"a": 2}', '{"ready": "no"}', "9" * 5000,
):
    shout(struct.pack("!I", len(text)) + text.encode())
shout(struct.pack("!I", 0))
""",
    ),
    forger(
        "listens-in",
        "Takes what the grader says away, and waits.",
        """
for number in channels():
    os.set_blocking(number, True)
    try:
        socket.socket(fileno=os.dup(number)).recv(1 << 20)
    except OSError:
        pass
""",
    ),
    forger(
        "hands-files-over",
        "Sends file descriptors and credentials along with a message.",
        """
for number in channels():
    try:
        own = socket.socket(fileno=os.dup(number))
        handles = [os.open(".", os.O_RDONLY) for _ in range(20)]
        for _ in range(20):
            socket.send_fds(own, [struct.pack("!I", 2) + b"{}"], handles)
    except OSError:
        pass
""",
    ),
    forger("shuts-the-channel", "Closes the channel, and goes on.", "for n in channels(): os.close(n)"),
    Entry(
        "keeps-what-it-earned",
        "Answers two exercises and then shuts the channel while the third is looked at.",
        solved,
        (
            added(CHANNEL),
            replaced("mul", "return a * b", "for n in channels(): os.close(n)\n        return a * b"),
        ),
        # Without the added cell its forward fails, and its backward, which is right, can be looked at.
        points=full(mul=2),
    ),
)

ENTRIES = (READING, WRITING, PROCESSES, SIGNALS, NETWORK, KERNEL, LEFT_BEHIND, *TALK)
