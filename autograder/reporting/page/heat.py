"""Points by student and exercise, as a table whose cells are shaded by the share that was earned."""

from __future__ import annotations

from html import escape

from autograder.report import rich_text
from autograder.reporting.overview import ExerciseFigures, by_exercise
from autograder.reporting.page.parts import duration, link
from autograder.reporting.page.shades import shade
from autograder.reporting.submissions import Answer, LessonClass, State, Submission, short_name


def heat_map(lesson: LessonClass) -> str:
    """The table, its legend above it."""
    heads = "".join(_head(short_name(title), points) for title, points in lesson.exercises)
    score = _head("score", lesson.most) if lesson.most else ""
    rows = "".join(_row(one, lesson) for one in lesson.handed_in)
    return (
        f'{_legend(lesson)}<div class="wide" role="region" tabindex="0" '
        f'aria-label="Points in {escape(lesson.lesson)}"><table class="heat">'
        '<caption class="unseen">Points of each student in each exercise</caption>'
        '<thead><tr><th scope="col" class="who">student</th>'
        f"{score}{heads}</tr></thead>"
        f"{_means(lesson)}<tbody>{rows}</tbody></table></div>"
    )


def _head(title: str, most: float) -> str:
    return f'<th scope="col">{escape(title)}<small>{f"of {most:g}" if most else "no points"}</small></th>'


def _legend(lesson: LessonClass) -> str:
    steps = "".join(f'<span class="s{shade(share)}">{share:.0%}</span>' for share in (0, 0.25, 0.5, 0.75, 1))
    by_hand = any(answer.by_hand for one in lesson.graded for answer in one.answers)
    hand = " A star marks points that were set by hand." if by_hand else ""
    return (
        '<p class="legend">Each cell holds the points earned; its shade, their share of the exercise: '
        f'<span class="steps">{steps}</span>.{hand} A name leads to what the student reads.</p>'
    )


def _row(one: Submission, lesson: LessonClass) -> str:
    head = f'<th scope="row" class="who">{link(one)}{_chips(one)}</th>'
    if not one.graded:
        columns = len(lesson.exercises) + bool(lesson.most)
        css = "gone wait" if one.state is State.WAITING else "gone"
        why = f"<b>{one.state.value}</b> {rich_text(one.reason)}"
        return f'<tr>{head}<td class="{css}" colspan="{columns}">{why}</td></tr>'
    cells = "".join(map(_cell, one.answers))
    return f"<tr>{head}{_sum(f'{one.score:g}', lesson)}{cells}</tr>"


def _sum(score: str, lesson: LessonClass) -> str:
    """The cell of the score, where there is one to reach."""
    return f'<td class="sum">{score}</td>' if lesson.most else ""


def _chips(one: Submission) -> str:
    flagged = ' <span class="chip warn">flagged</span>' if one.open_flags else ""
    late = f' <span class="chip">late {duration(one.late)}</span>' if one.late else ""
    return flagged + late


def _cell(answer: Answer) -> str:
    text = f"{answer.points:g}" if answer.most else "ok" if answer.right else "not yet"
    star = '<span aria-hidden="true">*</span><span class="unseen"> by hand</span>' if answer.by_hand else ""
    return f'<td class="s{shade(answer.share)}">{text}{star}</td>'


def _means(lesson: LessonClass) -> str:
    """A row with the mean of each exercise, directly under the names."""
    if not lesson.graded:
        return ""
    mean = sum(one.score for one in lesson.graded) / len(lesson.graded)
    cells = "".join(map(_mean, by_exercise(lesson)))
    head = '<th scope="row" class="who">mean</th>'
    return f'<tbody class="means"><tr>{head}{_sum(f"{mean:.1f}", lesson)}{cells}</tr></tbody>'


def _mean(one: ExerciseFigures) -> str:
    text = f"{one.mean:.1f}" if one.most else f"{one.share:.0%} ok"
    return f'<td class="s{shade(one.share)}">{text}</td>'
