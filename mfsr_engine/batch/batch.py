"""Upscales many pictures in turn: which files, where to, and the outcome of each. Knows no terminal; never loads torch itself."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mfsr_engine import images
from mfsr_engine.api import ColorCorrection, Upscaler, UpscaleRequest, UpscaleSettings, UpscaleStream
from mfsr_engine.batch import preflight
from mfsr_engine.batch.naming import Conflict, free_name
from mfsr_engine.batch.planning import REPLACING, BatchItem, resolved
from mfsr_engine.batch.shared_run import run_shared
from mfsr_engine.errors import (
    Cancelled,
    ImageExistsError,
    ImageReadError,
    ImageWriteError,
    MfsrError,
    OutOfMemoryError,
    RequestError,
)
from mfsr_engine.files.atomic import is_same_file
from mfsr_engine.files.names import MAX_NAME_BYTES
from mfsr_engine.geometry import Size
from mfsr_engine.images.areas import read_areas
from mfsr_engine.images.blocks import without_blocks
from mfsr_engine.images.reading import header_size, provenance_of, stated_size
from mfsr_engine.upscale.captions import caption_file, recorded
from mfsr_engine.upscale.suited_fidelity import SUITED_FIDELITIES, with_suited_fidelity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mfsr_engine.progress import Progress
    from mfsr_engine.strips import Piece

_MAX_REASON_LETTERS = 300


@dataclass(frozen=True)
class Done:
    """A picture that was upscaled and written; the file was opened again and has the right size."""

    item: BatchItem
    """What was asked."""
    path: Path
    """Where the result is; another name than `item.target` if that was taken."""
    size: Size
    """Of the result."""
    model: str
    """Name of the model."""
    steps: int
    """Steps it was made with."""
    seed: int
    """Seed it was made with."""
    device: str
    """Where it was computed."""
    dtype: str
    """In which precision."""
    seconds: float
    """From reading to written."""
    notes: tuple[str, ...]
    """What reading, computing and writing had to change."""


@dataclass(frozen=True)
class Skipped:
    """A picture whose result was there already."""

    item: BatchItem
    """What was asked."""


@dataclass(frozen=True)
class Failed:
    """A picture that could not be upscaled or written; the others are not affected."""

    item: BatchItem
    """What was asked."""
    error: MfsrError
    """Why, in words for the user."""


Outcome = Done | Skipped | Failed


def run_batch(
    items: Iterable[BatchItem],
    settings: UpscaleSettings,
    upscaler: Upscaler,
    progress_for: Callable[[BatchItem], Progress],
    write_options: Callable[[UpscaleStream], images.WriteOptions] | None = None,
    wait: Callable[[], None] = lambda: None,
) -> Iterator[Outcome]:
    """Upscale pictures one by one. What goes wrong with one is its outcome and does not stop the rest.

    Processes that do so at the same time share the pictures; see `run_shared`.

    Args:
        items: from `plan_items`.
        settings: the same for all.
        upscaler: the engine, or a scripted one.
        progress_for: called before each picture; cancelling what it returns stops the batch.
        write_options: quality, depth and the like for a result; provenance alone by default.
        wait: called now and then while only other processes are at work; may raise to stop.

    Yields:
        One outcome for each item that no other process worked on.

    Raises:
        Cancelled: asked to stop; what was finished stays, the current picture leaves no file.
    """

    def work(item: BatchItem) -> Outcome:
        return upscale_file(item, settings, upscaler, progress_for(item), write_options)

    yield from run_shared(items, work, wait)


def upscale_file(
    item: BatchItem,
    settings: UpscaleSettings,
    upscaler: Upscaler,
    progress: Progress,
    write_options: Callable[[UpscaleStream], images.WriteOptions] | None = None,
    on_target: Callable[[Path], None] | None = None,
) -> Outcome:
    """Upscale one picture from file to file; see `run_batch`.

    Args:
        item: which, and where to.
        settings: how.
        upscaler: the engine, or a scripted one.
        progress: told how far it is.
        write_options: quality, depth and the like for the result; provenance alone by default.
        on_target: told the result's final name before anything is computed, for those who keep a record.

    Raises:
        Cancelled: asked to stop; no file was left.
    """
    try:
        return _upscaled(item, settings, upscaler, progress, write_options or default_options, on_target)
    except Cancelled:
        raise
    except Exception as error:  # the border of a run: whatever is wrong with one picture, the others are not affected
        if progress.is_cancelled:  # what breaks on the way out is no fault of the picture
            raise Cancelled from error
        return Failed(item, reason_of(error, item))


def reason_of(error: Exception, item: BatchItem) -> MfsrError:
    """Why a picture was not upscaled, in words for the user, whatever was raised."""
    if isinstance(error, MfsrError):
        return error
    name = item.source.name
    if isinstance(error, MemoryError):
        reason: MfsrError = OutOfMemoryError(_does_not_fit(item))
    elif isinstance(error, OSError):
        words = error.strerror or type(error).__name__  # its own text would name the file once more
        reason = MfsrError(f"{name} was not upscaled ({words}). Check its disk and that of the result, and try again.")
    else:
        words = " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_REASON_LETTERS]
        reason = MfsrError(
            f"{name} was not upscaled; something went wrong inside the program ({words}). "
            "Try another copy of the file; if that fails too, report it."
        )
    reason.__cause__ = error
    return reason


def _does_not_fit(item: BatchItem) -> str:
    """It is the result that did not: a source that does not fit is told by `images.read`."""
    name = item.source.name
    try:
        size = (
            None
            if item.facts is None
            else item.facts.size.resolve(header_size(item.source, item.page or 0), item.facts.factor)
        )
    except MfsrError:
        size = None
    if size is None:
        return f"The result of {name} does not fit into memory. Close other programs, or ask for a smaller size."
    return (
        f"The result of {name} ({size.width} x {size.height} pixels) does not fit into memory. "
        "Close other programs, or ask for a smaller size."
    )


def default_options(result: UpscaleStream) -> images.WriteOptions:
    """Writes what made the picture into its file."""
    made = images.Provenance(result.model, result.steps, result.seed, caption=result.caption)
    return images.WriteOptions(provenance=made)


def with_settings(made: images.Provenance, settings: UpscaleSettings) -> images.Provenance:
    """A record of the making that also says what a result does not: how much detail, guidance, colour correction, edges,
    passes.
    """
    color = "" if settings.color is ColorCorrection.AUTO else settings.color.value
    made = replace(made, fidelity=settings.fidelity, guidance=settings.guidance, color=color)
    return replace(made, is_tileable=settings.is_tileable, passes=settings.passes)


def _upscaled(
    item: BatchItem,
    settings: UpscaleSettings,
    upscaler: Upscaler,
    progress: Progress,
    write_options: Callable[[UpscaleStream], images.WriteOptions],
    on_target: Callable[[Path], None] | None,
) -> Outcome:
    began_s = time.monotonic()
    progress.check()
    if item.caption.text:
        settings = replace(settings, prompt=item.caption.text)
    target = _free_target(item, settings)
    if target is None:
        return Skipped(item)
    preflight.check(item, target)
    if on_target is not None:
        on_target(target)
    picture = images.read(item.source, as_stored=True, page=item.page)
    areas = None if item.areas is None else read_areas(item.areas, item.source.name, picture.size)
    settings, chosen = with_suited_fidelity(settings, picture.pixels)  # here, since the file's record says it
    pixels, smoothing = without_blocks(picture)
    result = upscaler.stream(UpscaleRequest(pixels, settings, picture.alpha, areas=areas), progress)
    options = replace(write_options(result), overwrite=item.conflict in REPLACING, source=item.source)
    if item.conflict is Conflict.UNIQUE:  # another process may take the name meanwhile
        options = replace(options, elsewhere=lambda: free_name(item.target))
    if options.provenance is not None:
        made = replace(with_settings(options.provenance, settings), areas="" if areas is None else areas.note)
        options = replace(options, provenance=made)
    pieces, has_alpha = _told_of_end(result.pieces, progress), result.has_alpha
    try:
        written = images.write_pieces(
            target, result.size, pieces, has_alpha=has_alpha, kept=picture.kept, options=options
        )
    except ImageExistsError:
        if item.conflict is Conflict.SKIP:  # another process was quicker
            return Skipped(item)
        raise
    _check_written(written.path, result.size)
    return Done(
        item=item,
        path=written.path,
        size=result.size,
        model=result.model,
        steps=result.steps,
        seed=result.seed,
        device=result.device,
        dtype=result.dtype,
        seconds=time.monotonic() - began_s,
        notes=(*picture.notes, *chosen, *smoothing, *filter(None, [item.caption.note]), *result.notes, *written.notes),
    )


def _told_of_end(pieces: Iterable[Piece], progress: Progress) -> Iterator[Piece]:
    """The pieces; after the last one there is only the file to be finished, which is no longer stopped."""
    yield from pieces
    progress.report("Writing")


def _free_target(item: BatchItem, settings: UpscaleSettings) -> Path | None:
    """Where the result may be written; None if it is there already. Known before anything is computed."""
    target = item.target
    if resolved(target) == resolved(item.source) or is_same_file(target, item.source):
        raise ImageWriteError(f"The result of {item.source} would replace it. Choose another name or folder.")
    _check_writable(target)
    if not target.exists() or item.conflict is Conflict.OVERWRITE:
        return target
    match item.conflict:
        case Conflict.SKIP:
            return None
        case Conflict.CHANGED:
            return target if _is_outdated(item, settings) else None
        case Conflict.UNIQUE:
            return free_name(target)
        case _:
            raise ImageWriteError(
                f"{target} exists already. Replace it with --overwrite, or say with --if-exists what to do instead."
            )


def _is_outdated(item: BatchItem, settings: UpscaleSettings) -> bool:
    """Whether an earlier result is older than its source, damaged, or was made otherwise than asked for now."""
    try:
        made_s = item.target.stat().st_mtime
        if item.source.stat().st_mtime > made_s:
            return True
        if item.caption.text and caption_file(item.source).stat().st_mtime > made_s:
            return True
        if item.areas is not None and item.areas.path.stat().st_mtime > made_s:
            return True
        facts, made = item.facts, provenance_of(item.target)
        if facts is None:
            return False
        wanted = facts.size.resolve(header_size(item.source, item.page or 0), facts.factor)
        caption = recorded(settings.prompt) if facts.takes_caption else ""
        asked = with_settings(images.Provenance(facts.model, facts.steps, facts.seed, caption=caption), settings)
        if item.areas is not None:
            source = header_size(item.source, item.page or 0)
            asked = replace(asked, areas=read_areas(item.areas, item.source.name, source).note)
        if made is not None and settings.is_fidelity_auto and made.fidelity in SUITED_FIDELITIES:
            # which of them suits is known only from the pixels
            asked = replace(asked, fidelity=made.fidelity)
        if made is None or replace(made, software_version=asked.software_version) != asked:
            return True
        return stated_size(item.target) != wanted
    except (OSError, ImageReadError, RequestError):
        return True


def _check_writable(target: Path) -> None:
    if len(os.fsencode(target.name)) > MAX_NAME_BYTES:
        raise ImageWriteError(f"The name {target.name} is too long. Choose a shorter one.")
    folder = next(parent for parent in target.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise ImageWriteError(f"{folder} is a file, not a folder. Choose another place for {target.name}.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImageWriteError(f"{folder} may not be written to. Choose another folder or ask for permission.")


def _check_written(path: Path, size: Size) -> None:
    """Open the file again: its header must be readable and tell the right size."""
    try:
        found = stated_size(path)
    except ImageReadError as error:
        raise ImageWriteError(f"{path} was written but cannot be read again ({error}). Check the disk.") from error
    if found != size:
        raise ImageWriteError(f"{path} was written but has {found.width} x {found.height} pixels. Check the disk.")
