"""Where the text encoders of Stable Diffusion 3 lie in a folder, and whether they are complete. Loads no torch."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from mfsr_engine.files.documents import MAX_INDEX_BYTES, read_json

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = "sd35_text_encoders"
"""Name of their catalogue entry."""
LARGEST_PARAMETERS = 4_762_310_656
"""Parameters of the largest, T5-XXL; only one of the three is in memory at a time."""
PARTS = (("text_encoder", "tokenizer"), ("text_encoder_2", "tokenizer_2"), ("text_encoder_3", "tokenizer_3"))
"""Folders of each encoder's weights and of its tokenizer."""
INDEX_FILE = "model.safetensors.index.json"
NO_TRANSFORMERS = 'the package transformers is missing: `pip install "mfsr[text]"`'
NOT_INSTALLED = "the text encoders are not installed. `mfsr models pull sd35_text_encoders` fetches them"


def encoder_problem(folder: Path) -> str:
    """Why texts cannot be encoded with what is in a folder, and what to do; empty if they can."""
    if find_spec("transformers") is None:
        return NO_TRANSFORMERS
    missing = missing_parts(folder)
    if len(missing) == sum(map(len, PARTS)):
        return NOT_INSTALLED
    listed = ", ".join(missing)
    how = "`mfsr models pull sd35_text_encoders` fetches the rest"
    return f"the text encoders are not whole: {listed} missing. {how}" if missing else ""


def missing_parts(folder: Path) -> list[str]:
    """Sub-folders that are absent or not whole, as after a download that was cut."""
    encoders = [encoder for encoder, _ in PARTS if not _has_weights(folder / encoder)]
    return [*encoders, *(tokenizer for _, tokenizer in PARTS if not (folder / tokenizer).is_dir())]


def _has_weights(folder: Path) -> bool:
    if not (folder / "config.json").is_file():
        return False
    index = folder / INDEX_FILE
    if not index.is_file():
        return any(folder.glob("*.safetensors"))
    try:
        names = set(read_json(index, MAX_INDEX_BYTES)["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False
    return all((folder / name).is_file() for name in names)
