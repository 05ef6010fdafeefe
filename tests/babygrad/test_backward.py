"""The backward pass: the order, the ledger, what is stored where, and ``grad``."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Add, Function, Tensor, grad, no_grad, topological_order

# Random graphs of sums -----------------------------------------------------------------------------------


class Total(Function):
    """The sum of any number of inputs. The gradient of a leaf is then the number of paths to it."""

    def forward(self, *arrays: np.ndarray) -> np.ndarray:
        return sum(arrays, np.zeros(()))

    def backward(self, out_grad: Tensor, node: Tensor) -> tuple[Tensor, ...]:
        calls.append(id(node))
        return (out_grad,) * len(node._inputs)


calls: list[int] = []


@pytest.fixture(autouse=True)
def _no_calls_yet() -> None:
    calls.clear()


@st.composite
def dags(draw: st.DrawFn) -> list[list[int]]:
    """For each node the places of its inputs, earlier ones, possibly several times; leaves have none."""
    leaves = draw(st.integers(1, 3))
    inner = draw(st.integers(1, 9))
    return [[] for _ in range(leaves)] + [
        draw(st.lists(st.integers(0, place - 1), min_size=1, max_size=3))
        for place in range(leaves, leaves + inner)
    ]


def build(dag: list[list[int]]) -> list[Tensor]:
    nodes: list[Tensor] = []
    for inputs in dag:
        node = Total()(*(nodes[i] for i in inputs)) if inputs else Tensor(np.float64(1))
        nodes.append(node)
    return nodes


def ancestors(node: Tensor) -> set[int]:
    """By plain recursion: the node and everything it was made from."""
    return {id(node)}.union(*(ancestors(parent) for parent in node._inputs))


@given(dag=dags())
def test_the_order_has_each_node_once_and_after_its_inputs(dag: list[list[int]]) -> None:
    nodes = build(dag)
    for root in nodes:
        order = topological_order(root)
        place = {id(node): i for i, node in enumerate(order)}
        assert len(place) == len(order), "each once"
        assert set(place) == ancestors(root), "nothing else and nothing missing"
        assert order[-1] is root
        assert all(place[id(parent)] < place[id(node)] for node in order for parent in node._inputs)


@given(dag=dags(), picks=st.lists(st.integers(0, 100), min_size=0, max_size=4))
def test_the_order_of_several_roots(dag: list[list[int]], picks: list[int]) -> None:
    nodes = build(dag)
    roots = [nodes[i % len(nodes)] for i in picks]
    order = topological_order(*roots)
    place = {id(node): i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert set(place) == set().union(*map(ancestors, roots))
    assert all(place[id(parent)] < place[id(node)] for node in order for parent in node._inputs)


@given(dag=dags())
def test_a_gradient_counts_paths_and_each_rule_is_called_once(dag: list[list[int]]) -> None:
    nodes = build(dag)
    paths = [0] * len(dag)
    paths[-1] = 1
    for place in reversed(range(len(dag))):
        for parent in dag[place]:
            paths[parent] += paths[place]
    calls.clear()
    nodes[-1].backward()
    assert [0 if node.grad is None else node.grad.item() for node in nodes] == paths
    called = [id(node) for node, count in zip(nodes, paths, strict=True) if count and node._op]
    assert sorted(calls) == sorted(called)


@given(dag=dags(), picks=st.lists(st.integers(0, 100), min_size=1, max_size=4))
def test_grad_of_several_outputs_is_the_sum_of_the_gradients_of_each(
    dag: list[list[int]], picks: list[int]
) -> None:
    nodes = build(dag)
    outputs = [nodes[i % len(nodes)] for i in picks]
    seeds = [float(10**k) for k in range(len(outputs))]
    together = grad(outputs, nodes, seeds)
    for place, node in enumerate(nodes):
        single = sum(grad(o, node, s).item() for o, s in zip(outputs, seeds, strict=True))
        assert together[place].item() == single
        assert node.grad is None


# Fan-out and the ledger ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "slope"),
    [
        (lambda x: x * x, 6),
        (lambda x: x + x, 2),
        (lambda x: x - x, 0),
        (lambda x: x / x, 0),
        (lambda x: x * x * x, 27),
        (lambda x: (x + 1) * (x + 2), 9),
        (lambda x: x * 2 + x * 5 + x, 8),
        (lambda x: Total()(x, x, x), 3),
    ],
)
def test_a_tensor_used_several_times_gets_the_sum(expression: Callable, slope: float) -> None:
    x = Tensor(np.array([3.0]))
    expression(x).backward([10.0])
    assert x.grad == pytest.approx(10 * slope)


def test_a_diamond_waits_for_both_sides() -> None:
    x = Tensor([2.0])
    h = x * 3
    left, right = h * h, h * 5
    (left * right).backward()  # 5 h ** 3, and h = 3 x
    assert h.grad == 15 * 6**2
    assert x.grad == 3 * 15 * 6**2


def test_a_short_and_a_long_way_to_the_same_node() -> None:
    """Breadth first, h would be visited before its gradient along the long way is there."""
    for swap in (False, True):
        x = Tensor([2.0])
        h = x * 1
        long = ((h * 2) * 3) * 5
        out = h + long if swap else long + h
        out.backward()
        assert x.grad == 31


def test_thirty_doublings_need_thirty_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, count = Add.backward, 0

    def counted(self: Add, out_grad: Tensor, node: Tensor) -> tuple:
        nonlocal count
        count += 1
        return rule(self, out_grad, node)

    monkeypatch.setattr(Add, "backward", counted)
    x = h = Tensor(np.array([1.0]))
    for _ in range(30):
        h = h + h
    h.backward()
    assert x.grad == 2**30
    assert count == 30


def test_the_ledger_does_not_write_into_gradients_it_was_given() -> None:
    """Add hands the same gradient to both parents; adding to one must not change the other."""
    a, b = Tensor([1.0]), Tensor([1.0])
    c = a + b
    (c + a * 10).backward()
    assert c.grad == 1
    assert a.grad == 11
    assert b.grad == 1
    (c + c + a + b).backward()
    assert a.grad == 11 + 3
    assert b.grad == 1 + 3


class Keeps(Function):
    """Returns the same Tensor as the gradient of every input, in every call."""

    def __init__(self, gradient: Tensor) -> None:
        self.gradient = gradient

    def forward(self, *arrays: np.ndarray) -> np.ndarray:
        return sum(arrays, np.zeros(()))

    def backward(self, out_grad: Tensor, node: Tensor) -> tuple[Tensor, ...]:
        return (self.gradient,) * len(node._inputs)


@pytest.mark.parametrize("swap", [False, True])
def test_a_rule_may_hand_out_one_tensor_many_times(swap: bool) -> None:
    kept = Tensor([7.0], requires_grad=False)
    x, y, z = Tensor([1.0]), Tensor([1.0]), Tensor([1.0])
    h = z * 1
    Keeps(kept)(*((h, y, x, y) if swap else (y, x, h, y))).backward()
    assert [t.grad.item() for t in (x, y, z, h)] == [7, 14, 7, 7]
    for leaf in (x, y, z):
        leaf.grad += 100
    assert kept.data == 7
    assert h.grad == 7
    assert [t.grad.item() for t in (x, y, z)] == [107, 114, 107]


# What .grad holds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [2.0, [2.0], [[2.0, 3.0]], []])
@pytest.mark.parametrize("calls_of_backward", [1, 2, 3])
def test_gradients_accumulate_as_writable_arrays(data: object, calls_of_backward: int) -> None:
    x = Tensor(data)
    y = x * x
    z = y * 3
    for _ in range(calls_of_backward):
        z.backward()
    for tensor, once in ((z, np.ones_like(x.data)), (y, np.full_like(x.data, 3)), (x, 6 * x.data)):
        assert type(tensor.grad) is np.ndarray
        assert tensor.grad.dtype == np.float32
        assert np.array_equal(tensor.grad, calls_of_backward * once)
    x.grad += 1
    assert np.array_equal(z.grad, calls_of_backward * np.ones_like(x.data))


def test_an_accumulated_gradient_does_not_flow_again() -> None:
    """A second pass starts with a fresh ledger: it adds the same again, not a multiple."""
    x = Tensor([2.0])
    h = x * x
    y = h * h
    y.backward()
    first = x.grad.copy()
    y.backward()
    assert x.grad == 2 * first
    h.backward()
    assert x.grad == 2 * first + 4


def test_gradients_accumulate_over_different_graphs() -> None:
    x = Tensor([2.0])
    (x * 3).backward()
    (x * 5).backward()
    assert x.grad == 8
    x.grad = None
    (x * 7).backward()
    assert x.grad == 7


def test_adding_to_a_gradient_replaces_the_array_and_keeps_the_old_one() -> None:
    x = Tensor([2.0])
    (x * 3).backward()
    held = x.grad
    (x * 5).backward()
    assert held == 3


def test_the_gradient_of_a_leaf_is_its_own() -> None:
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    c = a + b
    c.backward()
    a.grad[0] = 100
    assert b.grad.tolist() == [1, 1]
    assert c.grad.tolist() == [1, 1]


def test_a_leaf_can_be_the_root() -> None:
    v = np.array([3.0, 4.0])
    x = Tensor(np.ones(2))
    x.backward(v)
    assert x.grad.tolist() == [3, 4]
    x.grad[0] = 100
    assert v[0] == 3


def test_only_what_wants_a_gradient_gets_one() -> None:
    x, constant = Tensor([2.0]), Tensor([3.0], requires_grad=False)
    unrelated = Tensor([4.0])
    side = x * 7
    h = constant * constant
    y = x * h
    y.backward()
    assert x.grad == 9
    assert y.grad == 1
    assert constant.grad is None
    assert h.grad is None
    assert unrelated.grad is None
    assert side.grad is None


def test_no_work_is_done_for_a_constant_operand(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = Tensor(np.ones((4, 3)), requires_grad=False), Tensor(np.ones((3, 2)))
    forward, count = bg.MatMul.forward, 0

    def counted(self: bg.MatMul, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        nonlocal count
        count += 1
        return forward(self, a, b)

    monkeypatch.setattr(bg.MatMul, "forward", counted)
    (x @ w).backward()
    assert count == 2, "one product forward, one backward"


def test_gradients_stop_at_detach() -> None:
    x = Tensor([2.0])
    y = x * x
    (y.detach() * x).backward()
    assert x.grad == 4
    assert y.grad is None


# The upstream gradient -----------------------------------------------------------------------------------


def test_without_grad_the_upstream_gradient_is_ones() -> None:
    x = Tensor(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    y = x * x
    y.backward()
    assert np.array_equal(y.grad, np.ones((2, 3)))
    assert np.array_equal(x.grad, 2 * x.data)


@pytest.mark.parametrize(
    "upstream",
    [
        [0.1, 0.2],
        (0.1, 0.2),
        np.array([0.1, 0.2]),
        Tensor(np.array([0.1, 0.2])),
        Tensor(np.array([0.1, 0.2]), requires_grad=False),
    ],
)
@pytest.mark.parametrize("through", [lambda x: x, lambda x: x * 1])
def test_an_upstream_gradient_may_be_a_list_an_array_or_a_tensor(upstream: object, through: Callable) -> None:
    x = Tensor(np.ones(2))
    through(x).backward(upstream)
    assert x.grad.tolist() == [0.1, 0.2]
    assert grad(through(x), x, upstream).data.tolist() == [0.1, 0.2]


@pytest.mark.parametrize("upstream", [0.1, np.float64(0.1), np.array(0.1), Tensor(0.1, dtype=np.float64)])
def test_an_upstream_gradient_for_a_scalar_may_be_a_number(upstream: object) -> None:
    x = Tensor(np.float64(3))
    (x * 2).backward(upstream)
    assert x.grad == 0.2
    assert grad(x * 2, x, upstream).item() == 0.2


@pytest.mark.parametrize(
    ("shape", "upstream"),
    [
        ((), [1.0]),
        ((1,), 1.0),
        ((1,), [[1.0]]),
        ((3,), 1.0),
        ((3,), [1.0]),
        ((3,), [1.0, 2.0]),
        ((3,), [[1.0, 2.0, 3.0]]),
        ((3,), [[1.0], [2.0], [3.0]]),
        ((2, 3), [1.0, 2.0, 3.0]),
        ((2, 3), np.ones((3, 2))),
        ((2, 3), np.ones(6)),
        ((0,), 1.0),
    ],
)
def test_an_upstream_gradient_of_another_shape_is_refused(shape: tuple[int, ...], upstream: object) -> None:
    x = Tensor(np.ones(shape))
    y = x * 2
    found = np.shape(upstream)
    for call in (lambda: y.backward(upstream), lambda: grad(y, x, upstream), lambda: x.backward(upstream)):
        with pytest.raises(ValueError, match="grad has shape") as caught:
            call()
        assert f"{found}" in str(caught.value)
        assert f"{shape}" in str(caught.value)
    assert x.grad is None
    assert y.grad is None


def test_an_upstream_gradient_that_is_not_numeric_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a number"):
        Tensor([1.0]).backward("one")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_upstream_gradient_takes_the_dtype_of_the_root(dtype: type) -> None:
    x = Tensor(np.ones(2, dtype=dtype))
    narrow, wide = np.float32([1, 2]), np.array([1.0, 2.0])
    for upstream in (narrow, wide, np.array([1, 2]), [1, 2], Tensor(narrow), Tensor(wide)):
        x.grad = None
        y = x * 2
        y.backward(upstream)
        assert y.grad.dtype == x.grad.dtype == dtype
        assert x.grad.tolist() == [2, 4]


def test_data_changed_between_forward_and_backward_is_what_the_rules_see() -> None:
    a, b = Tensor([2.0]), Tensor([3.0])
    c = a * b
    b.data[0] = 100
    c.backward()
    assert c.data == 6
    assert a.grad == 100


# Errors --------------------------------------------------------------------------------------------------


def test_backward_needs_a_tensor_that_needs_a_gradient() -> None:
    x = Tensor([1.0])
    with no_grad():
        unrecorded = x * 2
    constant = Tensor([1.0], requires_grad=False)
    for tensor in (constant, constant + 1, x.detach(), unrecorded):
        with pytest.raises(RuntimeError, match="does not require gradients"):
            tensor.backward()
        assert tensor.grad is None


# Depth and memory ----------------------------------------------------------------------------------------


def test_a_hundred_thousand_operations_in_a_row() -> None:
    x = y = Tensor(np.array([1.0]))
    for _ in range(100_000):
        y = y + x
    assert len(topological_order(y)) == 100_001
    y.backward()
    assert y.data == 100_001
    assert x.grad == 100_001
    last = weakref.ref(y)
    del y
    assert last() is None


def test_graphs_are_freed_without_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        x = Tensor(np.ones((2, 3)))
        h = bg.tanh(x @ x.T)
        y = (h * h).sum()
        watched = [weakref.ref(t) for t in (h, y)]
        y.backward()
        first = grad(y, x, create_graph=True)
        watched += [weakref.ref(first), weakref.ref(grad(first, h))]
        topological_order(y)
        with pytest.raises(ValueError, match="MatMul"):
            y.reshape(1, 1) @ x
        del h, y, first
        assert [ref() for ref in watched] == [None] * len(watched)
        assert x.grad is not None
    finally:
        gc.enable()


def test_the_ledger_lets_go_of_a_gradient_that_has_been_used() -> None:
    class Watch(Function):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x * 1

        def backward(self, out_grad: Tensor, node: Tensor) -> Tensor:
            alive.append(sum(ref() is not None for ref in earlier))
            earlier.append(weakref.ref(out_grad))
            return out_grad * 1

    alive: list[int] = []
    earlier: list[weakref.ref[Tensor]] = []
    y = Tensor([1.0])
    for _ in range(50):
        y = Watch()(y)
    y.backward()
    assert len(alive) == 50
    assert max(alive) <= 2


def test_backward_adds_nothing_to_the_graph() -> None:
    x = Tensor(np.ones(3))
    y = (bg.exp(x) * x).sum()
    before = len(topological_order(y))
    y.backward()
    y.backward()
    assert len(topological_order(y)) == before
    assert x._op is None
    assert x._inputs == ()


def test_the_history_is_still_there_after_backward() -> None:
    x = Tensor([3.0])
    h = x * x
    (h * 2).backward()
    (h * 5).backward()
    assert x.grad == 12 + 30


# grad ----------------------------------------------------------------------------------------------------


def test_grad_gives_a_tensor_for_one_input_and_a_tuple_for_several() -> None:
    a, b = Tensor([2.0]), Tensor([3.0])
    c = a * b
    alone = grad(c, a)
    assert type(alone) is Tensor
    assert alone.data == 3
    for inputs in ([a], (a,)):
        found = grad(c, inputs)
        assert type(found) is tuple
        assert [t.item() for t in found] == [3]
    assert [t.item() for t in grad(c, [b, a, b])] == [2, 3, 2]
    assert grad(c, []) == ()
    assert (a.grad, b.grad, c.grad) == (None, None, None)


def test_grad_leaves_what_is_in_grad_alone() -> None:
    x = Tensor([2.0])
    y = x * x
    y.backward()
    held, value = x.grad, x.grad.copy()
    grad(y, x)
    grad(grad(y, x, create_graph=True), x)
    assert x.grad is held
    assert x.grad == value


def test_grad_of_intermediates_and_of_the_output_itself() -> None:
    x = Tensor([2.0])
    h = x * 3
    y = h * h
    assert [t.item() for t in grad(y, [y, h, x])] == [1, 12, 36]
    assert grad(y, y, [5.0]).item() == 5


def test_an_input_that_is_not_used_gets_zeros() -> None:
    x = Tensor([2.0])
    unused = Tensor(np.ones((2, 3)))
    later = x * 7
    to_x, to_unused, to_later = grad(x * 3, [x, unused, later])
    assert to_x.item() == 3
    assert np.array_equal(to_unused.data, np.zeros((2, 3)))
    assert to_unused.dtype == np.float64
    assert to_later.data.tolist() == [0]
    assert not to_unused.requires_grad


def test_several_outputs_with_upstream_gradients_of_their_own() -> None:
    x = Tensor([2.0, 3.0])
    y, z = x * x, (x * 10).sum()
    assert grad([y, z], x).data.tolist() == [14, 16]
    assert grad([y, z], x, [[1.0, 2.0], 3.0]).data.tolist() == [34, 42]
    assert grad([y, z], x, [None, 3.0]).data.tolist() == [34, 36]


def test_the_same_output_twice_counts_twice() -> None:
    x = Tensor([2.0])
    y = x * x
    assert grad([y, y], x).item() == 8
    assert grad([y, y], x, [[3.0], [5.0]]).item() == 32
    assert grad([x, x], x).item() == 2


@pytest.mark.parametrize("order", [1, -1])
def test_an_output_upstream_of_another(order: int) -> None:
    x = Tensor([2.0])
    h = x * 3
    y = h * h
    outputs, seeds = [h, y, x][::order], [[10.0], [1.0], [100.0]][::order]
    to_h, to_x = grad(outputs, [h, x], seeds)
    assert to_h.item() == 10 + 12
    assert to_x.item() == 3 * 22 + 100


def test_the_number_of_upstream_gradients_must_be_that_of_the_outputs() -> None:
    x = Tensor([2.0])
    with pytest.raises(ValueError):  # noqa: PT011
        grad([x * 2, x * 3], x, [[1.0]])


@pytest.mark.parametrize("upstream", [None, Tensor([5.0])])
@pytest.mark.parametrize(
    "expression", [lambda x: x, lambda x: x + 1, lambda x: x * x, bg.exp, lambda x: x.reshape(1, 1).sum(0)]
)
def test_without_create_graph_the_results_are_constants(expression: Callable, upstream: Tensor) -> None:
    """Also where a rule returns the upstream gradient as it is, and that one requires gradients itself."""
    x = Tensor([2.0])
    found = grad(expression(x), x, upstream)
    assert (found.requires_grad, found._op, found._inputs) == (False, None, ())
    assert upstream is None or upstream.requires_grad


def test_with_create_graph_the_results_can_be_differentiated_along_everything() -> None:
    x, v = Tensor(np.array([2.0])), Tensor(np.array([5.0]))
    first = grad(x * x * x, x, v, create_graph=True)
    assert first.item() == 60
    along_x, along_v = grad(first, [x, v])
    assert along_x.item() == 60
    assert along_v.item() == 12


def test_grad_names_what_requires_no_gradient() -> None:
    x, constant = Tensor([1.0]), Tensor([1.0], requires_grad=False)
    y = x * constant
    with pytest.raises(RuntimeError, match="grad: input 1 does not require gradients"):
        grad(y, [x, constant])
    with pytest.raises(RuntimeError, match="grad: input 0 does not require gradients"):
        grad(y, constant)
    with pytest.raises(RuntimeError, match="grad: output 0 does not require gradients"):
        grad(constant, x)
    with pytest.raises(RuntimeError, match="grad: output 1 does not require gradients"):
        grad([y, constant], x)
