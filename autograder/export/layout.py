"""The text of the package: its modules, each with its imports and its pieces in an order that works."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from autograder.export import reference
from autograder.export.choice import Choice
from autograder.export.names import needed
from autograder.export.own import ONLY_ONE, PACKAGE_NAMES
from autograder.export.parts import (
    GIVEN_FIRST,
    GIVEN_MODULES,
    IMPORTED_BY_NAME,
    MODULES,
    PARTS,
    whole_name,
)
from autograder.export.pieces import ORDER, Piece, pieces
from autograder.export.statements import Import, speaking_of


class Clash(Exception):
    """A part of the learner's cannot stand beside the others: `label` says which, and the text why."""

    def __init__(self, label: str, why: str) -> None:
        super().__init__(why)
        self.label = label


@dataclass(frozen=True)
class Laid:
    """A package as text.

    files: by path in its folder. lines: for each file, the label of the learner's part in each of its lines.
    """

    files: dict[str, str]
    lines: dict[str, dict[int, str]]

    def write(self, folder: Path) -> None:
        """Write them into a new folder."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())


def laid_out(choices: Mapping[str, Choice], package: str) -> Laid:
    """The files of the package. Raises Clash."""
    found = _in_base_order(_without_copies(pieces(choices)))
    where = _where(found)
    meanings = _meanings(found, where)
    files, lines = {}, {}
    for module, sentence in MODULES.items():
        own = [piece for piece in found if piece.module == module]
        path = f"{module.replace('.', '/')}.py"
        files[path], lines[path] = _module(module, sentence, own, meanings[module], package)
    files.update((f"{module}.py", _given_module(module, package)) for module in GIVEN_MODULES)
    files["ops/__init__.py"] = _ops(where, package)
    files["__init__.py"] = _init(choices, where, package)
    return Laid(files, lines)


def _in_base_order(found: Iterable[Piece]) -> list[Piece]:
    """What others stand on first, then the parts as in the table, then what is given."""
    labels = [part.label for part in PARTS]

    def rank(piece: Piece) -> tuple[int, int]:
        if piece.label:
            return 1, labels.index(piece.label)
        is_last = piece.heading.startswith("Given") and piece.module not in GIVEN_FIRST
        return (2 if is_last else 0), 0

    return sorted(found, key=rank)


def _without_copies(found: Sequence[Piece]) -> list[Piece]:
    """Two parts may need the same helper: it is there once."""
    kept: dict[tuple[str, str], Piece] = {}
    for piece in found:
        kept.setdefault((piece.module, piece.text), piece)
    return list(kept.values())


# What names mean -------------------------------------------------------------------------------------

Meaning = tuple[str, str, str]
"""What a name stands for: ("def", module of the package, name), ("import", module, name), ("module", the
module of babygrad, name), or ("builtin", name, "")."""


def _where(found: Iterable[Piece]) -> dict[str, str]:
    """The module of each name that is there for all; see ``whole_name``."""
    names = {part.label: part.names for part in PARTS}
    where: dict[str, str] = {}
    for piece in found:
        for name in piece.binds:
            only_for_gradcheck = name == "grad" and piece.module == "gradcheck"
            if (not piece.is_own or name in names[piece.label]) and not only_for_gradcheck:
                where[whole_name(name, piece.module)] = piece.module
    return where


def _meanings(found: Sequence[Piece], where: Mapping[str, str]) -> dict[str, dict[str, Meaning]]:
    """What each global name means in each module. Raises Clash where a name would mean two things."""
    meanings: dict[str, dict[str, Meaning]] = {module: {} for module in ORDER}
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for piece in sorted(found, key=lambda piece: piece.is_own):
        for name, meaning in _meanings_of(piece, where):
            known = meanings[piece.module].setdefault(name, meaning)
            if known != meaning:
                raise _clash(piece, name, known, meaning)
        for name in piece.binds:
            is_chained = name in ONLY_ONE or not piece.is_own
            label, text = owners.setdefault((piece.module, name), (piece.label, piece.text))
            if text != piece.text and label != piece.label and not is_chained:
                raise Clash(
                    piece.label,
                    f"its `{name}` and that of {label or 'babygrad'} would both be in {piece.module}: "
                    "give yours another name",
                )
    return meanings


def _meanings_of(piece: Piece, where: Mapping[str, str]) -> Iterator[tuple[str, Meaning]]:
    for name in sorted(piece.binds):
        yield name, ("def", piece.module, name)
    for name, module in piece.siblings.items():
        if name in needed(piece.text) and name not in piece.binds:
            yield name, ("def", module, name)
    for name, other in piece.shared.items():
        if name in piece.binds:
            continue
        if other not in where:
            raise Clash(piece.label, f"it uses `{other}`, which is not in the package")
        yield name, ("def", where[other], other.rpartition(".")[2])
    for name, meaning in piece.imports.items():
        yield name, ("import", meaning.module, meaning.name)
    for name, meaning in piece.modules.items():
        yield name, ("module", meaning.module, meaning.name)
    for name in sorted(piece.builtins):
        yield name, ("builtin", name, "")


def _clash(piece: Piece, name: str, known: Meaning, meaning: Meaning) -> Clash:
    return Clash(
        piece.label,
        f"in it, `{name}` is {_in_words(meaning)}; elsewhere in {piece.module} it is {_in_words(known)}",
    )


def _in_words(meaning: Meaning) -> str:
    kind, first, second = meaning
    if kind == "builtin":
        return "Python's own"
    return f"that of {first}" if second or kind == "def" else f"the module {first}"


# A module --------------------------------------------------------------------------------------------


def _module(
    module: str, sentence: str, its: Sequence[Piece], meanings: Mapping[str, Meaning], package: str
) -> tuple[str, dict[int, str]]:
    """The text of a module, and the part of the learner's in each line."""
    outside = [Import(m[1], m[2]).line(n) for n, m in meanings.items() if m[0] == "import"]
    here = ORDER.index(module)
    inside = [(n, m) for n, m in meanings.items() if m[0] == "def" and m[1] != module]
    early = [_line(n, m, package) for n, m in inside if ORDER.index(m[1]) < here]
    late = [_line(n, m, package) for n, m in inside if ORDER.index(m[1]) > here]
    modules = [_module_line(n, m, package) for n, m in meanings.items() if m[0] == "module"]
    blocks = [f'"""{sentence}\n\nGathered by `autograder export`: above each part stands whose it is.\n"""']
    blocks.append("from __future__ import annotations")
    blocks += [
        "\n".join(_merged(lines)) for lines in (_outside(outside), _by_module(early, package)) if lines
    ]
    text = "\n\n".join(blocks) + "\n"
    lines: dict[int, str] = {}
    heading, before = "", ""
    for piece in _in_order(its):
        stays_close = heading == piece.heading and "\n" not in before + piece.text
        text += "" if stays_close else "\n\n"
        if piece.heading != heading:
            text += f"# {piece.heading}\n" + ("\n" if piece.text.startswith("#") else "")
        heading, before = piece.heading, piece.text
        first = text.count("\n") + 1
        text += speaking_of(piece.text, package) + "\n"
        if piece.is_own:
            lines.update(dict.fromkeys(range(first, text.count("\n") + 1), piece.label))
    if late or modules:
        text += f"\n\n# {_LATE}\n" + "\n".join([*_merged(_by_module(late, package)), *sorted(modules)]) + "\n"
    return text, lines


