"""Lays out what Briefcase needs in one folder: a pyproject.toml of its own and copies of the sources. Standard library only."""

from __future__ import annotations

import re
import shutil
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = "mfsr-app"
DOCUMENTS = ("LICENSE", "NOTICE", "CHANGELOG.md", "README.md")
LICENSES = "LICENSES"
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")
VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
TABLE = re.compile(r"^\[", re.MULTILINE)


def stage(folder: Path) -> None:
    """Write the folder anew; what an older run left in it goes, so that nothing stale gets into a bundle."""
    text = bundle_project((ROOT / "pyproject.toml").read_text("utf-8"), (ROOT / "briefcase.toml").read_text("utf-8"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    for source in tomllib.loads(text)["tool"]["briefcase"]["app"][APP]["sources"]:
        shutil.copytree(ROOT / source, folder / source, ignore=NOT_SOURCE)
    for name in DOCUMENTS:
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / LICENSES, folder / LICENSES)


def bundle_project(project: str, briefcase: str) -> str:
    """The text of `[project]` with its dependencies, and that of the bundle's settings, as one TOML document."""
    starts = [match.start() for match in TABLE.finditer(project)] + [len(project)]
    tables = (project[start:end] for start, end in pairwise(starts))
    metadata = "".join(table for table in tables if table.startswith("[project]"))
    versioned = f'version = "{_version()}"'
    metadata = metadata.replace('dynamic = ["version"]', versioned, 1)
    return metadata + briefcase.replace("[tool.briefcase]", f"[tool.briefcase]\n{versioned}", 1)


def _version() -> str:
    found = VERSION.search((ROOT / "mfsr_engine" / "__init__.py").read_text("utf-8"))
    assert found is not None, "the engine's package tells the version"
    return found[1]
