"""Finds the pictures of a batch and plans where each result goes. Reads headers at most."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine import images
from mfsr_engine.batch.naming import Conflict, Naming, RunFacts, Source, result_root, target_of
from mfsr_engine.errors import ImageReadError, ImageWriteError
from mfsr_engine.files.atomic import is_same_file
from mfsr_engine.files.formats import format_of_suffix
from mfsr_engine.files.names import fitting
from mfsr_engine.geometry import Size
from mfsr_engine.images.reading import header_size, is_result, page_count
from mfsr_engine.upscale.captions import NO_CAPTION, Caption, read_caption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mfsr_engine.api import AreasFile

REPLACING = (Conflict.OVERWRITE, Conflict.CHANGED)
"""What lets a file be replaced."""
_FOLDERS_OF_OTHERS = frozenset({
    "@eadir", "#recycle", "@recycle", "#snapshot", "@recently-snapshot", "@tmp", "@syno", "@__thumb", "$recycle.bin",
    "recycler", "lost+found", "__macosx", "captureone", "_thumbnails", "xnviewthumbs",
})  # fmt: skip
"""Folders, in small letters, in which network drives, desktops and other programs keep thumbnails or what was deleted."""
_ENDINGS_OF_OTHERS = (".lrdata", ".lrcat-data", ".cocatalog")
"""Of folders, in small letters, in which programs for photographs keep their previews."""


@dataclass(frozen=True)
class BatchItem:
    """One picture and where its result goes."""

    source: Path
    """File to read."""
    target: Path
    """File to write."""
    conflict: Conflict = Conflict.REFUSE
    """What to do if `target` exists."""
    facts: RunFacts | None = None
    """How it is upscaled, for `Conflict.CHANGED`; without it only the age of the files counts."""
    caption: Caption = NO_CAPTION
    """What it shows; takes the place of the caption in the settings."""
    format: images.ImageFormat | None = None
    """Format of the result; None goes by the ending of `target`."""
    page: int | None = None
    """Which of several pages or frames, from 0 on; None is the first, with a note that there are more."""
    areas: AreasFile | None = None
    """Parts of it that are made in another way; None if there are none."""
    root: Path | None = None
    """Folder that holds all results of the folder it was found in; None is that of `target`."""


def plan_items(
    inputs: Iterable[Path],
    naming: Naming,
    *,
    overwrite: bool = False,
    conflict: Conflict | None = None,
    facts: RunFacts | None = None,
    include_results: bool = False,
    has_all_pages: bool = False,
    tell: Callable[[str], object] | None = None,
) -> list[BatchItem]:
    """Find the pictures and decide where each result goes. Folders are taken recursively and their tree is kept.

    Args:
        inputs: files and folders.
        naming: how results are called.
        overwrite: whether files may be replaced, if `conflict` does not say more.
        conflict: what to do where a result exists. By default a single file is refused then, unless it may be
            overwritten; in a folder it counts as done before and is skipped.
        facts: how the pictures are upscaled, for `Conflict.CHANGED`.
        include_results: whether pictures that this program made are taken from folders too.
        has_all_pages: whether every page or frame of a file gets a result of its own, with "_p1" and so on in its name.
        tell: told what of a folder was left out, in sentences for the user.

    Raises:
        ImageReadError: an input does not exist, or a folder holds no picture.
        ImageWriteError: several results would get the same name, one would replace its own input, or a name has an
            ending that cannot be written.
    """
    inputs = list(inputs)
    naming = replace(naming, nests_folders=len(inputs) > 1)
    into_folder = naming.output is not None and (
        len(inputs) > 1 or is_folder(naming.output) or is_folder(inputs[0]) or not naming.output.suffix
    )
    items: list[BatchItem] = []
    for path in inputs:
        if is_folder(path):
            usual, root = Conflict.OVERWRITE if overwrite else Conflict.SKIP, result_root(path, naming)
            scan = scan_folder(path, [root], include_results=include_results)
            _check_filled(path, scan, tell)
            targets = [(s.path, target_of(s, naming, size_or_none)) for s in scan.sources]
        else:
            usual, root = Conflict.OVERWRITE if overwrite else Conflict.REFUSE, None
            targets = [(path, _file_target(path, naming, into_folder))]
        found = [BatchItem(source, target, conflict or usual, facts, root=root) for source, target in targets]
        items += [page for item in found for page in _pages(item)] if has_all_pages else found
    _check_targets(items)
    return items


def _pages(item: BatchItem) -> list[BatchItem]:
    """An item for each page of its file; itself if there is one."""
    count = page_count(item.source)
    if count == 1:
        return [item]
    stem, suffix, digits = item.target.stem, item.target.suffix, len(str(count))
    marks = [f"_p{number:0{digits}}{suffix}" for number in range(1, count + 1)]
    return [replace(item, target=item.target.with_name(fitting(stem, m) + m), page=at) for at, m in enumerate(marks)]


def with_captions(items: Iterable[BatchItem]) -> list[BatchItem]:
    """The same pictures with the captions from the text files beside them."""
    return [replace(item, caption=read_caption(item.source)) for item in items]


@dataclass(frozen=True)
class FolderScan:
    """What was found below a folder."""

    sources: list[Source]
    """Every picture, sorted by place."""
    results: int = 0
    """Results of this program, by the mark in them, that were left out."""


def scan_folder(folder: Path, without: Sequence[Path] = (), *, include_results: bool = False) -> FolderScan:
    """Find every picture below a folder. Hidden ones and small copies that other programs keep are left out.

    Args:
        folder: where to look.
        without: folders whose content is left out.
        include_results: whether pictures that this program made are taken too.
    """
    found = list(scan_files(folder, without, include_results=include_results))
    sources = [source for source in found if source is not None]
    return FolderScan(sources, len(found) - len(sources))


def scan_files(folder: Path, without: Sequence[Path] = (), *, include_results: bool = False) -> Iterator[Source | None]:
    """The pictures that `scan_folder` finds, in its order, each as soon as it was looked at; None for a result that is left out."""
    left_out = {resolved(path) for path in without}
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(f for f in folders if not _is_aside(f) and resolved(here / f) not in left_out)
        found = [here / name for name in sorted(names) if images.is_image_path(Path(name))]
        yield from _looked_at(found, folder, include_results=include_results)


def _looked_at(files: Sequence[Path], root: Path, *, include_results: bool) -> Iterator[Source | None]:
    """The pictures of one folder."""
    namesakes: dict[Path, list[Path]] = {}
    for path in files:
        namesakes.setdefault(path.with_suffix(""), []).append(path)

    @cache
    def is_taken(path: Path) -> bool:
        return include_results or not is_result(path)

    for path in files:
        alike = namesakes[path.with_suffix("")]
        has_twin = len(alike) > 1 and sum(map(is_taken, alike)) > 1
        yield Source(path, root, has_twin=has_twin) if is_taken(path) else None


def sources_in(folder: Path, without: Sequence[Path] = (), *, include_results: bool = False) -> list[Source]:
    """The sources that `scan_folder` finds."""
    return scan_folder(folder, without, include_results=include_results).sources


def _is_aside(folder_name: str) -> bool:
    name = folder_name.lower()
    return name.startswith(".") or name in _FOLDERS_OF_OTHERS or name.endswith(_ENDINGS_OF_OTHERS)


def resolved(path: Path) -> Path:
    """The true place of a path, without links; the path itself where its links lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _identity(path: Path) -> tuple[int, int] | None:
    """The file that a path leads to, whatever its name: the same through links, hard links and capitals that do not matter."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_dev, state.st_ino


def is_folder(path: Path) -> bool:
    """Whether this is a folder that can be reached."""
    try:
        return path.is_dir()
    except OSError:
        return False


def size_or_none(path: Path) -> Size:
    """Size of a source for its result's name; 1 x 1 for one that cannot be read, which will fail when its turn comes."""
    try:
        return header_size(path)
    except Exception:  # whatever is wrong with the file will be told when its turn comes
        return Size(1, 1)


