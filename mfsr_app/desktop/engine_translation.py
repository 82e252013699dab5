"""Translates the engine's English messages: finds the template a message was made from, and its arguments.

The sentences are in `resources/translations/engine.txt`, made from the engine's own code by `scripts/update_translations.py`.
What is not found there, such as words of other programs, stays as it is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache, reduce

from PySide6.QtCore import QCoreApplication

from mfsr_engine.files.paths import resources_dir

CONTEXT = "Engine"
MARKER = re.compile(r"%([1-9])")
ENGLISH_LETTERS = re.compile(r"[A-Za-z]{2}")
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")
SUBJECT_END = re.compile(r" (?=(?:has|is|holds|must|needs) )")
"""Where words about a file or a setting begin."""
NUMBER = re.compile(r" (?=\d\. [A-Z])")
MOST_DEPTH = 3
"""Sentences may hold sentences."""


def translated(text: str) -> str:
    """The text in the language in use; itself in English, or where it is unknown."""
    language = QCoreApplication.translate("EngineWords", "en", "code of the language that this is translated to")
    return text if language == "en" or not text else _translated(text, language)


@lru_cache(maxsize=4096)
def _translated(text: str, language: str) -> str:
    lines = text.split("\n")
    return "\n".join(_of_line(line, 0) or line for line in lines)


def _of_line(text: str, depth: int) -> str | None:
    """The translation of a line, or None."""
    if depth > MOST_DEPTH or not ENGLISH_LETTERS.search(text):
        return None
    ways = (_of_all_sentences, _of_template, _of_bare, _of_numbered, _of_named, _of_list, _of_subject)
    return next((found for way in ways if (found := way(text, depth))), None)


def _of_all_sentences(text: str, depth: int) -> str | None:
    pieces = SENTENCE_END.split(text)
    if len(pieces) == 1:
        return None
    found = [_of_template(piece, depth) for piece in pieces]
    if not all(found):
        return None
    pair = QCoreApplication.translate("EngineWords", "{0} {1}", "two sentences, one after the other")
    return reduce(pair.format, (piece for piece in found if piece))


def _of_template(text: str, depth: int) -> str | None:
    known = _templates()
    if text in known.whole:
        return QCoreApplication.translate(CONTEXT, text)
    for pieces, template in known.marked:
        match = _pattern(template).fullmatch(text) if all(piece in text for piece in pieces) else None
        if match:
            parts = [_of_line(part, depth + 1) or part for part in match.groups()]
            return _filled(QCoreApplication.translate(CONTEXT, template), parts)
    return None


def _filled(template: str, parts: list[str]) -> str:
    return MARKER.sub(lambda marker: parts[int(marker[1]) - 1], template)


def _of_bare(text: str, depth: int) -> str | None:
    """Known words that were given a capital, a full stop, or both."""
    bare = text.removesuffix(".")
    found = _of_template(text[0].lower() + bare[1:], depth) or (_of_template(bare, depth) if bare != text else None)
    stop = QCoreApplication.translate("EngineWords", ".", "full stop")
    return found if found is None or bare == text else f"{found.removesuffix(stop)}{stop}"


def _of_numbered(text: str, depth: int) -> str | None:
    """Steps to take, one after the other in one line."""
    if not text.startswith("1. "):
        return None
    steps = (step.partition(" ") for step in NUMBER.split(text))
    return " ".join(f"{number} {_of_line(step, depth + 1) or step}" for number, _, step in steps)


def _of_named(text: str, depth: int) -> str | None:
    """Something known after a name and a colon; the name may be known too."""
    name, colon, rest = text.partition(": ")
    found = _of_line(rest, depth + 1) if colon else None
    pair = QCoreApplication.translate("EngineWords", "{0}: {1}", "a name, and what is said of it")
    return found and pair.format(_of_line(name, depth + 1) or name, found)


def _of_list(text: str, depth: int) -> str | None:
    """A list with something known in it."""
    pairs = (
        QCoreApplication.translate("EngineWords", "{0}; {1}", "two of a list"),
        QCoreApplication.translate("EngineWords", "{0}, {1}", "two of a list"),
    )
    for separator, pair in zip(("; ", ", "), pairs, strict=True):
        pieces = text.split(separator)
        found = [_of_line(piece, depth + 1) for piece in pieces] if len(pieces) > 1 else []
        if any(found):
            return reduce(pair.format, (new or old for new, old in zip(found, pieces, strict=True)))
    return None


def _of_subject(text: str, depth: int) -> str | None:
    """Something known about a file or a setting, whose name comes first."""
    for begin in SUBJECT_END.finditer(text):
        if about := _of_template(text[begin.end() :], depth):
            return f"{text[: begin.start()]} {about}"
    return None


class _Known:
    """Templates, those with most words first."""

    def __init__(self, templates: list[str]) -> None:
        self.whole = frozenset(text for text in templates if not MARKER.search(text))
        marked = sorted(set(templates) - self.whole, key=lambda text: (-len(MARKER.sub("", text)), text))
        self.marked = [(MARKER.split(text)[::2], text) for text in marked]


@cache
def _templates() -> _Known:
    path = resources_dir() / "translations" / "engine.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return _Known([line.replace("\\n", "\n") for line in lines if line])


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A group for each marker; a full stop at the end belongs to the sentence."""
    pieces = MARKER.split(template)
    last = len(pieces) - 2 if not pieces[-1] else -1
    parts = (
        re.escape(piece) if number % 2 == 0 else r"(.+?(?<!\.))" if number == last else "(.+?)"
        for number, piece in enumerate(pieces)
    )
    return re.compile("".join(parts), re.DOTALL)
