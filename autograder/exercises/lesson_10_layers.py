"""Lesson 10: layers and losses."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.exercises.operation import Operation
from autograder.probes import lesson_10_layers as probes
from babygrad import Tensor, exp, log, reshape
from babygrad.init import kaiming_uniform
from babygrad.nn import Linear, Module, Parameter, Sequential, softmax_loss
from babygrad.ops import logsumexp

# named_parameters -------------------------------------------------------------------------------------


def _holding(text: str, **holds: Any) -> Case:
    """A module with these attributes: a number stands for a Parameter that holds it."""
    return Case(f"With a module `m` that has {text}", {"holds": holds})


_LINEAR = {"module": {"weight": 3.0, "bias": 5.0}}
_NAMES = ("weight", "bias", "scale", "gate", "head", "body", "shift", "query", "first", "last")


def _names(rng: np.random.Generator, count: int) -> list[str]:
    """Different names of attributes, in any order."""
    return [str(name) for name in rng.permutation(_NAMES)[:count]]


def _numbers(rng: np.random.Generator, count: int) -> list[float]:
    """What as many Parameters hold: different numbers."""
    return [float(number) for number in rng.permutation(90)[:count] + 10]


def _some_parameters(rng: np.random.Generator, count: int) -> dict[str, Any]:
    return dict(zip(_names(rng, count), _numbers(rng, count), strict=True))


def _listed(names: Any, before: str = "m.") -> str:
    texts = [f"`{before}{name}`" for name in names]
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def own_attributes(rng):
    """Parameters that are attributes of the module itself, in an order that is not the alphabet's."""
    several = _some_parameters(rng, 5)
    return [
        _holding("a Parameter `m.weight`", weight=3.0),
        _holding("the Parameters `m.weight` and `m.bias`, assigned in this order", weight=3.0, bias=5.0),
        _holding("the Parameters `m.z`, `m.a` and `m.k`, in this order", z=7.0, a=3.0, k=5.0),
        _holding("no attributes"),
        _holding(f"the Parameters {_listed(several)}, in this order", **several),
    ]


def modules_in_modules(rng):
    """Modules that are attributes, one or two levels down."""
    outer, middle, innermost = _names(rng, 3)
    several = _some_parameters(rng, 3)
    deep = {outer: {"module": {middle: {"module": {innermost: {"module": several}}}}}}
    way = f"m.{outer}.{middle}.{innermost}."
    inner = {"module": {"weight": 7.0}}
    return [
        _holding("a module `m.hidden` with `weight` and `bias`", hidden=_LINEAR),
        _holding(
            "the modules `m.hidden` and `m.out`, each with a `weight`",
            hidden={"module": {"weight": 3.0}},
            out={"module": {"weight": 5.0}},
        ),
        _holding(
            "a Parameter `m.scale`, and `m.block.hidden.weight` two levels down",
            scale=3.0,
            block={"module": {"hidden": inner}},
        ),
        _holding(
            "`m.hidden.weight`, and after it a Parameter `m.scale`",
            hidden={"module": {"weight": 3.0}},
            scale=5.0,
        ),
        _holding(f"{_listed(several, way)}, three levels down", **deep),
    ]


def in_lists(rng):
    """Parameters and modules in lists and tuples, also inside an inner module."""
    outer, inner = _names(rng, 2)
    numbers = _numbers(rng, 2 * int(rng.integers(11, 14)))
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    many = [{"module": {"weight": weight, "bias": bias}} for weight, bias in pairs]
    two = [_LINEAR, {"module": {"weight": 7.0}}]
    return [
        _holding("a list `m.layers` of two modules: `weight` and `bias`, `weight`", layers=two),
        _holding("a list `m.scales` of two Parameters", scales=[3.0, 5.0]),
        _holding("a tuple `m.layers` of two modules", layers=tuple(two)),
        _holding(
            "a module `m.body` that has a list `layers` of two modules", body={"module": {"layers": two}}
        ),
        _holding(
            "a list `m.layers` of two modules, the first without Parameters", layers=[{"module": {}}, two[1]]
        ),
        _holding("a list of a number, a text and a Parameter", mixed=["a number", "a text", 3.0]),
        _holding(
            f"a module `m.{outer}` that has a list `{inner}` of {len(many)} modules",
            **{outer: {"module": {inner: many}}},
        ),
    ]


def others_between(rng):
    """Attributes that are no Parameters."""
    one, other, third = _names(rng, 3)
    (number,) = _numbers(rng, 1)
    return [
        _holding(
            "`m.weight`, and a Tensor `m.mean` that requires no gradient", weight=3.0, mean="a constant"
        ),
        _holding("`m.weight`, and a Tensor `m.last` that is no Parameter", last="a Tensor", weight=3.0),
        _holding(
            "`m.weight`, an array, a number, a text and None",
            seen="an array",
            size="a number",
            name="a text",
            weight=3.0,
            bias="None",
        ),
        _holding(
            f"`m.{one}`, a number, `m.{other}`, a Parameter, and `m.{third}`, a constant",
            **{one: "a number", other: number, third: "a constant"},
        ),
    ]


def shared(rng):
    """One Parameter, or one module, in two places."""
    one, other, third = _names(rng, 3)
    (number,) = _numbers(rng, 1)
    tied = {"known as": "tied", "is": number}
    weight = {"known as": "w", "is": 3.0}
    layer = {"known as": "layer", "is": _LINEAR}
    return [
        _holding("the same Parameter as `m.weight` and as `m.again`", weight=weight, again="w"),
        _holding("the same module twice in a list `m.layers`", layers=[layer, "layer"]),
        _holding(
            "two modules, `m.encoder` and `m.decoder`, that share their `weight`",
            encoder={"module": {"weight": weight}},
            decoder={"module": {"weight": "w", "bias": 5.0}},
        ),
        _holding("two different Parameters that hold the same number", one=3.0, other=3.0),
        _holding(
            f"the same Parameter as `m.{one}[0].{other}` and as `m.{third}`",
            **{one: [{"module": {other: tied}}], third: "tied"},
        ),
    ]


def asked_again(rng):
    """The second answer."""
    several = _some_parameters(rng, 4)
    return [
        _holding("`m.weight` and `m.bias`, asked a second time", weight=3.0, bias=5.0),
        _holding(f"{_listed(several)}, asked a second time", **several),
    ]


def _by_search(
    wanted: Callable[[Any], bool] = lambda value: isinstance(value, Parameter),
    opened: Callable[[Any], bool] = lambda value: isinstance(value, (Module, list, tuple)),
    same: Callable[[Any], Any] | None = id,
    named: Callable[[str, str], str] = lambda outer, inner: f"{outer}.{inner}",
    first: int = 0,
) -> Callable[[Any], list]:
    """A search with another question, or other names. same: how a Parameter is recognised, None for not."""

    def named_parameters(self):
        found: list = []
        seen: set = set()

        def search(name, value):
            if wanted(value):
                if same is None or same(value) not in seen:
                    found.append((name, value))
                if same is not None:
                    seen.add(same(value))
            elif opened(value):
                inside = vars(value).items() if isinstance(value, Module) else enumerate(value, first)
                for inner, item in inside:
                    search(named(name, str(inner)), item)

        for attribute, value in vars(self).items():
            search(attribute, value)
        return found

    return named_parameters


def _one_level_down(self):
    found = []
    for name, value in vars(self).items():
        if isinstance(value, Parameter):
            found.append((name, value))
        elif isinstance(value, Module):
            found += [(f"{name}.{key}", p) for key, p in vars(value).items() if isinstance(p, Parameter)]
        elif isinstance(value, (list, tuple)):
            for place, item in enumerate(value):
                inner = vars(item) if isinstance(item, Module) else {}
                found += [(f"{name}.{place}.{k}", p) for k, p in inner.items() if isinstance(p, Parameter)]
                found += [(f"{name}.{place}", item)] if isinstance(item, Parameter) else []
    return found


def _each_with_its_own_set(self):
    """Every module asks the inner ones, and none knows what another has seen."""
    found, seen = [], set()
    for name, value in vars(self).items():
        several = enumerate(value) if isinstance(value, (list, tuple)) else [("", value)]
        for place, item in several:
            where = f"{name}.{place}" if place != "" else name
            if isinstance(item, Parameter) and id(item) not in seen:
                seen.add(id(item))
                found.append((where, item))
            elif isinstance(item, Module):
                found += [(f"{where}.{inner}", p) for inner, p in _each_with_its_own_set(item)]
    return found


def _kept_list() -> Callable[[Any], list]:
    found: list = []

    def named_parameters(self):
        found.extend(_right_search(self))
        del found[:-100]
        return list(found)

    return named_parameters


def _kept_record() -> Callable[[Any], list]:
    seen: deque = deque(maxlen=500)  # for ever would fill our memory

    def named_parameters(self):
        new = [pair for pair in _right_search(self) if not any(pair[1] is known for known in seen)]
        seen.extend(parameter for _, parameter in new)
        return new

    return named_parameters


_right_search = _by_search()


def _with_a_dot_before(self):
    return [(f".{name}", parameter) for name, parameter in _by_search(same=None)(self)]


def _appended(self):
    """What an inner module finds is put in as one entry."""
    found: list = []
    for name, value in vars(self).items():
        if isinstance(value, Parameter):
            found.append((name, value))
        elif isinstance(value, Module):
            found.append(value.named_parameters())
    return found


def _names_only(self):
    return [name for name, _ in _right_search(self)]


def _parameters_only(self):
    return [parameter for _, parameter in _right_search(self)]


def _turned(self):
    return [(parameter, name) for name, parameter in _right_search(self)]


def _as_a_dict(self):
    return dict(_right_search(self))


def _brackets(self):
    return [(re.sub(r"\.(\d+)", r"[\1]", name), parameter) for name, parameter in _right_search(self)]


