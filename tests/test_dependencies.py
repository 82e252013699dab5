"""What the packages import is declared in pyproject.toml, and what is declared is imported."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OWN = {"mfsr_app", "mfsr_engine", "distill", "benchmarks", "scripts", "tests", "staging"}
COMES_WITH = {"pydantic_core": "pydantic"}
"""Modules of a distribution that another one pins exactly."""
INDIRECT = {
    "accelerate",  # diffusers places weights with it
    "imagecodecs",  # tifffile decodes compressed TIFF with it
    "tensorboard",  # torch.utils.tensorboard writes with it
    "sentencepiece",  # the tokenizer of the T5 encoder
    "protobuf",  # the same
    "pyside6-essentials",  # imported as PySide6, which several distributions provide
    "pytest-xdist",
    "pytest-timeout",
    "import-linter",
    "mypy",
    "ruff",
}
"""Declared, and used without an import of ours."""


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*extras):
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {plain(re.match(r"[\w.-]+", word)[0]) for words in lists for word in words}


def imported(*folders):
    """Top-level modules with the first file that imports each."""
    found = {}
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module]
                for name in names:
                    found.setdefault(name.split(".")[0], file.relative_to(ROOT))
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names and name not in OWN}


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        (["mfsr_app", "mfsr_engine", "distill"], ["train", "text", "raw"]),
        (["tests", "benchmarks", "scripts"], ["train", "text", "raw", "bench", "dev"]),
    ],
)
def test_nothing_is_imported_that_is_not_declared(folders, extras):
    providers = packages_distributions()
    known = declared(*extras)
    missing = {
        f"{name} ({file})"
        for name, file in imported(*folders).items()
        if name in providers and not {plain(owner) for owner in [*providers[name], COMES_WITH.get(name, name)]} & known
    }
    assert not missing


def test_nothing_is_declared_that_is_not_used():
    providers = packages_distributions()
    names = imported("mfsr_app", "mfsr_engine", "distill", "tests", "benchmarks", "scripts")
    used = {plain(provider) for name in names for provider in providers.get(name, [name])} | INDIRECT
    unused = declared(*PROJECT["optional-dependencies"]) - used
    assert not unused
