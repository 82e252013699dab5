"""Lays out what Briefcase needs in one folder: a pyproject.toml of its own and copies of the sources. Standard library only."""

from __future__ import annotations

import re
import shutil
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = "mfsr-app"
DOCUMENTS = ("LICENSE", "CHANGELOG.md", "README.md")
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")
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


def bundle_project(project: str, briefcase: str) -> str:
    """The text of `[project]` with its dependencies, and that of the bundle's settings, as one TOML document."""
    starts = [match.start() for match in TABLE.finditer(project)] + [len(project)]
    tables = (project[start:end] for start, end in pairwise(starts))
    return "".join(table for table in tables if table.startswith("[project]")) + briefcase
