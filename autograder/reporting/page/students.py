"""What each student reads, exercise by exercise, with the flags on top."""

from __future__ import annotations

from html import escape

from autograder.judge import Verdict
from autograder.report import rich_text
from autograder.reporting.mistakes import UNWRITTEN, kind_of
from autograder.reporting.page.parts import anchor, duration, name
from autograder.reporting.submissions import Answer, Flag, LessonClass, Submission


def students(lesson: LessonClass) -> str:
    """A section for everybody who handed in."""
    return "".join(_student(one, lesson.most) for one in lesson.handed_in)


def _student(one: Submission, most: float) -> str:
    about = f'<span class="faint">{escape(one.student)}</span>' if one.name != one.student else ""
    body = _graded(one) if one.graded else f"<p>{rich_text(one.reason)}</p>" if one.reason else ""
    return (
        f'<article class="student" id="{anchor(one)}"><header><h4>{name(one)} {about}</h4>'
        f'<p class="score">{_score(one, most)}</p></header>{_flags(one)}{body}</article>'
    )


def _score(one: Submission, most: float) -> str:
    """ "12.5 of 18", and what was taken off."""
    if not one.graded:
        return f"<b>{one.state.value}</b>"
    late = f" · late {duration(one.late)}" if one.late else ""
    off = f", {one.penalty:g} off {one.total:g}" if one.penalty else ""
    points = f"<b>{one.score:g}</b> of {most:g}" if most else ""
    return f"{points}{late}{off}"


def _flags(one: Submission) -> str:
    items = "".join(map(_flag, one.flags))
    return f'<ul class="flags">{items}</ul>' if items else ""


def _flag(flag: Flag) -> str:
    css, word = ("settled", "settled") if flag.settled else ("warn", "flagged")
    title = f"{escape(flag.title)}: " if flag.title else ""
    return f'<li class="{css}"><b>{word}</b> {title}{rich_text(flag.text)}</li>'


def _graded(one: Submission) -> str:
    right = [answer for answer in one.answers if answer.report.right]
    untouched = [answer for answer in one.answers if _untouched(answer)]
    told = "".join(_exercise(answer) for answer in one.answers if answer not in right + untouched)
    notes = "".join(f"<li>{rich_text(note)}</li>" for note in one.notes)
    return (
        _named("Right", right)
        + _named("Not written yet", untouched)
        + (f'<div class="exercises">{told}</div>' if told else "")
        + (f'<ul class="notes">{notes}</ul>' if notes else "")
    )


def _named(word: str, answers: list[Answer]) -> str:
    if not answers:
        return ""
    listed = ", ".join(escape(answer.title) + _points_by_hand(answer) for answer in answers)
    return f'<p class="named"><b>{word}:</b> {listed}</p>'


def _points_by_hand(answer: Answer) -> str:
    return f" ({answer.points:g} of {answer.most:g} by hand)" if answer.by_hand else ""


def _untouched(answer: Answer) -> bool:
    """Whether none of its parts has been written yet."""
    return all(not verdict.right and kind_of(verdict) == UNWRITTEN for verdict in answer.report.verdicts)


def _exercise(answer: Answer) -> str:
    hand = ", set by hand" if answer.by_hand else ""
    points = f"{answer.points:g} of {answer.most:g}{hand}" if answer.most else "not yet right"
    right = [verdict.label for verdict in answer.report.verdicts if verdict.right]
    ok = (
        f'<p class="ok"><span aria-hidden="true">✓</span> ok: {rich_text(" · ".join(right))}</p>'
        if right
        else ""
    )
    notes = "".join(f'<p class="note">{rich_text(note)}</p>' for note in answer.report.notes)
    return (
        f'<section class="exercise"><h5>{escape(answer.title)} <span class="faint">{points}</span></h5>'
        f"{''.join(_told_once(answer.report.verdicts))}{ok}{notes}</section>"
    )


def _told_once(verdicts: tuple[Verdict, ...]) -> list[str]:
    """Each message with all parts that it is about."""
    parts: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if not verdict.right:
            parts.setdefault((verdict.difference, verdict.hint), []).append(verdict)
    return [
        f'<div class="part"><p><span aria-hidden="true">✗</span> not yet: '
        f"{rich_text(' · '.join(verdict.label for verdict in about))}</p>"
        f'<blockquote dir="auto">{rich_text(about[0].message)}</blockquote></div>'
        for about in parts.values()
    ]
