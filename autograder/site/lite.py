"""The lessons in the reader's own browser: JupyterLite with the Pyodide kernel.

It is built in an environment of its own, for its packages want others than the course does.
The pages come from the site. Python and NumPy come from where Pyodide keeps them, at one pinned address; that
is the only other server, and only who opens such a page asks it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

FOLDER = "lite"
PYODIDE = "314.0.6"  # the one that this kernel was made for
PYODIDE_URL = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/pyodide.mjs"
TOOLS = ("jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6", "jupyter-server >=2.20,<3")

_NEEDED = ("numpy", "matplotlib")
_NOT_IN_PYODIDE = ("comm",)  # what the kernel needs besides; it would be asked of a third server
_LEFT_OUT = {"demo.py", "demo_class.py", "grading", "reporting", "sandbox", "selftest", "site", "templates"}
_SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "babygrad",
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {
                "pyodideUrl": PYODIDE_URL,
                "disablePyPIFallback": True,
            }
        },
    },
}


class LiteError(Exception):
    """The browser's Jupyter was not built; says why, and what to do."""


def address(lesson: str) -> str:
    """Where a lesson runs, beside the site's home page."""
    return f"{FOLDER}/lab/index.html?path={lesson}.ipynb"


def runs_there(released: NotebookNode) -> bool:
    """Whether a lesson can do without other processes, which a browser does not have."""
    return not any("autograder.export" in cell.source for cell in released.cells)


def build(root: Path, out: Path, lessons: Iterable[str]) -> None:
    """Build it into the folder `out` with these lessons. Raises LiteError."""
    uv = find_uv(root)
    with tempfile.TemporaryDirectory(prefix="lite-") as temporary:
        work = Path(temporary)
        (work / "contents").mkdir()
        for lesson in lessons:
            released = nbformat.read(root / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
            nbformat.write(with_packages(released), work / "contents" / f"{lesson}.ipynb")
        (work / "jupyter-lite.json").write_text(json.dumps(_SETTINGS), encoding="utf-8")
        wheels = [write_wheel(root, work), *(repacked(name, work) for name in _NOT_IN_PYODIDE)]
        command = [uv, "run", "--quiet", "--isolated", "--no-project"]
        command += [word for tool in TOOLS for word in ("--with", tool)]
        command += ["jupyter", "lite", "build", "--no-sourcemaps"]
        command += ["--contents", "contents", "--output-dir", "site"]
        command += [word for wheel in wheels for word in ("--piplite-wheels", wheel.name)]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True)
        if done.returncode:
            raise LiteError(f"JupyterLite could not be built:\n{done.stdout}\n{done.stderr}")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(work / "site", out)


def find_uv(root: Path) -> str:
    """Where uv is: what runs this, what the shell finds, or where `make` puts it. Raises LiteError."""
    uv = os.environ.get("UV") or shutil.which("uv") or shutil.which("uv", path=str(root / ".venv" / "bin"))
    if uv is None:
        raise LiteError("uv is not installed, and makes the environment for JupyterLite: pip install uv.")
    return uv


def with_packages(released: NotebookNode) -> NotebookNode:
    """A released notebook that first gets what it needs, for the kernel that the browser has."""
    made: NotebookNode = nbformat.from_dict(released)
    more = " scikit-learn" if any("digits(" in cell.source for cell in made.cells) else ""
    source = f"# In the browser only: the course's packages\n%pip install -q babygrad-course{more}"
    made.cells.insert(0, new_code_cell(source, id="packages"))
    made.metadata["kernelspec"] = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    return made


# Wheels ----------------------------------------------------------------------------------------------


def write_wheel(root: Path, folder: Path) -> Path:
    """babygrad, and what checks in a notebook need of autograder, as a wheel that asks for NumPy only.

    The project's own wheel asks for JupyterLab and nbgrader, which a browser cannot have.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = f"{name}-{version}.dist-info"
    ranges = [line for line in project["dependencies"] if line.split()[0] in _NEEDED]
    about = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {version}"]
    about += [
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {line}" for line in ranges),
    ]
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _modules(root)}
    files[f"{info}/METADATA"] = "\n".join([*about, ""]).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = [f"{place},sha256={_digest(content)},{len(content)}" for place, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    return _zipped(folder / f"{name}-{version}-py3-none-any.whl", files)


def repacked(name: str, folder: Path) -> Path:
    """The wheel that an installed package without compiled parts came from."""
    installed = distribution(name)
    places = [place for place in installed.files or () if place.suffix != ".pyc" and ".." not in place.parts]
    files = {place.as_posix(): Path(str(place.locate())).read_bytes() for place in places}
    return _zipped(folder / f"{name}-{installed.version}-py3-none-any.whl", files)


def _zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        for place, content in files.items():
            wheel.writestr(zipfile.ZipInfo(place, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def _modules(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("babygrad/**/*.py"))
    for path in sorted(root.glob("autograder/**/*.py")):
        if path.relative_to(root).parts[1] not in _LEFT_OUT:
            yield path


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
