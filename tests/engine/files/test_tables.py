"""Dataclasses as text and back: whole, with all that they hold, and never half."""

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pytest

from mfsr_engine.errors import RequestError
from mfsr_engine.files.tables import as_json, as_table, dataclass_from, from_json


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Dot:
    color: Color
    radius: float = 1.0

    def __post_init__(self) -> None:
        if self.radius < 0:
            raise RequestError("A radius must be 0 or above.")


@dataclass(frozen=True)
class Drawing:
    name: str
    file: Path
    size: tuple[int, int]
    frame: Dot | None
    dots: tuple[Dot, ...] = ()
    is_done: bool = False
    scale: int | None = None
    first: Dot = field(default_factory=lambda: Dot(Color.BLUE))


PLAIN = Drawing("a", Path("b.png"), (3, 4), None)
FULL = Drawing(
    "\u00e4\udcff", Path("/c/\udcfe.png"), (3, 4), Dot(Color.RED, 2.5), (Dot(Color.BLUE), Dot(Color.RED, 0.0)), True, 3
)


@pytest.mark.parametrize("drawing", [PLAIN, FULL], ids=["plain", "full"])
def test_what_is_written_is_what_is_read(drawing):
    """Names of files need not be text: what is no UTF-8 survives."""
    assert from_json(Drawing, as_json(drawing)) == drawing
    assert as_json(drawing).isascii()


def test_what_is_none_is_left_out_but_may_be_there():
    table = as_table(PLAIN)
    assert "frame" not in table
    assert from_json(Drawing, json.dumps(table | {"frame": None, "scale": None})) == PLAIN


def test_whole_numbers_stand_for_others_but_not_the_other_way():
    assert from_json(Dot, '{"color": "red", "radius": 2}') == Dot(Color.RED, 2.0)
    with pytest.raises(ValueError, match="scale must be a whole number"):
        from_json(Drawing, json.dumps(as_table(PLAIN) | {"scale": 2.0}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": None}, "name must be text"),
        ({"file": 3}, "file must be text"),
        ({"size": [1, 2, 3]}, "size must be a list of 2"),
        ({"size": "12"}, "size must be a list"),
        ({"frame": {"radius": 1.0}}, "frame needs color"),
        ({"frame": {"color": "green"}}, "must be one of red, blue"),
        ({"first": {"color": "red", "radius": -1.0}}, "first.radius A radius must be 0 or above"),
        ({"dots": [{"color": "red"}, {"color": "green"}]}, "dots.2"),
        ({"is_done": 1}, "is_done must be true or false"),
        ({"other": 1}, "other is not known"),
    ],
)
def test_text_that_is_wrong_anywhere_is_refused_with_what_is_wrong(change, words):
    with pytest.raises(ValueError, match=words):
        from_json(Drawing, json.dumps(as_table(PLAIN) | change))


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"name": "a"}'])
def test_text_that_is_something_else_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        from_json(Drawing, text)


def test_what_a_person_typed_wrong_is_the_default_and_noted():
    faults = []
    table = as_table(FULL) | {"scale": "large", "is_done": True, "old": 1, "dots": [{"color": "red"}, 7]}
    assert dataclass_from(Drawing, table, faults) == replace(FULL, scale=None, dots=(Dot(Color.RED),))
    assert faults == ["old is not known", "dots.2 must be a table", "scale must be a whole number, not 'large'"]
