"""Wrong solutions, one mistake each: a module for each lesson, with its ``WRONG``."""
