"""The catalogue of downloadable models, from `resources/model_cards/`. Opens no connection and loads no torch."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mfsr_engine.errors import ModelError
from mfsr_engine.files import paths
from mfsr_engine.models.card import ModelCard, checked_table
from mfsr_engine.models.families import family_of

if TYPE_CHECKING:
    from pathlib import Path

ENTRY_FORMAT = 1
"""Version of an entry's layout; a higher one in a file means that the program is too old for it."""
MIB = 2**20
GATED = "gated: needs a free account on the hub"
"""What is said of everything that cannot be fetched without one, whether it is gated itself or something it needs."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class HubFile(_Table):
    """`[[files]]`: one file to fetch."""

    repository: str
    """Repository on the hub, "owner/name"."""
    path: str
    """Path inside the repository."""
    to: str = ""
    """Path inside the model folder; empty if it is only needed while the model is put together."""
    size: int | None = Field(default=None, gt=0)
    """Bytes, where published; otherwise the hub tells."""
    sha256: str | None = None
    """SHA-256 in lower-case hexadecimal digits, where published; otherwise what the hub tells is checked."""
    is_optional: bool = False
    """Whether the model works without it, so that a repository may leave it out."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        for path in filter(None, (self.path, self.to)):
            if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise ValueError(f"{path} leaves its folder")
        if self.sha256 is not None and not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.sha256} is no SHA-256")
        return self


class PromptTexts(_Table):
    """`[prompts]`: the texts that a model was made with."""

    positive: str
    """What is wanted."""
    negative: str = ""
    """What guidance leads away from."""


class CatalogueEntry(_Table):
    """One thing that can be fetched: a model, or, without a card, a part that models share."""

    format: int = ENTRY_FORMAT
    """Version of the entry's layout."""
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name by which it is fetched."""
    title: str
    """Name for people."""
    licence: str
    """SPDX name or title of the licence."""
    licence_url: str = ""
    """Where the licence can be read."""
    licence_notice: str
    """The sentence shown before anything is fetched."""
    is_gated: bool = False
    """Whether the hub asks for an account that accepted the licence on the repository's page."""
    needs: tuple[str, ...] = ()
    """Names of entries without which it does not work; they are fetched too."""
    parameters: int = Field(default=0, ge=0)
    """Parameters that are loaded to run it."""
    files: tuple[HubFile, ...]
    """What is fetched."""
    prompts: PromptTexts | None = None
    """Texts that `mfsr prompts encode` takes if none are given."""
    card: ModelCard | None = None
    """The card that the installed model gets; none for parts."""

    @property
    def weights_mib(self) -> int:
        """Memory of the weights in 16-bit precision, computed as two bytes for each parameter."""
        return -(-self.parameters * 2 // MIB)

    @property
    def known_bytes(self) -> int | None:
        """Bytes of all files, None if the size of one is not published."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def least_bytes(self) -> int:
        """Bytes of all files at least: those that are published, or two for each parameter, as none is in fewer."""
        return max(sum(file.size or 0 for file in self.files), 2 * self.parameters)


@dataclass(frozen=True)
class Catalogue:
    """All entries, by name."""

    entries: tuple[CatalogueEntry, ...]
    """In order of their files' names."""

    @classmethod
    def default(cls) -> Catalogue:
        """The entries that came with the program."""
        return cls.read(paths.resources_dir() / "model_cards")

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """The entries in a folder; empty if there is none.

        Raises:
            ModelError: an entry is wrong, or needs one that does not exist.
        """
        catalogue = cls(tuple(_read_entry(path) for path in sorted(folder.glob("*.toml"))))
        for entry in catalogue.entries:
            catalogue.with_needs(entry)
        return catalogue

    @property
    def models(self) -> tuple[CatalogueEntry, ...]:
        """Entries that are models, not parts."""
        return tuple(entry for entry in self.entries if entry.card is not None)

    def find(self, name: str) -> CatalogueEntry:
        """The entry of this name.

        Raises:
            ModelError: there is none; the message lists the known ones.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.entries) or "nothing"
        raise ModelError(f'The catalogue has no "{name}". It has {known}.')

    def with_needs(self, entry: CatalogueEntry) -> tuple[CatalogueEntry, ...]:
        """An entry behind everything it needs.

        Raises:
            ModelError: something needed is not in the catalogue.
        """
        return (*(part for name in entry.needs for part in self.with_needs(self.find(name))), entry)

    def is_gated(self, entry: CatalogueEntry) -> bool:
        """Whether the hub asks for an account, for an entry or for something it needs."""
        return any(part.is_gated for part in self.with_needs(entry))

    def for_variant(self, variant: str) -> CatalogueEntry | None:
        """The first model of a variant, under its full name or one that its family knows."""
        for entry in self.models:
            assert entry.card is not None
            if family_of(entry.card).is_variant(variant, entry.card.variant):
                return entry
        return None


def _read_entry(path: Path) -> CatalogueEntry:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from error
    return checked_table(CatalogueEntry, table, path.name, ENTRY_FORMAT, "the entry")
