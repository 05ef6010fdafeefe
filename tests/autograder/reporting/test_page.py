"""The page: whole, offline, readable without colour, and safe whatever learners write."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.exercises import LESSONS, exercises
from autograder.judge import Verdict
from autograder.report import Report
from autograder.reporting.page import shades
from autograder.reporting.page.document import as_page
from autograder.reporting.submissions import Answer, Flag, LessonClass, State, Submission, short_name

from ..test_report import TEXTS, Elements
from .samples import ALL_LAYERS, ASKED, LESSON, a_class, answers, graded

WHEN = datetime(2026, 3, 1, 12)
OURS = (
    "html head meta title style body a header nav main footer section article h1 h2 h3 h4 h5 p b ul ol li dl"
    " dt dd div span small table caption thead tbody tr th td svg rect text path g bdi br code details"
    " summary blockquote"
)


class Page(Elements):
    """Also: which ids there are, where links lead, and the headings in their order."""

    def __init__(self, html: str) -> None:
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.headings: list[int] = []
        self.scopes: list[bool] = []
        super().__init__(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attributes)
        about = dict(attributes)
        self.ids += [value for name, value in attributes if name == "id" and value]
        if tag == "a":
            self.targets.add(about["href"] or "")
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.scopes.append("scope" in about)


def page(*lessons: LessonClass, title: str = "Class") -> Page:
    """The page of these lessons, read."""
    return Page(as_page(title, lessons, WHEN))


def hostile(text: st.SearchStrategy[str]) -> st.SearchStrategy[Submission]:
    """Submissions in which every text is somebody else's."""
    wrong = st.builds(Verdict, text, st.just(1.0), st.just(0.0), text, text.filter(bool), text, text)

    def answer(name: str, most: float) -> st.SearchStrategy[Answer]:
        reports = st.builds(Report, st.just(name), st.tuples(wrong, wrong), st.tuples(text))
        return st.builds(Answer, st.just(name), st.just(most), st.floats(0, 5), reports, st.booleans())

    return st.builds(
        Submission,
        student=text,
        lesson=st.just(LESSON),
        state=st.sampled_from(State).filter(lambda state: state is not State.GRADED),
        first_name=text,
        last_name=text,
        reason=text,
    ) | st.builds(
        Submission,
        student=text,
        lesson=st.just(LESSON),
        state=st.just(State.GRADED),
        first_name=text,
        last_name=text,
        answers=st.tuples(*(answer(*one) for one in ASKED)),
        flags=st.tuples(st.builds(Flag, text, text, st.booleans())),
        notes=st.tuples(text),
        layers=st.none() | st.tuples(text),
        late=st.sampled_from([0.0, 5.0, 90000.0]),
        penalty=st.sampled_from([0.0, 1.0]),
    )


@settings(max_examples=25)
@given(TEXTS, st.lists(hostile(TEXTS), max_size=3))
def test_whatever_learners_write_the_page_holds_our_elements_only(title: str, made: list[Submission]) -> None:
    found = page(a_class(*made), title=title)
    assert set(found.elements) <= set(OURS.split())
    assert not found.attributes & {"src", "srcset", "action", "background", "xlink:href", "http"}
    assert not any(name.startswith("on") for name in found.attributes)
    assert all(target.startswith("#") for target in found.targets)
    assert found.open == []


MANY = a_class(
    *(graded(f"s{i}", 5, i % 3, 1.5, 2, 0, layers=tuple(ALL_LAYERS)) for i in range(30)),
    graded(
        "flagged", flags=(Flag("Mul", "It claimed more."), Flag("Add", "Seen.", settled=True)), late=7300.0
    ),
    Submission("gil", LESSON, State.UNGRADED, reason="gil.ipynb is not a notebook"),
    Submission("hana", LESSON, State.WAITING),
    Submission("ivo", LESSON, State.MISSING),
)


def test_nothing_is_fetched_and_no_script_could_run() -> None:
    html = as_page("Class", [MANY], WHEN)
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in html
    for word in ("http://", "https://", "url(", "@import", "<script", "javascript:"):
        assert word not in html


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_link_leads_somewhere_and_every_id_is_there_once(lesson: str) -> None:
    asked = tuple((exercise.name, float(exercise.points)) for exercise in exercises(lesson))
    full = tuple(
        Answer(name, most, most, Report(name, (Verdict("part", most, most),))) for name, most in asked
    )
    made = LessonClass(lesson, asked, (Submission("ada", lesson, State.GRADED, answers=full),))
    found = page(made, MANY) if lesson != LESSON else page(MANY)
    assert len(found.ids) == len(set(found.ids))
    assert {target[1:] for target in found.targets} <= set(found.ids)


def test_headings_go_down_one_step_at_a_time_and_heads_of_tables_have_a_scope() -> None:
    found = page(MANY)
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(later - before <= 1 for before, later in zip(found.headings, found.headings[1:], strict=False))
    assert found.scopes
    assert all(found.scopes)
    assert {"main", "header", "nav", "footer", "section"} <= set(found.elements)
    assert {"lang", "aria-label", "aria-labelledby", "tabindex"} <= found.attributes


