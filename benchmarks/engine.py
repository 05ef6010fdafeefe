"""How fast is babygrad? One run that compares it with NumPy by hand, HIPS autograd and PyTorch.

Everyone computes the same numbers (this is checked first) on one thread and in turns, so that a busy moment
of the machine meets them all. The ratios are what to look at: the milliseconds are those of one machine.
"""

from __future__ import annotations

import os

# One thread for everyone. NumPy looks at these when it is imported.
os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", VECLIB_MAXIMUM_THREADS="1"
)

import argparse
import ctypes
import gc
import json
import platform
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from peers import BATCH, SIZES, Babygrad, ByHand, Peer, Problem, installed
from rich.console import Console
from rich.progress import track
from rich.table import Table


@dataclass
class Section:
    """A table of results, and what they mean."""

    title: str
    meaning: str
    columns: tuple[str, ...]
    rows: list[tuple[str | float, ...]]


def in_turns(title: str, runs: dict[Any, Callable[[], Any]], rounds: int) -> dict[Any, float]:
    """The time of each run in seconds, which its fastest tenth stays below. A round has one run of each.

    It is the processor's time for this process, so that other programs on the machine matter less.
    """
    times: dict[Any, list[float]] = {name: [] for name in runs}
    for _ in with_bar(rounds, title):
        for name, run in runs.items():
            gc.collect()  # so that nobody pays for what another has left
            start = process_time()
            run()
            times[name].append(process_time() - start)
    return {name: float(np.quantile(measured, 0.1)) for name, measured in times.items()}


def comparison(title: str, meaning: str, runs: dict[str, Callable[[], Any]], rounds: int) -> Section:
    """Check that all runs return the same numbers, then time them."""
    expected = runs[ByHand.name]()
    for name, run in runs.items():
        if name != ByHand.name:
            np.testing.assert_allclose(run(), expected, rtol=1e-3, err_msg=f"{title}: {name} disagrees.")
    times = in_turns(title, runs, rounds)
    by_hand, ours = times[ByHand.name], times[Babygrad.name]
    return Section(
        title,
        meaning,
        ("", "ms", "its time / NumPy's", "babygrad's / its"),
        [(name, 1e3 * time, time / by_hand, ours / time) for name, time in times.items()],
    )


def repeated(run: Callable[[], Any], count: int) -> Any:
    """Run `count` times; what is returned at last."""
    for _ in range(count - 1):
        run()
    return run()


