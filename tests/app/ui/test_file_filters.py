"""What dialogs offer is what the engine can read and write."""

from mfsr_app.ui.file_filters import READABLE, WRITABLE
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
