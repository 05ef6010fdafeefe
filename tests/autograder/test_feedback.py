"""Feedback: it opens offline, is bounded in size, shows no code of the course, and runs nothing."""

from __future__ import annotations

import base64
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.api import Gradebook
from PIL import Image
from typer.testing import CliRunner

from autograder.cli import app
from autograder.exercises import LESSONS
from autograder.feedback import recorded
from autograder.feedback.formulas import formula
from autograder.feedback.markdown import markdown
from autograder.feedback.page import PAGE_SIZE, page
from autograder.judge import Verdict
from autograder.report import Report
from babygrad.picture import shown

from .lessons import ROOT, notebook
from .stock import GradedClass

LESSON = "03_function"
ABOUT = {"student": "ada", "notebook": LESSON, "score": 2.5, "max_score": 5, "late_penalty": 0}
EVIL = "<script>window.ran = 1</script><img src=http://evil.example/x.png onerror=window.ran=1>"

REPORT = Report(
    f"{LESSON}/Mul",
    (
        Verdict("forward", 1, 1),
        Verdict("backward", 2, 0, "With a = 3 and b = 4", f"the gradient should be 20, and yours is {EVIL}"),
    ),
)


def check_cell(report: Report | None = REPORT, **about: Any) -> NotebookNode:
    """A check cell as grading leaves it; with GetGrades' score where one is given."""
    nbgrader = {"grade": True, "solution": False, "locked": True, "grade_id": "check_mul"}
    grades = {"points": 3, "score": 1, **about}
    cell = new_code_cell('check("03_function/Mul", Mul)', metadata={"nbgrader": {**nbgrader, **grades}})
    if report:
        data = {"text/plain": repr(report), "text/html": EVIL}
        metadata = {"autograder": report.as_data()}
        cell.outputs = [new_output("execute_result", data, metadata=metadata)]
    return cell


def solution_cell(source: str = "x = 1", **about: Any) -> NotebookNode:
    """A cell for an answer."""
    nbgrader = {"grade": False, "solution": True, "locked": False, "grade_id": "mul", **about}
    return new_code_cell(source, metadata={"nbgrader": nbgrader})


def displayed(data: dict[str, Any], source: str = "x") -> NotebookNode:
    """A learner's cell that shows something."""
    return new_code_cell(source, outputs=[new_output("display_data", data)])


def printed(text: str, name: str = "stdout") -> NotebookNode:
    """A learner's cell that prints."""
    return new_code_cell("print(…)", outputs=[new_output("stream", name=name, text=text)])


def page_of(*cells: NotebookNode, about: dict[str, Any] = ABOUT, **metadata: Any) -> str:
    """The page of a notebook with these cells."""
    return page(new_notebook(cells=list(cells), metadata=metadata), about)


