"""Combines a caption with a model's own prompts, and encodes and caches the result. Knows no pictures and no files beside them."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic, paths
from mfsr_engine.hub.catalogue import Catalogue, PromptTexts
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.models.families import family_of
from mfsr_engine.models.prompts import Prompt, Prompts, load_prompts
from mfsr_engine.upscale.captions import one_line, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.models.card import ModelCard
    from mfsr_engine.models.family import TextEncoders
    from mfsr_engine.progress import Progress

MAX_KEPT = 100
"""Encoded texts that are kept on disk, 2.7 MB each at full size; the oldest go first."""


@dataclass(frozen=True)
class Captioned:
    """What a caption makes of a model's prompts."""

    prompts: Prompts | None = None
    """In place of the model's own; None leaves those."""
    caption: str = ""
    """What was joined with the model's own, as results record it; empty if the caption was left out."""
    notes: tuple[str, ...] = ()
    """Why the caption was left out."""


def joined(caption: str, positive: str) -> str:
    """The positive prompt of a captioned picture: what it shows, then what is wanted of it, as DiT4SR samples."""
    return f"{one_line(caption)} {positive}".strip()


class CaptionPrompts:
    """Encodes captions with the text encoders and keeps what it encoded, because loading these takes long."""

    def __init__(self, encoders: Path | None = None, cache: Path | None = None) -> None:
        """Nothing is looked up yet.

        Args:
            encoders: folder of the text encoders; by default where a pull leaves them.
            cache: folder of what was encoded, which may vanish at any time; by default in the program's cache.
        """
        self._encoders, self._cache = encoders, cache

    def find(self, model: InstalledModel, caption: str, progress: Progress) -> Captioned:
        """Prompts of a model with a caption, encoded now if they were not before.

        Raises:
            ModelError: the text encoders are damaged or belong to another model.
            Cancelled: asked to stop.
        """
        if not one_line(caption):
            return Captioned()
        text = family_of(model.card).text
        if text is None:
            return Captioned(notes=(f"{model.card.title} takes no text; the caption was left out.",))
        problem = text.problem(self._folder(text))
        if problem:
            return Captioned(notes=(f"The caption was left out: {problem}.",))
        own = load_prompts(model.folder)
        texts = texts_for(model.card, own, caption)
        encoded = self._encoded(text, [texts.positive, *([texts.negative] if texts.negative else [])], progress)
        check_widths(encoded[0], own.positive)
        negative = encoded[1] if texts.negative else own.negative
        prompts = Prompts(encoded[0], negative, own.null, texts.positive, texts.negative)
        return Captioned(prompts, recorded(caption))

    def prepare(self, model: InstalledModel, captions: Sequence[str], progress: Progress) -> None:
        """Encode what `find` will be asked for, the encoders loaded once for all of it.

        Raises:
            ModelError, Cancelled: as `find`.
        """
        captions = [caption for caption in captions if one_line(caption)]
        text = family_of(model.card).text
        if not captions or text is None or text.problem(self._folder(text)):
            return
        own = load_prompts(model.folder)
        pairs = [texts_for(model.card, own, caption) for caption in captions]
        files = self._files(text, [words for pair in pairs for words in (pair.positive, pair.negative) if words])
        missing = [words for words, path in files.items() if not _is_kept(path)]
        if missing:
            self._encode(text, missing, files, progress)

    def _folder(self, text: TextEncoders) -> Path:
        return self._encoders or encoders_dir(text)

    @property
    def _kept(self) -> Path:
        return self._cache or paths.cache_dir() / "captions"

    def _encoded(self, text: TextEncoders, texts: Sequence[str], progress: Progress) -> list[Prompt]:
        files = self._files(text, texts)
        found = {words: prompt for words, path in files.items() if (prompt := _load(path)) is not None}
        missing = [words for words in files if words not in found]
        if missing:
            found |= self._encode(text, missing, files, progress)
        return [found[words] for words in texts]

    def _files(self, text: TextEncoders, texts: Sequence[str]) -> dict[str, Path]:
        """Where each text is kept encoded, whether it is there or not."""
        stamp = encoders_stamp(self._folder(text))
        return {words: self._kept / f"{_digest(stamp, words)}.safetensors" for words in texts}

    def _encode(
        self, text: TextEncoders, texts: Sequence[str], files: Mapping[str, Path], progress: Progress
    ) -> dict[str, Prompt]:
        """Encode texts and keep them."""
        encoded: dict[str, Prompt] = {}
        for words, prompt in zip(texts, text.encode(texts, self._folder(text), progress), strict=True):
            encoded[words] = prompt.to(prompt.pooled.device, torch.float16)  # as it will be when it is loaded
            _store(encoded[words], files[words])
        _forget_oldest(self._kept)
        return encoded


def texts_for(card: ModelCard, own: Prompts, caption: str) -> PromptTexts:
    """What to encode for a caption.

    The positive text is the caption joined with the one that the model's prompt was encoded from; if that is not known, as
    with the null prompts that models come with, with the one of the catalogue. A negative text is only wanted where guidance
    needs one and the model holds none.
    """
    entry = Catalogue.default().for_variant(card.variant) if card.variant else None
    known = entry.prompts if entry is not None and entry.prompts is not None else PromptTexts(positive="")
    needs_negative = card.sampling.guidance != 1 and own.negative is None
    positive = joined(caption, own.positive_text or known.positive)
    return PromptTexts(positive=positive, negative=known.negative if needs_negative else "")


def check_widths(encoded: Prompt, own: Prompt) -> None:
    """Raises:
    ModelError: encoded texts are not of the widths that a model's own prompts have.
    """
    found, wanted = ((p.pooled.shape[-1], None if p.tokens is None else p.tokens.shape[-1]) for p in (encoded, own))
    if found != wanted:
        raise ModelError(
            f"The text encoders give embeddings {found[0]} and {found[1]} wide, but this model takes {wanted[0]} and "
            f"{wanted[1]}: they do not belong together. Leave the caption out."
        )


def encoders_stamp(folder: Path) -> str:
    """Tells encoders from others: names, sizes and times of their weights."""
    weights = sorted(folder.glob("text_encoder*/*.safetensors"))
    return "|".join(f"{p.relative_to(folder)}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in weights)


def _digest(stamp: str, text: str) -> str:
    return hashlib.sha256(f"{stamp}\n{text}".encode()).hexdigest()[:32]


def _is_kept(path: Path) -> bool:
    """Whether there is such a file. It is not read: a queue asks for the same texts before every picture."""
    try:
        os.utime(path)  # what will be used stays
    except OSError:
        return False
    return True


def _load(path: Path) -> Prompt | None:
    try:
        tensors = load_file(path)
        path.touch()  # what is used stays
        return Prompt(tensors["pooled"], tensors["tokens"])
    except (OSError, SafetensorError, KeyError):
        return None


def _store(prompt: Prompt, path: Path) -> None:
    """Keep what was encoded; where the file cannot be written, it is encoded again the next time."""
    assert prompt.tokens is not None
    tensors = {"pooled": prompt.pooled.contiguous(), "tokens": prompt.tokens.contiguous()}
    with suppress(OSError), atomic.replacing(path) as file:
        file.write(save(tensors))


def _forget_oldest(folder: Path) -> None:
    with suppress(OSError):
        by_age = sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
        for path in by_age[:-MAX_KEPT]:
            path.unlink()
