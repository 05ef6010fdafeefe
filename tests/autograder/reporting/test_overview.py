"""A class in figures, and its mistakes by how many made them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import check
from autograder.judge import Verdict
from autograder.report import Report
from autograder.reporting.mistakes import UNKNOWN, UNWRITTEN, frequent_mistakes, kind_of, unwritten
from autograder.reporting.overview import by_exercise, hardest, histogram, overview, protection
from autograder.reporting.submissions import Answer, Flag, State, Submission

from .samples import ALL_LAYERS, ASKED, LESSON, a_class, answers, graded


def test_counts_mean_and_median() -> None:
    lesson = a_class(
        graded("a"),
        graded("b", 5, 2, 0, 0, 0, late=3, penalty=1.0),
        graded("c", 0, 0, 0, 0, 0, flags=(Flag("Mul", "look"),)),
        graded("d", 0, 0, 0, 0, 0, flags=(Flag("Mul", "looked", settled=True),)),
        Submission("e", LESSON, State.UNGRADED, reason="gone"),
        Submission("f", LESSON, State.WAITING),
        Submission("g", LESSON, State.MISSING),
    )
    about = overview(lesson)
    assert (about.handed_in, about.graded, about.ungraded, about.waiting, about.missing) == (6, 4, 1, 1, 1)
    assert (about.flagged, about.late) == (1, 1)
    assert (about.mean, about.median) == (5.0, 3.0)


def test_where_nobody_was_graded_there_is_no_mean_to_fail() -> None:
    nobody = a_class(Submission("e", LESSON, State.UNGRADED, reason="gone"))
    assert (overview(nobody).mean, overview(nobody).median) == (None, None)
    assert by_exercise(nobody) == []
    assert frequent_mistakes(nobody) == []
    assert overview(a_class()).handed_in == 0


@given(st.lists(st.floats(0, 30)), st.sampled_from([0.5, 1, 2, 7, 8, 14, 18, 25, 100]))
def test_every_score_is_in_one_bin(scores: list[float], most: float) -> None:
    bins = histogram(scores, most)
    assert sum(one.count for one in bins) == len(scores)
    assert len(bins) <= 10
    assert bins[0].low == 0
    assert bins[-1].high == most
    assert all(one.high == other.low for one, other in pairwise(bins))
    for one in bins[:-1]:
        assert one.count == sum(one.low <= score < one.high for score in scores)


def test_without_points_there_is_no_distribution() -> None:
    assert histogram([0.0], 0) == []


def test_the_hardest_exercise_is_where_most_was_lost() -> None:
    lesson = a_class(graded("a", 5, 0, 3, 1, 2), graded("b", 5, 1, 1.5, 2, 2))
    figures = {one.title: one for one in by_exercise(lesson)}
    assert (figures["Add"].full, figures["Add"].partly, figures["Add"].none) == (0, 1, 1)
    assert [one.title for one in hardest(list(figures.values()))] == ["Add", "Mul", "operators"]


def test_an_exercise_without_points_is_right_or_not() -> None:
    right, wrong = Verdict("part", 0, 0), Verdict("part", 0, 0, difference="it is 3.")
    for one, expected in ((right, True), (wrong, False)):
        answer = Answer("00_start/double", 0, 0, Report("00_start/double", (one,)))
        assert answer.right is expected
        assert answer.share == float(expected)


def test_a_layer_that_was_missing_once_is_told() -> None:
    complete = [graded("a", layers=tuple(ALL_LAYERS)), Submission("x", LESSON, State.MISSING)]
    assert protection(complete).complete
    partly = protection([*complete, graded("b", layers=("limits",)), graded("c")])
    assert not partly.complete
    assert partly.missing == {"capabilities": 1, "landlock": 1, "seccomp": 1}
    assert partly.unknown == 1
    assert protection([graded("a", layers=())]).missing == dict.fromkeys(ALL_LAYERS, 1)


# Mistakes --------------------------------------------------------------------------------------------


def with_mistakes(student: str, **families: str) -> Submission:
    """A submission with a mistake of some family in some exercises."""
    made = [
        Answer(name, most, 0, Report(name, (_mistake(families.get(name.split("/")[1]), student),)))
        for name, most in ASKED
    ]
    return Submission(student, LESSON, State.GRADED, answers=tuple(made))


def _mistake(family: str | None, student: str) -> Verdict:
    if family is None:
        return Verdict("part", 1, 1)
    return Verdict("part", 1, 0, f"With {student}", "it is 3.", f"Hint on {family}.", family)


def test_a_mistake_counts_once_for_a_student_and_names_every_exercise() -> None:
    lesson = a_class(
        with_mistakes("a", Add="forgot out_grad", Mul="forgot out_grad"),
        with_mistakes("b", Mul="forgot out_grad and own value"),
        with_mistakes("c", Mul="lost sign"),
        with_mistakes("d"),
    )
    first, second = frequent_mistakes(lesson)
    assert (first.group, first.students) == ("forgot `out_grad`", 2)
    assert first.exercises == (("Mul", 2), ("Add", 1))
    assert (second.group, second.students) == ("lost sign", 1)


def test_one_hint_is_one_example_however_the_numbers_differ() -> None:
    lesson = a_class(*(with_mistakes(who, Add="lost sign", Mul="lost sign") for who in "abc"))
    (one,) = frequent_mistakes(lesson)
    (example,) = one.examples
    assert example.message == "Hint on lost sign."
    assert example.exercises == ("Add", "Mul")
    assert [submission.student for submission in example.students] == ["a", "b", "c"]


def test_what_is_not_written_yet_is_no_mistake() -> None:
    unanswered = "The line `raise NotImplementedError()` is still there. Put your code in its place."
    lesson = a_class(
        Submission("a", LESSON, State.GRADED, answers=answers(0, 0, 3, 2, 2, difference=unanswered))
    )
    assert frequent_mistakes(lesson) == []
    found = unwritten(lesson)
    assert found is not None
    assert found.exercises == (("__call__", 1), ("Add", 1))


def test_the_checks_own_sentences_are_recognised() -> None:
    def stub(*anything):
        raise NotImplementedError()

    def fails(*anything):
        return 1 / 0

    def given(thing) -> set[str]:
        return {kind_of(verdict) for verdict in check("00_start/double", thing).verdicts if not verdict.right}

    assert given(stub) == {UNWRITTEN}
    assert given(fails) == {"stops with an error"}
    assert given(lambda x: "a text") == {UNKNOWN}
