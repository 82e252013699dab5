"""Writes docs/MAP.md: a line for each file of the program, taken from the first words of the file itself.

python scripts/draw_map.py [--check]
"""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "MAP.md"
FOLDERS = ("mfsr_app", "distill", "mfsr_engine", "benchmarks", "scripts")
HEAD = """# The map

A line for each file, taken from its first words by `scripts/draw_map.py`; `scripts/test --fix` draws it again. Which file may
import which other is settled by the layers in `pyproject.toml` (`[tool.importlinter]`); ARCHITECTURE.md says how they work
together.
"""


def main() -> int:
    """Write the map, or with `--check` only tell whether it is up to date."""
    parser = argparse.ArgumentParser(description="Draws docs/MAP.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if the map is out of date")
    drawn = draw(ROOT)
    if not parser.parse_args().check:
        MAP.write_text(drawn, encoding="utf-8")
    elif not MAP.is_file() or MAP.read_text(encoding="utf-8") != drawn:
        print("docs/MAP.md is out of date. `python scripts/draw_map.py` draws it again.")
        return 1
    return 0


def draw(root: Path) -> str:
    """The whole document."""
    folders = sorted(
        {path.parent for folder in FOLDERS for path in (root / folder).rglob("*.py")}, key=lambda f: _place(root, f)
    )
    return HEAD + "".join(_draw_folder(root, folder) for folder in folders)


def _place(root: Path, folder: Path) -> tuple[int, str]:
    """What folders are sorted by: the order of `FOLDERS`, then the name."""
    parts = folder.relative_to(root).parts
    return FOLDERS.index(parts[0]), "/".join(parts)


def _draw_folder(root: Path, folder: Path) -> str:
    files = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    package = folder / "__init__.py"
    lines = [f"\n## {folder.relative_to(root).as_posix()}/"]
    lines += [first_words(package)] if package.is_file() else []
    lines += ["", *(f"- `{path.name}` {first_words(path)}" for path in files)] if files else []
    return "\n".join(lines) + "\n"


def first_words(path: Path) -> str:
    """First sentence of what a module says of itself, or an empty text."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(said.split("\n\n")[0].split())
    return paragraph.split(". ")[0].removesuffix(".")


if __name__ == "__main__":
    raise SystemExit(main())
