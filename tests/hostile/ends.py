"""What does not end, ends too early, or takes too much.

Almost all of these have every answer right: what the mischief does not touch keeps its points.
"""

from __future__ import annotations

from .entry import Entry, added, at_the_end, begun, continued, full, replaced, solved, whole

STUBBORN = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""

LOOPS = (
    Entry(
        "loop-in-an-answer",
        "A loop without end in one function.",
        solved,
        (replaced("by_hand", "e_grad = d\n", "while True: pass\n"),),
        points=full(by_hand=0),
        says="did not come to an end",
        stock=True,
    ),
    Entry(
        "loop-in-a-cell",
        "A loop without end below a right answer.",
        solved,
        (continued("mul", "while True: pass"),),
    ),
    Entry(
        "loop-in-a-scratch-cell",
        "A loop without end in a cell of its own, before all answers.",
        solved,
        (added("while True: pass"),),
    ),
    Entry(
        "loop-that-swallows",
        "A loop that catches whatever is raised, below a right answer.",
        solved,
        (continued("mul", STUBBORN),),
        points=full(mul=0),
        says="had to be stopped",
        stock=True,
    ),
    Entry(
        "loop-that-swallows-in-an-answer",
        "A loop that catches whatever is raised, in a function.",
        solved,
        (
            replaced(
                "by_hand",
                "    d = a * b\n",
                "    while True:\n        try:\n            while True: 3\n        except BaseException: 3\n",
            ),
        ),
        points=full(by_hand=0),
        says="did not come to an end",
    ),
    Entry(
        "loop-that-swallows-interrupts",
        "A loop that ignores Ctrl-C, in a scratch cell at the end.",
        solved,
        (at_the_end("while True:\n    try:\n        x = 3\n    except KeyboardInterrupt:\n        pass"),),
    ),
    Entry(
        "loop-without-a-clock",
        "Takes the handlers of all signals away, stops the timer, and loops in a function.",
        solved,
        (
            added("""
                import signal
                for number in signal.valid_signals():
                    try:
                        signal.signal(number, signal.SIG_IGN)
                    except (OSError, ValueError):
                        pass
                signal.setitimer = signal.alarm = lambda *a: None
                signal.signal = lambda *a: None
            """),
            replaced(
                "by_hand",
                "e_grad = d\n",
                "import _signal\n"
                "    _signal.setitimer(0, 0)\n"
                "    _signal.pthread_sigmask(0, _signal.valid_signals())\n"
                "    while True: pass\n",
            ),
        ),
        points=full(by_hand=0),
    ),
    Entry(
        "sleeper",
        "Sleeps for an hour in C, in a scratch cell.",
        solved,
        (added("import time, threading\nthreading.Event().wait(3600)"),),
    ),
    Entry(
        "asks-for-input",
        "Waits for somebody to type.",
        solved,
        (added("name = input('your name? ')", name="asks"), added("import sys; sys.stdin.read()")),
    ),
    Entry(
        "thread-that-goes-on",
        "A thread that is no daemon and never ends, and one that prints for ever.",
        solved,
        (
            added("""
                import threading, time
                def idle():
                    while True:
                        time.sleep(0.05)
                def noise():
                    while True:
                        print("x" * 1000)
                        time.sleep(0.01)
                for f in (idle, noise):
                    threading.Thread(target=f, daemon=False).start()
            """),
        ),
    ),
    Entry(
        "does-not-let-go",
        "Work for when Python ends, without end.",
        solved,
        (
            added("""
                import atexit, threading, time, weakref
                class Stays:
                    def __del__(self):
                        while True: pass
                stays = Stays()
                def hold():
                    while True:
                        try: time.sleep(3600)
                        except BaseException: pass
                atexit.register(hold)
                threading._register_atexit(hold)
                weakref.finalize(stays, hold)
            """),
        ),
    ),
)

