"""A lesson in figures: counts, the distribution of the scores, the hardest exercises, the protection."""

from __future__ import annotations

from html import escape

from autograder.reporting.overview import (
    Bin,
    Overview,
    by_exercise,
    hardest,
    histogram,
    overview,
    protection,
)
from autograder.reporting.page.parts import bar, counted, name
from autograder.reporting.submissions import LessonClass, State
from autograder.sandbox import LAYERS

_MEANING = {
    "limits": "limits on time, memory, processes and file sizes",
    "capabilities": "no administrator's rights",
    "landlock": "files and network out of reach",
    "seccomp": "system calls that are dangerous refused",
    "namespaces": "processes and network of its own",
}


def figures(lesson: LessonClass) -> str:
    """The cards of a lesson's overview."""
    about = overview(lesson)
    cards = [_counts(lesson, about), _distribution(lesson), _hardest(lesson)]
    return f'<div class="cards">{"".join(cards)}</div>{_protection(lesson)}'


def _counts(lesson: LessonClass, about: Overview) -> str:
    tiles = []
    if about.mean is not None and about.median is not None and lesson.most:
        of = f"of {lesson.most:g}"
        tiles += [("mean", f"{about.mean:.1f}", of), ("median", f"{about.median:g}", of)]
    tiles.append(("graded", f"{about.graded}", f"of {about.handed_in} handed in"))
    tiles += [
        (word, f"{count}", note)
        for word, count, note in (
            ("not graded", about.ungraded, "with a reason"),
            ("not yet graded", about.waiting, "waiting"),
            ("flagged", about.flagged, "for a human"),
            ("late", about.late, "after the due date"),
            ("not handed in", about.missing, f"of {counted(len(lesson.submissions), 'student')}"),
        )
        if count
    ]
    shown = "".join(
        f"<div><dt>{word}</dt><dd><b>{value}</b> <span>{note}</span></dd></div>"
        for word, value, note in tiles
    )
    return f'<div class="card"><h4>The class</h4><dl class="tiles">{shown}</dl>{_missing(lesson)}</div>'


def _missing(lesson: LessonClass) -> str:
    names = [name(one) for one in lesson.submissions if one.state is State.MISSING]
    if not names:
        return ""
    return f"<details><summary>Who handed in nothing</summary><p>{'; '.join(names)}</p></details>"


def _hardest(lesson: LessonClass) -> str:
    exercises = hardest(by_exercise(lesson))
    if not exercises:
        return ""
    rows = "".join(
        f'<li><span class="what">{escape(one.title)}</span>{bar(one.share)}'
        f'<span class="much"><b>{one.share:.0%}</b> {"of the points" if one.most else "right"}</span>'
        f'<span class="faint">all {one.full} · some {one.partly} · none {one.none}</span></li>'
        for one in exercises
    )
    return f'<div class="card"><h4>Hardest exercises</h4><ul class="bars">{rows}</ul></div>'


# Distribution ----------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _TOP, _BOTTOM = 360, 230, 22, 34


def _distribution(lesson: LessonClass) -> str:
    """The scores as a histogram; its text alternative says each bar."""
    bins = histogram([one.score for one in lesson.graded], lesson.most)
    if not bins or not lesson.graded:
        return ""
    step = _WIDTH / len(bins)
    highest = max(one.count for one in bins)
    bars = "".join(_bin(one, place * step, step, highest) for place, one in enumerate(bins))
    edges = [one.low for one in bins] + [bins[-1].high]
    marks = "".join(
        f'<text x="{min(max(place * step, 6), _WIDTH - 8):.1f}" y="{_HEIGHT - 19}">{edge:g}</text>'
        for place, edge in enumerate(edges)
    )
    said = "; ".join(f"{one.low:g} to {one.high:g} points: {one.count}" for one in bins)
    return (
        f'<div class="card"><h4>Distribution of scores</h4><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="How many submissions have how many points. {said}.">{bars}'
        f'<path class="axis" d="M0 {_HEIGHT - _BOTTOM}H{_WIDTH}"/><g class="marks">{marks}</g>'
        f'<text class="unit" x="{_WIDTH / 2}" y="{_HEIGHT - 3}">points</text></svg></div>'
    )


def _bin(one: Bin, left: float, step: float, highest: int) -> str:
    room = _HEIGHT - _TOP - _BOTTOM
    height = room * one.count / highest
    top = _HEIGHT - _BOTTOM - height
    if not one.count:
        return ""
    return (
        f'<rect x="{left + 1.5:.1f}" y="{top:.1f}" width="{step - 3:.1f}" height="{height:.1f}" rx="2"/>'
        f'<text class="count" x="{left + step / 2:.1f}" y="{top - 5:.1f}">{one.count}</text>'
    )


# Protection ------------------------------------------------------------------------------------------


def _protection(lesson: LessonClass) -> str:
    """Which layers of the sandbox stood between the learners' code and the machine."""
    known = protection(lesson.submissions)
    if not known.graded:
        return ""
    if known.complete:
        listed = "; ".join(_MEANING.get(layer, layer) for layer in LAYERS)
        return (
            f'<p class="protection"><b>Protection:</b> all {len(LAYERS)} layers of the sandbox were in force '
            f"for {counted(known.graded, 'graded submission')}: {listed}.</p>"
        )
    lines = [
        f"{layer} ({_MEANING.get(layer, 'a layer')}) was missing for {count} of {known.graded}."
        for layer, count in known.missing.items()
    ]
    if known.unknown:
        lines.append(f"For {known.unknown} of {known.graded} it was not recorded which layers were in force.")
    return f'<p class="protection warn"><b>Protection was not complete.</b> {" ".join(lines)}</p>'
