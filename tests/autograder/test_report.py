"""Reports: a number for nbgrader, text for a terminal, HTML for a notebook, data for a file."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from autograder.judge import Verdict
from autograder.report import Report, rich_text

TEXTS = (
    st.text()
    | st.text("<>&\"'`\n x")
    | st.sampled_from(
        ["<script>alert(1)</script>", "`<b>`", "&lt;", "a `b` c `d", "</div>", '" onmouseover="x']
    )
)
RIGHT = st.builds(lambda label, points: Verdict(label, points, points), TEXTS, st.sampled_from([0.5, 1, 1.5]))
WRONG = st.builds(Verdict, TEXTS, st.sampled_from([0.5, 1, 1.5]), st.just(0.0), TEXTS, TEXTS, TEXTS, TEXTS)
VERDICTS = RIGHT | WRONG
REPORTS = st.builds(
    Report, TEXTS, st.lists(VERDICTS, max_size=3).map(tuple), st.lists(TEXTS, max_size=2).map(tuple)
)


class Elements(HTMLParser):
    """Which elements and attributes there are, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag == "br":
            self.text += "\n"
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(REPORTS)
def test_whatever_is_in_a_report_its_html_holds_only_our_elements(report: Report) -> None:
    page = Elements(report._repr_html_())
    assert set(page.elements) <= {"div", "span", "code", "br", "details", "summary"}
    assert page.attributes <= {"style", "aria-hidden"}
    assert page.open == []


@given(TEXTS.filter(lambda text: "\r" not in text and "\0" not in text))
def test_text_arrives_as_it_was_with_code_in_place_of_pairs_of_backticks(text: str) -> None:
    page = Elements(rich_text(text))
    assert page.text.replace("`", "") == text.replace("`", "")
    assert page.elements.count("code") == text.count("`") // 2


@given(REPORTS)
def test_a_report_as_data_comes_back(report: Report) -> None:
    data = json.loads(json.dumps(report.as_data()))
    assert Report.from_data(data) == report


@given(REPORTS)
def test_its_plain_form_is_the_points_as_a_float(report: Report) -> None:
    assert repr(report) == repr(float(repr(report)))
    assert 0 <= float(repr(report)) == report.points <= report.most


MIXED = Report(
    "03_function/Mul",
    (
        Verdict("forward", 1, 1),
        Verdict("backward", 0.5, 0, "With `a`", "it is 3 < 4.", "A hint.", "a family"),
        Verdict("the same again", 1, 0, "With `b`", "it is 3 < 4.", "A hint.", "a family"),
        Verdict("another", 0.5, 0, "With `b`", "it is 5 < 4.", "A hint.", "a family"),
    ),
    ("A note.",),
)


def test_the_text_says_part_by_part_what_is_right_and_each_message_once() -> None:
    assert MIXED.text() == (
        "Mul   1 of 3 points\n"
        "  [ok]  forward\n"
        "  [no]  backward\n"
        "\n"
        "        With `a`: it is 3 < 4.\n"
        "        A hint.\n"
        "\n"
        "  [no]  the same again\n"
        "\n"
        "        The same as for “backward”.\n"
        "\n"
        "  [no]  another\n"
        "\n"
        "        Wrong for the same reason as “backward”.\n"
        "\n"
        "        A note."
    )


def test_the_html_says_the_same_in_words_and_not_by_colour_alone() -> None:
    page = Elements(MIXED._repr_html_())
    assert page.text.count("not yet") == 3
    assert page.text.count("A hint.") == 1
    assert page.text.count("With a: it is 3 < 4.") == 1
    assert page.text.count("Wrong for the same reason as “backward”.With b: it is 5 < 4.") == 1
    assert "1 of 3 points" in page.text
    assert page.text.endswith("A note.")


def test_long_messages_are_wrapped_and_code_is_not_broken() -> None:
    line = " ".join(["word"] * 100)
    report = Report("x/y", (Verdict("part", 1, 0, "With this", line, "z" * 200),))
    lines = report.text().splitlines()
    assert max(len(text) for text in lines if "z" not in text) <= 88
    assert any(text.strip() == "z" * 200 for text in lines)


def test_the_first_message_speaks_for_the_report() -> None:
    assert MIXED.message == "With `a`: it is 3 < 4.\nA hint."
    assert Report("x/y", (Verdict("part", 1, 1),)).message == ""
    assert Report("x/y", ()).points == 0


def test_where_there_are_no_points_it_says_only_whether_all_is_right() -> None:
    right, wrong = Verdict("forward", 0, 0), Verdict("backward", 0, 0, "With `a`", "it is 3 < 4.")
    for verdicts, standing in (((right,), "right"), ((right, wrong), "not yet right")):
        report = Report("00_start/double", verdicts)
        assert report.text().splitlines()[0] == report.heading == f"double   {standing}"
        page = Elements(report._repr_html_())
        assert page.text.split("\N{NO-BREAK SPACE}")[1].startswith(f" {standing}")
        assert " of " not in page.text + report.text()