LEAVING = (
    *(
        Entry(
            f"leaves-by-{name}",
            f"Leaves Python with {call} in a scratch cell.",
            solved,
            (added(f"import os, sys\n{call}"),),
            stock=stock,
        )
        for name, call, stock in (
            ("exit", "exit()", True),
            ("quit", "quit()", False),
            ("sys-exit", "sys.exit()", False),
            ("system-exit", "raise SystemExit(3)", False),
            ("os-exit", "os._exit(0)", True),
            ("abort", "os.abort()", False),
            ("interrupt", "raise KeyboardInterrupt", False),
            ("generator-exit", "raise GeneratorExit", False),
            ("own-base-exception", "raise type('Gone', (BaseException,), {})('gone')", False),
            ("sigkill", "import signal; signal.raise_signal(signal.SIGKILL)", False),
            ("sigterm", "import signal; signal.raise_signal(signal.SIGTERM)", False),
            ("sigstop", "import signal; signal.raise_signal(signal.SIGSTOP)", False),
        )
    ),
    Entry(
        "leaves-in-an-answer",
        "Leaves Python in a function.",
        solved,
        (replaced("mul", "return a * b", "import os; os._exit(0)"),),
        points=full(mul=0),
        says="Python ended",
        stock=True,
    ),
    Entry(
        "exits-in-an-answer",
        "Calls sys.exit() in a function.",
        solved,
        (replaced("by_hand", "e_grad = d\n", "import sys; sys.exit(0)\n"),),
        points=full(by_hand=0),
    ),
    Entry(
        "raises-a-base-exception-in-an-answer",
        "Raises what nobody catches, in a function.",
        solved,
        (
            replaced(
                "by_hand", "e_grad = d\n", "raise type('Gone', (BaseException,), {'__str__': 3})('gone')\n"
            ),
        ),
        points=full(by_hand=0),
    ),
    Entry(
        "crash-in-a-cell",
        "A crash in C, in a scratch cell.",
        solved,
        (added("import ctypes\nctypes.string_at(0)"),),
        stock=True,
    ),
    Entry(
        "crash-in-an-answer",
        "A crash in C, in a function.",
        solved,
        (replaced("add", "return a + b", "import ctypes; ctypes.string_at(0)"),),
        points=full(add=0),
        says="Python ended",
    ),
    Entry(
        "fills-the-disk",
        "Writes file after file, each below the limit for one.",
        solved,
        (
            replaced(
                "add",
                "return a + b",
                "[open(f'{i}', 'wb').write(bytes(16 << 20)) for i in range(99)]; return a + b",
            ),
        ),
        points=full(add=0),
        says="Python ended",
    ),
    Entry(
        "crash-by-bytecode",
        "A crash of the interpreter, by code that no compiler makes.",
        solved,
        (added("exec((lambda: 0).__code__.replace(co_code=bytes([100, 255, 83, 0])))"),),
    ),
    Entry(
        "closes-everything",
        "Closes all file descriptors, also those that it was not given.",
        solved,
        (added("import os\nos.closerange(0, 256)"),),
    ),
    Entry(
        "closes-its-output",
        "Closes, and replaces, the standard streams.",
        solved,
        (added("import sys\nsys.stdout.close()\nsys.stdout = sys.stderr = sys.stdin = None"),),
    ),
)

DEPTH = (
    Entry(
        "recursion",
        "A function that calls itself for ever.",
        solved,
        (replaced("by_hand", "e_grad = d\n", "return by_hand(a, b, c)\n"),),
        points=full(by_hand=0),
        says="calls itself",
    ),
    Entry(
        "recursion-in-c",
        "Takes the limit on recursion away and runs out of stack.",
        solved,
        (
            added("""
                import sys
                sys.setrecursionlimit(10**8)
                class Deep:
                    def __repr__(self):
                        return repr([self])
                repr(Deep())
            """),
        ),
    ),
    Entry(
        "recursion-limit-of-nothing",
        "Leaves so little room for calls that a checker could hardly work.",
        solved,
        (added("import sys\nsys.setrecursionlimit(60)"),),
        points={},
    ),
    Entry(
        "nested-source",
        "A cell whose text is nested deeper than the compiler can follow.",
        solved,
        (added("x = " + "(" * 5000 + ")" * 5000, name="nested"), added("y = " + "-" * 100_000 + "1")),
    ),
    Entry(
        "nested-answer",
        "Returns a list that holds itself, and one nested a hundred thousand deep.",
        solved,
        (
            replaced(
                "by_hand",
                "e_grad = d\n",
                "deep = []\n    for _ in range(99999): deep = [deep]\n    deep += deep\n    return deep\n",
            ),
        ),
        points=full(by_hand=0),
    ),
)