def growth(title: str, meaning: str, work: Callable[[int], Any], sizes: list[int], rounds: int) -> Section:
    """Time the same work in several sizes, a small one several times: the first after a large one is slow."""
    counts = {size: max(1, 10_000 // size) for size in sizes}
    runs = {size: partial(repeated, partial(work, size), count) for size, count in counts.items()}
    times = {size: time / counts[size] for size, time in in_turns(title, runs, rounds).items()}
    return Section(
        title,
        meaning,
        ("number", "ms", "microseconds for each"),
        [(size, 1e3 * time, 1e6 * time / size) for size, time in times.items()],
    )


def memory(title: str, meaning: str, steps: int) -> Section:
    """Watch the peaks of memory while babygrad trains, with and without Python's garbage collector."""
    tenth = steps // 10
    rows: list[tuple[str | float, ...]] = []
    for collector in ("on", "off"):
        step = Babygrad().training(Problem())
        step()
        gc.collect()
        if collector == "off":
            gc.disable()
        tracemalloc.start()
        peaks = []
        for part in (tenth, steps - 2 * tenth, tenth):
            tracemalloc.reset_peak()
            for _ in range(part):
                step()
            peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
        gc.enable()
        rows.append((collector, peaks[0], peaks[-1], peaks[-1] - peaks[0]))
    first, last = f"MB in steps 1-{tenth}", f"MB in steps {steps - tenth + 1}-{steps}"
    return Section(title, meaning, ("garbage collector", first, last, "growth"), rows)


def measure(everyone: list[Peer], repeat: int) -> list[Section]:
    """All sections. repeat: the rounds of a comparison that takes seconds; others have more or fewer."""
    problem, start = Problem(), np.full(4, 0.5, np.float32)
    return [
        memory(
            "Memory of 200 training steps",
            "The most memory in use at a time. It does not grow: a graph is freed with its loss, even where "
            "Python's garbage collector is off.",
            steps=200,
        ),
        comparison(
            f"Ten training steps, {'-'.join(map(str, SIZES))}, batch {BATCH}",
            "Forward, softmax cross-entropy, backward, update. Most of it is matrix products, the same for "
            "everyone; an engine adds the rest.",
            {peer.name: partial(repeated, peer.training(problem), 10) for peer in everyone},
            5 * repeat,
        ),
        comparison(
            "10 000 small operations in a row",
            "Forward and backward with four numbers in each array, so next to no arithmetic: what an engine "
            "does for each operation.",
            {peer.name: partial(peer.chain, start, 10_000) for peer in everyone},
            repeat,
        ),
        comparison(
            "One tensor used 5 000 times",
            "Forward and backward: 5 000 gradients arrive at one tensor and are added up.",
            {peer.name: partial(peer.uses, start, 5_000) for peer in everyone},
            repeat,
        ),
        growth(
            "babygrad: more and more operations in a row",
            "The time for each stays about the same, and no length is too long: nothing is recursive.",
            partial(Babygrad().chain, start),
            [1_000, 3_000, 10_000, 30_000, 100_000],
            max(1, repeat // 3),
        ),
        growth(
            "babygrad: more and more uses of one tensor",
            "The time for each stays about the same: no gradient is computed twice.",
            partial(Babygrad().uses, start),
            [500, 5_000, 50_000],
            max(1, repeat // 3),
        ),
    ]


def keep_freed_memory() -> None:
    """Let the C library keep the memory of freed arrays for the next ones, where it is glibc.

    It would return what lies at the end of its heap to the system. Getting it back costs page faults, up to
    1.5 ms in a training step of 2.5, and by chance one peer would pay for them or another.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(-1, 2**30)  # M_TRIM_THRESHOLD
        library.mallopt(-3, 2**25)  # M_MMAP_THRESHOLD


def with_bar(rounds: int, title: str) -> Iterable[int]:
    """``range(rounds)`` with a progress bar on the terminal, if there is one."""
    stderr = Console(stderr=True)
    return track(
        range(rounds),
        title,
        console=stderr,
        transient=True,
        auto_refresh=False,
        disable=not stderr.is_terminal,
    )


def show(section: Section) -> None:
    """Print a section as a table."""
    table = Table(title=section.title, caption=section.meaning, title_justify="left", caption_justify="left")
    for position, column in enumerate(section.columns):
        table.add_column(column, justify="right" if position else "left")
    for row in section.rows:
        table.add_row(*(value if isinstance(value, str) else shown(value) for value in row))
    Console().print(table, "")


def shown(value: float) -> str:
    """A number as it is written in a table."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="""examples:
  uv run python benchmarks/engine.py                          about a minute
  uv run --with torch python benchmarks/engine.py             PyTorch takes part
  uv run python benchmarks/engine.py --repeat 1               a quick look
  uv run python benchmarks/engine.py --json figures.json      the figures for another program""",
    )
    parser.add_argument(
        "--repeat",
        type=int,
        default=12,
        metavar="N",
        help="rounds of each comparison (default: %(default)s). More give steadier ratios on a busy machine",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    arguments = parser.parse_args()
    if arguments.repeat < 1:
        parser.error("--repeat must be at least 1")

    keep_freed_memory()
    everyone, missing = installed()
    gc.collect()
    gc.freeze()  # what was imported is no garbage: nobody's collections walk through another's modules
    machine = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "processors": os.cpu_count(),
        "threads used": 1,
    }
    sections = measure(everyone, arguments.repeat)
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    for name in missing:
        print(f"{name} is not installed and was left out.")
    print()
    for section in sections:
        show(section)
    if arguments.json:
        figures = {"machine": machine, "sections": [asdict(section) for section in sections]}
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
