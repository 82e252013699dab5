"""What dialogs offer is what the engine can read and write."""

from pathlib import Path

import pytest

from mfsr_app.ui.file_filters import FILTERS, READABLE, WRITABLE, agreed_path
from mfsr_engine.files.formats import FORMATS, SUPPORTED_READ_SUFFIXES, SUPPORTED_WRITE_SUFFIXES, ImageFormat


def test_every_file_that_can_be_read_is_offered():
    assert {pattern.removeprefix("*") for pattern in READABLE.split()} == SUPPORTED_READ_SUFFIXES
    assert {"*.jfif", "*.hif", "*.avif"} <= set(READABLE.split())


def test_every_format_that_can_be_written_is_offered():
    filters = WRITABLE.split(";;")
    assert [words.partition(" (")[0] for words in filters] == [
        FORMATS[file_format].title for file_format in ImageFormat
    ]
    patterns = " ".join(words.partition(" (")[2].rstrip(")") for words in filters)
    assert {pattern.removeprefix("*") for pattern in patterns.split()} == SUPPORTED_WRITE_SUFFIXES


def test_the_usual_ending_comes_first():
    assert "JPEG (*.jpg *.jpeg *.jpe *.jfif)" in WRITABLE
    assert "TIFF (*.tiff *.tif)" in WRITABLE


SUGGESTED = Path("photos/cat_4x.jpg")
PNG, JPEG = FILTERS[ImageFormat.PNG], FILTERS[ImageFormat.JPEG]


@pytest.mark.parametrize(
    ("answer", "chosen", "name"),
    [
        ("cat_4x.jpg", JPEG, "cat_4x.jpg"),
        ("cat_4x.jpg", PNG, "cat_4x.png"),  # the type was changed
        ("cat.png", JPEG, "cat.png"),  # the ending was typed
        ("cat.PNG", "", "cat.PNG"),
        ("cat.webp", PNG, "cat.webp"),
        ("cat.jpeg", JPEG, "cat.jpeg"),
        ("cat", JPEG, "cat.jpg"),
        ("cat", PNG, "cat.png"),
        ("cat 12.08.2026", JPEG, "cat 12.08.2026.jpg"),
        ("cat", "", "cat.jpg"),
    ],
)
def test_type_and_ending_agree_whichever_was_changed(answer, chosen, name):
    assert agreed_path(Path(answer), chosen, SUGGESTED, ImageFormat.JPEG) == Path(name)
