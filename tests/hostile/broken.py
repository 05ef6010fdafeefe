"""Files that are no notebooks, or hardly."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import nbformat

from .entry import LESSON, Entry, added, cell_of, solved


def file(student: str, tries: str, text: Callable[[str], bytes], ungraded: str, stock: bool = False) -> Entry:
    """An entry whose file is made from the text of a right notebook and cannot be graded."""
    return Entry(student, tries, solved, text=text, ungraded=ungraded, stock=stock)


def changed(student: str, tries: str, change: Callable[[dict[str, Any]], Any], ungraded: str = "") -> Entry:
    """The same, made from its JSON; or one that can be graded."""

    def text(right: str) -> bytes:
        notebook = json.loads(right)
        made = change(notebook)
        return json.dumps(notebook if made is None else made).encode()

    return file(student, tries, text, ungraded)


def _with(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook.update(values)


def _in_a_cell(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][3].update(values)


UNGRADED = (
    file(
        "truncated",
        "The first half of a notebook.",
        lambda text: text.encode()[: len(text) // 2],
        "ends in the middle",
        stock=True,
    ),
    file(
        "letter",
        "A letter in the place of a notebook.",
        lambda text: b"Dear all, here is my answer: 12.",
        "JSON",
        stock=True,
    ),
    file("empty-file", "An empty file.", lambda text: b"", "empty|JSON"),
    file("zeros", "A file of zeros.", lambda text: bytes(10_000), "JSON|UTF-8"),
    file("utf-16", "Another encoding.", lambda text: text.encode("utf-16"), "UTF-8"),
    file(
        "latin-1",
        "An encoding of the last century.",
        lambda text: text.replace("Tensor", "Tensör").encode("latin-1"),
        "UTF-8",
    ),
    file(
        "surrogates",
        "Half a character.",
        lambda text: text.encode().replace(b"Tensor", b"Tens\xed\xa0\x80r", 1),
        "UTF-8",
    ),
    file("compressed", "A notebook as a zip file.", lambda text: _zipped(text), "JSON|UTF-8"),
    file(
        "page",
        "The notebook as a web page.",
        lambda text: b"<!DOCTYPE html><html><body>03</body></html>",
        "JSON",
    ),
    file(
        "deep",
        "JSON nested a hundred thousand deep.",
        lambda text: b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "deep|nested|JSON",
    ),
    file(
        "deep-metadata",
        "Metadata nested three thousand deep.",
        lambda text: text.replace(
            '"metadata": {', '"metadata": {"x": ' + "[" * 3000 + "]" * 3000 + ", ", 1
        ).encode(),
        "deep|nested|notebook",
    ),
    file(
        "hundred-megabytes",
        "A notebook of 100 MB.",
        lambda text: text.replace(
            '"metadata": {', '"metadata": {"x": "' + "x" * (100 << 20) + '", ', 1
        ).encode(),
        "MB|large",
    ),
    file(
        "digits",
        "A number of a million digits.",
        lambda text: text.replace('"nbformat": 4', '"nbformat": 4' + "4" * 1_000_000, 1).encode(),
        ".",
    ),
    changed("a-list", "A list of notebooks.", lambda notebook: [notebook], "notebook"),
    changed("a-number", "A number.", lambda notebook: 12, "notebook"),
    changed(
        "no-cells", "A notebook without cells.", lambda notebook: notebook.pop("cells") and None, "cells"
    ),
    changed("cells-as-text", "Cells that are a text.", _with(cells="print(3)"), "notebook|cells"),
    changed("cells-as-numbers", "Cells that are numbers.", _with(cells=[1, 2, 3]), "notebook|cell"),
    changed(
        "source-as-number", "A cell whose source is a number.", _in_a_cell(source=5), "notebook|source|cell"
    ),
    changed(
        "source-as-object",
        "A cell whose source is an object.",
        _in_a_cell(source={"text": "x"}),
        "notebook|source|cell",
    ),
    changed(
        "source-of-numbers",
        "A cell whose source is a list of numbers.",
        _in_a_cell(source=[1, 2, 3]),
        "notebook|source|cell",
    ),
    changed("format-99", "nbformat 99.", _with(nbformat=99), "format|version"),
    changed("format-as-text", "nbformat four.", _with(nbformat="four"), "format|version|notebook"),
    changed("format-minus", "nbformat -1.", _with(nbformat=-1), "format|version|notebook"),
    Entry("empty-folder", "Nothing was handed in.", None, ungraded="there is no 03_function.ipynb"),
    Entry(
        "only-other-files",
        "A program in the place of the notebook.",
        None,
        beside={"answer.py": "print(12)"},
        ungraded="there is no 03_function.ipynb",
    ),
)


def _zipped(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LESSON}.ipynb", text)
    return held.getvalue()


def _old(text: str) -> bytes:
    """As IPython wrote notebooks in 2012: nbformat 3."""
    notebook = nbformat.from_dict({**json.loads(text), "nbformat_minor": 4})
    for cell in notebook.cells:
        del cell["id"]
    return str(nbformat.v3.writes_json(nbformat.convert(notebook, 3))).encode()


def _minor(number: int) -> Callable[[str], bytes]:
    def text(right: str) -> bytes:
        return json.dumps({**json.loads(right), "nbformat_minor": number}).encode()

    return text


def _duplicates(text: str) -> bytes:
    """Keys that are there twice: readers take the last one."""
    return text.replace(
        '"nbformat": 4', '"cells": [], "nbformat": 99, "cells_": [], "nbformat": 4', 1
    ).encode()


def _wide(text: str) -> bytes:
    notebook = json.loads(text)
    notebook["metadata"]["many"] = {str(i): {} for i in range(30_000)}
    notebook["cells"][0]["metadata"]["many"] = [[]] * 30_000
    return json.dumps(notebook).encode()


def _kernel(notebook: Any) -> None:
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    notebook.metadata.language_info = {"name": "R", "version": "4.3"}


def _kernel_of_own(notebook: Any) -> None:
    notebook.metadata.kernelspec = {"name": "../../evil; touch HOSTILE", "display_name": 3}


READABLE = (
    changed("unknown-cell", "A cell of a type that there is not.", _in_a_cell(cell_type="heading")),
    changed("metadata-as-list", "Metadata that are a list.", _with(metadata=[1, 2])),
    Entry("r-kernel", "A notebook for R, with the cells of Python.", solved, (_kernel,), stock=True),
    Entry("kernel-of-its-own", "A kernel whose name leads out of the folder.", solved, (_kernel_of_own,)),
    Entry(
        "no-kernel",
        "Without any metadata.",
        solved,
        (lambda notebook: notebook.metadata.clear(),),
        stock=True,
    ),
    Entry("format-3", "nbformat 3, which keeps no ids.", solved, text=_old, points={}),
    Entry("format-4-0", "nbformat 4.0 with ids, which it does not know.", solved, text=_minor(0)),
    Entry("format-4-99", "nbformat 4.99, of the future.", solved, text=_minor(99)),
    Entry("wide-metadata", "Metadata of thirty thousand entries.", solved, text=_wide),
    Entry(
        "byte-order-mark",
        "A notebook that a Windows editor has saved.",
        solved,
        text=lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    ),
    Entry(
        "strange-characters",
        "Text in all directions, with what terminals act upon.",
        solved,
        (added("s = '\u202e\u2066 \x1b[2J \x07 \u0000 \ud83d\ude00 <script>alert(3)</script>'"),),
        points={},
    ),
    Entry(
        "split-lines",
        "Sources as lists of lines, as Jupyter writes them.",
        solved,
        text=lambda text: json.dumps(
            {
                **json.loads(text),
                "cells": [
                    {**cell, "source": cell["source"].splitlines(keepends=True)}
                    for cell in json.loads(text)["cells"]
                ],
            }
        ).encode(),
        stock=True,
    ),
    Entry(
        "duplicate-ids",
        "Cells that all have the same id.",
        solved,
        (lambda notebook: [cell.update(id="same") for cell in notebook.cells] and None,),
        stock=True,
    ),
    Entry(
        "ids-of-their-own",
        "Cells with other ids than the released ones.",
        solved,
        (lambda notebook: [cell.update(id=f"c{i}") for i, cell in enumerate(notebook.cells)] and None,),
    ),
    Entry(
        "empty-cells",
        "A thousand empty cells.",
        solved,
        (
            lambda notebook: notebook.cells.extend(
                type(notebook)(
                    cell_type="code", id=f"e{i}", metadata={}, source="", outputs=[], execution_count=None
                )
                for i in range(1000)
            ),
        ),
    ),
    Entry(
        "attachments",
        "Outputs of 20 MB from an earlier run, and attachments.",
        solved,
        (
            lambda notebook: cell_of(notebook, "mul").outputs.append(
                {"output_type": "stream", "name": "stdout", "text": "x" * (20 << 20)}
            ),
        ),
    ),
)

ENTRIES = (*UNGRADED, *READABLE)
