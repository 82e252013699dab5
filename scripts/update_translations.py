"""Brings `resources/translations` up to date with the words in the code.

`python scripts/update_translations.py` collects all words (with Qt's lupdate, and with `engine_texts` what the engine says),
tells how many have no translation yet, and makes the files that the program reads (with lrelease). Translations are written
into the .ts file with Qt Linguist or any editor; or all missing ones at once: `--missing words.json` writes them down, and
`--fill words.json` takes the translations from there. `--check` changes nothing and fails if anything is missing or stale.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from engine_texts import engine_texts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("zh_CN",)
ENGINE_FILE = "engine.txt"
CONTEXT = "Engine"


def main() -> int:
    """Update everything, or only look."""
    parser = argparse.ArgumentParser(description="Updates the translations.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if something is out of date")
    parser.add_argument("--missing", type=Path, metavar="JSON", help="write what has no translation into this file")
    parser.add_argument("--fill", type=Path, metavar="JSON", help="take translations from this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary) / "translations"
        shutil.copytree(FOLDER, work)
        missing = update(work, json.loads(options.fill.read_text("utf-8")) if options.fill else {})
        stale = [file.name for file in sorted(work.iterdir()) if not _is_same(file, FOLDER / file.name)]
        if not options.check:
            shutil.copytree(work, FOLDER, dirs_exist_ok=True)
    if options.missing:
        options.missing.write_text(json.dumps(missing, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    count = sum(len(words) for words in missing.values())
    print(
        f"{count} without translation; {', '.join(stale) or 'nothing'} {'is out of date' if options.check else 'changed'}."
    )
    return 1 if count or (options.check and stale) else 0


def update(folder: Path, translations: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Make all files of the folder again; give back what has no translation, by context."""
    texts = engine_texts(ROOT)
    (folder / ENGINE_FILE).write_text("".join(text.replace("\n", "\\n") + "\n" for text in texts), encoding="utf-8")
    missing: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        file = folder / f"mfsr_{language}.ts"
        _collect(texts, file, language)
        missing |= _fill(file, translations)
        _run("pyside6-lrelease", "-silent", file, "-qm", file.with_suffix(".qm"))
    return missing


def _collect(texts: list[str], file: Path, language: str) -> None:
    """Let lupdate find the words of the window, and those of the engine in a file made for it."""
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary) / "engine.py"
        lines = (f"translate({CONTEXT!r}, {json.dumps(text, ensure_ascii=False)})\n" for text in texts)
        made.write_text("".join(lines), encoding="utf-8")
        sources = [*sorted((ROOT / "mfsr_app").rglob("*.py")), made]
        options = ("-silent", "-locations", "none", "-no-obsolete", "-source-language", "en")
        _run("pyside6-lupdate", *options, "-target-language", language, *sources, "-ts", file)


def _fill(file: Path, translations: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Put translations into a .ts file; give back what is still missing."""
    tree = ElementTree.parse(file)
    missing: dict[str, dict[str, str]] = {}
    for context in tree.getroot().findall("context"):
        name = context.findtext("name", "")
        for message in context.findall("message"):
            source, place = message.findtext("source", ""), message.find("translation")
            assert place is not None, "lupdate gives each message a place for its translation"
            words = translations.get(name, {}).get(source)
            if words:
                place.text = words
                place.attrib.pop("type", None)
            elif place.get("type") == "unfinished" or not place.text:
                missing.setdefault(name, {})[source] = place.text or ""
    text = ElementTree.tostring(tree.getroot(), encoding="unicode")
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{text}\n', encoding="utf-8")
    return missing


def _is_same(made: Path, there: Path) -> bool:
    return there.is_file() and made.read_bytes() == there.read_bytes()


def _run(tool: str, *arguments: str | Path) -> None:
    beside = Path(sys.executable).parent / tool
    program = str(beside) if beside.exists() else shutil.which(tool) or tool
    subprocess.run([program, *map(str, arguments)], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
