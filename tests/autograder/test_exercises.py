"""Every exercise: what is right earns everything, what is untouched nothing, and a mistake costs its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter

import numpy as np
import pytest

from autograder.checking import check, observations
from autograder.exercise import Exercise, Mistake
from autograder.exercises import LESSONS, exercises, find
from autograder.judge import Answers, cases_of, judge

from .conftest import Grade
from .lessons import EXERCISES, NAMES, code


@dataclass(frozen=True)
class Known:
    """A known mistake, and where to find it."""

    exercise: Exercise
    place: int

    @property
    def mistake(self) -> Mistake:
        return self.exercise.mistakes[self.place]

    def __str__(self) -> str:
        return f"{self.exercise.name}-{self.mistake.family}-{self.place}"


KNOWN = [Known(exercise, place) for exercise in EXERCISES for place in range(len(exercise.mistakes))]


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
@pytest.mark.parametrize("seed", [1, 2, 2**63])
def test_the_reference_gets_all_points_whatever_the_inputs(exercise: Exercise, seed: int) -> None:
    cases = cases_of(exercise, seed)
    verdicts = judge(exercise, cases, observations(exercise, {}, cases))
    assert sum(verdict.earned for verdict in verdicts) == exercise.points
    assert not any(verdict.message for verdict in verdicts)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solutions_get_all_points(lesson: str, grade: Grade) -> None:
    reports = grade(lesson, code("solutions", lesson))
    assert {cell: report.points for cell, report in reports.items()} == {
        exercise.cell: exercise.points for exercise in exercises(lesson)
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_untouched_notebook_gets_nothing_and_one_sentence_for_each_exercise(
    lesson: str, grade: Grade
) -> None:
    for report in grade(lesson, code("notebooks", lesson)).values():
        assert report.points == 0
        assert not report.right
        for shown in (report.text(), report._repr_html_()):
            assert shown.count("NotImplementedError()") == 1


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_beside_right_parts_a_known_mistake_is_recognised_wherever_it_shows(
    known: Known, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {**known.exercise.reference, **known.mistake.wrong}
    report = check(known.exercise.name, *parts.values())
    out, err = capsys.readouterr()
    assert report.points < report.most or known.exercise.points == 0
    assert not report.right
    families = [verdict.family for verdict in report.verdicts if verdict.message]
    assert known.mistake.family in families
    assert all(families)
    assert known.mistake.message in " ".join(out.split())
    assert err == ""


def rounds(lesson: str) -> Iterator[dict[str, Known]]:
    """All known mistakes of a lesson, by cell; as many at once as have no name in common."""
    pending = {exercise.cell: list(range(len(exercise.mistakes))) for exercise in exercises(lesson)}
    while any(pending.values()):
        chosen: dict[str, Known] = {}
        names: set[str] = set()
        for exercise in exercises(lesson):
            if pending[exercise.cell] and not names & exercise.reference.keys():
                chosen[exercise.cell] = Known(exercise, pending[exercise.cell].pop(0))
                names |= exercise.reference.keys()
        yield chosen


ROUNDS = [
    pytest.param(lesson, broken, id=f"{lesson}-{number}")
    for lesson in LESSONS
    for number, broken in enumerate(rounds(lesson))
]


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "broken"), ROUNDS)
def test_mistakes_cost_points_in_their_own_exercises_only(
    lesson: str, broken: dict[str, Known], grade_here: Grade
) -> None:
    """Mistakes in several cells at once: each is told as if it were alone, and nobody else pays for it."""
    cells = code("solutions", lesson)
    for cell, known in broken.items():
        cells[cell] += (
            "\nfrom autograder.exercises import find as _find"
            f"\nglobals().update(_find({known.exercise.name!r}).mistakes[{known.place}].wrong)"
        )
    reports = grade_here(lesson, cells)
    for cell, known in broken.items():
        hurt = reports.pop(cell)
        assert hurt.points < hurt.most or known.exercise.points == 0, str(known)
        assert not hurt.right, str(known)
        seen = [v for v in hurt.verdicts if known.mistake.message in v.message.split("\n")]
        assert {verdict.family for verdict in seen} == {known.mistake.family}, str(known)
    assert [report.message for report in reports.values()] == [""] * len(reports)


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_a_message_names_its_inputs_and_ends_as_a_sentence(exercise: Exercise) -> None:
    rng = np.random.default_rng(5)
    for part in exercise.parts:
        for case in part.cases(rng):
            assert case.text.startswith("With ")
    for mistake in exercise.mistakes:
        assert mistake.message[-1] in ".?"
        assert mistake.family


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_what_is_asked_for_can_be_found_by_its_name_and_is_worth_something(exercise: Exercise) -> None:
    assert find(exercise.name) is exercise
    assert all(part.points > 0 for part in exercise.parts) or exercise.points == 0
    assert len({part.label for part in exercise.parts}) == len(exercise.parts)
    for mistake in exercise.mistakes:
        assert mistake.wrong.keys() <= exercise.reference.keys()


def test_a_seed_draws_the_same_inputs_again_and_another_seed_draws_others() -> None:
    for exercise in EXERCISES:
        once, again = (repr(cases_of(exercise, 7)) for _ in range(2))
        assert once == again
    drawn = [[repr(cases_of(exercise, seed)) for exercise in EXERCISES] for seed in (7, 8)]
    assert drawn[0] != drawn[1]


_SAME_FOR_EVERYBODY = "the answer is the same for everybody; here the process that is asked does not know it"
_FORM = "it asks for shapes or dtypes alone; the numbers are asked for by another part"
_VERY_OBJECTS = "all its claims are about the very objects that the probe has made"
CONSTANT = {
    "01_tensor/Tensor.__init__": {"grad, requires_grad, _op, _inputs": "labels that every new Tensor has"},
    "02_gradient/choose_eps": {"float64": _SAME_FOR_EVERYBODY, "float32": _SAME_FOR_EVERYBODY},
    "03_function/Add": {"backward returns two Tensors": _FORM},
    "03_function/Mul": {"backward returns two Tensors": _FORM},
    "04_elementwise/Div": {"backward returns two Tensors": _FORM},
    "04_elementwise/table": dict.fromkeys(
        ("Negate, Log, Exp, Sqrt", "ReLU, Abs, Sigmoid, Tanh"), _SAME_FOR_EVERYBODY
    ),
    "05_shape/Reshape": {"backward returns a Tensor with the shape of x": _FORM},
    "06_broadcasting/predict_shapes": dict.fromkeys(
        ("pairs a, b and c", "pairs d, e and f"), _SAME_FOR_EVERYBODY
    ),
    "07_matmul/MatMul2D": dict.fromkeys(
        ("backward returns the shapes of its inputs", "float32 stays float32"), _FORM
    ),
    "07_matmul/MatMul": {"backward returns the shapes of its inputs": _FORM},
    "08_backward/topological_order": {
        part.label: _VERY_OBJECTS
        for part in find("08_backward/topological_order").parts
        if part.label != "a diamond, by short ways and long ones"
    },
    "08_backward/backward": {
        "each rule is asked once": _VERY_OBJECTS,
        "`.grad` is an array of its own, with shape and dtype": _FORM,
        "a `grad` of another shape is refused": "what comes is an error",
        "an error where no gradient is required": "what comes is an error",
    },
    "09_trust/bug hunt": {part.label: _SAME_FOR_EVERYBODY for part in find("09_trust/bug hunt").parts},
    "09_trust/topological_order": {
        part.label: _VERY_OBJECTS for part in find("09_trust/topological_order").parts
    },
    "09_trust/no_grad": {part.label: _VERY_OBJECTS for part in find("09_trust/no_grad").parts},
    "10_layers/state_dict": dict.fromkeys(
        ("refused: a name is missing", "refused: a name is unexpected", "refused: another shape"),
        "what comes is an error",
    ),
    "10_layers/Sequential": {"keeps its modules": _VERY_OBJECTS},
    "12_digits/batches": {
        "the order comes from `rng`": "all its claims compare what the learner's function gives, call by call"
    },
    "13_mnist/read_idx": {"refused: another beginning": "what comes is an error"},
    "15_convolution/Unfold": {"float32 stays float32": _FORM},
    "10_layers/softmax_loss": {"labels without a class are refused": "what comes is an error"},
}
"""Parts that a new seed asks the same as ever, by exercise, and why that is as it should be."""


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_what_was_right_for_one_seed_is_not_right_for_another(exercise: Exercise) -> None:
    one, other = (Answers(exercise, cases_of(exercise, seed)) for seed in (7, 8))
    constant = {
        part.label
        for place, part in enumerate(exercise.parts)
        if all(
            repr(one.right(place, case)) == repr(other.right(place, case))
            for case in range(min(len(one.cases[place]), len(other.cases[place])))
        )
    }
    assert constant == set(CONSTANT.get(exercise.name, {}))


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_every_probe_has_a_name_by_which_another_process_finds_it(exercise: Exercise) -> None:
    for part in exercise.parts:
        module, name = part.place
        assert module.startswith("autograder.probes.")
        assert attrgetter(name)(import_module(module)) == part.probe


def test_probes_know_no_exercise() -> None:
    program = (
        "import sys, pkgutil, importlib, autograder.probes as probes\n"
        "for module in pkgutil.iter_modules(probes.__path__, 'autograder.probes.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([name for name in sys.modules if 'exercise' in name or name == 'autograder.judge'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
