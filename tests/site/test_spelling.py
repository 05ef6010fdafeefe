"""Every word on the site is one, or stands in the project's own list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.site

OURS = Path(__file__).with_name("words.txt")
NOT_PROSE = "code, pre, math, svg, script, style, dt.sig, .headerlink"


def words_of(page: str) -> set[str]:
    """The words of a page's prose: no code, no formulas, no names like DataLoader."""
    article = BeautifulSoup(page, "html.parser").select_one("article")
    if article is None:
        return set()
    for unread in article.select(NOT_PROSE):
        unread.replace_with(" ")
    text = re.sub(r"https?://\S+|\S+\.(?:py|ipynb|md|html|org|com)\b", " ", article.get_text(" "))
    found = re.findall(r"[A-Za-z]+(?:'[a-z]+)?", text)
    return {word.removesuffix("'s").lower() for word in found if not re.search("[a-z][A-Z]", word)}


@pytest.fixture(scope="module")
def known():
    """The words of English."""
    spellchecker = pytest.importorskip("spellchecker", reason="pyspellchecker is not installed")
    return spellchecker.SpellChecker(language="en")


def test_the_spelling_is_right(html: Path, known) -> None:
    ours = set(OURS.read_text(encoding="utf-8").split())
    wrong = {}
    for path in sorted(html.rglob("*.html")):
        unknown = known.unknown(words_of(path.read_text(encoding="utf-8"))) - ours
        if unknown:
            wrong[path.relative_to(html).as_posix()] = sorted(unknown)
    assert wrong == {}, f"mend them, or add them to {OURS.name}"


def test_a_slip_would_be_found(known) -> None:
    page = "<article><p>The gradeint of a <code>fucntion</code> is <b>recieved</b>.</p></article>"
    assert known.unknown(words_of(page)) == {"gradeint", "recieved"}


def test_the_list_is_sorted_and_has_no_word_twice() -> None:
    words = OURS.read_text(encoding="utf-8").split()
    assert words == sorted(set(words))
