"""The exporter for nbgrader's ``generate_feedback``: set in nbgrader_config.py as its ``exporter_class``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.utils import find_all_files
from traitlets import default

from autograder.feedback.page import page
from autograder.feedback.recorded import recorded_of


class FeedbackExporter(Exporter):
    """A graded notebook as one HTML page that opens offline, is bounded in size, and runs nothing.

    nbgrader's own loads scripts from the network, shows whatever a notebook holds, and lets it run.
    """

    export_from_notebook = "Feedback"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override] # as nbconvert's own exporters to text
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, and nbconvert's resources. The grades come from nbgrader's step ``GetGrades``."""
        graded, resources = super().from_notebook_node(nb, resources, **kw)
        if isinstance(self.parent, GenerateFeedback):
            _leave_only_pages(self.parent, resources)
        about = resources["nbgrader"]
        recorded = recorded_of(about["db_url"], about["assignment"], about["student"])
        if recorded:
            about = {**about, "name": recorded.name, "mark": recorded.mark}
        return page(graded, about), resources


_FOR_NBGRADER = ("timestamp.txt", "submission_secret.txt")


def _leave_only_pages(converter: GenerateFeedback, resources: dict[str, Any]) -> None:
    """Remove what nbgrader has copied beside the page: other files that were handed in, of any kind and size.

    The page needs none of them, and one may stand where the page goes. What stays are two files of nbgrader's
    own: by one it sees whether a page is of an older submission, by the other it returns the page.
    """
    course = converter.coursedir
    who = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
    source = Path(course.format_path(course.autograded_directory, *who))
    target = Path(course.format_path(course.feedback_directory, *who))
    names = {Path(name).stem for name in converter.notebooks} - {resources["unique_key"]}
    other_pages = {f"{name}.html" for name in names}
    for copied in map(Path, find_all_files(str(source), [*course.ignore, "*.ipynb"])):
        place = target / copied.relative_to(source)
        if place.parent == target and place.name in {*_FOR_NBGRADER, *other_pages}:
            continue
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == target or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
