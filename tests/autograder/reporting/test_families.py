"""Every kind of mistake that a check can name has its place in the report."""

from __future__ import annotations

from collections import Counter

from autograder.exercises import LESSONS, exercises
from autograder.reporting.families import CURRICULUM, GROUPS, OTHERS, group_of

FAMILIES = {
    mistake.family for lesson in LESSONS for exercise in exercises(lesson) for mistake in exercise.mistakes
}
GROUPED = [family for families in GROUPS.values() for family in families]


def test_every_family_of_every_exercise_is_in_a_group() -> None:
    assert FAMILIES - set(GROUPED) == set(), "put these into a group of autograder/reporting/families.py"


def test_no_group_has_a_family_that_no_exercise_knows() -> None:
    assert set(GROUPED) - FAMILIES == set()


def test_a_family_is_in_one_group_only() -> None:
    assert [family for family, count in Counter(GROUPED).items() if count > 1] == []


def test_groups_are_the_courses_misconceptions_and_few_more() -> None:
    assert len(CURRICULUM) == 34
    assert len(OTHERS) <= 21
    assert all(GROUPS.values())


def test_an_unknown_family_stands_for_itself() -> None:
    assert group_of("lost sign and square") == "lost sign"
    assert group_of("nobody knows") == "nobody knows"
