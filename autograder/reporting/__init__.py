"""The class at a glance: what an instructor looks at first.

``reading`` gathers what grading left behind, ``gradebook`` what nbgrader recorded; ``overview`` and
``mistakes`` sum it up; ``terminal``, ``spreadsheet`` and ``page`` show it. None of them changes a grade.
"""
