"""A teacher whose prompts are not encoded yet: whether that matters, what encoding takes, and doing it. Loads no torch by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from distill.wizard.teachers import teacher_in
from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.download import in_gb
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.hub.pull import pull
from mfsr_engine.models.families import family_of

if TYPE_CHECKING:
    from distill.wizard.draft import ChosenTeacher
    from mfsr_engine.models.family import TextEncoders
    from mfsr_engine.progress import Progress


def has_encoders(text: TextEncoders) -> bool:
    """Whether a family's text encoders are on this computer."""
    return not text.missing(encoders_dir(text))


def encoding_terms(text: TextEncoders) -> tuple[str, ...]:
    """What encoding takes on this computer, a sentence each."""
    entry = Catalogue.default().find(text.entry)
    memory = in_gb(2 * text.largest_parameters)
    terms = [f"The text encoders run once, for some minutes, and need about {memory} of memory."]
    if not has_encoders(text):
        terms.append(f"They must be fetched first: at least {in_gb(entry.least_bytes)}, under the {entry.licence}.")
        terms.append("They are gated: the hub asks for a free account that accepted this licence.")
    return tuple(terms)


def encoder_notices(text: TextEncoders) -> tuple[str, ...]:
    """Sentences to accept before the text encoders are fetched; empty if they are here."""
    catalogue = Catalogue.default()
    entries = () if has_encoders(text) else catalogue.with_needs(catalogue.find(text.entry))
    return tuple(f"{entry.title}: {entry.licence_notice} {entry.licence_url}" for entry in entries)


def encode(teacher: ChosenTeacher, progress: Progress, *, is_licence_accepted: bool) -> ChosenTeacher:
    """Encode the texts that a teacher was made with and store them with it; encoders that are missing are fetched first.

    Raises:
        HubError: the encoders cannot be fetched, or their licence was not accepted.
        ModelError: the teacher takes no texts, or the encoders do not fit it.
        Cancelled: stopped; the teacher is unchanged, and what was fetched is kept.
    """
    from mfsr_engine.hub.prompt_encoding import encode_into, settle_texts

    catalogue, text = Catalogue.default(), family_of(teacher.card).text
    assert text is not None, "only asked of teachers that take texts"
    if not has_encoders(text):
        pull(text.entry, catalogue, paths.user_models_dir(), progress, is_licence_accepted=is_licence_accepted)
    texts = settle_texts(teacher.card, catalogue, None, None)
    encode_into(teacher.folder, texts, encoders_dir(text, catalogue), progress)
    return teacher_in(teacher.folder)
