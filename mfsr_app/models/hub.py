"""What the window needs of models and the hub: an interface, so that tests need neither network nor weights, and its implementation by the
engine.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication

from mfsr_app.desktop.engine_translation import translated
from mfsr_engine.compute.memory import WeightPlace
from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.files.paths import cache_dir
from mfsr_engine.files.tables import as_json, from_json

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.compute.memory import MemoryPlan
    from mfsr_engine.hub.catalogue import Catalogue, CatalogueEntry
    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.models.card import ModelCard
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
    """Lists, fetches, imports, checks and removes models. Only `pull` and `sign_in` open connections."""

    def rows(self) -> list[ModelRow]:
        """Installed models first, then broken ones, then those that can be had."""

    def fits(self, *, measures_again: bool = False) -> dict[str, Fit]:
        """Whether each model runs on this computer, by name. May take seconds: it looks at the devices.

        Args:
            measures_again: whether the processor's speed is measured even if it was before.
        """

    def is_signed_in(self) -> bool:
        """Whether a token for the hub is stored on this computer."""

    def sign_in(self, token: str) -> Outcome:
        """Ask the hub whether a token is good, and let its own login store it.

        Raises:
            HubError: it is not, or there is no connection.
        """

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

    def fits(self, *, measures_again: bool = False) -> dict[str, Fit]:
        """Nothing."""
        return {}

    def is_signed_in(self) -> bool:
        """No."""
        return False

    def sign_in(self, token: str) -> Outcome:
        """Cannot be."""
        raise KeyError("account")

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


MODEL_CARD = "model.toml"
RATE_FILE = "processor.json"
translate = QCoreApplication.translate


class EngineModelHub:
    """See `ModelHub`. Modules of the engine are loaded on first use, in the thread that calls."""

    def rows(self) -> list[ModelRow]:
        """Installed models first, then broken ones, then those that can be had; the text encoders last of their kind."""
        from mfsr_engine.files import paths
        from mfsr_engine.hub import parts
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.store import ModelStore
        from mfsr_engine.models.families import all_text_encoders

        store, catalogue = ModelStore.default(), Catalogue.default()
        installed = store.installed()
        names = {model.card.name for model in installed}
        rows = [_installed_row(model) for model in installed]
        for folder, error in store.broken():
            rows.append(
                ModelRow(folder.name, folder.name, True, "", is_removable=_is_own(folder), fault=str(error)),
            )
        entries = (entry for entry in catalogue.models if entry.card is not None and entry.card.name not in names)
        available = [_available_row(entry, catalogue) for entry in entries]
        for encoders in (catalogue.find(text.entry) for text in all_text_encoders()):
            row = _available_row(encoders, catalogue)
            if parts.is_fetched(encoders, paths.user_models_dir()):
                size_bytes = parts.fetched_bytes(encoders, paths.user_models_dir())
                rows.append(replace(row, is_installed=True, size_bytes=size_bytes, is_removable=True))
            else:
                available.append(row)
        return [*rows, *available]

    def fits(self, *, measures_again: bool = False) -> dict[str, Fit]:
        """Whether each model runs on this computer: how the engine would run it on the device that "auto" takes."""
        from mfsr_engine.compute import devices
        from mfsr_engine.compute.memory import plan_memory
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.store import ModelStore
        from mfsr_engine.models.families import family_of
        from mfsr_engine.upscale import placement

        compute = devices.choose()
        memory = placement.memory_of(compute.device)
        titles = {report.device: report.title for report in devices.describe_devices()}
        kind = compute.device.type
        title = translate("Models", "the processor") if kind == "cpu" else titles.get(kind, kind)
        rate = None
        if kind == "cpu":
            rate = kept_rate(cache_dir() / RATE_FILE, compute, measures_again=measures_again)
        found: dict[str, Fit] = {}
        for model in ModelStore.default().installed():
            with suppress(ModelError):  # `verify` says what is wrong with it
                plan = placement.plan_for(model, compute.device, compute.dtype)
                found[model.card.name] = fit_of(plan, title, memory.total_mib, photo_s(model.card, rate))
        for entry in Catalogue.default().models:
            size = None if entry.card is None else family_of(entry.card).published_size
            if entry.card is not None and size is not None:
                published = plan_memory(memory, size, compute.dtype.itemsize)
                fit = fit_of(published, title, memory.total_mib, photo_s(entry.card, rate))
                found.setdefault(entry.name, fit)
        return found

    def is_signed_in(self) -> bool:
        """Whether a token for the hub is stored on this computer."""
        from mfsr_engine.hub import account

        return account.is_signed_in()

    def sign_in(self, token: str) -> Outcome:
        """Ask the hub whether a token is good, and let its own login store it."""
        from mfsr_engine.hub import account

        return Outcome(translate("Models", "Signed in to the hub as {0}.").format(account.sign_in(token)))

    def pull(self, name: str, progress: Progress) -> Outcome:
        """Fetch and install a model whose licences the user has accepted."""
        from mfsr_engine.files import paths
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.pull import pull

        done = pull(name, Catalogue.default(), paths.user_models_dir(), progress, is_licence_accepted=True)
        return _outcome(translate("Models", "{0} is installed.").format(name), done.notes)

    def variants(self, folder: Path) -> tuple[str, ...]:
        """What a folder may be if it does not say so itself."""
        from mfsr_engine.models.families import published_in

        family = None if (folder / MODEL_CARD).is_file() else published_in(folder)
        return () if family is None or family.published is None else family.published.variants

    def import_folder(self, folder: Path, variant: str | None, progress: Progress) -> Outcome:
        """Install a model folder from this computer."""
        from mfsr_engine.files import paths
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.importing import ImportChoices, import_folder

        choices = ImportChoices(variant=variant)
        done = import_folder(folder, paths.user_models_dir(), Catalogue.default(), progress, choices)
        return _outcome(translate("Models", "{0} is installed.").format(done.folder.name), done.notes)

    def verify(self, name: str, progress: Progress) -> Outcome:
        """Compare an installed model with what was installed."""
        from mfsr_engine.hub import install
        from mfsr_engine.hub.store import ModelStore

        verdict = install.verify(ModelStore.default().find(name), progress)
        if verdict.faults:
            return Outcome(f"{name}: {' '.join(map(translated, verdict.faults))}", is_well=False)
        if not verdict.checked_files:
            return Outcome(translate("Models", "{0} is sound; it has no list of checksums.").format(name))
        words = translate("Models", "{0} is sound; {1} files are as they were installed.")
        return Outcome(words.format(name, verdict.checked_files))

    def remove(self, name: str) -> Outcome:
        """Delete one of the user's own models, or the text encoders."""
        from mfsr_engine.files import paths
        from mfsr_engine.hub import install, parts
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.store import ModelStore
        from mfsr_engine.models.families import all_text_encoders

        if name in {text.entry for text in all_text_encoders()}:
            parts.remove_part(Catalogue.default().find(name), paths.user_models_dir())
        else:
            install.remove(ModelStore.default().find(name), paths.user_models_dir())
        return Outcome(translate("Models", "{0} was deleted.").format(name))


