"""Encoded captions of photographs, computed once and kept on disk, and batches that carry them. Knows no text encoder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch

from distill.data.shared_work import finish_together
from mfsr_engine.errors import RequestError
from mfsr_engine.files import atomic
from mfsr_engine.models.prompts import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from distill.data.stream import Batch, Batches
    from mfsr_engine.progress import Progress

TOGETHER = 128
"""Texts that the encoders are loaded for, and that a stop costs; 2.7 MB each at full size."""


@dataclass(frozen=True)
class CaptionStore:
    """The prompt of each photograph, read from disk when it is needed."""

    folder: Path
    """Where the encoded texts lie."""
    text_of: NDArray[np.int64]
    """(P,) number of each photograph's text; photographs may share one."""

    def prompt(self, photos: Sequence[int]) -> Prompt:
        """The prompts of these photographs, float32, in one batch."""
        rows = [divmod(int(self.text_of[photo]), TOGETHER) for photo in photos]
        pooled, tokens = (
            torch.from_numpy(
                np.stack([_mapped(_file(self.folder, part, kind))[row] for part, row in rows]).astype(np.float32)
            )
            for kind in ("pooled", "tokens")
        )
        return Prompt(pooled, tokens)


@dataclass(frozen=True)
class CaptionedBatches:
    """The batches of another stream with the prompts of their photographs."""

    stream: Batches
    """Whose batches say of which photographs they are."""
    store: CaptionStore
    """Their prompts."""

    @property
    def batch_size(self) -> int:
        """Patches per batch and process."""
        return self.stream.batch_size

    @property
    def loader_workers(self) -> int:
        """Processes that make batches ahead."""
        return int(getattr(self.stream, "loader_workers", 0))

    def batch(self, step: int) -> Batch:
        """The batch of that step.

        Raises:
            RequestError: its crops are of before they said of which photographs they are.
        """
        batch = self.stream.batch(step)
        if batch.photos is None:
            raise RequestError(
                "These training crops do not say of which photographs they are, so captions cannot be found. Delete their "
                "folder, so that they are prepared again."
            )
        prompt = self.store.prompt(batch.photos.tolist())
        return replace(batch, pooled=prompt.pooled, tokens=prompt.tokens)


def build_caption_store(
    texts: Sequence[str],
    folder: Path,
    encoders: str,
    encode: Callable[[Sequence[str]], Sequence[Prompt]],
    progress: Progress,
) -> CaptionStore:
    """Encode each different text, unless it is there; goes on where an earlier call was stopped or killed.

    Args:
        texts: one for each photograph.
        folder: each list of texts and set of encoders has a folder of its own in it.
        encoders: tells one set of text encoders from another.
        encode: texts to prompts of one sample and one length.
        progress: told of each few texts.

    Raises:
        RequestError: what was encoded cannot be written; what is done is kept.
        Cancelled: stopped; what is done is kept.
    """
    different = list(dict.fromkeys(texts))
    number_of = {text: number for number, text in enumerate(different)}
    name = hashlib.sha256(json.dumps([encoders, TOGETHER, different]).encode()).hexdigest()[:12]
    place = folder / f"captions-{name}"
    parts = [different[start : start + TOGETHER] for start in range(0, len(different), TOGETHER)]

    def make(part: int) -> None:
        progress.report("Encoding captions", part * TOGETHER, len(different))
        prompts = encode(parts[part])
        pooled = np.concatenate([prompt.pooled.cpu().to(torch.float16).numpy() for prompt in prompts])
        tokens = [prompt.tokens.cpu().to(torch.float16).numpy() for prompt in prompts if prompt.tokens is not None]
        _save_whole(_file(place, part, "pooled"), pooled)
        _save_whole(_file(place, part, "tokens"), np.concatenate(tokens))

    def wait(done: int) -> None:
        progress.report("Waiting for other processes", done, len(parts))

    try:
        place.mkdir(parents=True, exist_ok=True)
        finish_together([_file(place, part, "tokens") for part in range(len(parts))], make, wait)
    except OSError as error:
        raise RequestError(
            f"Cannot write captions to {place}: {error.strerror or error}. What is done is kept; make room and start again."
        ) from error
    return CaptionStore(place, np.array([number_of[text] for text in texts], np.int64))


def _file(folder: Path, part: int, kind: str) -> Path:
    return folder / f"{part:06d}-{kind}.npy"


@lru_cache(maxsize=64)
def _mapped(path: Path) -> NDArray[np.float16]:
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]


def _save_whole(path: Path, array: NDArray[np.float16]) -> None:
    with atomic.replacing(path) as file:
        np.save(file, array)
