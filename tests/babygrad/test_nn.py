"""Modules find what they hold, states are copies and fit or are refused, and the loss is cross-entropy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import babygrad as bg
from babygrad import Tensor, gradcheck, no_grad
from babygrad.nn import Linear, Module, Parameter, ReLU, Sequential, Sigmoid, Tanh, softmax_loss

# What modules find ---------------------------------------------------------------------------------------


class Branches(Module):
    """Parameters and modules in everything they may be in, and much that is neither."""

    def __init__(self) -> None:
        self.name = "branches"
        self.first = Parameter([1.0])
        self.inner = Linear(2, 3, rng=0)
        self.several = [Parameter([2.0]), (Linear(3, 1, bias=False, rng=0), None, 7)]
        self.named = {"left": Parameter([3.0]), "right": [Parameter([4.0])]}
        self.plain = Tensor([5.0])
        self.array = np.ones(3)
        self.last = Parameter([6.0])

    def forward(self, x: Any) -> Any:
        return self.inner(x)


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts_in_order() -> None:
    model = Branches()
    assert [name for name, _ in model.named_parameters()] == [
        "first",
        "inner.weight",
        "inner.bias",
        "several.0",
        "several.1.0.weight",
        "named.left",
        "named.right.0",
        "last",
    ]
    assert model.parameters()[1] is model.inner.weight
    assert [p is q for p, (_, q) in zip(model.parameters(), model.named_parameters(), strict=True)] == [
        True
    ] * 8


def test_names_in_a_sequence_are_those_of_its_layers() -> None:
    inner = Sequential(Linear(3, 2, rng=0), Tanh())
    model = Sequential(Linear(4, 3, rng=0), ReLU(), inner)
    names = ["layers.0.weight", "layers.0.bias", "layers.2.layers.0.weight", "layers.2.layers.0.bias"]
    assert [name for name, _ in model.named_parameters()] == names
    assert list(model.state_dict()) == names


def test_what_is_shared_is_found_once_under_its_first_name() -> None:
    shared = Linear(3, 3, rng=0)
    model = Sequential(shared, ReLU(), shared)
    model.also = shared.bias  # type: ignore[attr-defined]
    assert [name for name, _ in model.named_parameters()] == ["layers.0.weight", "layers.0.bias"]
    assert len(model.state_dict()) == 2


def test_modules_that_hold_each_other_come_to_an_end() -> None:
    parent, child = Module(), Module()
    parent.child, child.parent, child.weight = child, parent, Parameter([1.0])  # type: ignore[attr-defined]
    assert [name for name, _ in parent.named_parameters()] == ["child.weight"]
    assert "..." in repr(parent)
    parent.eval()
    assert not child.training


def test_attributes_may_change_at_any_time() -> None:
    model = Sequential(Linear(2, 2, rng=0))
    model.layers.append(Linear(2, 1, rng=0))
    assert len(model.parameters()) == 4
    model.layers.pop(0)
    assert len(model.parameters()) == 2


def test_a_parameter_requires_a_gradient_and_what_is_made_of_it_is_a_plain_tensor() -> None:
    with no_grad():
        parameter = Parameter(np.float32([3.0]))
    assert parameter.requires_grad
    assert isinstance(parameter, Tensor)
    assert Parameter([1.0], dtype=np.float64).dtype == np.float64
    for result in (parameter * 2, parameter.detach(), parameter.sum()):
        assert type(result) is Tensor


def test_training_is_set_in_all_modules_and_begins_as_true() -> None:
    model = Sequential(ReLU(), Sequential(Tanh()))
    every = [model, *model.layers, model.layers[1].layers[0]]  # type: ignore[attr-defined]
    assert all(module.training for module in every)
    assert model.eval() is model
    assert not any(module.training for module in every)
    assert model.train() is model
    assert all(module.training for module in every)
    assert ReLU().training, "a module's own, not its class's"


def test_zero_grad_forgets_all_gradients() -> None:
    model = Sequential(Linear(3, 2, rng=0), ReLU())
    model(np.ones((4, 3))).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_module_shows_its_tree() -> None:
    model = Sequential(Linear(4, 3), ReLU(), Sequential(Linear(3, 2, bias=False), Sigmoid()))
    assert repr(model) == (
        "Sequential(\n"
        "    layers.0: Linear(4, 3)\n"
        "    layers.1: ReLU()\n"
        "    layers.2: Sequential(\n"
        "        layers.0: Linear(3, 2, bias=False)\n"
        "        layers.1: Sigmoid()\n"
        "    )\n"
        ")"
    )
    scale = Module()
    scale.factor = Parameter(np.ones((2, 3)))  # type: ignore[attr-defined]
    assert repr(scale) == "Module(\n    factor: Parameter of shape (2, 3)\n)"
    assert repr(Sequential()) == "Sequential()"


def test_a_module_without_forward_says_so() -> None:
    class Empty(Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no forward"):
        Empty()(3)


# States --------------------------------------------------------------------------------------------------


def small(seed: int) -> Sequential:
    return Sequential(Linear(3, 2, rng=seed), ReLU(), Linear(2, 1, rng=seed + 1))


def equal(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_a_state_is_a_copy_on_the_way_out_and_on_the_way_in() -> None:
    model, other = small(0), small(5)
    state = model.state_dict()
    other.load_state_dict(state)
    assert equal(other.state_dict(), model.state_dict())
    state["layers.0.weight"] += 1
    assert not equal(state, model.state_dict())
    assert equal(other.state_dict(), model.state_dict())


def test_a_state_takes_the_dtype_of_the_parameters_and_leaves_the_objects() -> None:
    model = small(0)
    parameter, data = model.parameters()[0], model.parameters()[0].data
    model.load_state_dict({name: array.astype(np.float64) + 1 for name, array in model.state_dict().items()})
    assert model.parameters()[0] is parameter
    assert parameter.data is data
    assert data.dtype == np.float32
    assert np.array_equal(data, small(0).parameters()[0].data + 1)


def without(state: dict, name: str) -> dict:
    return {key: value for key, value in state.items() if key != name}


MISFITS = {
    "missing": (lambda s: without(s, "layers.2.bias"), ["layers.2.bias is missing"]),
    "unexpected": (lambda s: {**s, "layers.9.bias": np.ones(1)}, ["layers.9.bias is unexpected"]),
    "renamed": (
        lambda s: {**without(s, "layers.0.bias"), "layers.0.b": np.ones(2)},
        ["layers.0.bias is missing", "layers.0.b is unexpected"],
    ),
    "shape": (
        lambda s: {**s, "layers.0.weight": s["layers.0.weight"].T},
        ["layers.0.weight has the shape (2, 3) and not (3, 2)"],
    ),
    "a shape that would broadcast": (
        lambda s: {**s, "layers.0.bias": np.ones(1)},
        ["layers.0.bias has the shape (1,) and not (2,)"],
    ),
    "kind": (lambda s: {**s, "layers.2.bias": np.array(["3"])}, ["layers.2.bias holds <U1 values"]),
    "empty": (lambda s: {}, ["layers.0.weight is missing", "layers.2.bias is missing"]),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_state_that_does_not_fit_is_refused_as_a_whole_and_says_all_that_is_wrong(name: str) -> None:
    change, clauses = MISFITS[name]
    model = small(0)
    before = model.state_dict()
    with pytest.raises(ValueError, match="does not fit this Sequential, and nothing was loaded") as caught:
        model.load_state_dict(change({key: array + 1 for key, array in before.items()}))
    assert all(clause in str(caught.value) for clause in clauses)
    assert equal(model.state_dict(), before)


def test_two_parameters_of_one_name_are_not_saved_as_one() -> None:
    model = Module()
    model.both = {1: Parameter([1.0]), "1": Parameter([2.0])}  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="two parameters the same name"):
        model.state_dict()


# Files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.npz", "model"])
def test_what_is_saved_can_be_loaded_and_read_by_numpy(name: str, tmp_path: Path) -> None:
    model, other = small(0), small(5)
    model.save(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name], "the very name that was given"
    other.load(tmp_path / name)
    assert equal(other.state_dict(), model.state_dict())
    with np.load(tmp_path / name, allow_pickle=False) as archive:
        assert equal(dict(archive), model.state_dict())


def test_names_that_are_arguments_of_numpy_are_names_like_others(tmp_path: Path) -> None:
    model = Module()
    model.file, model.allow_pickle = Parameter([3.0]), Parameter(5.0)  # type: ignore[attr-defined]
    model.save(tmp_path / "model.npz")
    model.file.data[:] = 0  # type: ignore[attr-defined]
    model.load(tmp_path / "model.npz")
    assert model.file.item() == 3  # type: ignore[attr-defined]


def test_what_numpy_has_written_can_be_loaded(tmp_path: Path) -> None:
    model, other = small(0), small(5)
    np.savez_compressed(tmp_path / "model.npz", **model.state_dict())
    other.load(tmp_path / "model.npz")
    assert equal(other.state_dict(), model.state_dict())


def test_files_that_are_no_states_are_refused(tmp_path: Path) -> None:
    model = small(0)
    before = model.state_dict()
    model.save(tmp_path / "whole.npz")
    whole = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "changed").write_bytes(whole.replace(before["layers.0.weight"].tobytes(), b"\1" * 24))
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("weights", encoding="utf-8")
    np.save(tmp_path / "single.npy", np.ones(3))
    np.savez(tmp_path / "objects.npz", weights=np.array([{}, []], dtype=object))
    for name in ("half", "changed", "empty", "text", "single.npy", "objects.npz"):
        with pytest.raises(ValueError, match=f"{name} is not a file that save has written, or is damaged"):
            model.load(tmp_path / name)
    assert equal(model.state_dict(), before)
    with pytest.raises(FileNotFoundError):
        model.load(tmp_path / "nowhere.npz")


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    Linear(3, 2, rng=0).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r"layers\.0\.weight is missing; .*; weight is unexpected"):
        small(0).load(tmp_path / "model.npz")


# Layers --------------------------------------------------------------------------------------------------


def test_a_linear_layer_is_a_product_and_a_sum() -> None:
    layer = Linear(3, 2, rng=0)
    layer.bias.data[:] = [5, -7]
    x = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    for given in (x, Tensor(x), x.tolist()):
        y = layer(given)
        np.testing.assert_allclose(y.data, x @ layer.weight.data + [5, -7], rtol=1e-6)
        assert y.dtype == np.float32
    assert layer(x.reshape(2, 2, 3)).shape == (2, 2, 2)
    assert layer(x[0]).shape == (2,)
    np.testing.assert_array_equal(Linear(3, 2, bias=False, rng=0)(x).data, x @ layer.weight.data)


def test_data_needs_no_gradient_and_is_not_changed() -> None:
    layer, x = Linear(3, 2, rng=0), Tensor(np.ones((4, 3), np.float32), requires_grad=False)
    layer(x).sum().backward()
    assert x.grad is None
    assert layer.weight.grad.shape == (3, 2)
    assert layer.bias.grad.tolist() == [4, 4]
    images = np.ones((4, 3), np.float32)
    layer(images).sum().backward()
    assert (images == 1).all()


def test_whole_numbers_are_float32_in_a_layer() -> None:
    assert Linear(3, 2, rng=0)(np.ones((4, 3), np.uint8)).dtype == np.float32
    assert Linear(3, 2, rng=0)(np.ones((4, 3), np.int64)).dtype == np.float32


def test_the_weights_of_a_layer_come_from_its_generator() -> None:
    assert np.array_equal(Linear(3, 2, rng=7).weight.data, Linear(3, 2, rng=7).weight.data)
    rng = np.random.default_rng(7)
    first, second = Linear(3, 2, rng=rng), Linear(3, 2, rng=rng)
    assert np.array_equal(first.weight.data, Linear(3, 2, rng=7).weight.data)
    assert not np.array_equal(first.weight.data, second.weight.data)
    assert not np.array_equal(Linear(3, 2).weight.data, Linear(3, 2).weight.data)
    wide = Linear(1000, 50, rng=0)
    assert np.abs(wide.weight.data).max() <= np.sqrt(6 / 1000)
    np.testing.assert_allclose(wide.weight.data.std(), np.sqrt(2 / 1000), rtol=0.02)
    assert (wide.bias.data == 0).all()
    assert all(parameter.dtype == np.float32 for parameter in wide.parameters())


@pytest.mark.parametrize("shape", [(4, 28, 28), (784,), (5, 2), ()])
def test_an_input_of_another_size_names_the_layer(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Linear\(3, 2\) was given the shape .*; the last axis must be 3"):
        Linear(3, 2, rng=0)(np.ones(shape))


@pytest.mark.parametrize("sizes", [(0, 3), (3, 0), (2.5, 3)])
def test_a_layer_has_whole_sizes(sizes: tuple) -> None:
    with pytest.raises(ValueError, match="must be a whole number, at least 1"):
        Linear(*sizes)


@pytest.mark.parametrize(("layer", "op"), [(ReLU(), bg.relu), (Tanh(), bg.tanh), (Sigmoid(), bg.sigmoid)])
def test_activations_are_their_operations(layer: Module, op: Any) -> None:
    x = np.float32([[-3.0, 0.5], [0.0, 7.0]])
    assert np.array_equal(layer(x).data, op(x).data)
    assert layer.parameters() == []


@pytest.mark.parametrize("wrong", [bg.relu, ReLU, None, Tensor([1.0])])
def test_a_sequence_takes_modules_only(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"Sequential takes modules, such as ReLU\(\); number 1 is"):
        Sequential(Linear(2, 2, rng=0), wrong)


# The loss ------------------------------------------------------------------------------------------------


def test_the_loss_of_equal_logits_is_the_logarithm_of_the_classes() -> None:
    loss = softmax_loss(Tensor(np.full((5, 4), 3.0)), [0, 3, 1, 1, 2])
    assert loss.shape == ()
    np.testing.assert_allclose(loss.item(), np.log(4), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [np.int64, np.uint8, list])
def test_the_loss_and_its_gradient_are_those_of_the_formula(dtype: type, kind: Any) -> None:
    rng = np.random.default_rng(3)
    data, labels = 3 * rng.normal(size=(7, 4)), rng.integers(4, size=7)

    def formula(x: Any) -> Any:
        return anp.mean(anp.log(anp.sum(anp.exp(x), axis=1)) - x[np.arange(7), labels])

    logits = Tensor(data.astype(dtype))
    loss = softmax_loss(logits, labels.tolist() if kind is list else labels.astype(kind))
    loss.backward()
    few = 16 * np.finfo(dtype).eps
    assert loss.dtype == logits.grad.dtype == dtype
    np.testing.assert_allclose(loss.data, formula(data), rtol=few)
    np.testing.assert_allclose(logits.grad, autograd.grad(formula)(data), rtol=few, atol=few)


def test_the_loss_passes_gradcheck_twice() -> None:
    labels = np.array([2, 0, 1])
    data = np.random.default_rng(3).normal(size=(3, 4))
    gradcheck(lambda x: softmax_loss(x, labels), data)
    gradcheck(lambda x: bg.grad(softmax_loss(x, labels), x, create_graph=True), data)


def test_large_logits_neither_overflow_nor_warn() -> None:
    logits = Tensor(np.float32([[1e4, 0, -1e4], [-3e4, 1e4, 0]]))
    loss = softmax_loss(logits, [0, 0])
    loss.backward()
    assert loss.item() == 2e4
    assert logits.grad.tolist() == [[0, 0, 0], [-0.5, 0.5, 0]]


def test_a_class_that_is_ruled_out_by_minus_infinity_gets_no_gradient() -> None:
    logits = Tensor(np.float32([[3, -np.inf, 3]]))
    loss = softmax_loss(logits, [2])
    loss.backward()
    np.testing.assert_allclose(loss.item(), np.log(2), rtol=1e-6)
    np.testing.assert_allclose(logits.grad, [[0.5, 0, -0.5]], rtol=1e-6)


def test_logits_without_gradients_give_a_loss_without_one() -> None:
    loss = softmax_loss(np.float32([[1, 2]]), [1])
    assert not loss.requires_grad


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 4], r"label 4 in row 2 is out of range: .* \(3, 4\) labels are 0 to 3 \(1 of 3 are not\)"),
        ([-1, 1, 9], r"label -1 in row 0 is out of range: .* \(2 of 3 are not\)"),
    ],
)
def test_a_label_out_of_range_is_named(labels: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        softmax_loss(Tensor(np.ones((3, 4))), labels)


@pytest.mark.parametrize(
    ("logits", "labels"),
    [
        ((3, 4), (4,)),
        ((3, 4), (3, 1)),
        ((3, 4), (3, 4)),
        ((4,), ()),
        ((3, 4), ()),
        ((2, 3, 4), (2, 3)),
        ((0, 4), (0,)),
    ],
)
def test_shapes_that_do_not_fit_are_named(logits: tuple[int, ...], labels: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="go with labels of shape") as caught:
        softmax_loss(Tensor(np.ones(logits)), np.zeros(labels, int))
    assert f"these have the shapes {logits} and {labels}" in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(3), "labels must be integers, not float64"),
        (np.zeros(3, bool), "labels must be integers, not bool"),
        (["a", "b", "c"], "labels must be integers"),
        (Tensor([0, 1, 2]), "an array, not a Tensor"),
    ],
)
def test_labels_are_integers(labels: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        softmax_loss(Tensor(np.ones((3, 4))), labels)


def test_a_step_leaves_no_tensor_behind() -> None:
    import gc

    model = small(0)
    x, labels = np.ones((4, 3), np.float32), [0, 0, 0, 0]
    gc.collect()
    gc.disable()
    try:
        softmax_loss(model(x), labels).backward()
        before = sum(issubclass(type(thing), Tensor) for thing in gc.get_objects())
        for _ in range(3):
            softmax_loss(model(x), labels).backward()
        assert sum(issubclass(type(thing), Tensor) for thing in gc.get_objects()) == before
    finally:
        gc.enable()


def test_the_modules_for_training_need_numpy_only() -> None:
    program = (
        "import sys, babygrad, babygrad.nn, babygrad.init, babygrad.optim, babygrad.data\n"
        "print([name for name in ('sklearn', 'scipy', 'torch', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