@dataclass(frozen=True)
class _Rate:
    """How fast the processor was when that was measured."""

    computer: str
    tflop_per_s: float


def kept_rate(path: Path, compute: Compute, *, measures_again: bool = False) -> float:
    """What the processor can do, measured once and kept, so that an estimate does not change from day to day with what else runs.

    Args:
        path: where it is kept.
        compute: what computes; on another processor, with another number of cores or in another precision it is measured again.
        measures_again: whether it is measured in any case.
    """
    from mfsr_engine.compute.devices import processor_name
    from mfsr_engine.upscale import placement

    computer = f"{processor_name()} {os.cpu_count()} {compute.dtype}"
    with suppress(OSError, ValueError):
        kept = from_json(_Rate, path.read_text(encoding="utf-8"))
        if kept.computer == computer and kept.tflop_per_s > 0 and not measures_again:
            return kept.tflop_per_s
    rate = placement.measured_rate(compute)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(path, as_json(_Rate(computer, rate)))
    return rate


def photo_s(card: ModelCard, rate: float | None) -> float | None:
    """See `Fit`. Models take long only on a processor, whose `rate` is given."""
    from mfsr_engine.upscale import placement

    return None if rate is None else placement.estimated_s(card, rate)


def fit_of(plan: MemoryPlan, title: str, memory_mib: int, photo_s: float | None = None) -> Fit:
    """A plan in words.

    Args:
        plan: how the engine would run the model.
        title: of the device, for people.
        memory_mib: all memory of the device.
        photo_s: see `Fit`.
    """
    needed, memory = _gib(plan.needed_mib), _gib(memory_mib)
    if not plan.is_sufficient:
        words = translate("Models", "Runs on this computer: no. It takes about {0}; {1} has {2}.")
        return Fit(False, words.format(needed, title, memory))
    words = {
        WeightPlace.RESIDENT: translate("Models", "Runs on this computer: yes, on {1}. It takes about {0} of {2}."),
        WeightPlace.EIGHT_BIT: translate(
            "Models", "Runs on this computer: yes, with 8-bit weights, on {1}. It takes about {0} of {2}."
        ),
        WeightPlace.STREAMED: translate(
            "Models",
            "Runs on this computer: yes, with weights copied to {1} piece by piece, which is slower. It takes about {0} of {2}.",
        ),
    }[plan.weights]
    return Fit(True, words.format(needed, title, memory), photo_s)


