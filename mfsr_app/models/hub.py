"""What the window needs of models and the hub, so that tests can do without network and weights. All calls are made off
its thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.progress import Progress


@dataclass(frozen=True)
class ModelRow:
    """One model on the models page: installed, to be had, or broken."""

    name: str
    """By which it is chosen and fetched."""
    title: str
    """Name for people."""
    is_installed: bool
    """Whether it is on this computer."""
    licence: str
    """SPDX name or title of the licence."""
    licence_url: str = ""
    """Where the licence can be read."""
    notices: tuple[str, ...] = ()
    """Sentences about licences, to be read before anything is fetched; of what it needs too."""
    gates: tuple[str, ...] = ()
    """Pages of the hub on which a licence must be accepted first."""
    summary: str = ""
    """One or two sentences for people."""
    note: str = ""
    """What a user should know of every result."""
    size_bytes: int | None = None
    """On disk, or to be fetched; None if not known before asking."""
    least_bytes: int = 0
    """To be fetched at least, where the whole is not known."""
    is_teacher: bool = False
    """Whether it needs many guided steps."""
    steps: int = 1
    """Steps it was made for."""
    is_removable: bool = False
    """Whether it is one of the user's own."""
    is_part: bool = False
    """Whether it is no model but something that models can use: the text encoders."""
    fault: str = ""
    """What is wrong with it; empty if nothing is known."""


@dataclass(frozen=True)
class Fit:
    """Whether a model runs on this computer."""

    is_fit: bool
    """Whether it is expected to."""
    words: str
    """In a sentence."""
    photo_s: float | None = None
    """Seconds that a photograph of 1024 x 1024 pixels takes, where that is long; None elsewhere."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job with a model."""

    text: str
    """For the user."""
    is_well: bool = True
    """Whether all is as it should be."""


class ModelHub(Protocol):
    """Lists, fetches, imports, checks and removes models. Only `pull` opens connections."""

    def rows(self) -> list[ModelRow]:
        """Installed models first, then broken ones, then those that can be had."""

    def fits(self) -> dict[str, Fit]:
        """Whether each model runs on this computer, by name. May take seconds: it looks at the devices."""

    def pull(self, name: str, progress: Progress) -> Outcome:
        """Fetch and install a model whose licences the user has accepted.

        Raises:
            HubError: no connection, refused, damaged on the way, or no space.
            Cancelled: asked to stop; what came stays for the next attempt.
        """

    def variants(self, folder: Path) -> tuple[str, ...]:
        """What a folder may be if it does not say so itself; empty if it does."""

    def import_folder(self, folder: Path, variant: str | None, progress: Progress) -> Outcome:
        """Install a model folder from this computer.

        Raises:
            ModelError: it is no model, damaged, or the name is taken.
        """

    def verify(self, name: str, progress: Progress) -> Outcome:
        """Compare an installed model with what was installed.

        Raises:
            ModelError: it is not installed.
        """

    def remove(self, name: str) -> Outcome:
        """Delete one of the user's own models.

        Raises:
            ModelError: it is not the user's, or cannot be deleted.
        """


class NoHub:
    """A hub without models; stands in where none is given."""

    def rows(self) -> list[ModelRow]:
        """Nothing."""
        return []

    def fits(self) -> dict[str, Fit]:
        """Nothing."""
        return {}

    def pull(self, name: str, progress: Progress) -> Outcome:
        """Cannot be."""
        raise KeyError(name)

    def variants(self, folder: Path) -> tuple[str, ...]:
        """Nothing to ask."""
        return ()

    def import_folder(self, folder: Path, variant: str | None, progress: Progress) -> Outcome:
        """Cannot be."""
        raise KeyError(folder)

    def verify(self, name: str, progress: Progress) -> Outcome:
        """Cannot be."""
        raise KeyError(name)

    def remove(self, name: str) -> Outcome:
        """Cannot be."""
        raise KeyError(name)
