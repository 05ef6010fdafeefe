"""The benchmarks run and measure what they say. How fast anything is, is not tested."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parent.parent / "benchmarks" / "engine.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ENGINE), *arguments], capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    """The printed text and the JSON of one quick run."""
    file = tmp_path_factory.mktemp("benchmarks") / "figures.json"
    result = run("--repeat", "1", "--json", str(file))
    assert result.returncode == 0, result.stderr
    assert result.stderr == "", "no progress bar where there is no terminal"
    return result.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_every_section_is_printed_with_its_meaning(quick: tuple[str, dict]) -> None:
    text, figures = quick
    words = " ".join(text.split())
    assert len(figures["sections"]) == 6
    for section in figures["sections"]:
        assert section["title"] in words
        assert section["meaning"] in words


def test_everyone_who_is_installed_is_compared(quick: tuple[str, dict]) -> None:
    text, figures = quick
    compared = [section for section in figures["sections"] if section["columns"][0] == ""]
    assert len(compared) == 3
    for section in compared:
        rows = {name: (ms, to_numpy, ours) for name, ms, to_numpy, ours in section["rows"]}
        assert {"babygrad", "NumPy by hand", "HIPS autograd"} <= rows.keys()
        assert ("PyTorch" in rows) != ("PyTorch is not installed" in text)
        assert rows["NumPy by hand"][1] == 1
        assert rows["babygrad"][2] == 1
        assert all(ms > 0 for ms, _, _ in rows.values())


def test_memory_does_not_grow(quick: tuple[str, dict]) -> None:
    """Counted, not timed: what 180 more steps leave behind, in MB."""
    memory = quick[1]["sections"][0]
    assert [row[0] for row in memory["rows"]] == ["on", "off"]
    assert all(abs(growth) < 0.05 for *_, growth in memory["rows"])


def test_no_name_of_a_machine_or_a_folder_is_written(quick: tuple[str, dict]) -> None:
    assert quick[1]["machine"].keys() == {"python", "numpy", "processors", "threads used"}


def test_the_help_teaches_and_nonsense_is_refused() -> None:
    told = run("--help")
    assert told.returncode == 0
    assert "uv run python benchmarks/engine.py" in told.stdout
    refused = run("--repeat", "0")
    assert refused.returncode == 2
    assert "--repeat must be at least 1" in refused.stderr


@pytest.mark.slow
def test_the_lessons_are_measured_and_named() -> None:
    program = ENGINE.with_name("lessons.py")
    done = subprocess.run(
        [sys.executable, str(program), "01_tensor"], capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "01_tensor" in done.stdout
    assert "03_function" not in done.stdout
    refused = subprocess.run(
        [sys.executable, str(program), "98_nothing"], capture_output=True, text=True, timeout=100
    )
    assert refused.returncode == 1
    assert "Lessons: 0" in refused.stderr


@pytest.mark.slow
def test_a_training_step_is_measured_with_the_reference_and_a_learners_library() -> None:
    """That all three take the same steps, the program checks itself."""
    program = ENGINE.with_name("training.py")
    done = subprocess.run(
        [sys.executable, str(program), "--rounds", "1"], capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("NumPy by hand", "babygrad", "a learner's library"):
        assert any(line.startswith(name) for line in done.stdout.splitlines())
    refused = subprocess.run(
        [sys.executable, str(program), "--rounds", "0"], capture_output=True, text=True, timeout=100
    )
    assert refused.returncode == 2
    assert "--rounds must be at least 1" in refused.stderr


@pytest.mark.slow
def test_grading_is_measured_with_both_commands(tmp_path: Path) -> None:
    program, file = ENGINE.with_name("grading.py"), tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, str(program), "--submissions", "3", "--json", str(file)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "nbgrader autograde" in done.stdout
    assert json.loads(file.read_text(encoding="utf-8"))