def _without_places(self):
    return [(re.sub(r"\.\d+", "", name), parameter) for name, parameter in _right_search(self)]


def _last_name_kept(self):
    last = {id(parameter): (name, parameter) for name, parameter in _by_search(same=None)(self)}
    return list(last.values())


def _first_of_its_own(self):
    """`return` in the loop, where no other module is looked into."""
    for name, value in vars(self).items():
        return [(name, value)] if isinstance(value, Parameter) else []


def _first_of_each_module(self):
    """The same, where inner modules are asked."""
    for name, value in vars(self).items():
        if isinstance(value, Module):
            return [(f"{name}.{inner}", part) for inner, part in _first_of_each_module(value)]
        return [(name, value)] if isinstance(value, Parameter) else []


def _data(self):
    return [(name, parameter.data) for name, parameter in _right_search(self)]


def _sorted(self):
    return sorted(_right_search(self), key=lambda pair: pair[0])


def _first_attribute_only(self):
    for name in vars(self):
        return [pair for pair in _right_search(self) if pair[0].split(".")[0] == name]


def _parameters_first(self):
    mine = [pair for pair in _right_search(self) if "." not in pair[0]]
    return mine + [pair for pair in _right_search(self) if "." in pair[0]]


def _search(family: str, message: str, wrong: Callable[[Any], Any]) -> Mistake:
    return Mistake(family, message, {"named_parameters": wrong})


_SHALLOW = (
    "Only what is kept directly in the module is found. An attribute may be a module, with Parameters of "
    "its own: who finds those? And one that is found in two places should be in the list once."
)
_NO_LISTS = (
    "What is in a list stays hidden. A list is no module: how do you find out that an attribute is one, and "
    "how do you get at its entries and their places? And one that is found in two places should be in the "
    "list once."
)
_NO_PATH = (
    "The last part of the name is right, and the way to it is missing: with two layers there are two of "
    "`weight`. What does the outer module know that the inner one does not? And one that is found in two "
    "places should be in the list once."
)


_RETURNED = (
    "`return` ends the function, inside a loop as well: only the first attribute is looked at. And where "
    "are lists looked into?"
)


def _is_module(value: Any) -> bool:
    return isinstance(value, Module)


_LEVELS = (
    "The search ends too early: a module may hold a module that holds a module. Which function finds what "
    "is in a module, however deep, and is just being written?"
)

SEARCH_MISTAKES = (
    # First: in lists, whoever looks at attributes only sees the same, and this is true of them as well.
    _search(
        "lists not searched",
        "What is in a list stays hidden. A list is no module: how do you find out that an attribute is one, "
        "and how do you get at its entries and their places?",
        _by_search(opened=_is_module),
    ),
    _search(
        "modules not searched",
        "Only the module's own attributes are looked at. An attribute may be a module, with Parameters of "
        "its own: who finds those?",
        _by_search(opened=lambda value: False),
    ),
    _search(
        "modules not searched",
        "Inner modules are found in lists only. And where one is an attribute by itself?",
        _by_search(opened=lambda value: isinstance(value, (list, tuple))),
    ),
    _search("one level only", _LEVELS, _one_level_down),
    _search(
        "tuples not searched",
        "Lists are searched, and tuples are not. `isinstance` takes several classes at once, in parentheses.",
        _by_search(opened=lambda value: isinstance(value, (Module, list))),
    ),
    _search(
        "any Tensor taken for a Parameter",
        "Every Tensor is taken for a Parameter here. A module may keep others, which are not to be learned: "
        "what tells a Parameter from them?",
        _by_search(wanted=lambda value: isinstance(value, Tensor)),
    ),
    _search(
        "any Tensor taken for a Parameter",
        "Whatever requires a gradient is taken for a Parameter here, and so does any result on the way. "
        "What class is asked for?",
        _by_search(wanted=lambda value: isinstance(value, Tensor) and value.requires_grad),
    ),
    _search(
        "found twice",
        "A Parameter that is held in two places is found twice here, and would be trained twice in one "
        "step. What could the search note, and where would it look?",
        _by_search(same=None),
    ),
    _search(
        "equal taken for the same",
        "Two Parameters with the same numbers are still two. They are told apart as objects: `p in seen`, "
        "with a set `seen` of Parameters, asks just that.",
        _by_search(same=lambda value: value.data.tobytes()),
    ),
    _search(
        "name without its path",
        "The last part of the name is right, and the way to it is missing: with two layers there are two of "
        "`weight`. What does the outer module know that the inner one does not?",
        _by_search(named=lambda outer, inner: inner),
    ),
    _search(
        "another separator",
        "The parts of the name stand next to each other without a dot. What should be between them?",
        _by_search(named=lambda outer, inner: outer + inner),
    ),
    _search(
        "another separator",
        "The parts of the name are joined by `_`. An attribute's own name may hold one; so a dot is used.",
        _by_search(named=lambda outer, inner: f"{outer}_{inner}"),
    ),
    _search(
        "counted from 1",
        "Places in a list are counted from 0, as Python does.",
        _by_search(first=1),
    ),
    _search(
        "record kept between calls",
        "What an earlier call found is still in the list. Is it a default value, or made outside of the "
        "function? Each call needs its own.",
        _kept_list(),
    ),
    _search(
        "record kept between calls",
        "Asked a second time, the module seems empty: what was seen in the first call still counts as seen. "
        "Is the set a default value, or made outside of the function? Each call needs its own.",
        _kept_record(),
    ),
    _search(
        "returned inside the loop",
        "Only the first attribute is looked at: `return` ends the function, inside a loop as well.",
        _first_attribute_only,
    ),
    *(
        _search("returned inside the loop", _RETURNED, search)
        for search in (_first_of_its_own, _first_of_each_module)
    ),
    *(
        _search(
            "one of the pair only",
            "Each entry should be a pair: the name and the Parameter. Which of the two is missing?",
            search,
        )
        for search in (_names_only, _parameters_only)
    ),
    _search(
        "wrong order",
        "Both are in the pair, the other way round: the name comes first.",
        _turned,
    ),
    _search(
        "dict for pairs",
        "This is a dict. A list of pairs is asked for, the name first: what should go into it each time?",
        _as_a_dict,
    ),
    _search(
        "another separator",
        "The place in a list stands in brackets. In a name it is joined by a dot, like everything else: see "
        "the table above.",
        _brackets,
    ),
    _search(
        "name without its path",
        "The place in the list is missing: two layers would have the same names. What gives you places and "
        "entries at once?",
        _without_places,
    ),
    _search(
        "last name kept",
        "A Parameter that is found again replaces its first name by the later one. The first is to stay: is "
        "it noted already, when the second one comes?",
        _last_name_kept,
    ),
    _search(
        "record not shared",
        "Once in each module, and several times in all: every call of the search begins with a set of its "
        "own, and does not know what another has seen. How can *one* set serve the whole search?",
        _each_with_its_own_set,
    ),
    _search(
        "array for Tensor",
        "The second of each pair is an array. Whoever wants to train needs the Parameter, with its `.grad`.",
        _data,
    ),
    _search(
        "name without its path",
        "The names begin with a dot: nothing stands before it. The search should not start at the module "
        "itself with an empty name, or take the dot away in the end.",
        _with_a_dot_before,
    ),
    _search(
        "list within the list",
        "What an inner module finds is a list, and it was put in as *one* entry. Every pair of it is to be "
        "an entry, with a longer name: go through the list.",
        _appended,
    ),
    *(
        _search("modules not searched", _SHALLOW, _by_search(opened=opened, same=None))
        for opened in (lambda value: False, lambda value: isinstance(value, (list, tuple)))
    ),
    _search("lists not searched", _NO_LISTS, _by_search(opened=_is_module, same=None)),
    _search(
        "tuples not searched",
        "Lists are searched, and tuples are not. `isinstance` takes several classes at once, in parentheses.",
        _by_search(opened=lambda value: isinstance(value, (Module, list)), same=None),
    ),
    _search("name without its path", _NO_PATH, _by_search(named=lambda outer, inner: inner, same=None)),
    _search(
        "another order",
        "They are sorted by their names. The order asked for is that in which they were assigned, and "
        "`vars` has it.",
        _sorted,
    ),
    _search(
        "another order",
        "A module's own Parameters all come first here. The order asked for is that in which attributes "
        "were assigned, whatever they are: how many loops does that take?",
        _parameters_first,
    ),
)

# state_dict and load_state_dict -----------------------------------------------------------------------

_OWN = {
    "weight": np.array([[3, -5, 7], [4, 8, -6]], np.float32),
    "bias": np.array([5, -4, 9], np.float32),
}
_DEEP = {
    "layers.0.weight": np.array([[3.5, -5.0]], np.float32),
    "layers.0.bias": np.array([7.0, -2.5], np.float32),
    "layers.2.weight": np.array([[4.0], [6.5]], np.float32),
}
_MODEL = "With a model that has `weight` of shape (2, 3) and `bias` of shape (3,)"
_DEEPER = "With a model that has `layers.0.weight`, `layers.0.bias` and `layers.2.weight`"


def some_models(rng):
    """Names without and with dots; others each time."""
    one, other = _names(rng, 2)
    own = {f"{one}.0.{other}": rng.normal(size=(2, 3)), f"{other}.{one}": rng.normal(size=4)}
    return [
        Case(_MODEL, {"own": _OWN}),
        Case(_DEEPER, {"own": _DEEP}),
        Case(f"With a model that has {_listed(own, '')}, in float64", {"own": own}),
    ]


