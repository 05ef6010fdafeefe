"""Whole packages: complete, right, free of babygrad, and whose each part is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.export.examine import exercises_for
from autograder.export.folder import write
from autograder.export.gather import NOT_TOGETHER, Gathered, _fewest, gathered
from autograder.export.parts import LESSONS, PARTS
from autograder.export.verdicts import NOT_RIGHT, NOT_WRITTEN

from .learner import part, right, untouched, written, wrong

TRAINING = """
import sys
sys.modules["babygrad"] = sys.modules["autograder"] = None  # an import of either is an error
import numpy as np
import lib
from lib import Tensor, no_grad

rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, size=(64, 2)).astype(np.float32)
t = (x[:, :1] * x[:, 1:] > 0).astype(np.float32)
shapes = [(2, 16), (16,), (16, 1), (1,)]
weights = [Tensor(rng.normal(size=shape, scale=0.7).astype(np.float32)) for shape in shapes]


def loss():
    w, b, v, c = weights
    y = ((Tensor(x, requires_grad=False) @ w + b).tanh() @ v + c).sigmoid()
    return ((y - t) ** 2).mean()


losses = []
for _ in range(150):
    now = loss()
    now.backward()
    losses.append(now.item())
    for weight in weights:
        assert weight.grad.shape == weight.shape and weight.grad.dtype == np.float32
        weight.data -= 0.9 * weight.grad
        weight.grad = None
with no_grad():
    assert not loss().requires_grad
assert loss().requires_grad and (np.ones(2) * Tensor([1, 2])).shape == (2,)
assert losses[-1] < losses[0] / 2, losses[::20]
assert lib.gradcheck(lambda a, b: (a @ b).relu().sum(), rng.normal(size=(2, 3)), rng.normal(size=(3, 2)))
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("babygrad", "autograder"))
assert loaded == ["autograder", "babygrad"], loaded
"""


DIGITS = """
from lib import MatMul
from lib.data import DataLoader, digits
from lib.nn import Linear, ReLU, Sequential, softmax_loss
from lib.optim import SGD, Adam

train, test = digits()
images, labels = test.arrays
for make in (lambda found: SGD(found, lr=0.1, momentum=0.9), lambda found: Adam(found, lr=0.005)):
    model = Sequential(Linear(64, 64, rng=1), ReLU(), Linear(64, 10, rng=2))
    optimizer = make(model.parameters())
    loader = DataLoader(train, batch_size=32, shuffle=True)
    for _ in range(10):
        for batch in loader:
            optimizer.zero_grad()
            softmax_loss(model(batch[0]), batch[1]).backward()
            optimizer.step()
    with no_grad():
        right = model(images).data.argmax(axis=1) == labels
    assert right.mean() >= 0.97, right.mean()
    model.save("digits.npz")
    other = Sequential(Linear(64, 64), ReLU(), Linear(64, 10))
    other.load("digits.npz")
    assert (other(images).data == model(images).data).all()
products, forward = [], MatMul.forward
MatMul.forward = lambda *inputs: products.append(inputs) or forward(*inputs)
softmax_loss(model(images), labels).backward()
assert len(products) == 5, "two forward, three back: nobody wants a gradient for the images"
try:
    SGD(model.parameters(), lr=0)
except ValueError as error:
    assert "learning rate must be above 0" in str(error)
else:
    raise AssertionError("lr=0 is refused by nobody")
"""


def trains(found: Gathered, folder: Path) -> None:
    """The package, used in a clean process, trains a network of Tensor operations, and one of layers."""
    write(folder / "lib", found.laid.files)
    (folder / "train.py").write_text(TRAINING + DIGITS)
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert not any("babygrad import" in t or "import babygrad" in t for t in found.laid.files.values())


def own(found: Gathered) -> set[str]:
    return {label for label, choice in found.choices.items() if choice.is_own}


ALL = {part.label for part in PARTS}


def test_the_solutions_make_a_package_that_is_right_and_trains(tmp_path: Path) -> None:
    found = gathered(written(tmp_path / "notebooks"), "lib")
    assert own(found) == ALL
    assert found.checks == len(exercises_for(LESSONS)) > 40
    trains(found, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1, 2])
def test_it_does_so_with_every_third_part_borrowed(first: int, tmp_path: Path) -> None:
    lacking = PARTS[first::3]
    found = gathered(written(tmp_path / "notebooks", untouched(*lacking)), "lib")
    assert own(found) == ALL - {part.label for part in lacking}
    assert {found.choices[part.label].reason for part in lacking} == {NOT_WRITTEN}
    trains(found, tmp_path)


def test_with_nothing_written_all_is_borrowed(tmp_path: Path) -> None:
    found = gathered(written(tmp_path / "notebooks", untouched(*PARTS)), "lib")
    assert own(found) == set()
    trains(found, tmp_path)


def test_what_is_subtly_wrong_is_named_and_borrowed(tmp_path: Path) -> None:
    averaged = wrong("06_broadcasting", "unbroadcast", "mean", "unbroadcast")
    found = gathered(written(tmp_path / "notebooks", averaged), "lib")
    assert own(found) == ALL - {"unbroadcast"}
    reason = found.choices["unbroadcast"].reason
    assert reason == NOT_RIGHT
    assert reason.details
    assert "grad.mean" not in found.laid.files["ops/shape.py"]
    trains(found, tmp_path)


@pytest.mark.parametrize("guilty", [{"c"}, {"a", "g"}, {"b", "c", "d"}, set("abcdefg")])
def test_nobody_is_blamed_who_can_be_spared(guilty: set[str]) -> None:
    tried: list[list[str]] = []

    def mends(blamed: Sequence[str]) -> bool:
        tried.append(list(blamed))
        return guilty <= set(blamed)

    assert set(_fewest("abcdefg", mends)) == guilty
    assert len(tried) <= 2 + 4 + 7


def test_an_earlier_version_counts_only_if_it_does_what_the_later_lesson_asks(tmp_path: Path) -> None:
    deep = untouched(part("topological_order"), part("Add, Sub, Mul"))
    changes = {
        **deep,
        "08_backward/topological_order": deep["09_trust/deep_order"],
        **right("08_backward", "topological_order", "a stack of open and closed"),
    }
    for cell in ("03_function/add", "04_elementwise/sub", "03_function/mul"):
        del changes[cell]  # right, but without broadcasting
    found = gathered(written(tmp_path / "notebooks", changes), "lib")
    assert found.choices["topological_order"].source == ("08_backward/topological_order",)
    assert own(found) == ALL - {"Add, Sub, Mul"}
    reason = found.choices["Add, Sub, Mul"].reason
    assert reason == NOT_WRITTEN
    assert "needs what 06_broadcasting asks for" in reason.details


@pytest.mark.slow
def test_what_is_right_alone_and_not_in_the_package_is_found(tmp_path: Path) -> None:
    changes = {
        **right("05_shape", "reshape", "filled element by element"),  # its backward returns an array
        **right("06_broadcasting", "div_pow", "powers of the divisor"),  # and this one's a list
    }
    found = gathered(written(tmp_path / "notebooks", changes), "lib")
    assert own(found) == ALL - {"Reshape", "Div, Pow"}
    assert found.choices["Reshape"].reason == found.choices["Div, Pow"].reason == NOT_TOGETHER
    trains(found, tmp_path)
