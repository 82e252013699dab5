"""Imports a model folder from disk into the user's store: the program's own format, or a published transformer and autoencoder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError
from mfsr_engine.hub import install
from mfsr_engine.hub.parts import local_path
from mfsr_engine.hub.pull import PulledModel
from mfsr_engine.models.card import CARD_FILE, ModelCard, read_card, write_card
from mfsr_engine.models.families import check_model_folder, published_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfsr_engine.hub.catalogue import Catalogue
    from mfsr_engine.models.family import Family, PublishedLayout
    from mfsr_engine.progress import Progress

_OURS = {".toml", ".json", ".safetensors", ".txt", ".md"}
_LOOSE = {".pt"}
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class ImportChoices:
    """What a published folder does not say of itself."""

    name: str | None = None
    """Name in the store; the card's, or the folder's, if not given."""
    variant: str | None = None
    """Which published variant it is, see `PublishedLayout.variants`. SMFSR is recognised; the others are not."""
    autoencoder: Path | None = None
    """Folder that holds the autoencoder, if it does not lie beside the transformer."""


def import_folder(
    folder: Path, root: Path, catalogue: Catalogue, progress: Progress, choices: ImportChoices | None = None
) -> PulledModel:
    """Install a model folder. Its files are linked where the disk can, else copied; the folder itself is not changed.

    Args:
        folder: in our format (with `model.toml`), or with `transformer/` and `vae/` as published; null prompts (`.pt`)
            or `prompts.safetensors` beside them, or in the folder above, are taken along.
        root: the user's models.
        catalogue: knows what published variants need.
        progress: of the copying.
        choices: what a published folder does not say of itself.

    Raises:
        ModelError: it is no model, damaged, its parts do not fit, the variant is missing, or the name is taken.
        Cancelled: asked to stop; nothing was installed.
    """
    choices = choices or ImportChoices()
    if not folder.is_dir():
        raise ModelError(f"{folder} is no folder. Give the folder that holds {CARD_FILE}, or transformer/ and vae/.")
    if (folder / CARD_FILE).is_file():
        return _import_ours(folder, root, progress, choices)
    family = published_in(folder)
    if family is not None:
        return _import_published(folder, family, root, catalogue, progress, choices)
    raise ModelError(
        f"{folder} holds no model: neither {CARD_FILE} nor transformer/. Give the folder that holds one of them."
    )


def _import_ours(folder: Path, root: Path, progress: Progress, choices: ImportChoices) -> PulledModel:
    card = read_card(folder)
    card = card.model_copy(update={"name": _name(choices.name)}) if choices.name else card
    with install.installing(root, card.name) as staging:
        for path in _files(folder, _OURS):
            progress.report("Copying")
            if path.name not in (CARD_FILE, install.CHECKSUMS_FILE):
                install.place(path, staging / path.relative_to(folder))
        write_card(card, staging)
        check_model_folder(staging)
        install.write_checksums(staging, progress)
    return PulledModel(root / card.name, (card.note,) if card.note else ())


def _import_published(
    folder: Path, family: Family, root: Path, catalogue: Catalogue, progress: Progress, choices: ImportChoices
) -> PulledModel:
    layout = family.published
    assert layout is not None
    variant = layout.variant(folder, choices.variant)
    card = _published_card(folder, layout, variant, catalogue, choices)
    parts = layout.parts(folder, _places_of_shared_part(folder, layout, root, catalogue, choices))
    beside = [*_files(folder, _LOOSE, deep=False), *_files(folder.absolute().parent, _LOOSE, deep=False)]
    prompts = [path for path in (folder / "prompts.safetensors",) if path.is_file()]
    with install.installing(root, card.name) as staging:
        for part, source in parts.items():
            for path in _files(source, {".json", ".safetensors"}):
                progress.report("Copying")
                install.place(path, staging / part / path.relative_to(source))
        for path in prompts:
            install.place(path, staging / path.name)
        card = family.finish(staging, card, list(reversed(beside)))
        install.write_checksums(staging, progress)
    return PulledModel(root / card.name, (card.note,) if card.note else ())


def _published_card(
    folder: Path, layout: PublishedLayout, variant: str, catalogue: Catalogue, choices: ImportChoices
) -> ModelCard:
    entry = catalogue.for_variant(variant)
    if entry is None or entry.card is None:
        known = ", ".join(layout.variants)
        raise ModelError(f'The catalogue knows no variant "{variant}". Known are {known}.')
    name = _name(choices.name or folder.absolute().name)
    return entry.card.model_copy(
        update={
            "name": name,
            "title": name,
            "variant": variant,
            "source": f"imported from {folder.absolute().name}",
        }
    )


def _places_of_shared_part(
    folder: Path, layout: PublishedLayout, root: Path, catalogue: Catalogue, choices: ImportChoices
) -> list[Path]:
    """Where the part may lie that all models of a family share: as chosen, beside the others, or fetched."""
    part, chosen = layout.shared_part, choices.autoencoder
    base = next((entry for entry in catalogue.entries if entry.name == layout.shared_entry), None)
    files = () if base is None else base.files
    fetched = [local_path(root, file).parent for file in files if file.to.startswith(f"{part}/")]
    return [*([chosen, chosen / part] if chosen is not None else []), folder / part, *fetched]


def _name(text: str) -> str:
    name = _NO_NAME.sub("-", text).strip("-._")
    if not name:
        raise ModelError(f'"{text}" cannot be a model\'s name. Give another with `--name`.')
    return name


def _files(folder: Path, endings: set[str], *, deep: bool = True) -> Iterator[Path]:
    """Plain files of these kinds; never what a hidden name or a link leads to outside."""
    home = folder.resolve()
    for path in sorted(folder.rglob("*") if deep else folder.glob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in endings and path.is_file() and not is_hidden:
            if deep and path.is_symlink() and not _is_own_cache(path, home):
                raise ModelError(
                    f"{path} is a link to a place outside of the model. Copy the file there and import again."
                )
            yield path


def _is_own_cache(path: Path, home: Path) -> bool:
    """Links inside the folder, or, as the hub's own cache lays them, to `blobs/` beside `snapshots/`."""
    target = path.resolve()
    return target.is_relative_to(home) or (target.parent.name == "blobs" and target.parent.parent in home.parents)
