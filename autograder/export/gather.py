"""From notebooks to a package that passes all checks: whose each part is, and the package as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograder.export.choice import DOES_NOT_FIT, Choice, borrowed, chosen
from autograder.export.examine import Examination, examine, exercises_for
from autograder.export.layout import Clash, Laid, laid_out
from autograder.export.notebooks import notebooks
from autograder.export.parts import LESSONS, part_of
from autograder.export.verdicts import Reason, verdicts
from autograder.zygote import Zygote

NOT_TOGETHER = "does not work together with the rest"


@dataclass(frozen=True)
class Gathered:
    """A package that can be imported and passes the checks of all lessons.

    choices: whose each part is, by its label. checks: how many exercises' checks it passes.
    """

    choices: dict[str, Choice]
    laid: Laid
    checks: int


def gathered(folder: Path, package: str, advance: Callable[[str], None] = lambda what: None) -> Gathered:
    """The package made of the notebooks in `folder`.

    What is right in its lesson, but not in the package, is borrowed as well, until all is right. advance: is
    called with what is being done. Raises NoNotebooks, and RuntimeError where the fault is ours.
    """
    found = notebooks(folder, LESSONS)
    choices = chosen(found, verdicts(found, lambda lesson: advance(f"checking {lesson}")))
    exercises = exercises_for(LESSONS)
    zygote = Zygote("autograder.export.examined", preload=["numpy"])
    try:
        while True:
            advance("checking the package")
            try:
                laid = laid_out(choices, package)
                seen = examine(choices, package, exercises, zygote)
            except Clash as clash:
                if not choices[clash.label].is_own:
                    raise RuntimeError(f"{clash.label}: {clash}") from None
                choices[clash.label] = borrowed(choices[clash.label], DOES_NOT_FIT, str(clash))
                continue
            if seen.is_right:
                return Gathered(choices, laid, len(seen.reports))
            choices.update(_mended(choices, laid, seen, partial(examine, package=package, zygote=zygote)))
    finally:
        zygote.close()


def _mended(
    choices: dict[str, Choice], laid: Laid, seen: Examination, look: Callable[..., Examination]
) -> dict[str, Choice]:
    """Other choices for the parts that are to blame. Raises RuntimeError where no learner's part is left."""
    if seen.broken:
        return _without_what_breaks(choices, laid, seen)
    wrong = [exercise for exercise in exercises_for(LESSONS) if not seen.reports[exercise.name].right]
    labels = {part_of(exercise).label for exercise in wrong}
    early = [label for label in labels if choices[label].is_of_an_earlier_lesson]
    if early:
        return {label: _borrowed_after_all(choices[label]) for label in early}
    suspects = sorted(
        (label for label, choice in choices.items() if choice.is_own), key=lambda label: label not in labels
    )

    def mends(blamed: Sequence[str]) -> bool:
        """Whether all is right once these are borrowed."""
        try:
            without = {**choices, **{label: borrowed(choices[label], "") for label in blamed}}
            return look(without, exercises=wrong).is_right
        except Clash:
            return False

    if not mends(suspects):
        raise RuntimeError(f"babygrad does not pass its own checks: {', '.join(e.name for e in wrong)}")
    first = seen.reports[wrong[0].name]
    details = f"{first.name}: {first.message.splitlines()[0]}"
    return {label: borrowed(choices[label], NOT_TOGETHER, details) for label in _fewest(suspects, mends)}


def _fewest(suspects: Sequence[str], mends: Callable[[Sequence[str]], bool]) -> list[str]:
    """Of suspects that mend it all together, those that do so, too, and none of whom can be spared.

    Halves, quarters and so on are let off in turn, at last one by one; those first that come first.
    """
    blamed, size = list(suspects), len(suspects)
    while size > 1:
        size = (size + 1) // 2
        for start in range(0, len(suspects), size):
            let_off = suspects[start : start + size]
            fewer = [label for label in blamed if label not in let_off]
            if fewer != blamed and mends(fewer):
                blamed = fewer
    return blamed


def _borrowed_after_all(choice: Choice) -> Choice:
    """A part that an earlier lesson's version is not enough for: the reason of the later one stands."""
    assert choice.reason is not None
    earlier = " and ".join(dict.fromkeys(cell.split("/")[0] for cell in choice.source))
    later = choice.part.sources[0][0].split("/")[0]
    details = f"what you wrote in {earlier} is right there, but the package needs what {later} asks for"
    more = f"{choice.reason.details}; {details}" if choice.reason.details else details
    return replace(borrowed(choice, ""), reason=Reason(choice.reason, more))


def _without_what_breaks(choices: dict[str, Choice], laid: Laid, seen: Examination) -> dict[str, Choice]:
    """Borrow what the error in an import came through: the learner's part nearest to it."""
    why = f"while the package is imported: {seen.broken}"
    for file, line in reversed(seen.frames):
        label = laid.lines.get(file, {}).get(line)
        if label:
            return {label: borrowed(choices[label], DOES_NOT_FIT, why)}
    for file, _ in reversed(seen.frames):
        labels = set(laid.lines.get(file, {}).values())
        if labels:
            return {label: borrowed(choices[label], DOES_NOT_FIT, why) for label in sorted(labels)}
    own = [label for label, choice in choices.items() if choice.is_own]
    if not own:
        raise RuntimeError(f"the package cannot be imported: {seen.broken}")
    return {own[-1]: borrowed(choices[own[-1]], DOES_NOT_FIT, why)}