_LATE = (
    "Used when the functions above are called; these modules need this one first, and by now it is complete."
)


def _line(name: str, meaning: Meaning, package: str) -> str:
    return Import(f"{package}.{meaning[1]}", meaning[2]).line(name)


def _module_line(name: str, meaning: Meaning, package: str) -> str:
    module = package + meaning[1].removeprefix("babygrad")
    return Import(module, meaning[2]).line(package if name == "babygrad" else name)


def _by_module(lines: Iterable[str], package: str) -> list[str]:
    """Imports from this package, in the order of its modules."""
    return sorted(lines, key=lambda line: (ORDER.index(line.split()[1].removeprefix(f"{package}.")), line))


def _merged(lines: Iterable[str]) -> list[str]:
    """One import for each module."""
    plain: set[str] = set()
    sources: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("import "):
            plain.add(line)
        else:
            source, name = line.removeprefix("from ").split(" import ")
            sources.setdefault(source, set()).add(name)
    return [*sorted(plain), *(_from(source, sorted(names)) for source, names in sources.items())]


def _from(source: str, names: Sequence[str]) -> str:
    line = f"from {source} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    inner = fill(", ".join(names) + ",", _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"from {source} import (\n{inner}\n)"


_WIDTH = 100


def _outside(lines: Iterable[str]) -> list[str]:
    """Python's own modules, then others."""
    own = sys.stdlib_module_names
    return sorted(lines, key=lambda line: (line.split()[1].split(".")[0] not in own, line))


