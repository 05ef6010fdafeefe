"""The files of Python that a learner's process may read, one by one: other packages are not among them."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "matplotlib", "ipython", "matplotlib-inline")
"""What a lesson's code may import, besides Python's own modules and babygrad, with all that these require."""

_SYSTEM = (
    *("/usr/lib/locale", "/usr/share/locale", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"),
    *("/usr/share/fonts", "/usr/share/zoneinfo", "/dev/null", "/dev/urandom"),
)
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib")


@cache
def readable() -> tuple[Path, ...]:
    """The standard library and the packages above, as files and folders."""
    fonts = [Path.home() / ".cache" / "matplotlib", Path.home() / ".config" / "matplotlib"]
    found = [*map(Path, _SYSTEM), *fonts, *_standard_library(), *_shared_libraries(), *_entries(PACKAGES)]
    return tuple(dict.fromkeys(path for path in found if path.exists()))


@cache
def listed() -> tuple[Path, ...]:
    """The folders of packages: Python has to see their names, and may read none that is not ``readable``."""
    return tuple(dict.fromkeys(Path(path) for path in sys.path if Path(path).is_dir() and _is_pythons(path)))


@cache
def importable() -> frozenset[str]:
    """The names of modules that may be imported, without those of this course."""
    packages = {path.name.split(".")[0] for path in _entries(PACKAGES)}
    return frozenset(sys.stdlib_module_names | packages)


def _is_pythons(path: str) -> bool:
    return any(Path(path).is_relative_to(prefix) for prefix in (sys.prefix, sys.base_prefix, "/usr/lib"))


def _standard_library() -> Iterator[Path]:
    for kind in ("stdlib", "platstdlib"):
        folder = Path(sysconfig.get_path(kind))
        if folder.is_dir():
            yield from (entry for entry in folder.iterdir() if not entry.name.endswith("-packages"))
    yield Path(sys.prefix, "pyvenv.cfg")


def _shared_libraries() -> Iterator[Path]:
    """Libraries in C, of the system and of this Python; beside them may be folders of packages."""
    for folder in (*map(Path, _LIBRARIES), Path(sys.base_prefix, "lib"), Path(sys.prefix, "lib")):
        if folder.is_dir():
            yield from (entry for entry in folder.iterdir() if re.search(r"\.so\b|\.dylib$", entry.name))
            yield from (entry for entry in folder.iterdir() if entry.name.endswith("-linux-gnu"))


def _entries(packages: tuple[str, ...]) -> Iterator[Path]:
    """What the packages, and all that they require, have put into the folder of packages."""
    for distribution in _with_requirements(packages):
        record = distribution.read_text("RECORD") or distribution.read_text("installed-files.txt") or ""
        places = {match[0] for match in map(_ENTRY.match, record.splitlines()) if match and match[0] != ".."}
        yield from (Path(str(distribution.locate_file(place))) for place in sorted(places))


_ENTRY = re.compile(r"__pycache__/[^,]+|[^/,]+")
"""The first folder of a path, or the file; of compiled modules, which share a folder, the file."""


@cache
def _with_requirements(packages: tuple[str, ...]) -> tuple[metadata.Distribution, ...]:
    found: dict[str, metadata.Distribution] = {}
    pending = list(packages)
    while pending:
        name = re.sub(r"[-_.]+", "-", pending.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system, or optional
            continue
        needed = (line for line in found[name].requires or () if "extra ==" not in line)
        pending.extend(match[0] for match in map(re.compile(r"[\w.-]+").match, needed) if match)
    return tuple(found.values())
