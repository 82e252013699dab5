"""The borders between the packages, proved by absence: with torch or Qt out of reach, what does not need it imports."""

import subprocess
import sys
import tomllib
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


def light_modules() -> list[str]:
    """What the contracts say needs no torch; `__main__` modules would start the program."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (sources,) = [c["source_modules"] for c in contracts if c["name"] == "Light modules need no torch"]
    missing = [name for name in sources if not modules_of(name)]
    assert not missing, f"the contract names modules that do not exist: {missing}"
    return [module for module in modules_of(*sources) if not module.endswith("__main__")]


def import_without(absent: tuple[str, ...], modules: list[str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", IMPORT_ALL, ",".join(absent), *modules]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def test_window_command_line_and_everything_light_import_without_torch():
    done = import_without(TORCH, light_modules())
    assert done.returncode == 0, done.stdout + done.stderr


def test_inference_and_training_import_without_qt():
    modules = [m for m in modules_of("mfsr_engine", "distill") if not m.endswith("__main__")]
    done = import_without(QT, modules)
    assert done.returncode == 0, done.stdout + done.stderr


def test_inference_imports_without_the_packages_above_it():
    modules = [m for m in modules_of("mfsr_engine") if not m.endswith("__main__")]
    done = import_without((*QT, "distill", "mfsr_app"), modules)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("absent", "module"), [(TORCH, "mfsr_engine.sampling"), (QT, "mfsr_app.window")])
def test_the_proof_can_fail(absent, module):
    assert import_without(absent, [module]).returncode == 1
