"""Parts that models share, such as text encoders: where they are kept, whether they are complete, how to remove them. Loads no torch."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError
from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.hub.catalogue import CatalogueEntry, HubFile
    from mfsr_engine.models.family import TextEncoders

_PARTS = ".parts"


def parts_dir(root: Path) -> Path:
    """Folder below the user's models for parts that models share, and for what was fetched of unfinished pulls."""
    return root / _PARTS


def repository_dir(root: Path, repository: str) -> Path:
    """Folder of what was fetched from one repository, laid out as there."""
    return parts_dir(root) / repository.replace("/", "--")


def local_path(root: Path, file: HubFile) -> Path:
    """Where a fetched file lies until it is part of a model."""
    return repository_dir(root, file.repository) / file.path


def fetched_bytes(entry: CatalogueEntry, root: Path) -> int:
    """What of an entry's own files lies among the fetched ones."""
    paths = (local_path(root, file) for file in entry.files)
    return sum(path.stat().st_size for path in paths if path.is_file())


def is_fetched(entry: CatalogueEntry, root: Path) -> bool:
    """Whether a part is there as a whole."""
    return all(local_path(root, file).is_file() for file in entry.files if not file.is_optional)


def parts_there(catalogue: Catalogue, root: Path) -> list[CatalogueEntry]:
    """Parts, not models, of which something was fetched."""
    return [entry for entry in catalogue.entries if entry.card is None and fetched_bytes(entry, root)]


def remove_part(entry: CatalogueEntry, root: Path) -> int:
    """Delete a part's files; installed models keep what is theirs. Gives back the bytes that were deleted.

    Raises:
        ModelError: nothing of it is there, or a file cannot be deleted.
    """
    freed = fetched_bytes(entry, root)
    if not freed:
        raise ModelError(f"Nothing of {entry.name} was fetched.")
    try:
        for file in entry.files:
            path = local_path(root, file)
            path.unlink(missing_ok=True)
            _remove_empty(path.parent, repository_dir(root, file.repository))
    except OSError as error:
        raise ModelError(
            f"{entry.name} cannot be deleted: {error.strerror or error}. Permit it and try again."
        ) from error
    return freed


def _remove_empty(folder: Path, top: Path) -> None:
    """Delete empty folders from here up to, and with, the repository's."""
    with suppress(OSError):  # the first that is not empty ends it
        while folder.is_relative_to(top):
            folder.rmdir()
            folder = folder.parent


def encoders_dir(text: TextEncoders, catalogue: Catalogue | None = None, root: Path | None = None) -> Path:
    """Where text encoders lie after they were fetched.

    Args:
        text: which.
        catalogue: where they are listed; by default what came with the program.
        root: the user's models.
    """
    entry = (catalogue or Catalogue.default()).find(text.entry)
    return repository_dir(root or paths.user_models_dir(), entry.files[0].repository)


def caption_problem(text: TextEncoders) -> str:
    """Why captions cannot be used on this computer, and what to do, as the end of a sentence; empty if they can."""
    return text.problem(encoders_dir(text))