MUCH = (
    Entry(
        "fifty-gigabytes",
        "Asks for 50 GB, in several ways, in a scratch cell.",
        solved,
        (
            added("import numpy as np\nx = np.zeros(50 << 27)", name="zeros"),
            added("x = bytearray(50 << 30)", name="bytes"),
            added("x = [0] * (50 << 27)", name="list"),
            added("x = 1 << (8 * (50 << 30))"),
        ),
        needs=("limits",),
    ),
    Entry(
        "fifty-gigabytes-in-an-answer",
        "Asks for 50 GB in a function.",
        solved,
        (replaced("by_hand", "e_grad = d\n", "e_grad = bytearray(50 << 30)\n"),),
        points=full(by_hand=0),
        says="MemoryError",
        needs=("limits",),
    ),
    Entry(
        "memory-bit-by-bit",
        "Keeps every piece of memory it gets, until it gets no more.",
        solved,
        (
            added("""
                kept = []
                for _ in range(500):
                    kept.append(bytearray(100 << 20))
            """),
        ),
        needs=("limits",),
    ),
    Entry(
        "all-memory-is-gone",
        "Keeps all memory it gets, catches the error, and leaves nothing for the answers.",
        solved,
        (
            added("""
                kept, size = [], 100 << 20
                while size:
                    try:
                        kept.append(bytearray(size))
                    except MemoryError:
                        size //= 2
            """),
        ),
        points={},
        needs=("limits",),
    ),
    Entry(
        "thread-storm",
        "A hundred threads at work.",
        solved,
        (
            added("""
                import threading
                def busy():
                    while True:
                        sum(range(1000))
                for _ in range(100):
                    threading.Thread(target=busy, daemon=True).start()
            """),
        ),
        points={},
        flagged=None,
    ),
    Entry(
        "prints-200-megabytes",
        "200 MB of output, in one cell.",
        solved,
        (added("for _ in range(200):\n    print('x' * (1 << 20))"),),
        stock=True,
    ),
    Entry(
        "prints-elsewhere",
        "100 MB of output on stderr, around Python's streams, and without a line's end.",
        solved,
        (
            added("""
                import os, sys
                for _ in range(25):
                    print("x" * (1 << 20), file=sys.stderr, end="")
                    sys.__stdout__.write("x" * (1 << 20))
                    os.write(1, b"x" * (1 << 20))
                    os.write(2, b"x" * (1 << 20))
            """),
        ),
    ),
    Entry(
        "prints-in-an-answer",
        "Output without end in a function that is right.",
        solved,
        (
            replaced(
                "by_hand", "e_grad = d\n", "e_grad = d\n    for _ in range(20): print('x' * (1 << 20))\n"
            ),
        ),
    ),
    Entry(
        "huge-page",
        "Displays HTML of 60 MB, and a picture of as many bytes.",
        solved,
        (
            added("""
                from IPython.display import HTML, Image, display
                display(HTML("<b>" * (20 << 20)))
                display({"image/png": "A" * (60 << 20)}, raw=True)
            """),
        ),
    ),
    Entry(
        "many-outputs",
        "Five thousand outputs.",
        solved,
        (added("for i in range(5000):\n    display(i)"),),
    ),
    Entry(
        "huge-result",
        "A last expression of 50 MB, and a traceback as long.",
        solved,
        (added("'x' * (50 << 20)", name="long"), added("raise ValueError('x' * (50 << 20))")),
    ),
    Entry(
        "huge-answer",
        "Returns a hundred thousand numbers, and a text of 50 MB, where three numbers are asked for.",
        solved,
        (
            replaced(
                "by_hand",
                "e_grad = d\n",
                "return ['x' * (50 << 20)] + [1.0] * 10**5 if c else [1.0] * 10**6\n",
            ),
        ),
        points=full(by_hand=0),
    ),
    Entry(
        "fills-its-folder",
        "Writes 120 MB into files in the folder that it has, and ten thousand empty ones.",
        whole,
        (
            added("""
                import pathlib
                for i in range(4):
                    pathlib.Path(f"big-{i}").write_bytes(bytes(30 << 20))
                for i in range(10_000):
                    pathlib.Path(f"file-{i}").touch()
            """),
        ),
        points={},
    ),
    Entry(
        "deep-folder",
        "Makes a thousand folders, one in the other, and one that nobody may enter.",
        solved,
        (
            added("""
                import os
                here = os.getcwd()
                os.mkdir("closed", 0)
                for _ in range(1000):
                    os.mkdir("d" * 50)
                    os.chdir("d" * 50)
                os.chdir(here)
            """),
        ),
    ),
    Entry(
        "changes-its-folder",
        "Deletes the folder it works in.",
        solved,
        (begun("add", "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\nos.chdir('/')"),),
    ),
)

ENTRIES = (*LOOPS, *LEAVING, *DEPTH, *MUCH)