def _gib(mib: float) -> str:
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib:.0f} MiB"


def _installed_row(model: InstalledModel) -> ModelRow:
    card = model.card
    return ModelRow(
        card.name,
        card.title,
        True,
        card.licence,
        card.licence_url,
        summary=card.summary,
        note=card.note,
        size_bytes=sum(path.stat().st_size for path in model.folder.rglob("*") if path.is_file()),
        is_teacher=card.is_teacher,
        steps=card.sampling.default_steps,
        is_removable=_is_own(model.folder),
    )


def _available_row(entry: CatalogueEntry, catalogue: Catalogue) -> ModelRow:
    from mfsr_engine.files import paths
    from mfsr_engine.hub.parts import is_fetched

    needed, card = catalogue.with_needs(entry), entry.card
    parts = [part for part in needed if part is entry or not is_fetched(part, paths.user_models_dir())]
    sizes = [part.known_bytes for part in parts]
    known = [size for size in sizes if size is not None]
    return ModelRow(
        entry.name,
        entry.title,
        False,
        entry.licence,
        entry.licence_url,
        notices=tuple(f"{part.title}: {part.licence_notice}" for part in needed),
        gates=tuple(dict.fromkeys(_page(part) for part in parts if part.is_gated)),
        summary=translate("Models", "Lets full-size models take captions and new prompts.")
        if card is None
        else card.summary,
        note="" if card is None else card.note,
        size_bytes=sum(known) if len(known) == len(sizes) else None,
        least_bytes=sum(part.least_bytes for part in parts),
        is_teacher=card is not None and card.is_teacher,
        steps=1 if card is None else card.sampling.default_steps,
        is_part=card is None,
    )


def _page(entry: CatalogueEntry) -> str:
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/{entry.files[0].repository}"


def _is_own(folder: Path) -> bool:
    from mfsr_engine.files import paths

    return folder.resolve().parent == paths.user_models_dir().resolve()


def _outcome(text: str, notes: tuple[str, ...]) -> Outcome:
    return Outcome(" ".join((text, *map(translated, notes))))
