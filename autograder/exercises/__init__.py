"""The exercises, one module per lesson. Adding a lesson is adding its module's name here."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from autograder.exercise import Exercise

LESSONS = {
    "00_start": "lesson_00_start",
    "01_tensor": "lesson_01_tensor",
    "02_gradient": "lesson_02_gradient",
    "03_function": "lesson_03_function",
    "04_elementwise": "lesson_04_elementwise",
    "05_shape": "lesson_05_shape",
    "06_broadcasting": "lesson_06_broadcasting",
    "07_matmul": "lesson_07_matmul",
    "08_backward": "lesson_08_backward",
    "09_trust": "lesson_09_trust",
    "10_layers": "lesson_10_layers",
    "11_optimizers": "lesson_11_optimizers",
    "12_digits": "lesson_12_digits",
    "13_mnist": "lesson_13_mnist",
    "14_attention": "lesson_14_attention",
    "15_convolution": "lesson_15_convolution",
}


class UnknownExercise(LookupError):
    """There is no such exercise; says which there are."""

    def __str__(self) -> str:
        return str(self.args[0])


def exercises(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, in its order. Raises UnknownExercise."""
    if lesson not in LESSONS:
        raise UnknownExercise(f'there is no lesson "{lesson}". Lessons: {", ".join(LESSONS)}.')
    return import_module(f"autograder.exercises.{LESSONS[lesson]}").EXERCISES


def find(name: str) -> Exercise:
    """The exercise called "lesson/exercise". Raises UnknownExercise, naming the nearest and all others."""
    lesson = name.split("/")[0]
    known = {exercise.name: exercise for exercise in exercises(lesson)}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    guess = f' Did you mean "{near[0]}"?' if near else ""
    raise UnknownExercise(f'there is no exercise "{name}".{guess} Exercises: {", ".join(known)}.')