def _in_order(its: Sequence[Piece]) -> list[Piece]:
    """Each piece after those that it uses as soon as it is run, otherwise as they are."""
    pending, done = list(its), []
    while pending:
        ready = next((piece for piece in pending if not _waits(piece, pending)), pending[0])
        pending.remove(ready)
        done.append(ready)
    return done


def _waits(piece: Piece, pending: Sequence[Piece]) -> bool:
    at = pending.index(piece)
    for place, other in enumerate(pending):
        names = (piece.at_once & other.binds) if other is not piece else frozenset()
        if any(place < at or name not in piece.binds for name in names):
            return True
    return False


def _given_module(module: str, package: str) -> str:
    """A module of babygrad's as it is."""
    text = speaking_of(reference.whole_module(module), package)
    start = "from __future__ import annotations\n"
    return text.replace(start, f"# Given: no lesson asks for it\n\n{start}", 1)


# What the package shows ------------------------------------------------------------------------------


def _ops(where: Mapping[str, str], package: str) -> str:
    names = [n for n in sorted(where) if n in PACKAGE_NAMES and _is_an_operation(n)]
    lines = _merged(_by_module([f"from {package}.{where[name]} import {name}" for name in names], package))
    return (
        '"""The operations: one class and one function each."""\n\n' + "\n".join(lines) + "\n" + _all(names)
    )


def _is_an_operation(name: str) -> bool:
    return reference.homes().get(name, "").startswith("ops.")


def _init(choices: Mapping[str, Choice], where: Mapping[str, str], package: str) -> str:
    own = sum(choice.is_own for choice in choices.values())
    public = [n for n in sorted(where) if _is_public(n, where[n])]
    lines = _merged(_by_module([f"from {package}.{where[name]} import {name}" for name in public], package))
    told = [f"{choice.part.label}: {_whose(choice)}" for choice in choices.values()]
    return (
        f'"""Your library, gathered by `autograder export`: {own} of {len(choices)} parts are yours.\n\n'
        + "\n".join(told)
        + "\n\nWhat no lesson asks for is given. `init`, `nn`, `optim` and `data` are imported by name: "
        + f'`from {package}.nn import Linear`.\nTo renew it, run `autograder export` again.\n"""\n\n'
        + "\n".join(lines)
        + "\n"
        + _all(public)
    )


def _is_public(name: str, module: str) -> bool:
    """Whether the package itself has this name."""
    is_private = name.startswith("_") or name == "backward"
    return name in PACKAGE_NAMES and not is_private and module not in IMPORTED_BY_NAME


def _whose(choice: Choice) -> str:
    if not choice.is_own:
        return f"borrowed from babygrad ({choice.reason})"
    return "yours, from " + " and ".join(
        dict.fromkeys(f"{cell.split('/')[0]}.ipynb" for cell in choice.source)
    )


def _all(names: Sequence[str]) -> str:
    return "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]\n"
