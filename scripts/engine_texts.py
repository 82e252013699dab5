"""Finds what engine and training say to people: sentences in their code, texts below settings, words of model cards.

The engine speaks English and knows no translation. What its code puts into a sentence at run time becomes a place marker
here, %1 to %9, so that the window can recognise the sentence and say it in another language (`mfsr_app.desktop.engine_translation`).
"""

from __future__ import annotations

import ast
import re
import tomllib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SPEAKERS = (
    "mfsr_engine",
    "distill",
    "mfsr_app/jobs",
    "mfsr_app/compare/files.py",
    "mfsr_app/distill/work.py",
    "mfsr_app/models/hub.py",
    "mfsr_app/compare/exporting.py",
    "mfsr_app/compare/consistency.py",
)
"""Where sentences are looked for."""
SILENT = re.compile(
    r"/cli/|(/|_)(cli|compare|terminal|__main__|journal|xmp|exif|progress_log)\w*\.py$|/metrics/|/jobs/process\.py$"
)
"""Files that speak to a terminal, to developers, or not at all."""
SETTINGS = {
    "mfsr_engine/settings/settings.py": ("Preset", "Settings"),
    "mfsr_engine/batch/naming.py": ("OutputSettings",),
    "distill/config.py": None,
}
"""Classes whose texts below fields the window shows, by file; None is all."""
CARDS = ("resources/model_cards/*.toml", "resources/models/*/model.toml", "resources/recipes/*.toml")
CARD_KEYS = ("summary", "note", "licence_notice")
CALLS_WITHOUT_WORDS = {
    "tr",
    "translate",
    "execute",
    "executescript",
    "debug",
    "info",
    "warning",
    "error",
    "compile",
    "NewType",
}
NO_WORDS = re.compile(
    r"^(?:SELECT|INSERT|UPDATE|DELETE|CREATE|BEGIN|PRAGMA) |[<>|]|%[a-z(]|step%|\.py\b|^\d+ of "  # SQL, tables, formats, plurals
    r"|^\w+ [\w%]+ \d \d "  # layers of ncnn
    r"|^can't alloc|^out of mem|^not enough mem|^mfsr: |^Raw profile"  # what other programs say
)
NAMED_PART = re.compile(r"\{[a-z_]+\}")
"""What `str.format` fills in; fields of file names, which look alike, are words of their own."""
NAMING = {"{name}", "{stem}", "{size}"}
BY_HAND = (
    "too small",
    "broken",
    "duplicate",
    "flat",
    "too strongly compressed",
    "bicubic",
    "teacher",
    "student",
    "original",
    "student, 1 step",
    "student, %1 steps",
    "teacher, %1 steps",
    "teacher, %1 guided steps",
    "teacher in training, %1 steps",
    "%1 too small",
    "%1 broken",
    "%1 duplicate",
    "%1 flat",
    "%1 too strongly compressed",
    "velocity",
    "meanflow",
    "pixel",
    "features",
    "adversarial",
    "discriminator",
    "skipped",
    "gradient norm",
    "%1 photographs can be used.",
    "%1 photographs can be used; left out: %2.",
    "%1 photographs can be used. JPEG files of a quality below %2: %3.",
    "%1 photographs can be used; left out: %2. JPEG files of a quality below %3: %4.",
    "Input should be greater than or equal to %1",
    "Input should be greater than %1",
    "Input should be less than or equal to %1",
    "Input should be less than %1",
    "Input should be a multiple of %1",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "Input should be a valid integer, got a number with a fractional part",
    "Input should be a finite number",
    "Tuple should have at least %1 items after validation, not %2",
    "Tuple should have at most %1 items after validation, not %2",
    "Field required",
)
"""Members of enumerations, columns, losses, sentences put together from pieces, and what pydantic says of numbers."""


def engine_texts(root: Path) -> list[str]:
    """All templates, each once, in a fixed order."""
    found: dict[str, None] = dict.fromkeys(BY_HAND)
    for path in _speakers(root):
        found |= dict.fromkeys(sentences(path.read_text(encoding="utf-8")))
    for name, kinds in SETTINGS.items():
        code = (root / name).read_text(encoding="utf-8")
        found |= dict.fromkeys(field_words(code, with_names="config" in name, kinds=kinds))
    for pattern in CARDS:
        for path in sorted(root.glob(pattern)):
            found |= dict.fromkeys(card_words(tomllib.loads(path.read_text(encoding="utf-8"))))
    return sorted(found)


def sentences(code: str) -> list[str]:
    """Literal texts of some code that are made of words, without what only developers see."""
    tree = ast.parse(code)
    left_out = _left_out(tree)
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.Constant, ast.JoinedStr))]
    texts = (_template(node) for node in nodes if id(node) not in left_out)
    return [*_stages(tree), *(text for text in texts if text is not None and is_sentence(text))]


def is_sentence(text: str) -> bool:
    """Whether a text is for people: several words, not code."""
    words = re.findall(r"[A-Za-z']{2,}", re.sub(r"%\d", " ", text))
    return " " in text.strip() and bool(words) and len("".join(words)) > 3 and not NO_WORDS.search(text)


def field_words(code: str, *, with_names: bool, kinds: Collection[str] | None = None) -> Iterator[str]:
    """Texts below the fields of classes, of those named in `kinds` if given, and the fields' names as the wizard shows them."""
    for kind in ast.walk(ast.parse(code)):
        if not isinstance(kind, ast.ClassDef) or (kinds is not None and kind.name not in kinds):
            continue
        for first, second in pairwise(kind.body):
            if (
                isinstance(first, ast.AnnAssign)
                and isinstance(second, ast.Expr)
                and isinstance(second.value, ast.Constant)
            ):
                yield " ".join(str(second.value.value).split())
                if with_names and isinstance(first.target, ast.Name):
                    yield first.target.id.replace("_", " ").capitalize()


def card_words(table: dict[str, Any]) -> Iterator[str]:
    """What a card says in words."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from card_words(value)
        elif (key in CARD_KEYS and value) or (key == "title" and " of " in str(value)):
            yield str(value)


def _speakers(root: Path) -> Iterator[Path]:
    for name in SPEAKERS:
        place = root / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if not SILENT.search(path.relative_to(root).as_posix()):
                yield path


def _stages(tree: ast.AST) -> list[str]:
    """Names of what is being done, which may be one word: as they are reported, or members of `Stage`."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "report" and node.args)
    firsts = (call.args[0] for call in calls)
    kinds = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == "Stage")
    members = (statement.value for kind in kinds for statement in kind.body if isinstance(statement, ast.Assign))
    return [str(name.value) for name in (*firsts, *members) if isinstance(name, ast.Constant)]


def _left_out(tree: ast.AST) -> set[int]:
    """Documentation, assertions, parts of larger texts, words of calls that show nothing or are translated already."""
    gone: set[int] = set()
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call)
        if isinstance(node, ast.Assert) or (is_call and _called(node) in CALLS_WITHOUT_WORDS):
            gone |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.Expr):
            gone.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            gone |= {id(part) for part in node.values}
            gone |= {id(part.format_spec) for part in node.values if isinstance(part, ast.FormattedValue)}
    return gone


def _called(call: ast.AST) -> str:
    assert isinstance(call, ast.Call)
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _numbered(text: str) -> str:
    names = list(dict.fromkeys(name for name in NAMED_PART.findall(text) if name not in NAMING))
    for number, name in enumerate(names, 1):
        text = text.replace(name, f"%{number}")
    return text


def _template(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.Constant):
        return _numbered(node.value) if isinstance(node.value, str) else None
    text, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            number += 1
            text += f"%{number}"
    return text
