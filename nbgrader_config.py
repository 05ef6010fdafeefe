"""This repository is an nbgrader course: nbgrader's commands and formgrader work from here as they are."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = "babygrad"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# nbgrader copies every other file of a lesson's folder to the learners: the source, NN_name.py, holds the
# solutions. The same list counts for what learners hand in, where a module of their own may stay.
lessons = "[0-9][0-9]_*.py"
c.CourseDirectory.ignore = [".ipynb_checkpoints", lessons, "*.pyc", "__pycache__", ".DS_Store", "Thumbs.db"]

# Notebooks run shut in, and grades come from outside the learner's process: one of our steps runs the cells,
# the other stands between running and recording.
from nbgrader.converters import Autograde  # noqa: E402
from nbgrader.preprocessors import Execute, SaveAutoGrades  # noqa: E402

from autograder.execute import SandboxedExecute  # noqa: E402
from autograder.restore import RestoreCells  # noqa: E402
from autograder.verdict import FlagForHumans, TrustedVerdict  # noqa: E402

c.Autograde.sanitize_preprocessors = [RestoreCells, *Autograde.sanitize_preprocessors.default_args[0]]
steps = list(Autograde.autograde_preprocessors.default_args[0])
steps[steps.index(Execute)] = SandboxedExecute
steps.insert(steps.index(SaveAutoGrades), TrustedVerdict)
steps.insert(steps.index(SaveAutoGrades) + 1, FlagForHumans)
c.Autograde.autograde_preprocessors = steps

# Feedback opens offline, is bounded in size, and nothing that a learner wrote runs in it.
c.GenerateFeedback.exporter_class = "autograder.feedback.exporter.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
