"""The progress bar: nothing is lost on the way, and where there is no notebook, nothing is shown."""

from __future__ import annotations

import pytest

from babygrad.progress import Bar, progress


def test_all_steps_come_and_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress(range(5), "epochs")) == [0, 1, 2, 3, 4]
    assert list(progress([])) == []
    assert capsys.readouterr() == ("", "")


def test_in_a_notebook_the_last_bar_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Bar] = []

    class Handle:
        def update(self, bar: Bar) -> None:
            shown.append(bar)

    monkeypatch.setattr("babygrad.progress._display", lambda bar: shown.append(bar) or Handle())
    for step in progress(range(4), "epochs"):
        if step == 2:
            break
    assert [bar.done for bar in shown][0 :: len(shown) - 1] == [0, 2]
    assert repr(shown[-1]).startswith("2 of 4 epochs, ")
    assert '<progress value="2" max="4"' in shown[-1]._repr_html_()