def visible(html: str) -> str:
    """The text of a page, without its style, in single spaces."""
    html = re.sub("<style>.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def png(width: int = 20, height: int = 10) -> str:
    """A picture in base64."""
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


class Elements(HTMLParser):
    """The start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


RUNS_OR_LOADS = {"script", "iframe", "frame", "object", "embed", "applet", "base", "link", "svg", "video"}
RUNS_OR_LOADS |= {"source", "template", "noscript", "foreignobject", "form", "input", "button", "audio"}
DATA = r"data:image/(png|jpeg|svg\+xml);base64,[\w+/=]*$"


def is_harmless(html: str) -> None:
    """Assert that no element or attribute of a page runs or loads anything."""
    for tag, attributes in Elements(html).found:
        assert tag not in RUNS_OR_LOADS
        assert not [name for name in attributes if name.startswith("on") or name in ("srcset", "srcdoc")]
        assert "src" not in attributes or re.match(DATA, attributes["src"] or "")
        assert re.match(r"#|https?://|mailto:", attributes.get("href") or "#")
        assert "url" not in (attributes.get("style") or "")
        assert tag != "meta" or (attributes.get("http-equiv") or "Content-Security-Policy")[0] == "C"
    assert len(re.findall("<style>", html)) == html.count("<!DOCTYPE html>")


# Formulas --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_formula_of_a_lesson_becomes_mathml(lesson: str) -> None:
    for cell in notebook("notebooks", lesson).cells:
        if cell.cell_type == "markdown":
            formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", re.sub("`[^`]*`", "", cell.source), re.DOTALL)
            html = markdown(cell.source)
            assert html.count("<math") == len(formulas)
            assert 'class="formula' not in html
            assert "$" not in visible(re.sub("<(code|pre)>.*?</(code|pre)>", "", html, flags=re.DOTALL))


def test_a_formula_that_cannot_be_converted_shows_its_source() -> None:
    for latex in (r"\frac{1", r"\frac", "{", "x^", r"\left(", r"\unknown{x}", r"\begin{a}"):
        assert formula(latex) == f'<code class="formula inline">{latex}</code>'
    assert "<code" in formula("x" * 10_000)
    assert "<code" in formula(r"\newcommand{\a}{\b\b}\newcommand{\b}{\c\c}\a")


def test_a_formula_holds_no_html_and_no_link() -> None:
    for latex in (r"\text{<img src=x onerror=alert(1)>}", r"\href{javascript:alert(1)}{x}", "&lt;script&gt;"):
        html = formula(latex)
        is_harmless(html)
        assert not {tag for tag, _ in Elements(html).found} & {"img", "a", "script"}
    assert " href=" not in formula(r"\href{javascript:alert(1)}{x}")


# What learners write ---------------------------------------------------------------------------------

HOSTILE_MARKDOWN = [
    EVIL,
    "<iframe src='javascript:parent.ran=1'></iframe><iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<details open ontoggle=window.ran=1><summary>x</summary></details>",
    "[x](javascript:window.ran=1) <a href=' java\tscript:window.ran=1'>y</a> <a href=data:text/html,x>z</a>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'><base href='http://evil.example/'>",
    "<style>@import 'http://evil.example/a.css'; body {background: url(http://evil.example/b)}</style>",
    "<p style='background:url(http://evil.example/c)'>x</p><td style='text-align:left;background:url(d)'>",
    "![x](http://evil.example/d.png) ![y](//evil.example/e.png) ![z](attachment:none.png)",
    "<svg><script>window.ran=1</script><a xlink:href='javascript:window.ran=1'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.ran=1></style></mglyph></table></math>",
    "<noscript><p title='</noscript><img src=x onerror=window.ran=1>'></noscript>",
    "</div></main></body><form action=http://evil.example><input autofocus onfocus=window.ran=1></form>",
    "$\\text{<img src=x onerror=window.ran=1>}$ <a title='$x$' href='http://example.org/$x$'>y</a>",
    '![$x$"onerror="window.ran=1](data:image/png;base64,AAAA "$x$")',
    "```html\n<script>window.ran=1</script>\n```\n\n```<img/onerror=window.ran=1>\nx\n```",
    "\ue0000\ue001 \ue0007\ue001 [\ue0000\ue001](http://example.org/\ue0000\ue001)",
    "<!--[if IE]><script>window.ran=1</script><![endif]--><![CDATA[<script>window.ran=1</script>]]>",
]


@pytest.mark.parametrize("source", HOSTILE_MARKDOWN)
def test_html_in_markdown_runs_and_loads_nothing(source: str) -> None:
    is_harmless(markdown(source))
    is_harmless(page_of(new_markdown_cell(source), new_raw_cell(source), check_cell(comment=source)))


def test_the_hints_of_a_lesson_still_fold() -> None:
    html = page_of(*notebook("notebooks", LESSON).cells)
    assert html.count("<details>") == 15
    assert "<summary>Hint 1: the order of things</summary>" in html


def test_a_tag_that_is_not_closed_stays_in_its_cell() -> None:
    html = page_of(new_markdown_cell("<details><summary>all of it"), new_markdown_cell("</div></main> after"))
    assert html.count("<details>") == html.count("</details>")
    assert html.count("</main>") == html.count("<main") == 1
    assert html.index("after") < html.index("</main>")


def test_an_attached_picture_is_shown_and_bounded() -> None:
    cell = new_markdown_cell("![a plan](attachment:a.png)", attachments={"a.png": {"image/png": png()}})
    assert '<img alt="a plan" src="data:image/png;base64,' in page_of(cell)
    cell = new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": "A" * 3_000_000}})
    assert "up to 500 kB are shown" in page_of(cell)
    many = {"image/png": base64.b64encode(base64.b64decode(png()) + bytes(400_000)).decode()}
    cell = new_markdown_cell("![a](attachment:a.png) " * 100, attachments={"a.png": many})
    assert len(page_of(cell)) < PAGE_SIZE


# What learners' programs write -----------------------------------------------------------------------

HOSTILE_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="9" onload="window.ran=1">'
    "<script>window.ran=1</script><style>@import 'http://evil.example/s.css';</style>"
    '<image href="http://evil.example/i.png"/><rect width="9" height="9"/></svg>'
)


@pytest.mark.parametrize("kind", ["text/html", "text/latex", "text/markdown", "application/javascript"])
def test_an_output_that_could_run_is_shown_as_text_or_not_at_all(kind: str) -> None:
    html = page_of(displayed({kind: EVIL}), displayed({kind: EVIL, "text/plain": f"plain {EVIL}"}))
    is_harmless(html)
    assert "<img" not in html
    assert f"plain {EVIL}" in unescape(html) or kind in ("text/latex", "text/markdown")


def test_streams_and_errors_are_escaped_and_stderr_is_told_apart() -> None:
    error = new_output("error", ename=EVIL, evalue=EVIL, traceback=[EVIL])
    html = page_of(printed(EVIL), printed(EVIL, "stderr"), new_code_cell(EVIL, outputs=[error]))
    is_harmless(html)
    assert "<img" not in html
    assert html.count('<pre class="output errors">') == 2
    assert unescape(re.sub("<[^>]*>", "", html)).count(EVIL) == 4


def test_an_svg_is_shown_as_an_image_with_its_text() -> None:
    html = page_of(displayed(shown(svg('<rect width="9" height="9"/>'), "a square")))
    assert '<img alt="a square" src="data:image/svg+xml;base64,' in html
    is_harmless(page_of(displayed(shown(HOSTILE_SVG, EVIL))))
    assert "<svg" not in page_of(displayed(shown(HOSTILE_SVG, "x")))


DOUBLING = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(40))


def svg(content: str) -> str:
    """An SVG document."""
    return f'<svg xmlns="http://www.w3.org/2000/svg">{content}</svg>'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"image/svg+xml": svg("<g" * 9)}, id="broken"),
        pytest.param({"image/svg+xml": '<!DOCTYPE a [<!ENTITY b "bb">]>' + svg("&b;")}, id="entities"),
        pytest.param({"image/svg+xml": svg('<g id="a"><use href="#a"/></g>')}, id="circle"),
        pytest.param({"image/svg+xml": svg(DOUBLING)}, id="doubling"),
        pytest.param({"image/svg+xml": svg("<g>" * 30_000 + "</g>" * 30_000)}, id="deep"),
        pytest.param({"image/svg+xml": svg("<g/>" * 300_000)}, id="large"),
        pytest.param({"image/png": base64.b64encode(EVIL.encode()).decode()}, id="no png"),
        pytest.param({"image/png": "not base64"}, id="no base64"),
        pytest.param({"image/png": png(30_000, 30_000)}, id="pixels"),
        pytest.param({"image/jpeg": png()}, id="another kind"),
    ],
)
def test_a_picture_that_is_none_or_too_much_is_left_out_with_words(data: dict[str, str]) -> None:
    html = page_of(displayed({**data, "text/plain": "its text"}))
    assert "<img" not in html
    assert re.search(r"A picture (of \S+ MB )?is left out: ", html)
    assert "its text" in html


def test_a_figure_of_matplotlib_is_shown() -> None:
    html = page_of(displayed({"image/png": png() + "\n", "text/plain": "<Figure size 640x480 with 1 Axes>"}))
    assert '<img alt="&lt;Figure size 640x480 with 1 Axes&gt;" src="data:image/png;base64,iVBOR' in html


def test_text_that_no_file_can_hold_and_control_characters_are_replaced() -> None:
    text = "a\0b\ud800c\x1b[31mred\x1b[0m\u202e"
    html = page_of(printed(text), new_markdown_cell("\udfff"), solution_cell("\ud800"))
    assert html.encode()
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}cred\N{REPLACEMENT CHARACTER}" in html


def test_a_progress_bar_shows_its_last_state() -> None:
    assert '<pre class="output ">100 %\nend</pre>' in page_of(printed("1 %\r50 %\r100 %\nend"))


# The report of a check -------------------------------------------------------------------------------


def test_the_report_is_made_anew_from_its_data() -> None:
    html = page_of(check_cell())
    is_harmless(html)
    assert REPORT._repr_html_() in html
    assert "<img" not in html


def test_a_report_elsewhere_is_not_shown_as_one() -> None:
    output = new_output("display_data", {"text/plain": "3.0"}, metadata={"autograder": REPORT.as_data()})
    answer = solution_cell(grade=True)
    answer.outputs = [output]
    for cell in (new_code_cell("x", outputs=[output]), answer):
        html = page_of(cell)
        assert "not yet" not in html
        assert '<pre class="output ">3.0</pre>' in html


@pytest.mark.parametrize("data", [{}, {"name": 3}, {"name": "x", "verdicts": [{"wrong": 1}]}, 7, [], [7]])
def test_a_report_that_is_none_leaves_the_text(data: Any) -> None:
    output = new_output("execute_result", {"text/plain": "1.0"}, metadata={"autograder": data})
    cell = check_cell(None)
    cell.outputs = [output]
    assert '<pre class="output ">1.0</pre>' in page_of(cell)


def test_a_very_long_message_is_bounded() -> None:
    long = Report("x/Mul", tuple(Verdict(f"part {n}", 1, 0, "", f"{n}" + "y" * 100_000) for n in range(500)))
    html = page_of(*[check_cell(long) for _ in range(20)])
    assert len(html.encode()) < PAGE_SIZE
    assert "98\N{NARROW NO-BREAK SPACE}00" in html


# Grades, comments, flags -----------------------------------------------------------------------------


def test_the_table_shows_points_comments_and_the_late_penalty() -> None:
    about = {**ABOUT, "score": 0.5, "max_score": 3, "late_penalty": 0.5}
    html = page_of(solution_cell(comment="Well **done**"), check_cell(), about=about)
    table = visible(html[html.index("<nav") : html.index("</nav>")])
    assert "Mul 1 of 3 Comment" in table
    assert "Late submission penalty \N{MINUS SIGN}0.5 Total 0.5 of 3" in table
    assert "Well <strong>done</strong>" in html
    for _, attributes in Elements(html).found:
        target = attributes.get("href") or ""
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in html


def test_a_flag_is_shown_in_neutral_words_and_notes_as_they_are() -> None:
    accusation = "In the notebook this check showed 3 points; outside it 1."
    flags = [{"cell": "check_mul", "text": accusation}]
    html = page_of(check_cell(), autograder={"flags": flags, "notes": [f"A copied cell was removed. {EVIL}"]})
    is_harmless(html)
    assert "A person will look at this exercise." in html
    assert "A copied cell was removed." in html
    assert accusation not in html
    html = page_of(check_cell(), autograder={"flags": [{"cell": "gone", "text": accusation}]})
    assert "A person will look at this notebook." in html
    for strange in ({"flags": 3}, {"flags": [3], "notes": 7}, {"notes": [7, {}]}, [], "x"):
        assert page_of(check_cell(), autograder=strange)


# Library code ----------------------------------------------------------------------------------------


def failed(frames: list[str]) -> NotebookNode:
    """A learner's cell that ends in an error."""
    return new_code_cell("f(1)", outputs=[new_output("error", traceback=frames, ename="", evalue="")])


FRAMES = [
    "-" * 75,
    "ValueError                                Traceback (most recent call last)",
    "Cell In[2], line 1\n----> 1 f(1)\n",
    "Cell In[1], line 5, in f(x)\n      4 def f(x):\n----> 5     return mine(x)\n",
    "File /home/x/babygrad/tensor.py:135, in Tensor.__matmul__(self, other)\n    134 def secret():\n\n"
    "--> 135     return secret_code(self)\n",
    "File ~/lib/autograder/report.py:12, in f(x)\n---> 12 more_secret_code\n        self = secret",
    "ValueError: shapes (2,) and (3,)",
]


def test_a_traceback_shows_the_learners_steps_and_the_last_line() -> None:
    html = page_of(failed(FRAMES))
    assert "----&gt; 5     return mine(x)" in html
    assert "(2 steps inside libraries)" in html
    assert "ValueError: shapes (2,) and (3,)" in html
    assert "secret" not in html
    assert "/home/x" not in html


def test_printed_tracebacks_and_warnings_show_no_library_code_either() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/var/x/ipykernel_7/1.py", line 3, in <module>\n    mine(1)\n'
        '  File "/home/x/babygrad/tensor.py", line 135, in f\n    secret(1)\n    ~~~~~^^\nValueError: last\n'
        "/home/x/babygrad/ops.py:112: RuntimeWarning: divide by zero\n  secret(2)\nafter\n  kept\n"
    )
    html = page_of(printed(text, "stderr"))
    assert "secret" not in html
    assert "/home/x" not in html
    assert "mine(1)" in html
    after = [
        "(1 step inside libraries)",
        "ValueError: last",
        "RuntimeWarning: divide by zero",
        "after",
        "  kept",
    ]
    assert "\n".join(after) in html


