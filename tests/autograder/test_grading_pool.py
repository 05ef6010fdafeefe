"""Processes that stay: a dead one takes only its own task with it, and none outlives the one who asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from autograder.grading.pool import NotStarted, WorkerDied, Workers

from .simple_tasks import Odd, die, fail, leave, nothing, pid_after

ROOT = Path(__file__).parents[2]


def is_alive(pid: int) -> bool:
    """Whether the process is there, and not only waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return sys.platform != "linux"


def is_gone_soon(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_alive(pid)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(2, nothing) as made:
        yield made


def test_processes_stay_and_work_at_the_same_time(pool: Workers) -> None:
    pids = {future.result() for future in [pool.submit(pid_after, 0.3) for _ in range(6)]}
    assert len(pids) == 2
    assert os.getpid() not in pids


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_dead_process_costs_its_own_task_and_is_replaced(pool: Workers) -> None:
    before = {future.result() for future in [pool.submit(pid_after, 0.3) for _ in range(2)]}
    good = [pool.submit(pid_after, 0.1) for _ in range(2)]
    killed = pool.submit(die, signal.SIGKILL)
    left = pool.submit(leave)
    good += [pool.submit(pid_after, 0.3) for _ in range(4)]
    with pytest.raises(WorkerDied, match=r"the grading process ended \((by SIGKILL|abruptly)\)"):
        killed.result()
    with pytest.raises(WorkerDied, match="exit code 3"):
        left.result()
    after = {future.result() for future in good[2:]}
    assert len(after) == 2
    assert after != before


def test_what_takes_too_long_is_stopped() -> None:
    with Workers(1, nothing, seconds=0.5) as pool:
        pid = pool.submit(pid_after, 0).result()
        with pytest.raises(WorkerDied, match=r"it took longer than 0\.5 seconds"):
            pool.submit(pid_after, 60).result()
        assert pool.submit(pid_after, 0).result() != pid
    assert is_gone_soon(pid)


@pytest.mark.parametrize(
    ("kind", "seen"), [(ValueError, ValueError), (KeyError, KeyError), (Odd, RuntimeError)]
)
def test_an_error_comes_back(pool: Workers, kind: type[Exception], seen: type[Exception]) -> None:
    with pytest.raises(seen, match=r"so it is|Odd: odd"):
        pool.submit(fail, kind).result()
    assert pool.submit(pid_after, 0).result()


def test_a_process_that_does_not_start_is_not_the_tasks_fault() -> None:
    said = r"a grading process did not start \(exit code 3\)"
    with Workers(1, leave) as pool, pytest.raises(NotStarted, match=said):
        pool.submit(pid_after, 0).result()


def test_stopping_ends_everything_at_once() -> None:
    pool = Workers(2, nothing)
    pids = [future.result() for future in [pool.submit(pid_after, 0.3) for _ in range(2)]]
    slow = [pool.submit(pid_after, 60) for _ in range(4)]
    time.sleep(0.2)
    start = time.monotonic()
    pool.shutdown(cancel_futures=True)
    assert time.monotonic() - start < 5
    for future in slow:
        with pytest.raises((WorkerDied, CancelledError)):
            future.result()
    assert all(is_gone_soon(pid) for pid in pids)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(pid_after, 0)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_processes_end_with_the_one_who_asks_however_it_ends() -> None:
    program = (
        "import time; from autograder.grading.pool import Workers\n"
        "from tests.autograder.simple_tasks import nothing, pid_after\n"
        "if __name__ == '__main__':\n"
        "    pool = Workers(2, nothing)\n"
        "    print(*[f.result() for f in [pool.submit(pid_after, 0.3) for _ in range(2)]], flush=True)\n"
        "    pool.submit(pid_after, 60); time.sleep(60)\n"
    )
    asking = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert asking.stdout is not None
    with asking.stdout:
        pids = [int(word) for word in asking.stdout.readline().split()]
    assert len(pids) == 2
    assert all(is_alive(pid) for pid in pids)
    asking.kill()
    asking.wait()
    assert all(is_gone_soon(pid) for pid in pids)
