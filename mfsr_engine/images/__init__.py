"""Pictures on disk and in memory: reading, writing, resizing, and all that a file carries. Never loads torch."""

from mfsr_engine.files.formats import (
    MAX_READ_MEGAPIXELS,
    SUPPORTED_READ_SUFFIXES,
    SUPPORTED_WRITE_SUFFIXES,
    ImageFormat,
    is_image_path,
)
from mfsr_engine.images.picture import KeptMetadata, Picture
from mfsr_engine.images.provenance import Provenance
from mfsr_engine.images.quantise import to_float, to_uint8, to_uint16
from mfsr_engine.images.reading import read
from mfsr_engine.images.resize import bicubic, fit_to
from mfsr_engine.images.writing import WriteOptions, WrittenFile, check_fits, write, write_pieces

__all__ = [
    "MAX_READ_MEGAPIXELS",
    "SUPPORTED_READ_SUFFIXES",
    "SUPPORTED_WRITE_SUFFIXES",
    "ImageFormat",
    "KeptMetadata",
    "Picture",
    "Provenance",
    "WriteOptions",
    "WrittenFile",
    "bicubic",
    "check_fits",
    "fit_to",
    "is_image_path",
    "read",
    "to_float",
    "to_uint8",
    "to_uint16",
    "write",
    "write_pieces",
]
