"""``autograder grade``: a pure map over what was handed in, and one writer for what came of it."""

from autograder.grading import late_grammar

late_grammar.postpone()
