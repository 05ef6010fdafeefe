"""What of a notebook makes a part: the definitions asked for, and all of the learner's that these need."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.export.notebooks import Notebook, is_added
from autograder.export.parts import CELLS, GIVEN, GIVEN_MODULES, MODULES, PARTS, whole_name
from autograder.export.statements import Import, Statement

PACKAGE_NAMES = frozenset(
    {name for part in PARTS for name in part.names} | {name for names in GIVEN.values() for name in names}
) | {"divide", "power"}
"""The names that the package has for everybody, private ones too."""


class DoesNotFit(Exception):
    """A right cell that cannot be part of a package; says why."""


@dataclass
class Taken:
    """Statements of one notebook, in its order, and what names mean in them.

    roots: those asked for; the others are there because they are needed. imports: names that come from other
    packages. shared: names that the package has for everybody, by the name under which they are used here.
    modules: modules of babygrad's that are imported as such, by the name under which they are used.
    """

    notebook: Notebook
    roots: list[Statement]
    statements: list[Statement] = field(default_factory=list)
    imports: dict[str, Import] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    modules: dict[str, Import] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)


def taken(notebook: Notebook, cell: str, names: Sequence[str]) -> Taken:
    """What `cell` defines, with what it needs from its own and other cells. Raises DoesNotFit."""
    found = Taken(notebook, _roots(notebook, cell, names))
    chosen = list(found.roots)
    for statement in chosen:  # grows
        for name in sorted(statement.needs):
            provider = _resolved(name, found, chosen)
            if provider is not None and provider not in chosen:
                chosen.append(provider)
    found.statements = [statement for statement in notebook.statements if statement in chosen]
    return found


# What is asked for -----------------------------------------------------------------------------------


def _roots(notebook: Notebook, cell: str, names: Sequence[str]) -> list[Statement]:
    """The statements that define the names, and those that attach something to them.

    Where the learner has defined a name again in a cell that they added, that is what was checked.
    """
    ours = _exercise_cells(notebook)
    place = list(notebook.cells).index(cell)
    later = [name for name in list(notebook.cells)[place + 1 :]]
    rivals = {
        s.cell for s in notebook.statements if s.cell in ours and s.cell != cell and s.binds & set(names)
    }
    until = next((at for at, name in enumerate(later) if name in rivals), len(later))
    added = {name for name in later[:until] if is_added(name)}
    roots: list[Statement] = []
    for statement in notebook.statements:
        if statement.cell != cell and statement.cell not in added:
            continue
        again = statement.binds & set(names)
        if statement.kind in ("definition", "assignment", "block") and again:
            if statement.cell in added and not again & statement.at_once:
                roots = [root for root in roots if not root.binds & set(names) <= again]
            roots.append(statement)
        elif statement.kind == "attachment" and (statement.cell == cell or _belongs(statement, roots, names)):
            roots.append(statement)
    missing = [name for name in names if not any(name in root.binds for root in roots)]
    if missing:
        raise DoesNotFit(f"where `{missing[0]}` is defined cannot be seen from its cell")
    return roots


def _belongs(statement: Statement, roots: Iterable[Statement], names: Sequence[str]) -> bool:
    """Whether something that an added cell attaches is about these definitions."""
    name, attribute = statement.touches
    return name in names or (name == "Tensor" and any(f".{attribute}" in root.text for root in roots))


def _exercise_cells(notebook: Notebook) -> set[str]:
    return {cell for cell in notebook.cells if f"{notebook.lesson}/{cell}" in CELLS}


ONLY_ONE = ("Tensor", "Function", "Module", "Parameter", "Optimizer")
"""What there can be only one of: a part gets the package's, whatever was tried in other cells."""


# What they need --------------------------------------------------------------------------------------


def _resolved(name: str, found: Taken, chosen: Sequence[Statement]) -> Statement | None:
    """Find out what a name means, and note it; where a statement of the learner's defines it, return that."""
    if any(name in statement.binds for statement in chosen):
        return None
    notebook, ours = found.notebook, _exercise_cells(found.notebook)
    definers = [
        s
        for s in notebook.statements
        if name in s.binds
        and s.kind in ("definition", "assignment", "block", "import")
        and not (s.kind == "import" and name not in notebook.imports)
        and not (name in PACKAGE_NAMES and (not is_added(s.cell) or name in ONLY_ONE) and s.kind != "import")
    ]
    if definers and definers[-1].kind != "import":
        return definers[-1]
    is_pythons = name in vars(builtins) and not _is_defined_in_an_exercise(name, notebook, ours)
    if name in PACKAGE_NAMES and (not definers or name in ONLY_ONE) and not is_pythons:
        found.shared[name] = whole_name(name, "nn") if notebook.lesson in _WITH_LAYERS else name
    elif name in notebook.imports:
        _import(name, notebook.imports[name], found)
    elif name in vars(builtins):
        found.builtins.add(name)
    return None


_WITH_LAYERS = ("10_layers",)
"""Lessons in which ReLU is a layer, and no operation."""


def _is_defined_in_an_exercise(name: str, notebook: Notebook, ours: set[str]) -> bool:
    return any(name in statement.binds and statement.cell in ours for statement in notebook.statements)


def _import(name: str, meaning: Import, found: Taken) -> None:
    if meaning.package not in ("babygrad", "autograder"):
        found.imports[name] = meaning
    elif meaning.name in PACKAGE_NAMES:
        found.shared[name] = whole_name(meaning.name, meaning.module.removeprefix("babygrad."))
    elif meaning.package == "babygrad" and _is_a_module(meaning):
        found.modules[name] = meaning
    else:
        raise DoesNotFit(
            f"it uses `{meaning.name or meaning.module}` of {meaning.module}, which is not in the package"
        )


def _is_a_module(meaning: Import) -> bool:
    whole = f"{meaning.module}.{meaning.name}" if meaning.name else meaning.module
    return whole in _MODULES_OF_BABYGRAD


_MODULES_OF_BABYGRAD = {
    "babygrad",
    "babygrad.ops",
    *(f"babygrad.{name}" for name in (*MODULES, *GIVEN_MODULES)),
}