def _check_filled(folder: Path, scan: FolderScan, tell: Callable[[str], object] | None) -> None:
    if not scan.sources and not scan.results:
        raise ImageReadError(f"The folder {folder} holds no picture that can be read.")
    if not scan.sources:
        raise ImageReadError(
            f"The folder {folder} holds only results of this program ({scan.results}). Name them one by one, or take them in "
            "with --include-results."
        )
    if scan.results and tell is not None:
        tell(f"{folder}: {scan.results} results of this program were left out; --include-results takes them in.")


def _file_target(path: Path, naming: Naming, into_folder: bool) -> Path:
    if naming.output is not None and not into_folder:
        return naming.output
    return target_of(Source(path), naming, size_or_none)


def _check_targets(items: Iterable[BatchItem]) -> None:
    items = list(items)
    originals: dict[tuple[int, int] | None, Path] = {
        key: item.source for item in items if (key := _identity(item.source)) is not None
    }
    sources: dict[Path, Path] = {}
    for item in items:
        format_of_suffix(item.target)
        target = resolved(item.target)
        if target == resolved(item.source):
            raise ImageWriteError(f"The result of {item.source} would replace it. Choose another output.")
        original = originals.get(_identity(item.target))
        if original is not None and (item.conflict in REPLACING or is_same_file(original, item.source)):
            raise ImageWriteError(
                f"The result of {item.source} would replace {original}, which is an input. Choose another output."
            )
        if target in sources:
            raise ImageWriteError(f"{sources[target]} and {item.source} would both become {item.target}. Use folders.")
        sources[target] = item.source
