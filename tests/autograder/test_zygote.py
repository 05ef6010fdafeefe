"""The warm process: its children answer, end when they should, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import zygote as zygotes
from autograder.zygote import CAN_FORK, Ended, TimeUp, TooMuch, Zygote

from .lessons import ROOT

ECHO = "tests.autograder.echo"
needs_fork = pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no /proc")


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote(ECHO, preload=["decimal"])
    yield made
    made.close()


def is_gone(pid: int) -> bool:
    """Whether a process has ended, or does within three seconds."""
    for _ in range(150):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


def test_a_child_answers_message_by_message(zygote: Zygote) -> None:
    with zygote.child() as child:
        for what in (1, "é", [None, {"a": 2.5}]):
            child.send({"do": "tell", "what": what})
            assert child.receive(10) == {"told": what}


@needs_fork
def test_a_child_has_what_was_preloaded_and_nothing_of_ours(zygote: Zygote) -> None:
    assert "pytest" in sys.modules
    with zygote.child() as child:
        for name, there in {"decimal": True, "pytest": False, "babygrad": False}.items():
            child.send({"do": "imported", "name": name})
            assert child.receive(10) == {"imported": there}, name


@needs_fork
def test_children_are_forks_of_one_process_and_live_apart(zygote: Zygote) -> None:
    with zygote.child() as one, zygote.child() as other:
        pids = []
        for child in (one, other):
            child.send({"do": "number"})
            pids.append(child.receive(10)["pid"])
    assert len({*pids, os.getpid()}) == 3


def test_no_answer_in_time_an_interrupt_and_the_answer_after_it(zygote: Zygote) -> None:
    with zygote.child() as child:
        child.send({"do": "sleep", "seconds": 60})
        with pytest.raises(TimeUp):
            child.receive(0.2)
        child.interrupt()
        assert child.receive(10) == {"interrupted": True}


def test_a_child_that_leaves_has_ended(zygote: Zygote) -> None:
    with zygote.child() as child:
        child.send({"do": "leave", "status": 3})
        with pytest.raises(Ended):
            child.receive(10)


def test_an_answer_has_a_size_limit(zygote: Zygote) -> None:
    with zygote.child() as child:
        child.send({"do": "much", "count": 10_000})
        with pytest.raises(TooMuch, match="1000 are allowed"):
            child.receive(10, most=1000)


@needs_proc
def test_nothing_is_left_of_a_child_and_of_what_it_started(zygote: Zygote) -> None:
    with zygote.child() as child:
        pids = []
        for what in ("number", "start"):
            child.send({"do": what})
            pids.append(child.receive(10)["pid"])
        child.send({"do": "sleep", "seconds": 60})
    assert all(is_gone(pid) for pid in pids)


def test_many_children_leave_no_open_files(zygote: Zygote) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0

    counts = []
    for _ in range(3):
        with zygote.child() as child:
            child.send({"do": "tell", "what": 1})
            child.receive(10)
        counts.append(open_files())
    assert counts[0] == counts[-1]


GRADER = f"""
import sys
from autograder.zygote import Zygote
zygote = Zygote("{ECHO}")
children = [zygote.child() for _ in range(3)]
for child in children:
    child.send({{"do": "number"}})
    print(child.receive(10)["pid"])
    child.send({{"do": "sleep", "seconds": 60}})
print(zygote._process.pid, flush=True)
input()
"""


@needs_fork
@needs_proc
def test_when_the_grader_is_killed_its_children_end() -> None:
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert grader.stdout is not None
    assert grader.stdin is not None
    pids = [int(grader.stdout.readline()) for _ in range(4)]
    assert not any(not Path(f"/proc/{pid}").exists() for pid in pids)
    grader.kill()
    grader.wait()
    grader.stdin.close()
    grader.stdout.close()
    assert all(is_gone(pid) for pid in pids)


@needs_fork
@needs_proc
def test_a_warm_process_that_was_killed_is_started_anew() -> None:
    zygote = Zygote(ECHO)
    with zygote.child() as child:
        child.send({"do": "number"})
        pid = child.receive(10)["pid"]
        child.send({"do": "sleep", "seconds": 60})
        assert zygote._process is not None
        zygote._process.kill()
        zygote._process.wait()
        assert is_gone(pid)
    with zygote.child() as child:
        child.send({"do": "tell", "what": 7})
        assert child.receive(10) == {"told": 7}
    zygote.close()


def test_who_cannot_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="No module named 'not_there'"):
        Zygote("not_there").child()


def test_without_fork_every_child_is_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygotes, "CAN_FORK", False)
    with Zygote(ECHO, preload=["decimal"]).child() as child:
        child.send({"do": "imported", "name": "decimal"})
        assert child.receive(30) == {"imported": True}
        child.send({"do": "leave", "status": 3})
        with pytest.raises(Ended):
            child.receive(30)


# Shared ----------------------------------------------------------------------------------------------


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder to meet in."""
    with tempfile.TemporaryDirectory(prefix="meet-") as folder:
        zygotes.meet_in(Path(folder))
        yield Path(folder)
        zygotes.meet_in(None)


def parent_of_a_child(zygote: Zygote) -> int:
    """The number of the process that forks the children."""
    with zygote.child() as child:
        child.send({"do": "parent"})
        return int(child.receive(10)["pid"])


@needs_fork
def test_those_who_meet_share_one_and_the_last_one_ends_it(place: Path) -> None:
    one, other = Zygote(ECHO), Zygote(ECHO)
    shared = parent_of_a_child(one)
    assert parent_of_a_child(other) == shared
    one.close()
    assert parent_of_a_child(other) == shared
    other.close()
    zygotes.end_those_left()
    assert is_gone(shared)


@needs_fork
def test_those_of_another_kind_do_not_meet(place: Path) -> None:
    one, other = Zygote(ECHO), Zygote(ECHO, preload=["decimal"])
    assert parent_of_a_child(one) != parent_of_a_child(other)
    for zygote in (one, other):
        zygote.close()


@needs_fork
@needs_proc
def test_who_leaves_takes_their_own_children_along_and_no_others(place: Path) -> None:
    one, other = Zygote(ECHO), Zygote(ECHO)
    with other.child() as stays:
        child = one.child()
        child.send({"do": "number"})
        gone = child.receive(10)["pid"]
        one.close()
        assert is_gone(gone)
        stays.send({"do": "tell", "what": 3})
        assert stays.receive(10) == {"told": 3}
        child.channel.close()
        child._process.end()
    other.close()
    zygotes.end_those_left()


@needs_fork
@needs_proc
def test_a_shared_one_that_was_killed_is_started_anew_by_whoever_comes(place: Path) -> None:
    one, other = Zygote(ECHO), Zygote(ECHO)
    first = parent_of_a_child(one)
    assert parent_of_a_child(other) == first
    os.kill(first, signal.SIGKILL)
    second = parent_of_a_child(other)
    assert second != first
    assert parent_of_a_child(one) == second
    for zygote in (one, other):
        zygote.close()
    zygotes.end_those_left()
