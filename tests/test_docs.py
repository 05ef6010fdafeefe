"""What README and guides show can be typed: code runs, commands and their options exist, files are there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest
from typer.main import get_command

import babygrad
from autograder import check
from autograder.cli import app
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.selftest.corpus import Wrong

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
STARTS = ("autograder ", "make ", "uv ", "pytest ", "python ", "conda ", ".ci/")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def samples(path: Path, *kinds: str) -> list[str]:
    """The code blocks of these kinds, without their indentation."""
    found = FENCE.findall(path.read_text(encoding="utf-8"))
    return [re.sub(f"^{space}", "", text, flags=re.MULTILINE) for space, kind, text in found if kind in kinds]


def commands(path: Path) -> list[str]:
    """Every command that a guide tells: in blocks, and between backticks."""
    text = path.read_text(encoding="utf-8")
    lines = [line for block in samples(path, "", "sh", "console") for line in block.splitlines()]
    inline = [" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", FENCE.sub("", text))]
    every = [line.split("  #")[0].strip() for line in [*lines, *inline]]
    return [line for line in every if line.startswith(STARTS) and "…" not in line]


PYTHON = [
    pytest.param(code, id=f"{place(path)}-{number}")
    for path in GUIDES
    for number, code in enumerate(samples(path, "python"))
]
COMMANDS = sorted({(line, place(path)) for path in GUIDES for line in commands(path)})

# Code ------------------------------------------------------------------------------------------------


class NegateWithoutSign(babygrad.Negate):
    """The wrong implementation that a guide names."""

    def backward(self, out_grad, node):
        return out_grad


def run(code: str) -> dict:
    names = {name: getattr(babygrad, name) for name in babygrad.__all__}
    names |= {"np": np, "check": check, "NegateWithoutSign": NegateWithoutSign}
    names |= {"Case": Case, "Exercise": Exercise, "Mistake": Mistake, "Part": Part, "Wrong": Wrong}
    exec(compile(code, "sample", "exec"), names)
    return names


@pytest.mark.parametrize("code", PYTHON)
def test_code_runs(code: str) -> None:
    run(code)


def test_there_is_code_to_run() -> None:
    assert len(PYTHON) >= 5
    assert len(COMMANDS) >= 15


def test_the_probe_and_the_cases_of_the_authors_guide_fit_each_other() -> None:
    code = "\n".join(samples(ROOT / "docs" / "authors.md", "python"))
    made = run(code)
    for case in made["some_numbers"](np.random.default_rng(0)):
        ((label, seen),) = made["negated"](babygrad, **case.inputs)
        assert label == "`forward(x)`"
        np.testing.assert_array_equal(seen, -case.inputs["x"])


def test_the_wrong_rule_on_the_home_page_is_what_its_check_is_about() -> None:
    (code,) = samples(ROOT / "docs" / "index.md", "python")
    node = type("Node", (), {"_inputs": (babygrad.Tensor(3.0), babygrad.Tensor(4.0))})
    first, _ = run(code)["backward"](None, babygrad.Tensor(5.0), node)
    assert first.item() == 15
    assert "yours is 15" in str(check("03_function/Mul", _mul(code)).message)


def _mul(code: str) -> type:
    return type("Mul", (babygrad.Mul,), {"backward": run(code)["backward"]})


# Commands --------------------------------------------------------------------------------------------


def test_commands_are_as_they_are_told() -> None:
    wrong = [f"{where}: {line}: {problem}" for line, where in COMMANDS for problem in problems(line)]
    assert wrong == []


def problems(line: str) -> list[str]:
    """What is not there of what a command names."""
    words = shlex.split(line)
    if words[:2] == ["uv", "run"]:
        words = words[2:]
        while words and words[0] in ("--group", "--directory"):
            if words[0] == "--group" and words[1] not in PROJECT["dependency-groups"]:
                return [f"there is no group {words[1]}"]
            words = words[2:]
    if not words:
        return []
    name, *rest = words
    if name == "autograder":
        return _of_autograder(rest)
    if name == "make":
        targets = re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return [] if rest[0] in targets else [f"make knows no {rest[0]}"]
    if name == "uv":
        groups = rest[rest.index("--group") + 1 :] if "--group" in rest else []
        return [f"there is no group {group}" for group in groups if group not in PROJECT["dependency-groups"]]
    if name == "pytest" and "-m" in rest:
        mark = rest[rest.index("-m") + 1]
        known = [marker.split(":")[0] for marker in PROJECT["tool"]["pytest"]["ini_options"]["markers"]]
        return [] if mark in ("", *known) else [f"there is no mark {mark}"]  # "": all tests, marked or not
    paths = [word for word in (name, *rest) if "/" in word and not word.startswith("-")]
    return [f"there is no {path}" for path in paths if not (ROOT / path).exists()]


def _of_autograder(words: list[str]) -> list[str]:
    every = get_command(app).commands  # type: ignore[attr-defined]
    if not words or words[0].startswith("-"):
        return []
    if words[0] not in every:
        return [f"there is no command {words[0]}"]
    known = {option for parameter in every[words[0]].params for option in parameter.opts}
    known |= {option for parameter in every[words[0]].params for option in parameter.secondary_opts}
    used = [word.split("=")[0] for word in words[1:] if word.startswith("--")]
    return [f"{words[0]} has no option {option}" for option in used if option not in known | {"--help"}]


# Links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GUIDES, ids=place)
def test_links_lead_to_files(path: Path) -> None:
    """Those to pages that are made for the site only are looked at there."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    made = ("lessons/", "operations/", "reference/")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith(("http", *made)):
            assert (path.parent / target).exists(), target
