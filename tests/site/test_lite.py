"""The lessons in the reader's browser: one other server only, packages that fit, a kernel that starts.

NumPy for the browser is at that other server alone; what runs here is the kernel with Python from npm.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autograder.exercises import LESSONS
from autograder.site import lite
from autograder.site.serve import served

from .conftest import PROJECT, ROOT

pytestmark = pytest.mark.site

HOST = urlsplit(lite.PYODIDE_URL).netloc
OF_THE_KERNEL = ["micropip", "packaging", "ipython", "jedi"]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The folder of a site, with nothing but the browser's Jupyter."""
    out = tmp_path_factory.mktemp("lite")
    lite.build(ROOT, out / lite.FOLDER, LESSONS)
    return out


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory) -> Path:
    """Pyodide's core as npm has it: Python, and the list of all packages."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("pyodide")
    command = ["npm", "pack", "--silent", f"pyodide@{lite.PYODIDE}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "package"


@pytest.fixture(scope="module")
def lock(pyodide: Path) -> dict:
    return json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))


def test_python_and_packages_of_the_browser_are_in_our_ranges(lock: dict) -> None:
    assert lock["info"]["python"] in SpecifierSet(PROJECT["project"]["requires-python"])
    ranges = {Requirement(line).name: Requirement(line) for line in PROJECT["project"]["dependencies"]}
    for name in ("numpy", "matplotlib", "scikit-learn"):
        assert lock["packages"][name]["version"] in ranges[name].specifier, name


def test_one_other_server_is_named(built: Path) -> None:
    settings = json.loads((built / lite.FOLDER / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][
        "@jupyterlite/pyodide-kernel-extension:kernel"
    ]
    assert kernel["pyodideUrl"] == lite.PYODIDE_URL
    assert kernel["disablePyPIFallback"] is True
    assert {urlsplit(url).netloc for url in re.findall(r"https?://[^\s\"']+", json.dumps(kernel))} == {HOST}


def test_a_lesson_opens_and_asks_one_other_server_only(browser, built: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.route(f"https://{HOST}/**", lambda route: route.abort())
    page = context.new_page()
    with served(built, 0) as address:
        page.goto(address + lite.address("03_function"))
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=120_000)
        page.get_by_role("heading", name="03 · Function").first.wait_for(timeout=60_000)
        page.wait_for_timeout(5_000)  # the kernel begins to load
        context.close()
    others = {urlsplit(url).netloc for url in asked if url.startswith("http") and not url.startswith(address)}
    assert others == {HOST}


def test_the_kernel_starts_and_the_course_can_be_installed(browser, built: Path, pyodide: Path, lock) -> None:
    _with_wheels(pyodide, lock)
    shutil.copytree(pyodide, built / "pyodide", dirs_exist_ok=True)
    settings = built / lite.FOLDER / "jupyter-lite.json"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace(lite.PYODIDE_URL, "/pyodide/pyodide.mjs"), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    try:
        with served(built, 0) as address:
            page.goto(address + lite.address("03_function"))
            first = page.locator(".jp-Notebook .jp-Cell").first
            first.wait_for(timeout=120_000)
            first.click()
            for key in ("Escape", "a", "Enter"):
                page.keyboard.press(key)
            page.keyboard.type(
                "import piplite; await piplite.install('babygrad-course', deps=False); "
                "import compileall, os; from importlib.util import find_spec; "
                "print('compiled', *[compileall.compile_dir(os.path.dirname(find_spec(n).origin), quiet=1) "
                "for n in ('babygrad', 'autograder')])"
            )
            page.keyboard.press("Control+Enter")
            page.get_by_text("compiled True True").first.wait_for(timeout=180_000)
            assert [url for url in asked if url.startswith("http") and not url.startswith(address)] == []
    finally:
        settings.write_text(before, encoding="utf-8")
        context.close()


def _with_wheels(pyodide: Path, lock: dict) -> None:
    """Put what the kernel needs, all of it without compiled parts, beside Pyodide's core."""
    packages, wanted, waiting = lock["packages"], set(), list(OF_THE_KERNEL)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += [
                each if each in packages else each.replace("_", "-") for each in packages[name]["depends"]
            ]
    exact = [f"{packages[name]['name']}=={packages[name]['version']}" for name in sorted(wanted)]
    python = ".".join(lock["info"]["python"].split(".")[:2])
    command = [lite.find_uv(ROOT), "run", "--quiet", "--isolated", "--no-project", "--with", "pip"]
    command += [
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--python-version",
        python,
    ]
    subprocess.run([*command, "-d", str(pyodide), *exact], check=True, capture_output=True)
    for name in wanted:
        content = (pyodide / packages[name]["file_name"]).read_bytes()
        packages[name]["sha256"] = hashlib.sha256(
            content
        ).hexdigest()  # built anew there, from the same source
    (pyodide / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
