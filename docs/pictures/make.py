"""The pictures of the README: a graph with its gradients, and a check that says what is wrong.

    uv run --group browser python docs/pictures/make.py

``graph.svg`` is drawn by babygrad. ``check.png`` is what a notebook shows, photographed in a Chromium that is
installed already.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from autograder.checking import check
from autograder.report import Report
from babygrad import Function, Tensor
from babygrad.graph import Picture, draw

HERE = Path(__file__).parent


def graph() -> Picture:
    """A prediction, its error and the square of it, after the backward pass."""
    w, b = Tensor(2.0, requires_grad=True), Tensor(1.0, requires_grad=True)
    x, y = Tensor(3.0, requires_grad=False), Tensor(5.0, requires_grad=False)
    error = w * x + b - y
    loss = error * error
    loss.backward()
    return draw(loss, w=w, b=b, x=x, y=y, error=error, loss=loss)


ANSWER = """\
class Mul(Function):
    def forward(self, a, b):
        return a * b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return out_grad * a, out_grad * b
"""
"""Each gradient is multiplied by the input's own value."""


def failing_check() -> Report:
    """What the check says of that answer."""
    names: dict[str, Any] = {"Function": Function}
    exec(ANSWER, names)
    return check("03_function/Mul", names["Mul"])


PAGE = """<!doctype html><meta charset="utf-8">
<body style="margin:0;width:760px;background:#fff;color:#1b1f24;font:15px/1.5 system-ui,sans-serif">
<pre style="margin:12px;padding:10px 14px;background:#f6f8fa;border:1px solid #d0d7de;font-size:14px">\
ANSWER</pre>
<div style="margin:12px">REPORT</div>
"""


def photograph(html: str, file: Path) -> None:
    """The page as a PNG, as high as it is."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 760, "height": 100}, device_scale_factor=2)
        page.set_content(html)
        page.screenshot(path=file, full_page=True)
        browser.close()


if __name__ == "__main__":
    graph().save(HERE / "graph.svg")
    page = PAGE.replace("ANSWER", ANSWER.rstrip()).replace("REPORT", failing_check()._repr_html_())
    photograph(page, HERE / "check.png")