def test_a_traceback_of_a_deep_recursion_is_short() -> None:
    frames = ["RecursionError", *["Cell In[8], line 1, in r()\n----> 1 def r(): r()\n"] * 2950, "the last"]
    html = page_of(failed(frames))
    assert "(2\N{NARROW NO-BREAK SPACE}949 more times the same)" in html
    assert html.count("line 1, in r()") == 1


def lines_of(source: str, shortest: int) -> set[str]:
    """The lines of some code that are not too short to say something, without indentation."""
    return {line.strip() for line in source.splitlines() if len(line.strip()) >= shortest}


@pytest.mark.parametrize("lesson", LESSONS)
def test_feedback_of_an_untouched_submission_shows_no_answer_and_no_code_of_the_course(
    graded_class: GradedClass, lesson: str
) -> None:
    html = page(graded_class.notebook("c_untouched", lesson), {**ABOUT, "notebook": lesson})
    text = unescape(re.sub("<[^>]*>", "", html))
    shown_lines = {re.sub(r"^(-+> ?)?\d+ +", "", line.strip()).strip() for line in text.splitlines()}
    released = {line for cell in notebook("notebooks", lesson).cells for line in lines_of(cell.source, 0)}
    secret = code_of_the_course() - released
    assert len(secret) > 2000
    assert not secret & shown_lines


