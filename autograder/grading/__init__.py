"""``autograder grade``: a pure map over what was handed in, and one writer for what came of it."""
