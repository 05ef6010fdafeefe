"""This repository is an nbgrader course: nbgrader's commands and formgrader work from here as they are."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = "babygrad"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# nbgrader copies every other file of a lesson's folder to the learners: the source holds the solutions.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.py", "*.pyc", "__pycache__", ".DS_Store", "Thumbs.db"]