def code_of_the_course() -> set[str]:
    """The lines of all answers, and of what grades."""
    lines: set[str] = set()
    for path in (ROOT / "solutions").glob("*/*.py"):
        source = path.read_text(encoding="utf-8")
        for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL):
            lines |= lines_of(region, 9)
    for folder in ("babygrad", "autograder"):
        for path in (ROOT / folder).rglob("*.py"):
            lines |= lines_of(path.read_text(encoding="utf-8"), 20)
    return lines


# Bounds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["x" * 200_000_000, "abcdefgh " * 9 + "\n"], ids=["one line", "lines"])
def test_a_print_without_end_gives_a_small_page_in_seconds(line: str) -> None:
    text = line * (200_000_000 // len(line))
    cells = [printed(text), check_cell()]
    started = time.process_time()
    html = page_of(*cells)
    assert time.process_time() - started < 2
    assert len(html.encode()) < 100_000
    (number,) = re.findall(r"… ([\d\u202f]+) more characters left out …", html)
    assert len(text) - 13_000 < int(number.replace("\u202f", "")) < len(text) - 5_000
    assert REPORT._repr_html_() in html


def test_whatever_there_is_too_much_of_the_page_stays_below_its_size_and_shows_the_checks() -> None:
    picture = base64.b64encode(base64.b64decode(png()) + bytes(300_000)).decode()
    outputs = [new_output("stream", name=f"s{n}", text="&" * 100_000) for n in range(30)]
    outputs += [new_output("display_data", {"image/png": picture}) for _ in range(30)]

    big, prose, small = (
        new_code_cell("&" * 50_000, outputs=outputs),
        new_markdown_cell(""),
        new_code_cell("x"),
    )
    crowd = [big] * 40
    crowd += [NotebookNode(prose, source="x & " * 1_900 + str(n)) for n in range(300)]
    crowd += [small] * 3000
    cells = [*crowd, check_cell(), *crowd, check_cell()]
    started = time.process_time()
    html = page(NotebookNode(cells=cells, metadata=NotebookNode()), ABOUT)
    assert time.process_time() - started < 10
    assert len(html.encode()) < PAGE_SIZE
    assert html.count(REPORT._repr_html_()) == 2
    assert re.search(r"[\d\u202f]+ more cells left out", html)
    assert re.search(r"\d+ more outputs left out", html)


def test_what_takes_a_parser_long_is_shown_as_it_was_written() -> None:
    started = time.process_time()
    long = ["<a><b><i>" * 880, "[" * 9_000, ">" * 7_999, "<div>" * 90_000, "*a " * 2_600, "$\\frac" * 999]
    for source in long:
        is_harmless(markdown(source))
    assert time.process_time() - started < 5


def test_a_page_takes_little_time_once_the_lesson_is_known() -> None:
    cells = notebook("notebooks", "04_elementwise").cells
    page_of(*cells)
    started = time.process_time()
    page_of(*cells)
    assert time.process_time() - started < 0.15


# In nbgrader -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which two students have a graded notebook, and one of them other files beside it."""
    from sqlalchemy.exc import SAWarning

    from autograder.course import nbgrader_api

    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "solutions").mkdir()
    for student in ("ada", "bo"):
        folder = root / "autograded" / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[solution_cell(), check_cell()]), folder / f"{LESSON}.ipynb")
    (folder / "timestamp.txt").write_text("2030-01-01 00:00:00 UTC", encoding="utf-8")
    (folder / "submission_secret.txt").write_text("5ec7e7", encoding="utf-8")
    (folder / "evil.html").write_text(EVIL, encoding="utf-8")
    (folder / f"{LESSON}.html").write_text(EVIL, encoding="utf-8")
    (folder / f"{LESSON}.html").chmod(0o444)
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / "data" / "deep" / "a.csv").write_bytes(bytes(1_000_000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, of no consequence
        with Gradebook(nbgrader_api(root).coursedir.db_url, "babygrad") as gradebook:
            gradebook.add_assignment(LESSON)
            gradebook.add_notebook(LESSON, LESSON)
            gradebook.add_solution_cell("mul", LESSON, LESSON)
            gradebook.add_grade_cell("check_mul", LESSON, LESSON, max_score=3, cell_type="code")
            for student, points in (("ada", 1), ("bo", 3)):
                gradebook.add_student(student)
                gradebook.add_submission(LESSON, student)
                gradebook.find_grade("check_mul", LESSON, LESSON, student).auto_score = points
                gradebook.find_comment("mul", LESSON, LESSON, student).manual_comment = f"Dear {student}"
            gradebook.db.commit()
    return root


@pytest.fixture
def inside(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course, from inside."""
    monkeypatch.chdir(course)
    return course


def place(course: Path, student: str) -> Path:
    return course / "feedback" / student / LESSON / f"{LESSON}.html"


def test_nbgraders_own_command_makes_the_page_and_leaves_nothing_else_beside_it(course: Path) -> None:
    bin_first = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", LESSON],
        cwd=course,
        env={**os.environ, "PATH": bin_first, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for student, points in (("ada", "1"), ("bo", "3")):
        html = place(course, student).read_text(encoding="utf-8")
        is_harmless(html)
        assert f"<p>Feedback for {student}</p>" in html
        assert f"Dear {student}" in html
        assert f"<b>{points}</b> of 3 points" in html
        assert f"<title>{LESSON} (Score: {points}.0 / 3.0)</title>" in html
    left = {path.name for path in (course / "feedback").rglob("*") if path.is_file()}
    assert left == {f"{LESSON}.html", "timestamp.txt", "submission_secret.txt"}
    assert not (course / "feedback" / "bo" / LESSON / "data").exists()


def run(*options: str) -> Any:
    return CliRunner().invoke(app, ["feedback", *options], catch_exceptions=False)


def test_the_command_leaves_what_is_up_to_date(inside: Path) -> None:
    assert run("--force").exit_code == 0
    result = run()
    assert result.exit_code == 0
    assert "0 pages written, 2 up to date, 0 failed." in result.output
    before = place(inside, "bo").stat().st_mtime_ns
    result = run(LESSON, "--student", "ada", "--force")
    assert "1 page written, 0 up to date, 0 failed." in result.output
    assert place(inside, "bo").stat().st_mtime_ns == before
    os.utime(inside / "autograded" / "bo" / LESSON / f"{LESSON}.ipynb")  # graded anew
    assert "1 page written, 1 up to date, 0 failed." in run().output
    os.utime(inside / "gradebook.db")  # of others
    assert "0 pages written, 2 up to date, 0 failed." in run().output


def change(course: Path, student: str, **about: Any) -> None:
    """Write into the gradebook, as formgrader does."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "babygrad") as gradebook:
        grade = gradebook.find_grade("check_mul", LESSON, LESSON, student)
        comment = gradebook.find_comment("mul", LESSON, LESSON, student)
        person = gradebook.find_student(student)
        for one in (grade, comment, person):
            for name, value in about.items():
                if hasattr(one, name):
                    setattr(one, name, value)
        gradebook.db.commit()


@pytest.mark.parametrize(
    ("about", "shown"),
    [
        ({"manual_score": 2.5}, "<b>2.5</b> of 3"),
        ({"manual_comment": "Look again"}, "Look again"),
        ({"first_name": "Ada", "last_name": "Müller, <b>"}, "<p>Feedback for Ada Müller, &lt;b&gt;</p>"),
    ],
)
def test_only_a_page_of_which_the_gradebook_says_something_else_is_written(
    inside: Path, about: dict[str, Any], shown: str
) -> None:
    run()
    before = place(inside, "bo").stat().st_mtime_ns
    change(inside, "ada", **about)
    assert "1 page written, 1 up to date, 0 failed." in run().output
    assert shown in place(inside, "ada").read_text(encoding="utf-8")
    assert place(inside, "bo").stat().st_mtime_ns == before
    assert "0 pages written, 2 up to date, 0 failed." in run().output


def pages_of(course: Path) -> dict[str, bytes]:
    """All that lies in feedback/."""
    return {str(path): path.read_bytes() for path in (course / "feedback").rglob("*") if path.is_file()}


@pytest.mark.parametrize("state", ["missing", "empty", "garbage", "locked"])
def test_where_the_gradebook_cannot_be_read_there_is_one_error_and_every_page_stays(
    inside: Path, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    before = pages_of(inside)
    monkeypatch.setattr(recorded, "PATIENCE", 0.05)
    database = inside / "gradebook.db"
    whole = database.read_bytes()
    holder = sqlite3.connect(database)
    try:
        if state == "missing":
            database.unlink()
        elif state == "locked":
            holder.execute("BEGIN EXCLUSIVE")
        else:
            database.write_bytes(b"" if state == "empty" else b"no database at all " * 400)
        result = run("--force", "--student", "ada", "--student", "bo")
        assert result.exit_code == 1
        said = " ".join(result.output.split())
        assert said.startswith("autograder feedback: ")
        assert {
            "missing": "gradebook.db is missing or empty",
            "empty": "gradebook.db is missing or empty",
            "garbage": "the gradebook cannot be read (file is not a database)",
            "locked": "the gradebook is locked by another program",
        }[state] in said
        assert "has no feedback" not in said
        assert pages_of(inside) == before
    finally:
        holder.close()
        database.write_bytes(whole)


def test_a_gradebook_that_is_locked_on_the_way_stops_the_command(
    inside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    before = pages_of(inside)
    log = "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) database is locked\n[SQL: SELECT]\n"
    log += "(Background on this error at: https://sqlalche.me/e/20/e3q8)\n[ERROR] There was an error"
    failure = {"success": False, "log": log}
    monkeypatch.setattr("nbgrader.apps.api.NbGraderAPI.generate_feedback", lambda *_, **__: failure)
    result = run("--force")
    assert result.exit_code == 1
    assert "the gradebook is locked by another program" in " ".join(result.output.split())
    assert pages_of(inside) == before


def test_what_the_gradebook_does_not_know_is_named(inside: Path) -> None:
    graded = inside / "autograded" / "cy" / LESSON
    shutil.copytree(inside / "autograded" / "ada" / LESSON, graded)
    try:
        result = run()
        assert result.exit_code == 1
        assert f"cy · {LESSON} has no feedback: the gradebook has no grades of it." in " ".join(
            result.output.split()
        )
    finally:
        shutil.rmtree(graded.parent)


def test_the_command_names_what_failed_and_goes_on(inside: Path) -> None:
    run()
    before = place(inside, "ada").read_bytes()
    broken = inside / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb"
    whole = broken.read_text(encoding="utf-8")
    broken.write_text(whole[:50], encoding="utf-8")
    try:
        result = run("--force")
        assert result.exit_code == 1
        assert "1 page written, 0 up to date, 1 failed." in result.output
        assert f"ada · {LESSON} keeps its earlier feedback: NotJSONError: " in result.output
        assert place(inside, "ada").read_bytes() == before
    finally:
        broken.write_text(whole, encoding="utf-8")
    assert "1 page written, 1 up to date, 0 failed." in run().output
    assert not list((inside / ".autograder").iterdir())


def test_the_command_names_feedback_of_an_earlier_submission(inside: Path) -> None:
    old = place(inside, "zoe")
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")
    result = run()
    assert result.exit_code == 0
    assert f"zoe · {LESSON} is not graded now" in " ".join(result.output.split())
    shutil.rmtree(old.parents[1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["04_elementwise"], "nothing of 04_elementwise is in "),
        (["13"], "there is no lesson 13. Did you mean 13_mnist? Lessons: 00_start,"),
        (["99_nothing"], "there is no lesson 99_nothing. Lessons: 00_start,"),
        (["--student", "adda"], "there is no student adda among those who handed in. Did you mean ada?"),
        (["--student", "xyz"], "there is no student xyz among those who handed in."),
    ],
)
def test_the_command_says_what_there_is_not(inside: Path, words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())


# In a browser ----------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[str, list[str]]]:
    """A server that stands for the whole world, and what was asked of it."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.fixture(scope="module")
def browser(outside: tuple[str, list[str]]) -> Iterator[Any]:
    """Chromium, to which the names of other machines are that server's."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    options += [f"--host-resolver-rules=MAP *.example {outside[0]}", "--no-proxy-server"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


def opened(browser: Any, path: Path, **look: Any) -> tuple[Any, list[str]]:
    """A page in the browser, and what happens there: requests beyond the page, dialogs, messages, errors."""
    tab = browser.new_page(**look)
    events: list[str] = []
    own = (path.as_uri(), "data:image/")
    tab.on("request", lambda asked: asked.url.startswith(own) or events.append(asked.url))
    tab.on("dialog", lambda dialog: (events.append(dialog.message), dialog.dismiss()))
    tab.on("popup", lambda other: events.append(other.url))
    tab.on("console", lambda message: events.append(message.text))
    tab.on("pageerror", lambda error: events.append(str(error)))
    tab.goto(path.as_uri())
    tab.wait_for_timeout(500)
    return tab, events


def test_the_server_of_these_tests_hears_what_a_page_asks(
    browser: Any, outside: tuple[str, list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text("<img src=http://evil.example/heard.png>", encoding="utf-8")
    opened(browser, path)
    assert "/heard.png" in outside[1]


def hostile_page() -> str:
    """Everything hostile of this file on one page."""
    cells = [new_markdown_cell(source) for source in HOSTILE_MARKDOWN]
    cells += [solution_cell(source, comment=source) for source in HOSTILE_MARKDOWN]
    cells += [printed(source) for source in HOSTILE_MARKDOWN]
    kinds = ("text/html", "text/latex", "text/markdown", "application/javascript", "image/svg+xml")
    cells += [displayed({kind: source}) for kind in kinds for source in HOSTILE_MARKDOWN]
    cells += [displayed(shown(HOSTILE_SVG, EVIL)), check_cell(comment=EVIL)]
    return page_of(*cells, autograder={"notes": HOSTILE_MARKDOWN}, about={**ABOUT, "student": EVIL})


def test_nothing_runs_and_no_request_leaves_a_page(
    browser: Any, outside: tuple[str, list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(hostile_page(), encoding="utf-8")
    before = len(outside[1])
    tab, events = opened(browser, path)
    tab.evaluate("document.querySelectorAll('summary, a[href^=\"#\"]').forEach(one => one.click())")
    tab.wait_for_timeout(500)
    assert tab.evaluate("typeof window.ran") == "undefined"
    assert events == []
    assert len(outside[1]) == before
    assert tab.url.split("#")[0] == path.as_uri()
    assert tab.locator("img").count() > 0  # the hostile SVG is there, as an image
    assert tab.locator("img").evaluate_all("all => all.every(one => one.naturalWidth > 0)")


def test_the_policy_of_the_page_is_a_second_wall(
    browser: Any, outside: tuple[str, list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    more = "<iframe srcdoc='<script>parent.ran=1</script>'></iframe><base href='http://evil.example/'>"
    more += "<link rel=stylesheet href=http://evil.example/a><style>@import 'http://evil.example/b'</style>"
    path.write_text(page_of(check_cell()).replace("<main", f"{EVIL}{more}<main"), encoding="utf-8")
    before = len(outside[1])
    tab, _ = opened(browser, path)
    assert tab.evaluate("typeof window.ran") == "undefined"
    assert len(outside[1]) == before
    assert tab.evaluate("document.baseURI") == path.as_uri()


def test_a_page_fits_a_phone_and_its_table_leads_to_the_exercises(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    cells = [*notebook("notebooks", "04_elementwise").cells, printed("x" * 5000), check_cell()]
    path.write_text(page_of(*cells), encoding="utf-8")
    tab, events = opened(browser, path, viewport={"width": 360, "height": 700}, color_scheme="dark")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    tab.get_by_role("navigation").get_by_role("link", name="Mul", exact=True).click()
    tab.wait_for_timeout(1500)
    assert (
        tab.get_by_role("region", name="Check: Mul").evaluate("one => one.getBoundingClientRect().top") < 700
    )
    hint = tab.locator("details").first
    hint.locator("summary").click()
    assert hint.get_attribute("open") is not None
    assert events == []
