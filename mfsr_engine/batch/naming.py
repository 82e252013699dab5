"""Where results go: names, folders and formats, and what happens when a file of that name exists. Opens no file."""

from __future__ import annotations

import os
import re
import string
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine.api import factor_of
from mfsr_engine.errors import RequestError
from mfsr_engine.files import paths
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.files.names import MAX_NAME_BYTES, fitting, shortened
from mfsr_engine.geometry import Size, TargetSize

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = {
    "stem": "name of the source without its ending",
    "name": "the same as {stem}",
    "ext": "ending of the source without its dot",
    "factor": "how many times wider the result is, for example 4",
    "size": "how the size was asked for, for example 4x or 1920w",
    "width": "width of the result in pixels",
    "height": "height of the result in pixels",
    "model": "name of the model",
    "steps": "sampling steps",
    "seed": "seed of the noise",
}
"""What a naming template may ask for, and what it gets."""
DEFAULT_TEMPLATE = "{name}_{size}"
_FORBIDDEN = re.compile(r'[<>:"|?*/\\\x00-\x1f]')
_OF_SOURCE = ("stem", "name")


class Conflict(StrEnum):
    """What to do where a file of the result's name exists."""

    REFUSE = "refuse"
    """Fail, and name the options that allow more: only the command line asks for it."""
    SKIP = "skip"
    OVERWRITE = "overwrite"
    CHANGED = "overwrite-if-changed"
    """Replace the file if it is older than its source, or was made with another model, passes, steps, seed, size, fidelity,
    guidance, colour correction, edges or caption."""
    UNIQUE = "unique"


@dataclass(frozen=True)
class Source:
    """One picture of a batch."""

    path: Path
    """File to read."""
    root: Path | None = None
    """Folder in which it was found, whose tree is kept; None for a file that was named itself."""
    has_twin: bool = False
    """Whether a picture beside it differs from it in the ending alone; its own ending then becomes part of the stem."""

    @property
    def stem(self) -> str:
        """Name without the ending, unlike that of its neighbours."""
        return f"{self.path.stem}_{self.path.suffix[1:]}" if self.has_twin else self.path.stem


@dataclass(frozen=True)
class RunFacts:
    """What a template can say of how pictures are upscaled."""

    model: str
    """Name of the model, or the path of its folder."""
    steps: int
    """Sampling steps."""
    seed: int
    """Seed of the noise."""
    size: TargetSize
    """Size asked for."""
    scale: int
    """The model's own factor."""
    takes_caption: bool = False
    """Whether a caption will be used: the model takes text, and its text encoders are there."""
    passes: int = 1
    """How often the model is run."""

    @property
    def factor(self) -> int:
        """What all passes come to.

        Raises:
            RequestError: the model allows fewer.
        """
        return factor_of(self.scale, self.passes)


