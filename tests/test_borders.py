"""The borders between the packages, proved by absence: with torch or Qt out of reach, what does not need it imports."""

import ast
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mfsr_engine", "distill", "mfsr_app")
TORCH = ("torch", "diffusers", "transformers", "accelerate", "peft")
QT = ("PySide6", "shiboken6")

IMPORT_ALL = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent, modules = sys.argv[1].split(","), sys.argv[2:]
sys.meta_path.insert(0, Absent())
failed = 0
for module in modules:
    try:
        importlib.import_module(module)
    except ImportError as error:
        failed = 1
        print(f"{module}: {error}")
sys.exit(failed)
"""


def modules_of(*names: str) -> list[str]:
    """Dotted names of these modules, and of everything inside those that are packages."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    dotted = (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths)
    return sorted(m for m in dotted if any(m == name or m.startswith(name + ".") for name in names))


def sources_of(contract: str) -> list[str]:
    """The modules that a contract holds to something."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (sources,) = [c["source_modules"] for c in contracts if c["name"] == contract]
    return list(sources)


def light_modules() -> list[str]:
    """What the contracts say needs no torch; `__main__` modules would start the program."""
    sources = sources_of("Light modules need no torch")
    missing = [name for name in sources if not modules_of(name)]
    assert not missing, f"the contract names modules that do not exist: {missing}"
    return [module for module in modules_of(*sources) if not module.endswith("__main__")]


def import_without(absent: tuple[str, ...], modules: list[str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", IMPORT_ALL, ",".join(absent), *modules]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def test_window_command_line_and_everything_light_import_without_torch():
    done = import_without(TORCH, light_modules())
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_of_the_window_but_its_jobs_may_start_no_threads():
    rooms = {f"mfsr_app.{path.stem}" for path in (ROOT / "mfsr_app").iterdir() if path.name[:2] != "__"}
    sources = set(sources_of("Threads and processes of the window only in its jobs"))
    assert sources == rooms - {"mfsr_app.jobs"} | {"mfsr_app.__main__"}


def test_inference_and_training_import_without_qt():
    modules = [m for m in modules_of("mfsr_engine", "distill") if not m.endswith("__main__")]
    done = import_without(QT, modules)
    assert done.returncode == 0, done.stdout + done.stderr


def test_inference_imports_without_the_packages_above_it():
    modules = [m for m in modules_of("mfsr_engine") if not m.endswith("__main__")]
    done = import_without((*QT, "distill", "mfsr_app"), modules)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("absent", "module"), [(TORCH, "mfsr_engine.models.sampling"), (QT, "mfsr_app.window")])
def test_the_proof_can_fail(absent, module):
    assert import_without(absent, [module]).returncode == 1


def imports_among(root: Path, packages: tuple[str, ...]) -> dict[str, set[str]]:
    """Which module imports which; imports inside functions and for types alone count too."""
    files = {}
    for path in [path for package in packages for path in (root / package).rglob("*.py")]:
        files[".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")] = path
    return {module: imported_by(path, files) - {module} for module, path in files.items()}


def imported_by(path: Path, files: dict[str, Path]) -> set[str]:
    """Modules of `files`: `from package import name` means `package.name` where that is one, and `package` otherwise."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in files else node.module for name in names}
    return found & set(files)


def circle_in(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in turn, the first one again at the end; empty if there are none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle():
    assert circle_in(imports_among(ROOT, (*PACKAGES, "benchmarks"))) == []


def test_a_circle_is_found_even_if_one_half_is_for_types(tmp_path):
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "goods.py").write_text("from shop import prices\n")
    (package / "prices.py").write_text(
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.goods import Goods\n"
    )
    assert set(circle_in(imports_among(tmp_path, ("shop",)))) == {"shop.goods", "shop.prices"}


@pytest.mark.parametrize(("tests", "package"), [("app", "mfsr_app"), ("distill", "distill"), ("engine", "mfsr_engine")])
def test_tests_lie_in_folders_named_as_those_of_what_they_test(tests, package):
    folders = {path.parent.relative_to(ROOT / "tests" / tests) for path in (ROOT / "tests" / tests).rglob("test_*.py")}
    assert [
        folder.as_posix() for folder in sorted(folders) if not (ROOT / package / folder / "__init__.py").is_file()
    ] == []
