"""Which two things are compared, and how they are shown. Turns a choice of two into layers that a canvas can draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.compare.values import Mode, Shown, Standing, Strength
from mfsr_app.imaging.pixel_values import cells_of, enlarged_cells

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.upscaling import Snapshot, UpscalingState
    from mfsr_app.imaging.pixel_values import Cells
    from mfsr_app.imaging.raster import Layer, Raster
    from mfsr_engine.api import ModelInfo, UpscaleSettings
    from mfsr_engine.geometry import Rect

CAPTION_LETTERS = 16
"""Letters of a caption that tell one result from another."""


class Kind(StrEnum):
    """What a side shows."""

    ENLARGED = "enlarged"
    PIXELS = "pixels"
    RESULT = "result"
    KEPT = "kept"
    FILE = "file"


@dataclass(frozen=True)
class Side:
    """One side of the comparison."""

    kind: Kind
    """The original enlarged, its bare pixels, the result in use, a kept one, or a picture from a file."""
    settings: UpscaleSettings | None = None
    """Which kept result."""
    path: Path | None = None
    """Which file."""


@dataclass(frozen=True)
class SideFile:
    """A picture from a file, to be compared with."""

    raster: Raster
    """For display."""
    cells: Cells | None = None
    """Its values."""


@dataclass(frozen=True)
class Overlay:
    """What is laid over a result to say where it is to be doubted."""

    layer: Layer
    """The overlay."""
    legend: str
    """What it means."""
    area: Rect | None = None
    """The part of the picture it lies on, in source pixels; None is all of it."""


@dataclass(frozen=True)
class Scene:
    """All that panes and bar show, but for the mode: made once for each change, and handed to both."""

    left: Shown
    """The left side."""
    right: Shown
    """The right side."""
    is_blinking: bool
    """Whether the left side is shown in place of the right one."""
    doublings: int
    """How strongly a difference is drawn; see `Strength`."""
    sides: tuple[Side, ...]
    """Everything that a side can show."""
    titles: tuple[str, ...]
    """The same in words."""
    numbers: tuple[int, int]
    """Which of them the left and the right side show."""


class Comparison(QObject):
    """Two sides, a mode, and a key that shows the other side for as long as it is held."""

    changed = Signal(object)
    """Other pixels or titles on a side, another strength, or other sides to choose from or chosen; carries the `Scene`."""
    mode_changed = Signal()
    """Another way of comparing."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        upscaling: UpscalingState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._upscaling = document, choices, upscaling
        self.mode = Mode.SIDE_BY_SIDE
        self.left = Side(Kind.ENLARGED)
        self.right = Side(Kind.RESULT)
        self.is_blinking = False
        self.strength = Strength()
        self.overlays: dict[UpscaleSettings, Overlay] = {}
        self._files: dict[Path, SideFile] = {}
        self._shown_last: Snapshot | None = None
        self._enlarged_by = 0
        document.recolored.connect(self._on_recolored)
        document.enlarged_changed.connect(self._tell)
        upscaling.changed.connect(self._on_results)
        choices.changed.connect(self._on_chosen)
        choices.models_changed.connect(self._tell)

    def begin(self, *, keeps_files: bool = False) -> None:
        """Another picture is open: compare its result with it. Shown as soon as `UpscalingState` tells of it.

        Args:
            keeps_files: whether what does not depend on results stays, as only the picture's areas are others.
        """
        if keeps_files:
            self.left, self.right = (
                self.left if self.left.settings is None else Side(Kind.ENLARGED),
                self.right if self.right.settings is None else Side(Kind.RESULT),
            )
        else:
            self._files = {}
            self.left, self.right = Side(Kind.ENLARGED), Side(Kind.RESULT)
            self._enlarge()

    @property
    def sides(self) -> tuple[Side, ...]:
        """Everything a side can show."""
        return self._sides(self._upscaling.snapshot())

    def scene(self) -> Scene:
        """All that is shown now."""
        return self._scene(self._upscaling.snapshot())

    def set_mode(self, mode: Mode) -> None:
        """Compare in another way. Told even if it is the old one, because a button may have come up."""
        self.mode = mode
        self.mode_changed.emit()

    def set_left(self, side: Side) -> None:
        """Choose the left side."""
        self.left = side
        self._tell()

    def set_right(self, side: Side) -> None:
        """Choose the right side."""
        self.right = side
        self._tell()

    def show_file(self, path: Path, file: SideFile, *, on_left: bool = False) -> None:
        """Show a picture from a file on one side, until another photograph is opened. Of older files the one on the
        other side is kept, so that two can be compared.
        """
        other = (self.right if on_left else self.left).path
        self._files = {known: old for known, old in self._files.items() if known == other} | {path: file}
        (self.set_left if on_left else self.set_right)(Side(Kind.FILE, path=path))

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that a side can show."""
        return tuple(self._files)

    def replace_file(self, path: Path, file: SideFile) -> None:
        """The same picture in other colours."""
        if path in self._files:
            self._files[path] = file
            self._tell()

    def swap(self) -> None:
        """Exchange the sides."""
        self.left, self.right = self.right, self.left
        self._tell()

    def set_strength(self, strength: Strength) -> None:
        """Draw differences and overlays more or less strongly."""
        if strength != self.strength:
            self.strength = strength
            self._tell()

    def set_blinking(self, is_blinking: bool) -> None:
        """Show the left side in place of the right one, while true."""
        if is_blinking != self.is_blinking:
            self.is_blinking = is_blinking
            self._tell()

    def set_overlays(self, overlays: dict[UpscaleSettings, Overlay]) -> None:
        """Draw overlays over the results of these settings."""
        if overlays or self.overlays:
            self.overlays = overlays
            self._tell()

    def shown_left(self) -> Shown:
        """The left side, ready to be drawn."""
        return self.scene().left

    def shown_right(self) -> Shown:
        """The right side, ready to be drawn."""
        return self.scene().right

    def title(self, side: Side) -> str:
        """A side in words."""
        return self._title(side, self._upscaling.snapshot(), self._choices.models)

    def _sides(self, now: Snapshot) -> tuple[Side, ...]:
        fixed = (Side(Kind.ENLARGED), Side(Kind.PIXELS), Side(Kind.RESULT))
        kept = sorted(now.results, key=_order)
        files = (Side(Kind.FILE, path=path) for path in self._files)
        return (*fixed, *(Side(Kind.KEPT, settings) for settings in kept), *files)

    def _scene(self, now: Snapshot) -> Scene:
        models, sides = self._choices.models, self._sides(now)
        titles = {side: self._title(side, now, models) for side in {*sides, self.left, self.right}}
        below = self._enlarged()
        left, right = (
            self._shown(side, replace(below, title=titles[side]), now)
            for side in (self.left, self.left if self.is_blinking else self.right)
        )
        numbers = _number(self.left, sides), _number(self.right, sides)
        shown_titles = tuple(titles[side] for side in sides)
        return Scene(left, right, self.is_blinking, self.strength.doublings, sides, shown_titles, numbers)

    def _title(self, side: Side, now: Snapshot, models: tuple[ModelInfo, ...]) -> str:
        if side.kind is Kind.ENLARGED:
            return self.tr("Original, enlarged")
        if side.kind is Kind.PIXELS:
            return self.tr("Original, pixels")
        if side.kind is Kind.RESULT:
            return self._result_title(now, models)
        if side.kind is Kind.FILE and side.path is not None:
            return side.path.name
        assert side.settings is not None, "a kept side has settings"
        words, found = self._words(side.settings, models), now.results.get(side.settings)
        return words if found is None or found.result.is_whole else self.tr("{0} (a part)").format(words)

    def _result_title(self, now: Snapshot, models: tuple[ModelInfo, ...]) -> str:
        """What is not computed is not called a result."""
        words = {
            Standing.THERE: self.tr("Result · {0}"),
            Standing.COMPUTING: self.tr("Computing · {0}"),
            Standing.LOADING: self.tr("Loading · {0}"),
            Standing.PARTLY: self.tr("Partly computed · {0}"),
            Standing.MISSING: self.tr("Not computed · {0}"),
        }
        return words[now.standing].format(self._words(now.settings, models))

    def _enlarged(self) -> Shown:
        """The original as it lies below every result, still without a title."""
        document, enlarged, factor = self._document.current, self._document.enlarged, self._choices.factor
        if document is None:
            return Shown("", None, None, is_smooth=True, factor=factor)
        cells = enlarged_cells(document.picture.pixels, document.size, factor)
        return Shown("", enlarged or document.raster, None, is_smooth=enlarged is None, factor=factor, cells=cells)

    def _shown(self, side: Side, below: Shown, now: Snapshot) -> Shown:
        """A side over the enlarged original, which has its title."""
        document = self._document.current
        if side.kind is Kind.PIXELS:
            original = document.raster if document else None
            cells = cells_of(document.picture.pixels, document.size) if document else None
            return Shown(below.title, original, None, is_smooth=False, factor=1, cells=cells)
        if side.kind is Kind.FILE and side.path is not None:
            return self._shown_file(below, self._files.get(side.path))
        if side.kind is not Kind.ENLARGED:
            return self._shown_result(side.settings or now.settings, below, now)
        if document is None or self._document.enlarged is not None:
            return below
        return replace(below, cells=cells_of(document.picture.pixels, document.size))

    def _shown_file(self, below: Shown, file: SideFile | None) -> Shown:
        factor = below.factor
        if file is None:
            return Shown(below.title, None, None, is_smooth=False, factor=factor)
        source = self._document.current.size if self._document.current else file.raster.size
        is_coarse = file.raster.size.width < source.width * factor
        return Shown(below.title, file.raster, None, is_smooth=is_coarse, factor=factor, cells=file.cells)

    def _shown_result(self, settings: UpscaleSettings, below: Shown, now: Snapshot) -> Shown:
        kept = self._upscaling.results.get(settings)  # what is shown was used last, and comes back from disk
        overlay = self.overlays.get(settings)
        layer = kept.layer if kept else None
        cells = kept.cells(below.cells) if kept else below.cells
        found = now.results.get(settings)
        standing, factor = now.standing, below.factor
        if settings != now.settings:
            standing = found.standing if found else Standing.MISSING
            factor = self._choices.factor_with(settings)
        shown = replace(below, above=layer, cells=cells, is_dimmed=standing is not Standing.THERE, factor=factor)
        if overlay is None:
            return shown
        opacity = self.strength.overlay
        return replace(
            shown, overlay=overlay.layer, legend=overlay.legend, overlay_area=overlay.area, overlay_opacity=opacity
        )

    def _words(self, settings: UpscaleSettings, models: tuple[ModelInfo, ...]) -> str:
        steps = settings.steps or 1
        words = [self.tr("1 step") if steps == 1 else self.tr("{0} steps").format(steps)]
        if settings.passes > 1:
            words.append(self.tr("{0} passes").format(settings.passes))
        if settings.seed:
            words.append(self.tr("seed {0}").format(settings.seed))
        if settings.fidelity:
            words.append(self.tr("fidelity {0} %").format(round(settings.fidelity * 100)))
        if settings.prompt:
            short = (
                settings.prompt if len(settings.prompt) <= CAPTION_LETTERS else f"{settings.prompt[:CAPTION_LETTERS]}…"
            )
            words.append(self.tr("caption: {0}").format(short))
        if len(models) > 1 and settings.model != models[0].name:
            words.insert(0, next((m.title for m in models if m.name == settings.model), settings.model))
        return " · ".join(words)

    @Slot()
    def _on_recolored(self) -> None:
        self._enlarge()

    def _enlarge(self) -> None:
        """Have the original enlarged as results are."""
        self._enlarged_by = self._choices.factor
        self._document.enlarge(self._enlarged_by)

    @Slot()
    def _on_chosen(self) -> None:
        if self._document.current is not None and self._choices.factor != self._enlarged_by:
            self._enlarge()

    @Slot(object)
    def _on_results(self, now: Snapshot) -> None:
        if now != self._shown_last:
            self._shown_last = now
            self.changed.emit(self._scene(now))

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.scene())


def _number(side: Side, sides: tuple[Side, ...]) -> int:
    return sides.index(side) if side in sides else 0


def _order(settings: UpscaleSettings) -> tuple[str, int, int, int, float, str]:
    return settings.model, settings.passes, settings.steps or 1, settings.seed, settings.fidelity, settings.prompt