def test_what_needs_a_human_comes_first_with_what_to_do() -> None:
    text = page(MANY).text
    first = text[
        text.index("Look at these first") : text.index("Overview", text.index("Look at these first"))
    ]
    assert "Could not be graded: 1 submission" in first
    assert "put the file right in submitted/STUDENT/LESSON/, or ask the student to hand in again" in first
    assert "points by hand in formgrader" not in first
    assert "gil: gil.ipynb is not a notebook" in first
    assert "Flagged for a human: 1 submission" in first
    assert "flagged: Mul: It claimed more." in first
    assert "Seen." not in first
    assert "Handed in and not graded yet: 1 submission" in first
    assert "hana" in first
    assert "Nothing: all that was handed in is graded" in page(a_class(graded("ada"))).text


def test_the_overview_says_counts_mean_and_distribution_in_words() -> None:
    html = as_page("Class", [MANY], WHEN)
    text = Page(html).text
    assert "graded31 of 33 handed in" in text
    assert "late1 after the due date" in text
    assert re.search(r'role="img" aria-label="How many submissions .*; 8 to 10 points: 20;', html)
    assert "Who handed in nothing" in text


def test_the_name_of_an_exercise_is_on_one_line() -> None:
    style = (Path(shades.__file__).parent / "style.css").read_text(encoding="utf-8")
    (width,) = re.findall(r"\.bars li \{[^}]*grid-template-columns: ([\d.]+)rem", style)
    words = [word for lesson in LESSONS for one in exercises(lesson) for word in short_name(one.name).split()]
    assert max(map(len, words)) * 0.6 * 0.92 < float(width)  # a letter is as wide as 0.6 of its height


def test_a_missing_layer_is_said_plainly() -> None:
    complete = page(a_class(graded("a", layers=tuple(ALL_LAYERS)))).text
    assert "all 4 layers of the sandbox were in force for 1 graded submission" in complete
    partly = page(a_class(graded("a", layers=("limits", "capabilities", "seccomp")), graded("b"))).text
    assert (
        "Protection was not complete. landlock (files and network out of reach) was missing for 1 of 2."
        in partly
    )
    assert "For 1 of 2 it was not recorded which layers were in force." in partly


def test_each_student_reads_everything_that_differs_once() -> None:
    unanswered = "The line `raise NotImplementedError()` is still there. Put your code in its place."
    parts = (
        Verdict("forward", 1, 1),
        Verdict("backward", 1, 0, "With `a`", "it is 3.", "A hint."),
        Verdict("again", 1, 0, "With `b`", "it is 3.", "A hint."),
    )
    one, two, three, *rest = answers(5, 0, 0, 2, 2, difference=unanswered)
    made = Submission(
        "bo",
        LESSON,
        State.GRADED,
        answers=(one, two, Answer(three.name, 3, 1, Report(three.name, parts, ("It printed.",))), *rest),
        notes=("A cell was put back.",),
    )
    text = page(a_class(made)).text
    student = text[text.rindex("What each student reads") :]
    assert "Right: __call__, operators, by_hand" in student
    assert "Not written yet: Add" in student
    assert "Mul 1 of 3" in student
    assert "not yet: backward · again" in student
    assert "With a: it is 3.\nA hint." in student
    assert student.count("A hint.") == 1
    assert "ok: forward" in student
    assert "It printed." in student
    assert "A cell was put back." in student


def test_points_by_hand_and_penalties_are_marked() -> None:
    made = Submission(
        "bo", LESSON, State.GRADED, answers=answers(5, 2, 3, 2, 2, by_hand=[2]), penalty=2.0, late=7200.0
    )
    text = page(a_class(made)).text
    assert "3* by hand" in text
    assert "12 of 14 · late 2 hours, 2 off 14" in text


def test_several_lessons_have_one_table_in_front() -> None:
    other = LessonClass(
        "02_gradient", (("02_gradient/x", 1.0),), (Submission("a", "02_gradient", State.WAITING),)
    )
    text = page(other, MANY).text
    assert text.index("All lessons") < text.index("Look at these first")
    assert "All lessons" not in page(MANY).text


@pytest.mark.parametrize(
    ("stops", "ink"), [(shades.LIGHT, shades.LIGHT_TEXT), (shades.DARK, shades.DARK_TEXT)]
)
def test_shades_are_told_apart_by_lightness_and_their_text_can_be_read(
    stops: tuple[shades.Colour, ...], ink: shades.Colour
) -> None:
    light = [luminance(colour) for colour in shades.colours(stops)]
    assert light == sorted(light, reverse=stops is shades.LIGHT)
    assert len(set(light)) == shades.STEPS + 1
    assert min(contrast(ink, colour) for colour in shades.colours(stops)) >= 4.5


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_points_are_never_lighter_and_the_ends_are_kept_for_nothing_and_all(
    one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert shades.shade(low) <= shades.shade(high)
    assert (shades.shade(one) == 0) == (one == 0)
    assert (shades.shade(one) == shades.STEPS) == (one == 1)


@pytest.mark.parametrize("dark", [False, True])
def test_every_colour_of_a_text_stands_out_from_what_it_is_on(dark: bool) -> None:
    style = as_page("Class", [], WHEN)
    block = style.split("prefers-color-scheme: dark")[1 if dark else 0]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block.split("}")[0] if dark else block))
    colour = {name: tuple(int(value[i : i + 2], 16) for i in (1, 3, 5)) for name, value in found.items()}
    for text in ("ink", "faint", "accent", "bad", "warn", "wait"):
        for ground in ("page", "card", "soft"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    assert contrast(colour["warn"], colour["warn-soft"]) >= 4.5
    assert contrast(colour["ink"], colour["warn-soft"]) >= 4.5
    assert contrast(colour["bar"], colour["card"]) >= 3


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The contrast ratio, as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
