"""Encodes new prompts for an installed model. The encoding itself is in `models`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError
from mfsr_engine.hub import install
from mfsr_engine.hub.catalogue import PromptTexts
from mfsr_engine.models.card import CARD_FILE, ModelCard, read_card, write_card
from mfsr_engine.models.families import family_of

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.hub.catalogue import Catalogue
    from mfsr_engine.progress import Progress


def settle_texts(card: ModelCard, catalogue: Catalogue, positive: str | None, negative: str | None) -> PromptTexts:
    """The texts to encode: the given ones, else those that the model's variant was made with.

    Raises:
        ModelError: none were given and the catalogue knows none.
    """
    entry = catalogue.for_variant(card.variant) if card.variant else None
    own = entry.prompts if entry is not None else None
    if positive is None and own is None:
        raise ModelError(f"The catalogue knows no prompts for {card.name}. Give one with `--text`.")
    return PromptTexts(
        positive=(own.positive if own else "") if positive is None else positive,
        negative=(own.negative if own else "") if negative is None else negative,
    )


def encode_into(folder: Path, texts: PromptTexts, encoders: Path, progress: Progress) -> None:
    """Encode texts and store them with a model; its note about missing prompts goes.

    Raises:
        ModelError: the model takes no texts, or encoders are missing, or do not fit it.
        Cancelled: asked to stop; the model is unchanged.
    """
    from mfsr_engine.models.prompt_files import PROMPTS_FILE
    from mfsr_engine.models.prompts import Prompts, replace_prompts

    card = read_card(folder)
    text = family_of(card).text
    if text is None:
        raise ModelError(f"{card.title} has learned prompts and takes no texts.")
    text.check(folder, card, ())
    wanted = [texts.positive, *([texts.negative] if texts.negative else [])]
    prompts = text.encode(wanted, encoders, progress)
    text.check(folder, card, prompts)
    negative = prompts[1] if texts.negative else None
    replace_prompts(folder, Prompts(prompts[0], negative, None, texts.positive, texts.negative))
    write_card(card.model_copy(update={"note": ""}), folder)
    install.update_checksum(folder, (PROMPTS_FILE, CARD_FILE), progress)
