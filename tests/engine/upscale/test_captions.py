"""Which text file is a picture's caption, and what of it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfsr_engine.upscale.captions import MAX_BYTES, NO_CAPTION, caption_file, one_line, read_caption

if TYPE_CHECKING:
    from pathlib import Path


def test_the_caption_bears_the_pictures_name_and_ends_in_txt(tmp_path: Path) -> None:
    (tmp_path / "a.b.txt").write_text("a lighthouse\n  on a   cliff\n")
    caption = read_caption(tmp_path / "a.b.jpg")
    assert caption.text == "a lighthouse on a cliff"
    assert "a.b.txt" in caption.note
    assert caption_file(tmp_path / "c.PNG") == tmp_path / "c.txt"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_of_common_editors_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_text("Zürich, 東京", encoding=encoding)
    assert read_caption(tmp_path / "a.jpg").text == "Zürich, 東京"


def test_no_file_and_an_empty_one_are_no_caption(tmp_path: Path) -> None:
    assert read_caption(tmp_path / "a.jpg") is NO_CAPTION
    (tmp_path / "a.txt").write_text(" \n\t\n")
    assert read_caption(tmp_path / "a.jpg") is NO_CAPTION
    (tmp_path / "b.txt").mkdir()
    assert read_caption(tmp_path / "b.jpg") is NO_CAPTION


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8\xff\xe0 no text", "no text in UTF-8"),
        (b"\xff\xfe\x00\xd8", "no text in UTF-8"),
        (b"a" * (MAX_BYTES + 1), "longer than 16 KiB"),
        ("é".encode() * MAX_BYTES, "longer than 16 KiB"),
    ],
)
def test_what_is_no_caption_is_left_out_and_told(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    caption = read_caption(tmp_path / "a.jpg")
    assert caption.text == ""
    assert words in caption.note


def test_control_characters_become_spaces() -> None:
    assert one_line("a\x00b\r\nc\u200bd\te") == "a b c d e"