def _another(own: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A state of the same shapes, with other numbers, in the opposite order."""
    return {name: rng.normal(size=own[name].shape).astype(np.float32) for name in reversed(own)}


def states_that_fit(rng):
    """Arrays of the same shapes; their names stand in another order."""
    return [
        Case(f"{_MODEL}, and a state that fits", {"own": _OWN, "state": _another(_OWN, rng)}),
        Case(f"{_DEEPER}, and a state that fits", {"own": _DEEP, "state": _another(_DEEP, rng)}),
    ]


def _less(own: dict[str, np.ndarray], *names: str) -> dict[str, np.ndarray]:
    return {name: array + 20 for name, array in own.items() if name not in names}


def _lacking(rng):
    return [
        (f"{_MODEL}, and a state without `bias`", _OWN, _less(_OWN, "bias"), ["bias"]),
        (f"{_MODEL}, and a state without `weight`", _OWN, _less(_OWN, "weight"), ["weight"]),
        (
            f"{_DEEPER}, and a state without `layers.0.bias`",
            _DEEP,
            _less(_DEEP, "layers.0.bias"),
            ["layers.0.bias"],
        ),
    ]


def _with_more(rng):
    return [
        (
            f"{_MODEL}, and a state that has `scale` as well",
            _OWN,
            {**_less(_OWN), "scale": np.ones(3, np.float32)},
            ["scale"],
        ),
        (
            f"{_DEEPER}, and a state that has `layers.4.weight` as well",
            _DEEP,
            {"layers.4.weight": np.ones((2, 3), np.float32), **_less(_DEEP)},
            ["layers.4.weight"],
        ),
    ]


def _with_other_shapes(rng):
    turned = {**_less(_OWN), "weight": np.ones((3, 2), np.float32)}
    stretched = {**_less(_OWN), "bias": np.ones(1, np.float32)}
    rows = {**_less(_OWN), "weight": np.ones(3, np.float32)}
    column = {**_less(_OWN), "weight": np.ones((2, 1), np.float32)}
    return [
        (
            f"{_MODEL}, and a state with `weight` of shape (3, 2)",
            _OWN,
            turned,
            ["weight", "(3, 2)", "(2, 3)"],
        ),
        (f"{_MODEL}, and a state with `bias` of shape (1,)", _OWN, stretched, ["bias", "(1,)", "(3,)"]),
        (f"{_MODEL}, and a state with `weight` of shape (3,)", _OWN, rows, ["weight", "(3,)", "(2, 3)"]),
        (
            f"{_MODEL}, and a state with `weight` of shape (2, 1)",
            _OWN,
            column,
            ["weight", "(2, 1)", "(2, 3)"],
        ),
        (
            f"{_DEEPER}, and a state with `layers.2.weight` of shape (1, 2)",
            _DEEP,
            {**_less(_DEEP), "layers.2.weight": np.ones((1, 2), np.float32)},
            ["layers.2.weight", "(1, 2)", "(2, 1)"],
        ),
    ]


def _with_several_faults(rng):
    turned = np.ones((3, 2), np.float32)
    one, other = [name for name in _names(rng, 10) if name not in (*_OWN, "first", "last")][:2]
    return [
        (
            f"{_DEEPER}, and a state with `layers.2.weight` alone",
            _DEEP,
            _less(_DEEP, "layers.0.weight", "layers.0.bias"),
            ["layers.0.weight", "layers.0.bias"],
        ),
        (
            f"{_MODEL}, and a state that has `{one}` and `{other}` as well",
            _OWN,
            {**_less(_OWN), one: np.ones(3, np.float32), other: np.ones(3, np.float32)},
            [one, other],
        ),
        (
            f"{_MODEL}, and a state with `weight` of shape (3, 2), `{one}`, and no `bias`",
            _OWN,
            {"weight": turned, one: np.ones(3, np.float32)},
            ["bias", one, "weight"],
        ),
    ]


def _refusals(faulty: Callable[..., list]) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        return [
            Case(text, {"own": own, "state": state, "mentions": mentions})
            for text, own, state, mentions in faulty(rng)
        ]

    return cases


def none_that_fits(rng):
    """All kinds of faults, where something fits as well."""
    cases = []
    for faulty in (_lacking, _with_more, _with_other_shapes, _with_several_faults):
        for text, own, state, _ in faulty(rng):
            drawn = {name: rng.normal(size=array.shape).astype(np.float32) for name, array in own.items()}
            cases.append(Case(text, {"own": drawn, "state": state}))
    return cases


def _state(array_of: Callable[[Parameter], Any]) -> Callable[[Module], dict[str, Any]]:
    return lambda self: {name: array_of(parameter) for name, parameter in self.named_parameters()}


_TEXTS = {
    "missing": "{name} is missing",
    "unexpected": "{name} is unexpected",
    "shape": "{name} has the shape {there} and not {here}",
}


def _load(
    asked: tuple[str, ...] = ("missing", "unexpected", "shape"),
    put: Callable[[Parameter, np.ndarray], Any] = lambda parameter, array: parameter.data.__setitem__(
        ..., array
    ),
    texts: dict[str, str] = _TEXTS,
    kind: type[Exception] = ValueError,
    at_once: bool = False,
) -> Callable[[Module, Any], None]:
    """A way to load that asks for less, or otherwise. at_once: load what comes before the first fault."""

    def load_state_dict(self, state):
        own = dict(self.named_parameters())
        faults = []
        if "missing" in asked:
            faults += [texts["missing"].format(name=name) for name in own if name not in state]
        if "unexpected" in asked:
            faults += [texts["unexpected"].format(name=name) for name in state if name not in own]
        for name in own:
            if name in state and "shape" in asked and state[name].shape != own[name].shape:
                there, here = state[name].shape, own[name].shape
                faults.append(texts["shape"].format(name=name, there=there, here=here))
            elif name in state and at_once:
                put(own[name], state[name])
        if faults:
            raise kind("; ".join(faults))
        for name, parameter in own.items():
            put(parameter, state[name])

    return load_state_dict


def _put_itself(parameter: Parameter, array: np.ndarray) -> None:
    parameter.data = array


def _fault_of(name: str, own: dict[str, Parameter], state: Any, shapes: bool) -> str:
    if name not in state:
        return f"{name} is missing"
    if name not in own:
        return f"{name} is unexpected"
    there, here = state[name].shape, own[name].shape
    return f"{name} has the shape {there} and not {here}" if shapes and there != here else ""


def _first_fault(*loops: tuple[str, bool], at_once: bool = False) -> Callable[[Module, Any], None]:
    """The first fault that is met is told.

    loops: through whose names, "own" or "state", and whether shapes are compared there. at_once: what was
    compared is loaded before the next one is looked at, and not in the end.
    """

    def load_state_dict(self, state):
        own = dict(self.named_parameters())
        for whose, shapes in loops:
            for name in {"own": own, "state": state}[whose]:
                if fault := _fault_of(name, own, state, shapes):
                    raise ValueError(fault)
                if at_once and shapes:
                    own[name].data[...] = state[name]
        for name, parameter in own.items():
            parameter.data[...] = state[name]

    return load_state_dict


def _kind_by_kind(*kinds: tuple[str, ...]) -> Callable[[Module, Any], None]:
    """An error for some kinds of faults, and one for the next."""

    def load_state_dict(self, state):
        for kind in kinds:
            _load(asked=kind, put=lambda parameter, array: None)(self, state)
        _load()(self, state)

    return load_state_dict


def _one_by_one(self, state):
    """Only shapes are looked at, each before its Parameter is loaded."""
    for name, parameter in self.named_parameters():
        if state[name].shape != parameter.shape:
            raise ValueError(f"{name} has the shape {state[name].shape} and not {parameter.shape}")
        parameter.data[...] = state[name]


class _Noticed(Exception):
    pass


def _told_without_raising(self, state):
    with suppress(_Noticed):
        _load(kind=_Noticed)(self, state)


def _only_those_there(self, state):
    for name, parameter in self.named_parameters():
        if name in state:
            parameter.data[...] = state[name]


def _by_place(self, state):
    _load()(self, state)
    for (_, parameter), array in zip(self.named_parameters(), state.values(), strict=True):
        parameter.data = np.array(array)


_STATE = "state_dict"
_LOAD = "load_state_dict"
_TOO_EARLY = (
    "The fault is noticed, and by then some Parameters hold the new numbers: the model is half old, half "
    "new. What has to be finished before the first of them is changed?"
)

_ONE_AT_A_TIME = (
    "Each Parameter is loaded before the next one is looked at: at the first fault the others remain untold, "
    "and what came before holds the new numbers. What has to be finished before the first of them is changed?"
)
_KIND_BY_KIND = (
    "Each kind of fault has an error of its own, and the first `raise` ends the function: whoever reads it "
    "learns nothing of the other kinds. One list for all kinds, and one error at the end."
)

STATE_MISTAKES = (
    Mistake(
        "shared memory",
        "The state holds the Parameters' own arrays, and changes with them when the training goes on. What "
        "makes a copy?",
        {_STATE: _state(lambda parameter: parameter.data)},
    ),
    Mistake(
        "Tensor for array",
        "The state holds the Parameters themselves, and changes with them. Arrays are asked for, copies of "
        "the data.",
        {_STATE: _state(lambda parameter: parameter)},
    ),
    Mistake(
        "Tensor for array",
        "The state holds Tensors. Arrays are asked for: they need no class of yours to be read again.",
        {_STATE: _state(lambda parameter: Tensor(parameter, requires_grad=False))},
    ),
    Mistake(
        "pairs for a dict",
        "These are pairs in a list. A dict is asked for; `dict(pairs)` makes one of them.",
        {_STATE: lambda self: [(name, p.numpy()) for name, p in self.named_parameters()]},
    ),
    Mistake(
        "shared memory",
        "The Parameter holds the very array of the state: train the model, and the state changes, too. "
        "Which assignment writes into an array that is there?",
        {_LOAD: _load(put=_put_itself)},
    ),
    Mistake(
        "nothing loaded",
        "The state was looked at, and the numbers are the old ones. Is anything assigned to the Parameters' "
        "`.data`?",
        {_LOAD: _load(put=lambda parameter, array: None)},
    ),
    Mistake(
        "loaded by place",
        "The arrays were taken in the order of the state. Names say which belongs where.",
        {_LOAD: _by_place},
    ),
    Mistake(
        "missing names not noticed",
        "Nobody asks whether the state has all the names. Python's own KeyError comes when one of them is "
        "looked up, too late, and tells no other faults. Which names should be looked for in the state?",
        {_LOAD: _load(asked=("unexpected", "shape"), put=lambda p, a: p.data.__setitem__(..., a))},
    ),
    Mistake(
        "missing names not noticed",
        "Whatever does not fit is passed over, and no error of yours is raised: the owner of the model "
        "believes that all of it was loaded.",
        {_LOAD: _only_those_there},
    ),
    Mistake(
        "unexpected names not noticed",
        "A name that the model does not have is passed over: perhaps the state belongs to a larger model. "
        "Go through the names of the state, too.",
        {_LOAD: _load(asked=("missing", "shape"))},
    ),
    Mistake(
        "shapes not compared",
        "An array of another shape is left to NumPy. Where it can broadcast, it does so without a word; "
        "where it cannot, its message does not name the Parameter. Compare the shapes themselves.",
        {_LOAD: _load(asked=("missing", "unexpected"))},
    ),
    Mistake(
        "no checks before loading",
        "The state is put in, and no error of yours stops that; one that Python raises by itself says too "
        "little. Is the state looked at before? And where a fault is printed only: `raise ValueError(text)` "
        "ends the function.",
        {_LOAD: _load(asked=())},
    ),
    Mistake(
        "error without a name",
        "It is refused, and the message does not say which names are the reason. With forty Parameters, "
        "what would you want to read?",
        {_LOAD: _load(texts=dict.fromkeys(_TEXTS, "the state does not fit"))},
    ),
    Mistake(
        "error without the shapes",
        "The message names the Parameter and not the two shapes. They tell most: a matrix that was turned, "
        "or a layer of another size?",
        {_LOAD: _load(texts={**_TEXTS, "shape": "{name} has another shape"})},
    ),
    *(
        Mistake(
            "error without the shapes",
            "The message tells one of the two shapes. Only with the other does one see what happened: a "
            "matrix that was turned, or a layer of another size?",
            {_LOAD: _load(texts={**_TEXTS, "shape": text})},
        )
        for text in ("{name} has the shape {there}", "{name} should have the shape {here}")
    ),
    Mistake(
        "error of another kind",
        "It is refused with an error of another kind. ValueError is the one for something of the right type "
        "that does not fit.",
        {_LOAD: _load(kind=KeyError)},
    ),
    Mistake(
        "error of another kind",
        "It is refused with an error of another kind. ValueError is the one for something of the right type "
        "that does not fit.",
        {_LOAD: _load(kind=RuntimeError)},
    ),
    Mistake(
        "assert instead of raise",
        "`assert` is for what can only go wrong by a mistake in this very code, and Python may be told to "
        "skip it. `raise ValueError(text)` always raises.",
        {_LOAD: _load(kind=AssertionError)},
    ),
    Mistake(
        "printed instead of raised",
        "It is noticed, and no error is raised: whoever called goes on with the old numbers. Is it printed "
        "or returned? `raise ValueError(text)` is an error.",
        {_LOAD: _told_without_raising},
    ),
    Mistake("loaded before all is checked", _TOO_EARLY, {_LOAD: _load(at_once=True)}),
    Mistake(
        "loaded before all is checked",
        "Only the shapes are looked at, and by then some Parameters hold the new numbers. What else can be "
        "wrong with a state, and what has to be finished before the first of them is changed?",
        {_LOAD: _one_by_one},
    ),
    # Before those that load as well: where nothing else is wrong, this alone is true.
    *(
        Mistake(
            "only the first fault told",
            "The message names the first fault and ends there. Gather all of them first, in a list, then say "
            "them in one message.",
            {_LOAD: _first_fault(*loops)},
        )
        for loops in (
            [("own", True), ("state", False)],
            [("state", True), ("own", False)],
            [("state", False), ("own", True)],
            [("own", False), ("state", True)],
            [("own", False), ("state", False), ("own", True)],
            [("state", False), ("own", False), ("own", True)],
        )
    ),
    *(
        Mistake("loaded before all is checked", _ONE_AT_A_TIME, {_LOAD: _first_fault(*loops, at_once=True)})
        for loops in (
            [("own", True), ("state", False)],
            [("state", True), ("own", False)],
            [("state", False), ("own", True)],
            [("own", False), ("state", True)],
        )
    ),
    *(
        Mistake("only the first fault told", _KIND_BY_KIND, {_LOAD: _kind_by_kind(*kinds)})
        for kinds in (
            [("missing",), ("unexpected",)],
            [("unexpected",), ("missing",)],
            [("missing", "unexpected")],
            [("shape",), ("missing",)],
        )
    ),
)

# Linear -----------------------------------------------------------------------------------------------


def new_layers(rng):
    """Sizes, seeds, with and without a bias."""
    n_in, n_out, seed = (int(number) for number in rng.integers(5, 20, 3))
    n_out += n_out == n_in
    return [
        Case("With `layer = Linear(3, 2, rng=7)`", {"sizes": (3, 2), "options": {"rng": 7}}),
        Case("With `layer = Linear(5, 4, rng=8)`", {"sizes": (5, 4), "options": {"rng": 8}}),
        Case(
            "With `layer = Linear(3, 2, rng=np.random.default_rng(7))`",
            {"sizes": (3, 2), "options": {}, "seeded": 7},
        ),
        Case(
            "With `layer = Linear(3, 2, bias=False, rng=7)`",
            {"sizes": (3, 2), "options": {"bias": False, "rng": 7}},
        ),
        Case(
            f"With `layer = Linear({n_in}, {n_out}, rng={seed})`",
            {"sizes": (n_in, n_out), "options": {"rng": seed}},
        ),
    ]


def _layer(text: str, x: Any, weight: Any, bias: Any) -> Case:
    return Case(text, {"x": x, "weight": weight, "bias": bias})


def rows_to_apply_to(rng):
    """Batches of several sizes, one example, more axes; and no bias."""
    x = np.array([[3.0, -5.0, 7.0]])
    weight = np.array([[4.0, -6.0], [8.0, 5.0], [-3.0, 9.0]])
    return [
        _layer(
            "With `x = [[3, -5, 7]]`, `weight = [[4, -6], [8, 5], [-3, 9]]` and `bias = [10, 20]`",
            x,
            weight,
            np.array([10.0, 20.0]),
        ),
        _layer(
            "With `x` of shape (5, 3), `weight` (3, 2) and `bias` (2,)",
            rng.normal(size=(5, 3)),
            rng.normal(size=(3, 2)),
            rng.normal(size=2),
        ),
        _layer(
            "With `x` of shape (4, 4), `weight` (4, 4) and `bias` (4,)",
            rng.normal(size=(4, 4)),
            rng.normal(size=(4, 4)),
            rng.normal(size=4),
        ),
        _layer(
            "With `x` of shape (2, 5, 3), `weight` (3, 4) and `bias` (4,)",
            rng.normal(size=(2, 5, 3)),
            rng.normal(size=(3, 4)),
            rng.normal(size=4),
        ),
    ]


def without_bias(rng):
    """The bias is None."""
    return [
        _layer(
            "With `x` of shape (5, 3), `weight` (3, 2) and `bias` None",
            rng.normal(size=(5, 3)),
            rng.normal(size=(3, 2)),
            None,
        ),
    ]


def _begins(wrong: Callable[..., tuple[Any, Any]]) -> dict[str, Any]:
    """A Linear whose weight and bias are made in another way."""

    class Linear_(Linear):
        def __init__(self, n_in, n_out, bias=True, rng=None):
            self.weight, self.bias = wrong(n_in, n_out, bias, np.random.default_rng(rng))

    return {"Linear": Linear_}


class _DrawnFromTheSeed(Linear):
    def __init__(self, n_in, n_out, bias=True, rng=None):
        self.weight, self.bias = _weight(n_in, n_out, rng), _zeros(n_out, bias)


def _zeros(n_out: int, bias: bool) -> Any:
    return Parameter(np.zeros(n_out, np.float32)) if bias else None


def _weight(n_in: int, n_out: int, rng: np.random.Generator) -> Parameter:
    return Parameter(kaiming_uniform(n_in, n_out, rng))


def _applies(wrong: Callable[..., Any]) -> dict[str, Any]:
    """A Linear that makes something else of x."""

    class Linear_(Linear):
        def forward(self, x):
            return wrong(x, self.weight, self.bias)

    return {"Linear": Linear_}


def _plus(y: Any, bias: Any) -> Any:
    return y if bias is None else y + bias


_BARE = (
    "These are bare arrays: no gradient goes to them, and the search of 10.1 would pass them by. Which "
    "class marks what is to be learned?"
)


def _arrays(n_in: int, n_out: int, bias: bool, rng: np.random.Generator) -> tuple[Any, Any]:
    return kaiming_uniform(n_in, n_out, rng), np.zeros(n_out, np.float32) if bias else None


LINEAR_MISTAKES = (
    Mistake(
        "weights all equal",
        "All weights begin at the same number. Then all outputs are equal, all their gradients as well, and "
        "they stay equal for ever. Who draws random ones?",
        _begins(lambda i, o, b, rng: (Parameter(np.zeros((i, o), np.float32)), _zeros(o, b))),
    ),
    Mistake(
        "weights all equal",
        "All weights begin at the same number. Then all outputs are equal, all their gradients as well, and "
        "they stay equal for ever. Who draws random ones?",
        _begins(lambda i, o, b, rng: (Parameter(np.ones((i, o), np.float32)), _zeros(o, b))),
    ),
    Mistake(
        "shape turned",
        "The weight lies on its side: `x @ weight` needs n_in rows and n_out columns.",
        _begins(lambda i, o, b, rng: (_weight(o, i, rng), _zeros(o, b))),
    ),
    Mistake(
        "size of the other side",
        "The bias is added to what comes out. How many numbers is that for each example?",
        _begins(lambda i, o, b, rng: (_weight(i, o, rng), _zeros(i, b))),
    ),
    Mistake(
        "plain Tensor for a Parameter",
        "These are Tensors, and no Parameters: the search of 10.1 would pass them by, and they would never "
        "be trained.",
        _begins(
            lambda i, o, b, rng: (
                Tensor(kaiming_uniform(i, o, rng)),
                Tensor(np.zeros(o, np.float32)) if b else None,
            )
        ),
    ),
    Mistake(
        "plain Tensor for a Parameter",
        "The bias is a Tensor, and no Parameter: the search of 10.1 would pass it by, and it would never be "
        "trained.",
        _begins(lambda i, o, b, rng: (_weight(i, o, rng), Tensor(np.zeros(o, np.float32)) if b else None)),
    ),
    Mistake("array for Tensor", _BARE, _begins(_arrays)),
    Mistake("array for Tensor", _BARE, _begins(lambda i, o, b, rng: (_arrays(i, o, b, rng)[0], np.zeros(o)))),
    Mistake(
        "setting ignored",
        "`bias=False` is not looked at. The attribute should then be None.",
        _begins(lambda i, o, b, rng: (_weight(i, o, rng), _zeros(o, True))),
    ),
    Mistake(
        "setting ignored",
        "`rng` is not looked at: the same seed should draw the same weights, so that an experiment can be "
        "repeated.",
        _begins(lambda i, o, b, rng: (_weight(i, o, np.random.default_rng(0)), _zeros(o, b))),
    ),
    Mistake(
        "generator of one's own",
        "Made twice with the same `rng`, the layer begins with other weights the second time. The first line "
        "makes a generator of it: draw from that one, so that an experiment can be repeated.",
        _begins(lambda i, o, b, rng: (_weight(i, o, np.random.default_rng()), _zeros(o, b))),
    ),
    Mistake(
        "seed for a generator",
        "`rng` may be a seed, a mere number, and numbers draw nothing. What is made of it in the first line?",
        {"Linear": _DrawnFromTheSeed},
    ),
    Mistake(
        "dtype not kept",
        "The bias is float64, NumPy's own choice. The Parameter keeps what its array has: ask for float32.",
        _begins(lambda i, o, b, rng: (_weight(i, o, rng), Parameter(np.zeros(o)) if b else None)),
    ),
    Mistake(
        "bias forgotten",
        "The bias is not added.",
        _applies(lambda x, w, b: x @ w),
    ),
    Mistake(
        "bias taken for granted",
        "Where there is no bias, it is None, and None cannot be added. Two cases are needed.",
        _applies(lambda x, w, b: x @ w + b),
    ),
    Mistake(
        "transposes or order wrong in matmul",
        "The weight is transposed here. With square matrices one does not see it in the shapes: the inputs "
        "run down the rows of the weight.",
        _applies(lambda x, w, b: _plus(x @ w.T, b)),
    ),
    Mistake(
        "transposes or order wrong in matmul",
        "The product has its sides exchanged. Each row of `x` is an example: which comes first?",
        _applies(lambda x, w, b: _plus(w @ x, b)),
    ),
    Mistake(
        "element-wise product instead",
        "`*` multiplies element by element. A weighted sum of all inputs is a matrix product.",
        _applies(lambda x, w, b: _plus(x * w, b)),
    ),
    Mistake(
        "history cut",
        "The numbers are right, and no gradient goes back: `.data` is a bare array without a history. "
        "Calculate with the Tensors themselves.",
        _applies(lambda x, w, b: Tensor(x.data @ w.data + (0 if b is None else b.data))),
    ),
    Mistake(
        "history cut",
        "The numbers are right, and no gradient reaches weight and bias: `.data` is a bare array without a "
        "history. Calculate with the Tensors themselves.",
        _applies(lambda x, w, b: _plus(x @ w.data, None if b is None else b.data)),
    ),
    Mistake(
        "history cut",
        "What comes out is a bare array, because all that goes in is one: `.data` has no history. Calculate "
        "with the Tensors themselves.",
        _applies(lambda x, w, b: _plus(x.data @ w.data, None if b is None else b.data)),
    ),
    Mistake(
        "history cut",
        "The numbers are right, and no gradient reaches the weight: `.data` is a bare array without a "
        "history.",
        _applies(lambda x, w, b: _plus(x @ w.data, b)),
    ),
    Mistake(
        "history cut",
        "The numbers are right, and no gradient reaches the bias: `.data` is a bare array without a history.",
        _applies(lambda x, w, b: x @ w if b is None else x @ w + b.data),
    ),
)

# Sequential -------------------------------------------------------------------------------------------

_TIMES, _PLUS = ("Times", 3.0), ("Plus", 5.0)


def chains_to_keep(rng):
    """Three modules, one, the same class twice."""
    return [
        Case(
            "With `Sequential(Times(3), Plus(5), Times(-4))`", {"modules": [_TIMES, _PLUS, ("Times", -4.0)]}
        ),
        Case("With `Sequential(Times(3))`", {"modules": [_TIMES]}),
    ]


def chains_to_follow(rng):
    """Orders that matter, and a chain of one."""
    x = np.array([7.0, -2.0])
    return [
        Case("With `x = [7, -2]` and `Sequential(Times(3))`", {"modules": [_TIMES], "x": x}),
        Case("With `x = [7, -2]` and `Sequential(Times(3), Plus(5))`", {"modules": [_TIMES, _PLUS], "x": x}),
        Case(
            "With a random `x` and `Sequential(Plus(5), Times(3), Plus(-4), Times(2.5))`",
            {"modules": [_PLUS, _TIMES, ("Plus", -4.0), ("Times", 2.5)], "x": rng.normal(size=(2, 3))},
        ),
    ]


class _Chain(Module):
    """Right, and takes whatever it is given for a module."""

    def __init__(self, *modules):
        self.layers = list(modules)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def no_modules(rng):
    """Nothing to follow."""
    x = rng.normal(size=(2, 3))
    return [Case("With a random `x` and `Sequential()`, a chain without modules", {"modules": [], "x": x})]


def _chain(**methods: Any) -> dict[str, Any]:
    return {"Sequential": type("Sequential", (_Chain,), methods)}


def _keeps_all_but(self, *modules):
    self.layers = list(modules[1:])


def _keeps_the_tuple_in_a_list(self, *modules):
    self.layers = [modules]


def _keeps_reversed(self, *modules):
    self.layers = list(modules[::-1])


def _each_gets_x(self, x):
    result = x
    for layer in self.layers:
        result = layer(x)
    return result


def _first_only(self, x):
    for layer in self.layers:
        return layer(x)
    return x


def _backwards(self, x):
    for layer in reversed(self.layers):
        x = layer(x)
    return x


def _nothing_returned(self, x):
    for layer in self.layers:
        x = layer(x)


def _unchanged(self, x):
    for layer in self.layers:
        layer(x)
    return x


def _two_taken_for_granted(self, x):
    return self.layers[1](self.layers[0](x))


def _all_results(self, x):
    results = []
    for layer in self.layers:
        x = layer(x)
        results.append(x)
    return results


SEQUENTIAL_MISTAKES = (
    Mistake(
        "some left out",
        "The first module is missing: is it `*modules`, with the asterisk, that you go through?",
        _chain(__init__=_keeps_all_but),
    ),
    Mistake(
        "setting unpacked",
        "There is one entry, and it is the whole tuple of modules. `*modules` is a tuple already.",
        _chain(__init__=_keeps_the_tuple_in_a_list),
    ),
    Mistake(
        "order reversed", "The modules are kept in the opposite order.", _chain(__init__=_keeps_reversed)
    ),
    Mistake(
        "each gets the first input",
        "Every module is given the `x` of the beginning, and only the last one's result remains. What "
        "should the second one get?",
        _chain(forward=_each_gets_x),
    ),
    Mistake(
        "returned inside the loop",
        "Only the first module is asked: `return` ends the function, inside a loop as well.",
        _chain(forward=_first_only),
    ),
    Mistake(
        "order reversed", "The modules are asked from the last to the first.", _chain(forward=_backwards)
    ),
    Mistake("nothing returned", "Is a `return` missing, after the loop?", _chain(forward=_nothing_returned)),
    Mistake(
        "unchanged",
        "The modules are asked, and what they say is not kept: `x` comes out as it went in.",
        _chain(forward=_unchanged),
    ),
    Mistake(
        "two inputs taken for granted",
        "This is right for two modules. There may be one, or twenty: what goes through a list, however long?",
        _chain(forward=_two_taken_for_granted),
    ),
    Mistake(
        "all results returned",
        "These are the results of all modules in a list. Only the last one is asked for.",
        _chain(forward=_all_results),
    ),
)

# LogSumExp --------------------------------------------------------------------------------------------

LOG_SUM_EXP = Operation(probes.LOG_SUM_EXP)
_LOGITS = np.array([[3, 5, 4], [7, -6, 6]], np.float32)
_SMALL = "`x = [[3, 5, 4], [7, -6, 6]]`"


def _sums(x: Any, axes: Any, keepdims: bool = False, words: str = "", grad: Any = None) -> Case:
    x = np.asarray(x)
    text = words or f"a random `x` of shape {x.shape}"
    kept = " and `keepdims=True`" if keepdims else ""
    upstream = {} if grad is None else {"out_grad": grad}
    shown = "" if grad is None else ", and a random upstream gradient"
    return Case(
        f"With {text}, `axes={axes}`{kept}{shown}",
        {"arrays": (x,), "settings": (axes, keepdims), **upstream},
    )


def moderate(rng):
    """One axis, no overflow."""
    return [
        _sums(_LOGITS, 1, words=_SMALL),
        _sums(_LOGITS, 0, words=_SMALL),
        _sums(rng.normal(size=(2, 3, 4)), 1),
        _sums(rng.normal(size=(2, 3, 4)), -1),
        _sums(rng.normal(size=5), 0),
    ]


def all_or_kept(rng):
    """All axes, several, and axes that stay."""
    return [
        _sums(_LOGITS, None, words=_SMALL),
        _sums(_LOGITS, 1, True, words=_SMALL),
        _sums(rng.normal(size=(2, 3, 4)), None),
        _sums(rng.normal(size=(2, 3, 4)), (0, 2)),
        _sums(rng.normal(size=(2, 3, 4)), (2, 0), True),
        _sums(rng.normal(size=(2, 1, 4)), 2),
        _sums(rng.normal(size=(1, 3)), 1),
    ]


def large(rng):
    """The same, and in float32, where far smaller numbers are too large."""
    return [
        _sums(np.array([[1003, 1005, 1004]], np.float32), 1, words="`x = [[1003, 1005, 1004]]`"),
        _sums(np.array([[-203, -205, -204]], np.float32), 1, words="`x = [[-203, -205, -204]]`"),
        *very_large(rng),
    ]


def very_large(rng):
    """Numbers whose exponentials are too large, or all too small; rows that differ very much."""
    rows = np.array([[1003.0, 1005.0, 1004.0], [-2003.0, -2001.0, -2006.0]])
    return [
        _sums(np.array([[1003.0, 1005.0, 1004.0]]), 1, words="`x = [[1003, 1005, 1004]]`, in float64"),
        _sums(np.array([[-803.0, -805.0, -804.0]]), 1, words="`x = [[-803, -805, -804]]`, in float64"),
        _sums(np.array([[1003.0, 1005.0, 203.0]]), 1, words="`x = [[1003, 1005, 203]]`, in float64"),
        _sums(rows, 1, words="`x = [[1003, 1005, 1004], [-2003, -2001, -2006]]`"),
        _sums(rows, 0, words="`x = [[1003, 1005, 1004], [-2003, -2001, -2006]]`"),
        _sums(rng.normal(size=(3, 4)) * 300 + 900, 1, words="random numbers about 900, shape (3, 4)"),
    ]


def _out(rng: np.random.Generator, case: Case) -> Case:
    """The case with an upstream gradient."""
    (x,), settings = case.inputs["arrays"], case.inputs["settings"]
    shape = LOG_SUM_EXP.reference(*settings).forward(x).shape
    grad = rng.normal(size=shape).astype(x.dtype)
    return Case(f"{case.text}, and a random upstream gradient", {**case.inputs, "out_grad": grad})


def _with_upstream(cases: Callable[[np.random.Generator], list[Case]]) -> Callable[..., list[Case]]:
    def with_upstream(rng: np.random.Generator) -> list[Case]:
        return [_out(rng, case) for case in cases(rng)]

    return with_upstream


def _forward(family: str, message: str, formula: Callable[..., Any]) -> Mistake:
    def forward(op, x):
        return formula(x, op.axes, op.keepdims)

    return LOG_SUM_EXP.mistake(family, message, forward=forward)


def _backward(family: str, message: str, rule: Callable[..., Any]) -> Mistake:
    """rule: of out_grad and the result, both with axes of size 1, and of x."""

    def backward(op, out_grad, node):
        (x,) = node._inputs
        kept = x.data.max(axis=op.axes, keepdims=True).shape
        return rule(reshape(out_grad, kept), reshape(node, kept), x, op.axes)

    return LOG_SUM_EXP.mistake(family, message, backward=backward)


def _plain(op, out_grad, node):
    """The axes are not put back."""
    (x,) = node._inputs
    return out_grad * exp(x - node)


def _naive(x, axes, keepdims):
    return np.log(np.exp(x).sum(axis=axes, keepdims=keepdims))


def _shifted(x, axes, keepdims, largest, back=True):
    total = np.exp(x - largest).sum(axis=axes, keepdims=True)
    result = np.log(total) + (largest if back else 0)
    return result if keepdims else result.squeeze(axes)


def _largest(x, axes):
    return x.max(axis=axes, keepdims=True)


def _largest_without_its_axis(x, axes, keepdims, for_max=False, for_sum=False):
    largest = x.max(axis=axes, keepdims=for_max)
    return np.log(np.exp(x - largest).sum(axis=axes, keepdims=for_sum)) + largest


def _in_place(x, axes, keepdims):
    largest = _largest(x, axes)
    x -= largest
    result = np.log(np.exp(x).sum(axis=axes, keepdims=True)) + largest
    return result if keepdims else result.squeeze(axes)


def _tensors(x, axes, keepdims):
    return np.log(exp(x - _largest(x, axes)).sum(axis=axes, keepdims=True))


def _mean_of_exp(x, axes, keepdims):
    largest = _largest(x, axes)
    result = np.log(np.exp(x - largest).mean(axis=axes, keepdims=True)) + largest
    return result if keepdims else result.squeeze(axes)


def _log_before_max(x, axes, keep):
    return np.log(np.exp(x - _largest(x, axes)).sum(axis=axes, keepdims=keep)) + _largest(x, axes)


def _max_before_log(x, axes, keep):
    return _largest(x, axes) + np.log(np.exp(x - _largest(x, axes)).sum(axis=axes, keepdims=keep))


_NO_AXIS_KEPT = (
    "The axis along which the largest was sought is gone: a (2,) cannot be taken off a (2, 3), and off a "
    "square it is taken in the wrong places. Which setting of `max` keeps the axis, with size 1?"
)
_ONE_AXIS_KEPT = (
    "The largest keeps its axis, and the sum does not: a (2, 1) and a (2,) make a (2, 2). Keep all axes "
    "until the end, and remove them then."
)
_SHARES = (
    "The slopes of one sum are shares: they are positive, and add up to 1. Which share of the sum does each "
    "element have?"
)

LOG_SUM_EXP_MISTAKES = (
    _forward(
        "overflow",
        "`exp` of a large number is infinite. What can be taken off all the numbers before, and be put back "
        "after?",
        _naive,
    ),
    _forward(
        "overflow",
        "The largest of *all* numbers was taken off. Next to it, another row may vanish entirely: its "
        "exponentials are all 0. Which one is each row's own?",
        lambda x, axes, keep: _shifted(x, axes, keep, x.max()),
    ),
    _forward(
        "overflow",
        "The mean was taken off. The numbers above it may still be too large for `exp`: which number has "
        "none above it?",
        lambda x, axes, keep: _shifted(x, axes, keep, x.mean(axis=axes, keepdims=True)),
    ),
    _forward(
        "overflow",
        "The smallest number was taken off. What is left is 0 or more, and may be too large for `exp`.",
        lambda x, axes, keep: _shifted(x, axes, keep, x.min(axis=axes, keepdims=True)),
    ),
    _forward(
        "overflow",
        "The largest *absolute* value was taken off. Where all numbers are far below 0, it lies far above "
        "them, and their exponentials are 0. Which number is just 0 after the largest was taken off?",
        lambda x, axes, keep: _shifted(x, axes, keep, abs(x).max(axis=axes, keepdims=True)),
    ),
    _forward(
        "lost sign",
        "The largest was taken off a second time: after the logarithm, it has to be added.",
        lambda x, axes, keep: (
            _shifted(x, axes, keep, _largest(x, axes)) - 2 * x.max(axis=axes, keepdims=keep)
        ),
    ),
    _forward(
        "caller's array changed",
        "`-=` writes into the array that was handed over, and that belongs to somebody else's Tensor. "
        "`x - …` makes a new one.",
        _in_place,
    ),
    _forward(
        "NumPy function on a Tensor",
        "`forward` is given an array, and `exp` of babygrad makes a Tensor of it, which NumPy's functions do "
        "not take. Which `exp` is for arrays?",
        _tensors,
    ),
    _forward(
        "dtype not kept",
        "float32 goes in, and float64 comes out. Nothing here needs another dtype: NumPy keeps that of `x`, "
        "unless told otherwise.",
        lambda x, axes, keep: _shifted(x.astype(float), axes, keep, _largest(x, axes)),
    ),
    _forward(
        "maximum not put back",
        "The largest number was taken off and not put back: after the logarithm, it has to be added.",
        lambda x, axes, keep: _shifted(x, axes, keep, _largest(x, axes), back=False),
    ),
    _forward(
        "maximum along an axis",
        "This is the largest number itself. The others have a share in the sum as well.",
        lambda x, axes, keep: x.max(axis=axes, keepdims=keep),
    ),
    _forward(
        "logarithm forgotten",
        "This is the sum of the exponentials. The logarithm is missing.",
        lambda x, axes, keep: np.exp(x).sum(axis=axes, keepdims=keep),
    ),
    _forward(
        "wrong order",
        "The logarithm was taken of each term. It belongs to the sum.",
        lambda x, axes, keep: np.log(np.exp(x)).sum(axis=axes, keepdims=keep),
    ),
    _forward("mean instead of sum", "This is the logarithm of the mean. The sum is asked for.", _mean_of_exp),
    _forward(
        "keepdims ignored",
        "The summed axes stay with size 1, whatever `keepdims` says. They are needed on the way only.",
        lambda x, axes, keep: _shifted(x, axes, True, _largest(x, axes)),
    ),
    _forward(
        "keepdims ignored",
        "The summed axes are gone, also with `keepdims=True`.",
        lambda x, axes, keep: _shifted(x, axes, False, _largest(x, axes)),
    ),
    _forward(
        "axes of size 1 lost",
        "`squeeze()` removes all axes of size 1, also those that were there before. It can be told which.",
        lambda x, axes, keep: (lambda y: y if keep else y.squeeze())(
            _shifted(x, axes, True, _largest(x, axes))
        ),
    ),
    _forward(
        "setting ignored",
        "This sums over the last axis, whatever `axes` says.",
        lambda x, axes, keep: _shifted(x, -1, keep, _largest(x, -1)),
    ),
    _forward(
        "setting ignored",
        "This sums over axis 1, whatever `axes` says.",
        lambda x, axes, keep: _shifted(x, 1, keep, _largest(x, 1)),
    ),
    _forward(
        "setting ignored",
        "This sums over all axes, whatever `axes` says.",
        lambda x, axes, keep: _shifted(x, None, False, _largest(x, None)),
    ),
    *(
        _forward("axis not put back", _NO_AXIS_KEPT, partial(_largest_without_its_axis, **kept))
        for kept in ({}, {"for_sum": True})
    ),
    _forward(
        "axis not put back",
        _NO_AXIS_KEPT,
        lambda x, axes, keep: _largest_without_its_axis(x, axes, keep, keep, keep),
    ),
    _forward(
        "axis not put back",
        _NO_AXIS_KEPT,
        lambda x, axes, keep: _largest_without_its_axis(x, axes, keep, False, keep),
    ),
    *(_forward("axis not put back", _ONE_AXIS_KEPT, sum_) for sum_ in (_max_before_log, _log_before_max)),
    _backward(
        "forgot out_grad",
        "These are the slopes alone. The upstream gradient, `out_grad`, has to be multiplied with them.",
        lambda g, out, x, axes: exp(x - out),
    ),
    _backward(
        "rule of another operation",
        f"This is the rule of a plain sum. {_SHARES}",
        lambda g, out, x, axes: g * (x * 0 + 1),
    ),
    _backward(
        "output used for input",
        f"This divides by the sum, which is the slope of the logarithm alone. {_SHARES}",
        lambda g, out, x, axes: g / exp(out) * (x * 0 + 1),
    ),
    _backward(
        "part of the slope",
        f"This is the slope of `exp` alone: the logarithm's is missing. {_SHARES}",
        lambda g, out, x, axes: g * exp(x),
    ),
    _backward(
        "overflow",
        "`exp(x)` and the sum are both infinite for large numbers, and so their quotient is not a number. "
        "`x - node` is never above 0: what is `exp` of that?",
        lambda g, out, x, axes: g * exp(x) / exp(out),
    ),
    _backward(
        "overflow",
        "`exp(x)` and the sum are both infinite for large numbers, and so their quotient is not a number. "
        "`x - node` is never above 0: what is `exp` of that?",
        lambda g, out, x, axes: g * exp(x) / exp(x).sum(axis=axes, keepdims=True),
    ),
    _backward(
        "lost sign",
        "The difference stands the wrong way round, so that the exponentials are 1 or more, and no shares.",
        lambda g, out, x, axes: g * exp(out - x),
    ),
    _backward(
        "shares not exponentiated",
        "This is the logarithm of the shares. What undoes a logarithm?",
        lambda g, out, x, axes: g * (x - out),
    ),
    LOG_SUM_EXP.mistake(
        "axis not put back",
        "The summed axis is missing in `out_grad` and in `node`. NumPy then lines the shapes up from the "
        "right, and takes rows for columns where it does not stop. Which shape has a 1 in that place?",
        backward=_plain,
    ),
    LOG_SUM_EXP.mistake(
        "axis not put back",
        "The summed axis was put back in `node` and not in `out_grad`, which has the same shape.",
        backward=lambda op, out_grad, node: (
            out_grad
            * exp(
                node._inputs[0] - reshape(node, node._inputs[0].data.max(axis=op.axes, keepdims=True).shape)
            )
        ),
    ),
    LOG_SUM_EXP.mistake(
        "axis not put back",
        "The summed axis was put back in `out_grad` and not in `node`, which has the same shape.",
        backward=lambda op, out_grad, node: (
            reshape(out_grad, node._inputs[0].data.max(axis=op.axes, keepdims=True).shape)
            * exp(node._inputs[0] - node)
        ),
    ),
    LOG_SUM_EXP.mistake(
        "output used for input",
        "No `x` is in this: `exp(node)` is the sum, the same for all elements of a row. Which share of it "
        "has each of them?",
        backward=lambda op, out_grad, node: out_grad * exp(node),
    ),
    LOG_SUM_EXP.mistake(
        "NumPy function on a Tensor",
        "`backward` is given Tensors, and NumPy's functions are for arrays. babygrad's `exp` was imported in "
        "the first cell.",
        backward=lambda op, out_grad, node: np.exp(out_grad),
    ),
)

# softmax_loss -----------------------------------------------------------------------------------------


def _losses(text: str, logits: Any, labels: Any) -> Case:
    return Case(text, {"logits": logits, "labels": np.asarray(labels)})


def batches(rng):
    """One example, several, as many as classes; float32."""
    return [
        _losses("With `logits = [[3, 5, 4]]` and `labels = [2]`", np.array([[3, 5, 4]], np.float32), [2]),
        _losses("With `logits = [[3, 5, 4], [7, -6, 6]]` and `labels = [2, 0]`", _LOGITS, [2, 0]),
        _losses(
            "With `logits = [[1003, 1005, 1004]]` and `labels = [2]`", np.array([[1003, 1005, 1004.0]]), [2]
        ),
        _losses(
            "With random logits of shape (5, 3) and `labels = [1, 0, 2, 2, 0]`",
            rng.normal(size=(5, 3)),
            [1, 0, 2, 2, 0],
        ),
        _losses(
            "With random logits of shape (4, 4) and `labels = [3, 1, 0, 1]`",
            rng.normal(size=(4, 4)),
            [3, 1, 0, 1],
        ),
        _losses(
            "With large logits of shape (3, 4) and `labels = [1, 3, 0]`",
            rng.normal(size=(3, 4)) * 100 + 900,
            [1, 3, 0],
        ),
    ]


def no_such_class(rng):
    """A label that is too large, and one below 0."""
    text = "With random logits of shape (3, 4) and"
    return [
        _losses(f"{text} `labels = [1, 4, 0]`", rng.normal(size=(3, 4)), [1, 4, 0]),
        _losses(f"{text} `labels = [1, -1, 0]`", rng.normal(size=(3, 4)), [1, -1, 0]),
    ]


def _in_range(labels: np.ndarray, classes: int) -> None:
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be 0 to {classes - 1}")


def _terms(logits: Any, labels: Any, axes: int = 1, dtype: Any = None) -> tuple[Tensor, Tensor]:
    """For each example the logsumexp, and the logit of its label."""
    logits = logits if isinstance(logits, Tensor) else Tensor(logits)
    _in_range(labels, logits.shape[1])
    right = np.eye(logits.shape[1], dtype=dtype or logits.dtype)[labels]
    return logsumexp(logits, axes=axes), (logits * Tensor(right, requires_grad=False)).sum(axis=1)


def _loss(family: str, message: str, wrong: Callable[[Any, Any], Any]) -> Mistake:
    return Mistake(family, message, {"softmax_loss": wrong})


def _combined(of_terms: Callable[[Tensor, Tensor], Any], **how: Any) -> Callable[[Any, Any], Any]:
    return lambda logits, labels: of_terms(*_terms(logits, labels, **how))


def _by_classes(logits, labels):
    all_, right = _terms(logits, labels)
    return (all_ - right).sum() / logits.shape[1]


def _no_range(logits, labels):
    right = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
    return (logsumexp(logits, axes=1) - (logits * Tensor(right, requires_grad=False)).sum(axis=1)).mean()


def _asserted(logits, labels):
    assert labels.min() >= 0
    assert labels.max() < logits.shape[1]
    return _no_range(logits, labels)


def _too_large_only(logits, labels):
    if labels.max() >= logits.shape[1]:
        raise ValueError("a label is too large")
    return _no_range(logits, labels)


def _below_0_only(logits, labels):
    if labels.min() < 0:
        raise ValueError("a label is below 0")
    return _no_range(logits, labels)


def _column(logits, labels):
    """logits[:, labels] in place of logits[rows, labels]."""
    _in_range(labels, logits.shape[1])
    right = np.zeros(logits.shape, dtype=logits.dtype)
    right[:, labels] = 1
    return (logsumexp(logits, axes=1) - (logits * Tensor(right, requires_grad=False)).sum(axis=1)).mean()


def _bare(logits, labels):
    _in_range(labels, logits.shape[1])
    x = logits.data
    largest = x.max(axis=1, keepdims=True)
    sums = np.log(np.exp(x - largest).sum(axis=1)) + largest[:, 0]
    return Tensor((sums - x[np.arange(len(labels)), labels]).mean())


def _bare_right(logits, labels):
    _in_range(labels, logits.shape[1])
    return (logsumexp(logits, axes=1) - logits.data[np.arange(len(labels)), labels]).mean()


def _shares_in_full(logits, labels):
    _in_range(labels, logits.shape[1])
    e = exp(logits)
    return e / e.sum(axis=1, keepdims=True), np.eye(logits.shape[1], dtype=logits.dtype)[labels]


def _log_of_all_shares(logits, labels):
    shares, mask = _shares_in_full(logits, labels)
    return -(log(shares) * mask).sum(axis=1).mean()


def _log_of_the_right_share(logits, labels):
    shares, mask = _shares_in_full(logits, labels)
    return -log((shares * mask).sum(axis=1)).mean()


def _log_of_the_sum(logits, labels):
    _, right = _terms(logits, labels)
    return (log(exp(logits).sum(axis=1)) - right).mean()


def _label_taken_off(logits, labels):
    _in_range(labels, logits.shape[1])
    return (logsumexp(logits, axes=1) - labels).mean()


def _indexed(logits, labels):
    _in_range(labels, logits.shape[1])
    return (logsumexp(logits, axes=1) - logits[np.arange(len(labels)), labels]).mean()


def _axis_0(logits, labels):
    _in_range(labels, logits.shape[1])
    mask = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
    return (logsumexp(logits, axes=0) - (logits * mask).sum(axis=0)).mean()


def _goes_on(logits, labels):
    """Returns None for a label without a class."""
    fits = labels.min() >= 0 and labels.max() < logits.shape[1]
    return _no_range(logits, labels) if fits else None


def _index_error(logits, labels):
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise IndexError("there is no such class")
    return _no_range(logits, labels)


_NO_NUMBER = (
    "`exp` of a large logit is infinite, and whatever is made of that is wrong. For this very reason the "
    "formula above has a `logsumexp`: what is then left of the share?"
)

LOSS_MISTAKES = (
    _loss(
        "sum instead of mean",
        "This is the sum over the batch. The mean is asked for, so that a larger batch does not make larger "
        "steps.",
        _combined(lambda all_, right: (all_ - right).sum()),
    ),
    _loss(
        "losses not averaged",
        "There is one loss for each example here. What makes one number of them?",
        _combined(lambda all_, right: all_ - right),
    ),
    _loss(
        "lost sign",
        "The difference stands the wrong way round: this loss is below 0, and grows as the model gets "
        "better.",
        _combined(lambda all_, right: (right - all_).mean()),
    ),
    _loss(
        "right logit forgotten",
        "This is the logsumexp alone: no label has a say in it.",
        _combined(lambda all_, right: all_.mean()),
    ),
    _loss(
        "logsumexp forgotten",
        "This is the right logit alone, with a minus sign. Nothing keeps it from growing for ever: what do "
        "the other classes say?",
        _combined(lambda all_, right: -right.mean()),
    ),
    _loss(
        "share without a logarithm",
        "This is a share, between 0 and 1, with its sign turned. The loss is the logarithm of it.",
        _combined(lambda all_, right: -(exp(right - all_)).mean()),
    ),
    _loss(
        "wrong axis",
        "The sum went over the batch. Classes stand side by side in a row: which axis is that?",
        lambda logits, labels: logsumexp(logits, axes=0).mean() - _terms(logits, labels)[1].mean(),
    ),
    _loss(
        "wrong axis",
        "Both sums went over the batch. Classes stand side by side in a row: which axis is that?",
        _axis_0,
    ),
    _loss(
        "wrong axis",
        "The right logits of the whole batch were added up, and all of them taken off each row. Along which "
        "axis does the sum leave each row its own?",
        _combined(lambda all_, right: (all_ - right.sum()).mean()),
    ),
    _loss(
        "mean instead of sum",
        "The right logit went into a mean with the zeros that stand beside it, and is too small. Which "
        "operation gives it back whole?",
        lambda logits, labels: (
            _terms(logits, labels)[0].mean() - _terms(logits, labels)[1].mean() / logits.shape[1]
        ),
    ),
    _loss(
        "lost sign",
        "The right logit is added. The larger it is, the smaller should the loss be.",
        _combined(lambda all_, right: (all_ + right).mean()),
    ),
    _loss(
        "label for its logit",
        "The label itself was taken off. It is a place: the logit that stands there is meant.",
        _label_taken_off,
    ),
    *(
        _loss("overflow", _NO_NUMBER, formula)
        for formula in (_log_of_all_shares, _log_of_the_right_share, _log_of_the_sum)
    ),
    _loss(
        "Tensor treated as an array",
        "Tensors have no `x[…]`, and an array has no history. Multiply by an array that is 1 in the right "
        "places and 0 elsewhere: what is left to do with each row?",
        _indexed,
    ),
    _loss(
        "wrong axis",
        "One logsumexp was made of the whole batch. Each example needs its own.",
        lambda logits, labels: (logsumexp(logits) - _terms(logits, labels)[1]).mean(),
    ),
    _loss(
        "divided by a fixed number",
        "The sum was divided by the number of classes. The mean is over the batch.",
        _by_classes,
    ),
    _loss(
        "all columns for each row",
        "Each row got the logits of all labels of the batch. With `[rows, labels]`, where `rows` is "
        "`np.arange(n)`, NumPy goes through the two in pairs.",
        _column,
    ),
    _loss(
        "history cut",
        "The number is right, and has no history: no gradient goes back from it. Calculate with Tensors, "
        "and not with their `.data`.",
        _bare,
    ),
    _loss(
        "history cut",
        "The number is right, and the logit of the right class has no history, so that its part of the "
        "gradient is missing. What can be multiplied with the Tensor in place of taking from its `.data`?",
        _bare_right,
    ),
    _loss(
        "dtype not kept",
        "`np.zeros` and `np.eye` make float64 unless told otherwise, and then the loss is float64 as well. "
        "Which dtype do the logits have?",
        _combined(lambda all_, right: (all_ - right).mean(), dtype=np.float64),
    ),
    _loss(
        "labels not checked",
        "A label below 0 counts from the end in NumPy, without a word, and one that is too large ends in an "
        "IndexError. Ask before you use them, and raise a ValueError: to print something stops nobody.",
        _no_range,
    ),
    _loss(
        "labels not checked",
        "No error is raised for a label that no class has, and the caller goes on with what comes back. To "
        "print or to return something is not enough: `raise ValueError(text)`.",
        _goes_on,
    ),
    _loss(
        "error of another kind",
        "It is refused with an error of another kind. ValueError is the one for something of the right type "
        "that does not fit.",
        _index_error,
    ),
    _loss(
        "assert instead of raise",
        "`assert` is for what can only go wrong by a mistake in this very code, and Python may be told to "
        "skip it. `raise ValueError(text)` always raises.",
        _asserted,
    ),
    _loss(
        "labels not checked",
        "Labels that are too large are refused. Below 0, NumPy counts from the end without a word.",
        _too_large_only,
    ),
    _loss(
        "labels not checked",
        "Labels below 0 are refused. Which is the largest that there is a class for?",
        _below_0_only,
    ),
)

# The exercises ----------------------------------------------------------------------------------------

_NN, _LSE = "babygrad.nn", "babygrad.ops.logsumexp"

EXERCISES = (
    Exercise(
        "10_layers/named_parameters",
        cell="named_parameters",
        reference={"named_parameters": Module.named_parameters},
        parts=(
            Part("Parameters of the module itself", 1.5, probes.pairs_found, own_attributes),
            Part("modules inside modules", 2, probes.pairs_found, modules_in_modules),
            Part("in lists and tuples", 1.5, probes.pairs_found, in_lists),
            Part("nothing else", 0.5, probes.pairs_found, others_between),
            Part("each once", 1, probes.pairs_found, shared),
            Part("a second call", 0.5, probes.found_again, asked_again),
        ),
        mistakes=SEARCH_MISTAKES,
        withheld=(_NN, _LSE),
    ),
    Exercise(
        "10_layers/state_dict",
        cell="state_dict",
        reference={"state_dict": Module.state_dict, "load_state_dict": Module.load_state_dict},
        parts=(
            Part("`state_dict`: names and arrays", 0.5, probes.state_of, some_models),
            Part("`state_dict`: copies", 1, probes.state_later, some_models),
            Part("`load_state_dict`: every array in its place", 1, probes.loaded, states_that_fit),
            Part("refused: a name is missing", 0.5, probes.refused, _refusals(_lacking)),
            Part("refused: a name is unexpected", 0.5, probes.refused, _refusals(_with_more)),
            Part("refused: another shape", 0.5, probes.refused, _refusals(_with_other_shapes)),
            Part("refused: all faults in one message", 0.5, probes.refused, _refusals(_with_several_faults)),
            Part("all of it or nothing", 0.5, probes.left_alone, none_that_fits),
        ),
        mistakes=STATE_MISTAKES,
        withheld=(_NN, _LSE),
    ),
    Exercise(
        "10_layers/Linear",
        cell="linear",
        reference={"Linear": Linear},
        parts=(
            Part("how it begins", 1, probes.beginning, new_layers),
            Part("`forward`, and the way back", 1.5, probes.applied, rows_to_apply_to),
            Part("`forward` without a bias", 0.5, probes.applied, without_bias),
        ),
        mistakes=LINEAR_MISTAKES,
        withheld=(_NN, _LSE),
    ),
    Exercise(
        "10_layers/Sequential",
        cell="sequential",
        reference={"Sequential": Sequential},
        parts=(
            Part("keeps its modules", 0.5, probes.kept, chains_to_keep),
            Part("one after the other", 1, probes.one_after_the_other, chains_to_follow),
            Part("a chain without modules", 0.5, probes.one_after_the_other, no_modules),
        ),
        mistakes=SEQUENTIAL_MISTAKES,
        withheld=(_NN, _LSE),
    ),
    Exercise(
        "10_layers/LogSumExp",
        cell="logsumexp",
        reference={"LogSumExp": LOG_SUM_EXP.reference},
        parts=(
            LOG_SUM_EXP.forward("forward", 1, moderate),
            LOG_SUM_EXP.forward("forward, all axes and `keepdims`", 0.5, all_or_kept),
            LOG_SUM_EXP.forward("forward, large numbers", 1, large),
            LOG_SUM_EXP.backward("backward", 1.5, _with_upstream(moderate)),
            LOG_SUM_EXP.backward("backward, all axes and `keepdims`", 0.5, _with_upstream(all_or_kept)),
            LOG_SUM_EXP.backward("backward, large numbers", 0.5, _with_upstream(very_large)),
        ),
        mistakes=LOG_SUM_EXP_MISTAKES,
        withheld=(_NN, _LSE),
    ),
    Exercise(
        "10_layers/softmax_loss",
        cell="softmax_loss",
        reference={"softmax_loss": softmax_loss},
        parts=(
            Part("the loss", 1.5, probes.loss_of, batches),
            Part("its gradient", 1, probes.loss_and_gradient, batches),
            Part("labels without a class are refused", 0.5, probes.labels_refused, no_such_class),
        ),
        mistakes=LOSS_MISTAKES,
        withheld=(_NN,),
        needed=("logsumexp",),
    ),
)
