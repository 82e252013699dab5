"""Imports a model folder from disk into the user's store: the program's own format, or a published transformer and autoencoder."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError
from mfsr_engine.hub import install
from mfsr_engine.hub.parts import local_path
from mfsr_engine.hub.pull import PulledModel
from mfsr_engine.models.card import CARD_FILE, ModelCard, read_card, write_card
from mfsr_engine.models.dit4sr.transformer_config import PUBLISHED_VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfsr_engine.hub.catalogue import Catalogue
    from mfsr_engine.progress import Progress

TRANSFORMER, AUTOENCODER = "transformer", "vae"
BASE_ENTRY = "sd35_base"
_OURS = {".toml", ".json", ".safetensors", ".txt", ".md"}
_LOOSE = {".pt"}
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class ImportChoices:
    """What a published folder does not say of itself."""

    name: str | None = None
    """Name in the store; the card's, or the folder's, if not given."""
    variant: str | None = None
    """Which published variant it is, see `PUBLISHED_VARIANTS`. SMFSR is recognised; the others are not."""
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
    if (folder / TRANSFORMER).is_dir():
        return _import_published(folder, root, catalogue, progress, choices)
    raise ModelError(
        f"{folder} holds no model: neither {CARD_FILE} nor {TRANSFORMER}/. Give the folder that holds one of them."
    )


def _import_ours(folder: Path, root: Path, progress: Progress, choices: ImportChoices) -> PulledModel:
    from mfsr_engine.models.dit4sr.published import check_model_folder

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
    folder: Path, root: Path, catalogue: Catalogue, progress: Progress, choices: ImportChoices
) -> PulledModel:
    from mfsr_engine.models.dit4sr.checkpoints import check_transformer_folder
    from mfsr_engine.models.dit4sr.published import finish_model_folder

    config = check_transformer_folder(folder / TRANSFORMER, choices.variant)
    card = _published_card(
        folder, catalogue, replace(choices, variant=choices.variant or _variant(config.has_interval))
    )
    autoencoder = _autoencoder(folder, root, catalogue, choices)
    beside = [*_files(folder, _LOOSE, deep=False), *_files(folder.absolute().parent, _LOOSE, deep=False)]
    prompts = [path for path in (folder / "prompts.safetensors",) if path.is_file()]
    with install.installing(root, card.name) as staging:
        for source, part in ((folder / TRANSFORMER, TRANSFORMER), (autoencoder, AUTOENCODER)):
            for path in _files(source, {".json", ".safetensors"}):
                progress.report("Copying")
                install.place(path, staging / part / path.relative_to(source))
        for path in prompts:
            install.place(path, staging / path.name)
        card = finish_model_folder(staging, card, list(reversed(beside)))
        install.write_checksums(staging, progress)
    return PulledModel(root / card.name, (card.note,) if card.note else ())


def _published_card(folder: Path, catalogue: Catalogue, choices: ImportChoices) -> ModelCard:
    assert choices.variant is not None
    entry = catalogue.for_variant(choices.variant)
    if entry is None or entry.card is None:
        known = ", ".join(PUBLISHED_VARIANTS)
        raise ModelError(f'The catalogue knows no variant "{choices.variant}". Known are {known}.')
    name = _name(choices.name or folder.absolute().name)
    return entry.card.model_copy(
        update={
            "name": name,
            "title": name,
            "variant": choices.variant,
            "source": f"imported from {folder.absolute().name}",
        }
    )


def _autoencoder(folder: Path, root: Path, catalogue: Catalogue, choices: ImportChoices) -> Path:
    candidates = [choices.autoencoder, *([choices.autoencoder / AUTOENCODER] if choices.autoencoder else [])]
    candidates += [folder / AUTOENCODER]
    base = next((entry for entry in catalogue.entries if entry.name == BASE_ENTRY), None)
    if base is not None:
        candidates += [local_path(root, file).parent for file in base.files if file.to.startswith(f"{AUTOENCODER}/")]
    for candidate in candidates:
        if candidate is not None and (candidate / "config.json").is_file():
            return candidate
    raise ModelError(
        f"{folder} has no {AUTOENCODER}/. Put the autoencoder of Stable Diffusion 3.5 Medium there, name its folder with "
        f"`--vae`, or fetch it with `mfsr models pull {BASE_ENTRY}`."
    )


def _variant(has_interval: bool) -> str:
    return "smfsr" if has_interval else "mfsr"


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
