"""Finds installed models: bundled ones, the user's, and any folder given by path. Loads no torch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine.api import BUNDLED_MODEL, ModelInfo
from mfsr_engine.errors import ModelError
from mfsr_engine.files import paths
from mfsr_engine.hub.parts import caption_problem
from mfsr_engine.models.card import CARD_FILE, ModelCard, read_card
from mfsr_engine.models.families import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence


_Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class InstalledModel:
    """A model folder whose card could be read."""

    folder: Path
    """The folder that holds `model.toml`."""
    card: ModelCard
    """What it says."""

    @property
    def info(self) -> ModelInfo:
        """What window and command line show of it."""
        card, text = self.card, family_of(self.card).text
        return ModelInfo(
            name=card.name,
            title=card.title,
            scale=card.image.scale,
            default_steps=card.sampling.default_steps,
            max_steps=card.sampling.max_steps,
            is_teacher=card.is_teacher,
            licence=card.licence,
            fast_steps=card.sampling.fast_steps,
            takes_text=text is not None,
            caption_problem=caption_problem(text) if text is not None else "",
        )


class ModelStore:
    """Folders of model folders, searched in order; the first model of a name wins."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)
        self._cards: dict[Path, tuple[_Stamp, ModelCard]] = {}

    @classmethod
    def default(cls) -> ModelStore:
        """The models that came with the program, then the user's own."""
        return cls((paths.bundled_models_dir(), paths.user_models_dir()))

    def installed(self) -> list[InstalledModel]:
        """Every model with a sound card, the bundled student first, then by role and title."""
        found: dict[str, InstalledModel] = {}
        for folder in self._folders():
            try:
                card = self._card(folder)
            except ModelError:
                continue  # `broken` and `find` say what is wrong with it
            found.setdefault(card.name, InstalledModel(folder, card))
        return sorted(found.values(), key=lambda m: (m.card.name != BUNDLED_MODEL, m.card.is_teacher, m.card.title))

    def broken(self) -> list[tuple[Path, ModelError]]:
        """Model folders whose card is wrong, and what is wrong with it."""
        found = []
        for folder in self._folders():
            try:
                self._card(folder)
            except ModelError as error:
                found.append((folder, error))
        return found

    def find(self, name_or_path: str) -> InstalledModel:
        """The model of this name, or in this folder.

        Raises:
            ModelError: there is none (the message lists the known ones), or its card is wrong.
        """
        for folder in self._folders():
            with suppress(ModelError):  # what is wrong with a card is said below, if it is the folder that is meant
                card = self._card(folder)
                if card.name == name_or_path:
                    return InstalledModel(folder, card)
        for folder in [*self._folders(), *_as_folder(name_or_path)]:
            if folder.name == name_or_path or folder == Path(name_or_path).expanduser():
                return InstalledModel(folder, self._card(folder))
        known = ", ".join(model.card.name for model in self.installed()) or "none"
        raise ModelError(
            f'No model named "{name_or_path}" is installed, and no such folder exists. Installed: {known}. '
            "`mfsr models list` shows what else can be had, and `mfsr models pull NAME` fetches it."
        )

    def _card(self, folder: Path) -> ModelCard:
        """The card of a folder, read and held against the configurations again only if one of these files has changed.

        Raises:
            ModelError: it is missing, unreadable or wrong.
        """
        try:
            files = [folder / CARD_FILE, *sorted(folder.glob("*/config.json"))]
            stamp = tuple((stat.st_mtime_ns, stat.st_size) for stat in (file.stat() for file in files))
        except OSError:
            return read_card(folder)
        kept = self._cards.get(folder)
        if kept is None or kept[0] != stamp:
            kept = self._cards[folder] = (stamp, _read(folder))
        return kept[1]

    def _folders(self) -> list[Path]:
        return [card.parent for root in self.roots for card in sorted(root.glob(f"*/{CARD_FILE}"))]


def _read(folder: Path) -> ModelCard:
    """A card that fits what lies beside it; whatever else is wrong with a folder must not take the other models with it."""
    try:
        card = read_card(folder)
        family = family_of(card)
        family.check_guidance(card)
        family.check_config(folder, card)
        return card
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"{folder / CARD_FILE} cannot be read: {error}.") from error


def _as_folder(text: str) -> list[Path]:
    path = Path(text).expanduser()
    return [path] if text and path.is_dir() else []
