"""Which prompts a model folder holds, from the header of `prompts.safetensors`. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mfsr_engine.errors import ModelError
from mfsr_engine.files.documents import parse_json

if TYPE_CHECKING:
    from pathlib import Path

PROMPTS_FILE = "prompts.safetensors"
_MAX_HEAD_BYTES = 2**20
"""The head lists at most six tensors and two texts."""


@dataclass(frozen=True)
class StoredPrompts:
    """The prompts of a model besides its positive one, which every model has."""

    has_negative: bool
    """Whether there is a prompt that guidance was made to lead away from."""
    has_null: bool
    """Whether there is a null prompt that is not the positive one itself."""


ALL_PROMPTS = StoredPrompts(has_negative=True, has_null=True)


def stored_prompts(folder: Path) -> StoredPrompts:
    """Which prompts a model folder holds. A null prompt that stands in for the positive one does not count, as in
    `load_prompts`.

    Raises:
        ModelError: the file is missing or damaged.
    """
    path = folder / PROMPTS_FILE
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > _MAX_HEAD_BYTES:
                raise ValueError(f"a head of {length} bytes")
            head = parse_json(file.read(length))
            content = file.read()
        tensors = {name: _bytes_of(table, content) for name, table in head.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The prompts {path} cannot be read: {error}") from error
    positive, null = ([tensors.get(f"{name}.{part}") for part in ("pooled", "tokens")] for name in ("positive", "null"))
    return StoredPrompts("negative.pooled" in tensors, null[0] is not None and null != positive)


def _bytes_of(table: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Type and bytes of a tensor; equal ones are equal tensors."""
    begin, end = table["data_offsets"]
    return str(table["dtype"]), content[begin:end]
