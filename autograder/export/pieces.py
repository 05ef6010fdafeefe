"""The pieces of a package: statements of the learner's, and of babygrad's, each with its module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.export import reference
from autograder.export.choice import Choice
from autograder.export.names import bound, needed, needed_at_once
from autograder.export.notebooks import is_added
from autograder.export.own import PACKAGE_NAMES, Taken
from autograder.export.parts import GIVEN, MODULES, NARROWER, PARTS
from autograder.export.statements import Import, Statement

ORDER = list(MODULES)


@dataclass(eq=False)
class Piece:
    """Some source in a module, under one heading.

    label: the part it belongs to, "" for what is given. imports: names that come from other packages. shared:
    names of this package's, by the name used here; modules: modules of it. siblings: the module of names that
    came from the same notebook. spoken_in: the module of babygrad's that a borrowed piece is from.
    """

    module: str
    text: str
    heading: str
    label: str = ""
    is_own: bool = False
    imports: dict[str, Import] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    modules: dict[str, Import] = field(default_factory=dict)
    builtins: frozenset[str] = frozenset()
    siblings: dict[str, str] = field(default_factory=dict)
    spoken_in: str = ""

    @property
    def binds(self) -> frozenset[str]:
        """The names that it defines."""
        return bound(self.text)

    @property
    def at_once(self) -> frozenset[str]:
        """The names that it uses while it is imported."""
        return needed_at_once(self.text)


def pieces(choices: Mapping[str, Choice]) -> list[Piece]:
    """All pieces of a package, in no order but that of each part."""
    found = [*_given(choices)]
    for choice in choices.values():
        found.extend(_own(choice) if choice.is_own else _borrowed_part(choice))
    found += _support(found, choices)
    _move_what_is_needed_early(found)
    return found


def _move_what_is_needed_early(found: Sequence[Piece]) -> None:
    """Where a class says ``__matmul__ = matmul``, that function goes to the module of the class."""
    for piece in found:
        for name in piece.at_once & set(piece.shared):
            for other in found:
                is_later = ORDER.index(other.module) > ORDER.index(piece.module)
                if piece.is_own and is_later and piece.shared[name] in other.binds and not other.at_once:
                    other.module = piece.module


def home(name: str) -> str:
    """The module of the package where a name is expected."""
    for module, names in GIVEN.items():
        if name in names:
            return module
    if name in ("divide", "power"):
        return "ops.functions"
    part = next((part for part in PARTS if name in part.names), None)
    return "tensor" if name == "Tensor" or part is None else part.module


# The learner's ---------------------------------------------------------------------------------------


def _own(choice: Choice) -> Iterator[Piece]:
    for its in choice.taken:
        places = _places(its, choice)
        for statement in its.statements:
            where = "a cell you added" if is_added(statement.cell) else f"cell {statement.cell}"
            needs = statement.needs
            yield Piece(
                places[statement],
                statement.text,
                f"{choice.part.label}: yours, from {its.notebook.file}, {where}",
                choice.part.label,
                True,
                {name: meaning for name, meaning in its.imports.items() if name in needs},
                {name: other for name, other in its.shared.items() if name in needs},
                {name: meaning for name, meaning in its.modules.items() if name in needs},
                frozenset(its.builtins & needs),
                {name: places[s] for s in its.statements for name in s.binds},
            )


def _places(its: Taken, choice: Choice) -> dict[Statement, str]:
    """The module of each statement: that of the names asked for; helpers are where they are needed first.

    What is needed while a module is imported is there, or in a module before it.
    """
    place: dict[Statement, int] = {}
    by_name = {name: statement for statement in its.statements for name in statement.binds}
    for root in its.roots:
        names = [name for name in choice.part.names if name in root.binds]
        if names:
            place[root] = ORDER.index(home(names[0]))
    for _ in its.statements:  # as often as something may move
        for statement in its.statements:
            users = [place[s] for s in place if s is not statement and statement.binds & s.needs]
            if statement not in place or (statement not in its.roots and users):
                earliest = min(users, default=0)
                shared = [ORDER.index(home(its.shared[n])) for n in statement.at_once if n in its.shared]
                inner = [place[by_name[n]] for n in statement.at_once if by_name.get(n) in place]
                place[statement] = max([earliest, *shared, *(inner if not users else [])])
            for name in statement.at_once:
                other = by_name.get(name, statement)
                if other is not statement and other in place and statement.kind != "attachment":
                    place[other] = min(place[other], place[statement])
    return {statement: ORDER[place[statement]] for statement in its.statements}


# babygrad's ------------------------------------------------------------------------------------------


def _borrowed_part(choice: Choice) -> Iterator[Piece]:
    heading = f"{choice.part.label}: borrowed from babygrad ({choice.reason})"
    methods = tuple(name for name in choice.part.borrowed if name.startswith("Tensor."))
    for name in choice.part.borrowed:
        if name not in methods:
            text = reference.attached(name) if name.startswith("Module.") else reference.source(name)
            module = home(min(bound(text)))
            yield _borrowed(module, text, heading, reference.home(name), choice.part.label)
    if methods == ("Tensor.__init__",):
        yield _borrowed("tensor", reference.first_tensor(), heading, "tensor", choice.part.label)
    elif methods:
        text = reference.methods(methods, f"{choice.part.label}.")
        yield _borrowed("tensor", text, heading, "tensor", choice.part.label)


def _given(choices: Mapping[str, Choice]) -> Iterator[Piece]:
    """What no lesson asks for."""
    heading = "Given: no lesson asks for it"
    attached = {name for part in PARTS for name in part.names if f"Module.{name}" in part.borrowed}
    for module, names in GIVEN.items():
        for name in names:
            is_module = name == "Module"
            text = reference.class_without(name, attached) if is_module else reference.source(name)
            yield _borrowed(module, text, heading, reference.home(name))
    if choices["Tensor.__init__"].is_own:
        yield _borrowed("tensor", reference.source("lent.scalars"), heading, "tensor")
    if choices["Function"].is_own:
        yield _borrowed("function", reference.source("lent.recording"), heading, "function")
    if choices["Tensor.backward"].is_own:
        yield _borrowed("backward", reference.source("lent.walk"), heading, "backward")
    if choices["Optimizer, GradientDescent"].is_own:
        yield _borrowed("optim", reference.source("lent.optimizer"), heading, "optim")
        text = reference.methods(_OF_OPTIMIZERS, "With what the optimizers that are given go by.")
        yield _borrowed("optim", text, heading, "optim")
    asked = {name for part in PARTS for name in part.borrowed} | {"Tensor.__matmul__", "Tensor.__rmatmul__"}
    asked |= _methods_of_their_own(choices)
    rest = tuple(name for name in reference.all_methods() if name not in asked)
    text = reference.methods(rest, "What people expect of a Tensor, and no lesson asks for.")
    yield _borrowed("tensor", text, heading, "tensor")


_OF_OPTIMIZERS = ("Optimizer._gradients", "Optimizer._of")


def _methods_of_their_own(choices: Mapping[str, Choice]) -> set[str]:
    """The names that the learner gives a meaning in the class Tensor."""
    statements = [s for choice in choices.values() for its in choice.taken for s in its.statements]
    attached = {s.touches[1] for s in statements if s.touches[0] == "Tensor"}
    inside = {
        name
        for statement in statements
        if "Tensor" in statement.binds
        for node in ast.parse(statement.text).body
        if isinstance(node, ast.ClassDef)
        for name in bound("\n".join(ast.unparse(member) for member in node.body))
    }
    return {f"Tensor.{name}" for name in attached | inside}


def _support(found: list[Piece], choices: Mapping[str, Choice]) -> Iterator[Piece]:
    """What borrowed pieces need besides: private functions of babygrad's, each once."""
    pending = [piece for piece in found if not piece.is_own]
    own = {name for choice in choices.values() if choice.is_own for name in choice.part.names}
    there: set[tuple[str, str]] = set()
    for piece in pending:  # grows
        for name, origin in _origins(piece):
            narrow = name in NARROWER & own
            if name in PACKAGE_NAMES and not narrow:
                piece.shared[name] = name
                continue
            module = piece.module if narrow else origin
            if not narrow and name in needed(piece.text):
                piece.shared[name] = name
            if (module, name) not in there and name not in piece.binds:
                text = reference.source(name)
                there |= {(module, other) for other in bound(text)}
                made = _borrowed(module, text, "Borrowed along with what needs it", origin)
                pending.append(made)
                yield made


def _origins(piece: Piece) -> Iterator[tuple[str, str]]:
    """The names that a borrowed piece uses and babygrad defines, with the module that does."""
    for name in sorted(needed(piece.text)):
        origin = _origin(piece, name)
        if origin is not None:
            yield name, origin
    for node in ast.walk(ast.parse(piece.text)):
        match node:
            case ast.Attribute(value=ast.Name(id="backward"), attr=name) if "backward" in piece.modules:
                yield name, "backward"


def _origin(piece: Piece, name: str) -> str | None:
    """The module of babygrad that defines what a borrowed piece calls `name`; other imports are noted."""
    meaning = reference.meaning(piece.spoken_in, name)
    if meaning is None:
        return piece.spoken_in if reference.homes().get(name) == piece.spoken_in else None
    if meaning.package != "babygrad":
        piece.imports[name] = meaning
    elif meaning.module != "babygrad":
        return reference.homes()[name]
    else:
        piece.modules[name] = meaning
    return None


def _borrowed(module: str, text: str, heading: str, spoken_in: str, label: str = "") -> Piece:
    return Piece(module, text, heading, label, spoken_in=spoken_in)