@dataclass(frozen=True)
class Template:
    """A pattern for names, such as "{stem}_{factor}x".

    Raises:
        RequestError: it asks for something unknown, does not name the source, or cannot be a file's name.
    """

    text: str
    """The pattern."""
    facts: RunFacts
    """What it is filled with beside the source."""

    def __post_init__(self) -> None:
        check_template(self.text)

    def fill(self, source: Source, size_of: Callable[[Path], Size], spare_bytes: int = 0) -> str:
        """Name of the result without its ending. A source whose name is too long for that is named in short.

        Args:
            source: the picture.
            size_of: asked only if the name depends on the source's size.
            spare_bytes: what the ending takes.
        """
        name = self._filled(source, source.stem, size_of)
        excess_bytes = len(os.fsencode(name)) + spare_bytes - MAX_NAME_BYTES
        if excess_bytes <= 0:
            return name
        mentions = sum(part in _OF_SOURCE for _, part, _, _ in string.Formatter().parse(self.text))
        return self._filled(source, shortened(source.stem, -(-excess_bytes // mentions)), size_of)

    def _filled(self, source: Source, stem: str, size_of: Callable[[Path], Size]) -> str:
        facts = self.facts
        values: dict[str, object] = {
            "stem": stem,
            "name": stem,
            "ext": source.path.suffix[1:].lower(),
            "size": size_suffix(facts.size, facts.factor)[1:],
            "model": Path(facts.model).name,
            "steps": facts.steps,
            "seed": facts.seed,
        }
        asked = fields_of(self.text)
        if "factor" in asked and (factor := _fixed_factor(facts)) is not None:
            values["factor"] = f"{factor:g}"
        if asked - set(values):
            values |= _sizes(size_of(source.path), facts)
        return self.text.format_map({name: _plain(str(value)) for name, value in values.items()})


@dataclass(frozen=True)
class Naming:
    """How results are named."""

    suffix: str = "_4x"
    """Added to the name of a folder, and where there is no template to the stem of a file."""
    output: Path | None = None
    """File or folder to write to; None is beside the input."""
    ending: str | None = None
    """File ending with its dot, for example ".jpg"; None is ".png", or that of `output`."""
    template: Template | None = None
    """How files are called, those in the tree of a folder too; None is the stem with `suffix`."""
    nests_folders: bool = True
    """Whether the tree of a folder gets a folder of its name in `output`, or lies right in it."""


def check_template(text: str) -> None:
    """Refuse a template that cannot give names.

    Raises:
        RequestError: it asks for something unknown, does not name the source, or cannot be a file's name.
    """
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise RequestError(f'The naming "{text}" has a brace without its partner. Known fields: {known}.') from error
    asked = fields_of(text)
    if asked - set(FIELDS) or any(spec or conversion for _, _, spec, conversion in parts):
        raise RequestError(f'The naming "{text}" asks for something unknown. Known fields: {known}.')
    if not asked & set(_OF_SOURCE):
        raise RequestError(
            f'The naming "{text}" must hold {{name}} or {{stem}}, so that results do not get equal names.'
        )
    words = "".join(literal for literal, _, _, _ in parts)
    if _FORBIDDEN.search(words):
        raise RequestError(f'The naming "{text}" holds a character that names of files cannot have. Take it out.')


def fields_of(text: str) -> set[str]:
    """Names of the fields in a template whose braces fit."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def size_suffix(size: TargetSize, scale: int) -> str:
    """What a name gets by default: the factor, or the side that was asked for."""
    sides = (("w", size.width), ("h", size.height), ("l", size.long_side), ("s", size.short_side))
    for mark, side in sides:
        if side is not None:
            return f"_{side}{mark}"
    return f"_{scale if size.factor is None else size.factor:g}x"


def target_of(source: Source, naming: Naming, size_of: Callable[[Path], Size]) -> Path:
    """Where the result of a picture goes, `naming.output` being a folder if there is one."""
    ending = naming.ending or ".png"
    if naming.template is not None:
        name = naming.template.fill(source, size_of, len(os.fsencode(ending)))
    else:
        name = fitting(source.stem, naming.suffix + ending) + naming.suffix
    return _folder_of(source, naming) / (name + ending)


def result_root(root: Path, naming: Naming) -> Path:
    """Folder in which the tree of a folder is repeated."""
    named = root.resolve().name
    if naming.output is None:
        return root.resolve().with_name(named + naming.suffix)
    return naming.output / named if naming.nests_folders else naming.output


def free_name(target: Path) -> Path:
    """The first of "name 2", "name 3" ... that does not exist."""
    number = 2
    while (path := _numbered(target, number)).exists():
        number += 1
    return path


def _numbered(target: Path, number: int) -> Path:
    rest = f" {number}{target.suffix}"
    return target.with_name(fitting(target.stem, rest) + rest)


def _folder_of(source: Source, naming: Naming) -> Path:
    if source.root is None:
        return source.path.parent if naming.output is None else naming.output
    return result_root(source.root, naming) / source.path.relative_to(source.root).parent


def _fixed_factor(facts: RunFacts) -> float | None:
    """The factor, if it is the same for every source."""
    if facts.size == TargetSize():
        return facts.factor
    return facts.size.factor


def _sizes(source: Size, facts: RunFacts) -> dict[str, object]:
    size = facts.size.resolve(source, facts.factor)
    factor = f"{size.width / source.width:.2f}".rstrip("0").rstrip(".")
    return {"width": size.width, "height": size.height} | (
        {"factor": factor} if _fixed_factor(facts) is None else {"factor": f"{_fixed_factor(facts):g}"}
    )


def _plain(value: str) -> str:
    """A value without what would make another folder of it."""
    return _FORBIDDEN.sub("_", value)


LASTING_CONFLICTS = (Conflict.UNIQUE, Conflict.OVERWRITE, Conflict.CHANGED, Conflict.SKIP)
"""What can be settled for good; to refuse is for a single command."""


@dataclass(frozen=True)
class OutputSettings:
    """How results are written."""

    format: ImageFormat = ImageFormat.PNG
    """Format of results. PNG and TIFF lose nothing; JPEG, WebP and AVIF are smaller."""
    quality: int = 95
    """1 (small file) to 100 (best), for JPEG, WebP and AVIF."""
    naming: str = DEFAULT_TEMPLATE
    """Name of a result without its ending, from {name}, {size} (such as 4x), {width}, {height}, {model}, {steps}, {seed} and others."""
    conflict: Conflict = Conflict.UNIQUE
    """What to do where a file of that name exists. Nothing is asked while a folder is being worked through."""
    keep_location: bool = True
    """Whether results keep the place where a photograph was taken (GPS)."""
    keep_date: bool = False
    """Whether the file of a result gets the date and the permissions of the photograph's file."""
    include_results: bool = False
    """Whether results of this program are taken as photographs where a folder is read. They are known by a mark in them."""
    folder: str = ""
    """Folder that results go to; empty is beside the photograph."""

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise RequestError(f"Quality must be 1 to 100, not {self.quality}.")
        if self.conflict not in LASTING_CONFLICTS:
            known = ", ".join(LASTING_CONFLICTS)
            raise RequestError(f'The action for a file that exists must be one of {known}, not "{self.conflict}".')
        check_template(self.naming)

    @property
    def folder_path(self) -> Path | None:
        """The folder, or None for beside the photograph."""
        return paths.expanded(self.folder) if self.folder else None
