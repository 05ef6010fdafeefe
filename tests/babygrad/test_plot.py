"""Plots: an SVG with a text alternative, the same bytes every time, and no trace left in matplotlib."""

from __future__ import annotations

import warnings
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from babygrad.plot import Plot, axes, described


def parabola(title: str = "A <parabola>") -> Plot:
    figure, ax = axes()
    for exponent in (2, 3):
        ax.plot([0, 1, 2], [0, 1, 2**exponent], label=f"$x^{exponent}$")
    ax.set_xlabel("x")
    ax.legend()
    return described(figure, title, "Rises from 0 to 4 & more.")


def test_it_is_xml_with_title_and_description() -> None:
    root = ElementTree.fromstring(parabola().svg)
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby", "").split()
    assert [(e.get("id"), e.text) for e in root[:2]] == [
        (labels[0], "A <parabola>"),
        (labels[1], "Rises from 0 to 4 & more."),
    ]


def test_a_notebook_shows_the_picture_and_a_terminal_the_text() -> None:
    plot = parabola()
    shown = plot._repr_mimebundle_()
    assert shown["text/plain"] == repr(plot) == "Rises from 0 to 4 & more."
    assert plot.svg in shown["text/html"]
    assert shown["image/svg+xml"].startswith("<svg")


def test_the_same_plot_is_the_same_bytes_and_names_nobody() -> None:
    assert parabola().svg == parabola().svg
    assert parabola("another").svg != parabola().svg
    assert "<metadata>" not in parabola().svg
    assert "Matplotlib" not in parabola().svg


def test_lines_differ_in_dashes_too() -> None:
    _, ax = axes()
    dashes = {ax.plot([0, 1], [0, place])[0].get_linestyle() for place in range(4)}
    assert len(dashes) == 4


@pytest.mark.parametrize(("columns", "rows", "shape"), [(1, 1, None), (3, 1, (3,)), (2, 2, (2, 2))])
def test_there_are_as_many_axes_as_asked_for(columns: int, rows: int, shape: Any) -> None:
    figure, made = axes(columns, rows, width=5, height=4)
    assert getattr(made, "shape", None) == shape
    assert tuple(figure.get_size_inches()) == (5, 4)
    assert f'width="{5 * 96}" height="{4 * 96}"' in described(figure, "t", "text").svg


def test_matplotlibs_settings_and_figures_are_left_alone() -> None:
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parabola()
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []
