"""Many pictures, one after the other: which files, where to, and what became of each. Knows no terminal; never loads
torch itself.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine import images
from mfsr_engine.api import Upscaler, UpscaleRequest, UpscaleResult, UpscaleSettings
from mfsr_engine.errors import Cancelled, ImageReadError, ImageWriteError, MfsrError, OutOfMemoryError
from mfsr_engine.geometry import Size
from mfsr_engine.images.formats import format_of_suffix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mfsr_engine.progress import Progress


class Conflict(StrEnum):
    """What to do where a file of the result's name exists."""

    REFUSE = "refuse"
    SKIP = "skip"
    OVERWRITE = "overwrite"
    UNIQUE = "unique"


@dataclass(frozen=True)
class BatchItem:
    """One picture and where its result goes."""

    source: Path
    """File to read."""
    target: Path
    """File to write."""
    conflict: Conflict = Conflict.REFUSE
    """What to do if `target` exists."""


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


@dataclass(frozen=True)
class Naming:
    """How results are named."""

    suffix: str = "_4x"
    """Added to the stem of a file, or to the name of a folder."""
    output: Path | None = None
    """File or folder to write to; None is beside the input."""
    ending: str | None = None
    """File ending with its dot, for example ".jpg"; None is ".png", or that of `output`."""
    prefix: str = ""
    """Put before the stem of a file."""


def plan_items(inputs: Iterable[Path], naming: Naming, *, overwrite: bool = False) -> list[BatchItem]:
    """Find the pictures and decide where each result goes. Folders are taken recursively and their tree is kept.

    A single file that exists is refused unless it may be overwritten; in a folder it counts as done before and is
    skipped.

    Raises:
        ImageReadError: an input does not exist, or a folder holds no picture.
        ImageWriteError: several results would get the same name, one would replace its own input, or a name has an ending
            that cannot be written.
    """
    inputs = list(inputs)
    into_folder = naming.output is not None and (
        len(inputs) > 1 or naming.output.is_dir() or inputs[0].is_dir() or not naming.output.suffix
    )
    items: list[BatchItem] = []
    for path in inputs:
        if path.is_dir():
            items += _folder_items(path, naming, overwrite, is_only=len(inputs) == 1)
        else:
            conflict = Conflict.OVERWRITE if overwrite else Conflict.REFUSE
            items.append(BatchItem(path, _file_target(path, naming, into_folder), conflict))
    _check_targets(items)
    return items


def run_batch(
    items: Iterable[BatchItem],
    settings: UpscaleSettings,
    upscaler: Upscaler,
    progress_for: Callable[[BatchItem], Progress],
    write_options: Callable[[UpscaleResult], images.WriteOptions] | None = None,
) -> Iterator[Outcome]:
    """Upscale pictures one by one. What goes wrong with one is its outcome and does not stop the rest.

    Args:
        items: from `plan_items`.
        settings: the same for all.
        upscaler: the engine, or a scripted one.
        progress_for: called before each picture; cancelling what it returns stops the batch.
        write_options: quality, depth and the like for a result; provenance alone by default.

    Yields:
        One outcome for each item.

    Raises:
        Cancelled: asked to stop; what was finished stays, the current picture leaves no file.
    """
    for item in items:
        progress = progress_for(item)
        try:
            yield _upscaled(item, settings, upscaler, progress, write_options or default_options)
        except Cancelled:
            raise
        except MfsrError as error:
            yield Failed(item, error)
        except MemoryError:
            message = f"{item.source.name} does not fit into memory. Close other programs, or ask for a smaller size."
            yield Failed(item, OutOfMemoryError(message))


def default_options(result: UpscaleResult) -> images.WriteOptions:
    """Writes what made the picture into its file."""
    return images.WriteOptions(provenance=images.Provenance(result.model, result.steps, result.seed))


def _upscaled(
    item: BatchItem,
    settings: UpscaleSettings,
    upscaler: Upscaler,
    progress: Progress,
    write_options: Callable[[UpscaleResult], images.WriteOptions],
) -> Outcome:
    began_s = time.monotonic()
    progress.check()
    target = _free_target(item)
    if target is None:
        return Skipped(item)
    picture = images.read(item.source)
    result = upscaler.upscale(UpscaleRequest(picture.pixels, settings, picture.alpha), progress)
    progress.report("Writing")
    options = replace(write_options(result), overwrite=item.conflict is Conflict.OVERWRITE)
    written = images.write(target, result.pixels, result.alpha, kept=picture.kept, options=options)
    size = Size(result.pixels.shape[1], result.pixels.shape[0])
    _check_written(written.path, size)
    return Done(
        item=item,
        path=written.path,
        size=size,
        model=result.model,
        steps=result.steps,
        seed=result.seed,
        device=result.device,
        dtype=result.dtype,
        seconds=time.monotonic() - began_s,
        notes=(*picture.notes, *result.notes, *written.notes),
    )


def _free_target(item: BatchItem) -> Path | None:
    """Where the result may be written; None if it is there already. Known before anything is computed."""
    target = item.target
    _check_writable(target)
    if not target.exists() or item.conflict is Conflict.OVERWRITE:
        return target
    match item.conflict:
        case Conflict.SKIP:
            return None
        case Conflict.UNIQUE:
            return next(path for i in count(2) if not (path := target.with_stem(f"{target.stem} {i}")).exists())
        case _:
            raise ImageWriteError(f"{target} exists already. Choose another name, or allow it to be replaced.")


def _check_writable(target: Path) -> None:
    folder = next(parent for parent in target.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise ImageWriteError(f"{folder} is a file, not a folder. Choose another place for {target.name}.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImageWriteError(f"{folder} may not be written to. Choose another folder or ask for permission.")


def _check_written(path: Path, size: Size) -> None:
    """Open the file again: its header must be readable and tell the right size."""
    try:
        found = _header_size(path)
    except (OSError, ValueError) as error:
        raise ImageWriteError(f"{path} was written but cannot be read again ({error}). Check the disk.") from error
    if found != size:
        raise ImageWriteError(f"{path} was written but has {found.width} x {found.height} pixels. Check the disk.")


def _header_size(path: Path) -> Size:
    with path.open("rb") as file:
        is_tiff = file.read(2) in (b"II", b"MM")
    if is_tiff:
        import tifffile

        with tifffile.TiffFile(path) as tiff:
            page = tiff.pages.first
            return Size(int(page.imagewidth), int(page.imagelength))
    from PIL import Image

    with Image.open(path) as image:
        return Size(*image.size)


def _folder_items(folder: Path, naming: Naming, overwrite: bool, *, is_only: bool) -> list[BatchItem]:
    named = folder.resolve().name
    if naming.output is None:
        root = folder.resolve().with_name(named + naming.suffix)
    else:
        root = naming.output if is_only else naming.output / named
    sources = _pictures_in(folder, root)
    if not sources:
        raise ImageReadError(f"The folder {folder} holds no picture that can be read.")
    conflict = Conflict.OVERWRITE if overwrite else Conflict.SKIP
    stems = Counter(path.with_suffix("") for path in sources)
    items = []
    for path in sources:
        is_shared = stems[path.with_suffix("")] > 1  # a.jpg and a.webp side by side
        stem = f"{path.stem}_{path.suffix[1:]}" if is_shared else path.stem
        target = root / path.relative_to(folder).parent / (stem + (naming.ending or ".png"))
        items.append(BatchItem(path, target, conflict))
    return items


def _pictures_in(folder: Path, without: Path) -> list[Path]:
    """Every picture below a folder, sorted; results of an earlier run in `without` are no sources."""
    found = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and (here / f).resolve() != without.resolve())
        found += [here / name for name in sorted(names) if images.is_image_path(Path(name))]
    return found


def _file_target(path: Path, naming: Naming, into_folder: bool) -> Path:
    if naming.output is not None and not into_folder:
        return naming.output
    folder = path.parent if naming.output is None else naming.output
    return folder / f"{naming.prefix}{path.stem}{naming.suffix}{naming.ending or '.png'}"


def _check_targets(items: Iterable[BatchItem]) -> None:
    sources: dict[Path, Path] = {}
    for item in items:
        format_of_suffix(item.target)
        target = item.target.resolve()
        if target == item.source.resolve():
            raise ImageWriteError(f"The result of {item.source} would replace it. Choose another output.")
        if target in sources:
            raise ImageWriteError(f"{sources[target]} and {item.source} would both become {item.target}. Use folders.")
        sources[target] = item.source
