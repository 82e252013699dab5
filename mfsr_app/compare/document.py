"""The open picture. Reading happens in the background; the picture before stays open until the next one is there."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from mfsr_app.compare.values import WholeLook
from mfsr_app.desktop.messages import Subject
from mfsr_app.imaging.display_color import ToScreen, to_screen
from mfsr_app.imaging.raster import Raster, enlarged_raster, raster_of
from mfsr_engine.errors import ImageReadError
from mfsr_engine.files.formats import is_image_path
from mfsr_engine.framing import WHOLE, Framing
from mfsr_engine.upscale.captions import NO_CAPTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mfsr_app.compare.files import PictureFiles
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_engine.api import MaskedAreas
    from mfsr_engine.geometry import Size
    from mfsr_engine.images.picture import Picture
    from mfsr_engine.upscale.captions import Caption
    from mfsr_engine.upscale.suited_fidelity import Damage

MAX_ENLARGED_PIXELS = 60_000_000
"""Above this no bicubic picture is kept beside the original; Qt's smooth scaling stands in."""

PREVIEW_PX = 1024
"""Longest side of a small copy that is looked at to choose a part."""
PASTED_NAME = "pasted.png"
"""Stands for the name of a picture that has none."""


@dataclass(frozen=True)
class Document:
    """A picture as opened."""

    name: str
    """File name, for people."""
    path: Path | None
    """Where it lies; None if it was pasted."""
    picture: Picture
    """Its pixels and what must be kept."""
    raster: Raster
    """The pixels for display."""
    caption: Caption = NO_CAPTION
    """What it shows, in words, from the text file beside it."""
    convert: ToScreen | None = None
    """From the picture's colour space to the screen's; None if they are the same."""
    screen: bytes | None = None
    """ICC profile of the screen it is shown on; None is sRGB."""
    stamp: tuple[int, int] | None = None
    """Bytes and time of its file when it was read; None if there is none."""
    original: Picture | None = None
    """All of the picture, as its file holds it; None if nothing of it was changed."""
    framing: Framing = WHOLE
    """What of it was taken."""
    damage: Damage | None = None
    """How noisy it is, and how much blocks show; None if that was not measured."""
    suited_fidelity: float = 0.0
    """The fidelity that suits it, 0..1."""
    areas: MaskedAreas | None = None
    """Parts of `picture` that are made in another way; None if there are none."""

    smoothed: NDArray[Any] | None = None
    """The pixels of `picture` without the blocks of its JPEG; None if they are given to models as they are."""

    @property
    def seen_by_models(self) -> NDArray[Any]:
        """(H, W, 3) pixels that models are given; see `images.blocks`."""
        return self.picture.pixels if self.smoothed is None else self.smoothed

    @cached_property
    def size(self) -> Size:
        """Size in pixels."""
        return self.raster.size

    @property
    def whole(self) -> Picture:
        """All of the picture, as its file holds it."""
        return self.picture if self.original is None else self.original


class Stays(Enum):
    """What of the open picture is the same as before."""

    NOTHING = "nothing"
    """Another photograph was opened, or the same one again."""
    PHOTOGRAPH = "photograph"
    """Another part of it is taken."""
    PICTURE = "picture"
    """Only its areas are others."""


@dataclass(frozen=True)
class KnownAreas:
    """Areas that were marked at another time."""

    areas: MaskedAreas
    """Which."""
    stamp: tuple[int, int]
    """Bytes and time of the photograph's file then; they count only if these are the same."""


class DocumentState(QObject):
    """Opens pictures; one is open at a time."""

    opened = Signal()
    """Another picture is open, and all states are those of it."""
    enlarged_changed = Signal()
    """The bicubic picture is there, or no longer."""
    recolored = Signal()
    """The same picture, in the colours of another screen: everything for display is to be made anew."""
    loading_changed = Signal()
    """Reading began or ended."""

    def __init__(
        self, files: PictureFiles, background: Worker, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._files, self._background, self._messages = files, background, messages
        self._reading: Job | None = None
        self._framings: dict[Path, Framing] = {}
        self._areas: dict[tuple[Path, Framing, tuple[int, int] | None], MaskedAreas | None] = {}
        self.current: Document | None = None
        self.enlarged: Raster | None = None
        self._enlarged_by = 1
        self.loading = ""
        self.screen: bytes | None = None
        self.follow: Callable[[Document, Stays], None] = lambda document, stays: None
        """Brings the states that depend on the picture up to another one, in their order; see `Opening`."""

    def set_screen(self, profile: bytes | None) -> None:
        """Show everything in the colours of this screen (an ICC profile; None is sRGB)."""
        if profile != self.screen:
            self.screen = profile
            self._recolor()

    def open(self, path: Path, framing: Framing | None = None, known: KnownAreas | None = None) -> None:
        """Open a file. A later call wins over one that is still reading.

        Args:
            path: the file.
            framing: what of it is taken; None is what was taken of it when it was open before.
            known: areas of what is taken; None is those that were marked when it was open before.
        """
        screen, framing = self.screen, self._framings.get(path, WHOLE) if framing is None else framing
        self._framings[path] = framing
        if known is not None:
            self._areas[path, framing, known.stamp] = known.areas

        def read() -> Document:
            stamp = _stamp(path)
            document = _document(path.name, path, self._files.read(path), screen, framing)
            document = replace(document, caption=self._files.caption(path), stamp=stamp)
            return replace(document, areas=self._areas_of(document))

        self._read(read, path.name)

    def frame(self, framing: Framing) -> None:
        """Take another part of the open picture, or turn it, from what its file holds; it is another picture from then on."""
        document = self.current
        if document is None or document.framing == framing:
            return
        if document.path is not None:
            self._framings[document.path] = framing

        def read() -> Document:
            made = _document(document.name, document.path, document.whole, document.screen, framing)
            made = replace(made, caption=document.caption, stamp=document.stamp)
            return replace(made, areas=self._areas_of(made))

        self._read(read, document.name, Stays.PHOTOGRAPH)

    def look_at_whole(self, on_done: Callable[[Document, WholeLook], None], on_ended: Callable[[], None]) -> None:
        """Make a small copy of all of the open picture, and see how much detail it has.

        Args:
            on_done: given both, unless another picture was opened meanwhile.
            on_ended: called at the end in any case.
        """
        document = self.current
        assert document is not None, "nothing is open"

        def take(look: WholeLook) -> None:
            if self.current is not None and self.current.picture is document.picture:
                on_done(self.current, look)

        job = self._background.submit(lambda _: whole_look(document), take, self._fail)
        job.ended.connect(on_ended)

    def mark(self, areas: MaskedAreas | None) -> None:
        """Have parts of the open picture made in another way; its results are others from then on."""
        document = self.current
        if document is None or document.areas is areas:
            return
        if document.path is not None:
            self._areas[document.path, document.framing, document.stamp] = areas
        self._take(replace(document, areas=areas), Stays.PICTURE)

    def open_pasted(self, image: QImage) -> None:
        """Open a picture from the clipboard, by way of a file so that it is read like any other."""
        screen = self.screen
        self._read(lambda: _pasted(image, self._files, screen), self.tr("Pasted picture"))

    def open_encoded(self, data: bytes, name: str, image: QImage | None) -> None:
        """Open the bytes of a picture file that another program gave.

        Args:
            data: the file.
            name: what it is called there; empty if that is not known.
            image: the same picture as Qt has read it, for what the codecs cannot read; None if Qt cannot either.
        """
        screen = self.screen

        def read() -> Document:
            try:
                return _encoded(data, name, self._files, screen)
            except ImageReadError:
                if image is None:
                    raise
                return _pasted(image, self._files, screen)

        self._read(read, name or self.tr("Pasted picture"))

    def enlarge(self, factor: int) -> None:
        """Make the bicubic picture for comparison, `factor` times larger."""
        document = self.current
        self._enlarged_by = factor
        if document is None:
            return
        if document.size.width * document.size.height * factor**2 > MAX_ENLARGED_PIXELS:
            if self.enlarged is not None:  # one of a smaller factor
                self.enlarged = None
                self.enlarged_changed.emit()
            return
        picture, convert = document.picture, document.convert
        self._background.submit(
            lambda _: enlarged_raster(picture.pixels, factor, convert, picture.alpha),
            lambda raster: self._on_enlarged(document, factor, raster),
            self._fail,
        )

    def _areas_of(self, document: Document) -> MaskedAreas | None:
        """Those that were marked when the same part of the same picture was open before."""
        areas = None if document.path is None else self._areas.get((document.path, document.framing, document.stamp))
        is_fitting = areas is not None and areas.mask.shape == (document.size.height, document.size.width)
        return areas if is_fitting else None

    def _read(self, read: Callable[[], Document], name: str, stays: Stays = Stays.NOTHING) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._messages.settle(Subject.OPENING)
        self._set_loading(name)
        self._reading = self._background.submit(
            lambda _: read(), lambda document: self._take(document, stays), self._on_failed
        )

    def _take(self, document: Document, stays: Stays) -> None:
        self.current = document
        self._messages.settle(*Subject)
        if stays is not Stays.PICTURE:
            self._set_loading("")
            self.enlarged = None
            for note in document.picture.notes:
                self._messages.tell(note)
        self.follow(document, stays)
        self.opened.emit()
        self._recolor()

    def _recolor(self) -> None:
        document, screen = self.current, self.screen
        if document is None or document.screen == screen:
            return
        self._background.submit(
            lambda _: (document, _recolored(document, screen)),
            self._on_recolored,
            self._fail,
        )

    def _on_recolored(self, answer: tuple[Document, Document]) -> None:
        before, document = answer
        if before is self.current and document.screen == self.screen:
            self.current, self.enlarged = document, None
            self.recolored.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._set_loading("")
        self._messages.fail(failure, Subject.OPENING)

    def _fail(self, failure: Failure) -> None:
        """Tell of a picture for display that could not be made."""
        self._messages.fail(failure, Subject.COMPUTING)

    def _on_enlarged(self, document: Document, factor: int, raster: Raster) -> None:
        if self.current is not None and document.raster is self.current.raster and factor == self._enlarged_by:
            self.enlarged = raster
            self.enlarged_changed.emit()

    def _set_loading(self, name: str) -> None:
        self.loading = name
        self.loading_changed.emit()


def whole_look(document: Document) -> WholeLook:
    """What `WholeLook` says of a picture. Not for the GUI thread."""
    from mfsr_engine.images.detail import detail_limit

    raster, whole = document.raster, document.whole
    if document.original is not None:
        raster = raster_of(np.asarray(whole.pixels, np.float32), whole.alpha, document.convert)
    return WholeLook(raster.size, raster.small(PREVIEW_PX), detail_limit(whole.pixels))


def _document(name: str, path: Path | None, whole: Picture, screen: bytes | None, framing: Framing = WHOLE) -> Document:
    from mfsr_engine.images.blocks import without_blocks
    from mfsr_engine.images.framing import framed
    from mfsr_engine.upscale.suited_fidelity import measured_damage, suited_fidelity

    picture = framed(whole, framing)
    convert = to_screen(picture.kept.icc_profile, screen)
    raster = raster_of(np.asarray(picture.pixels, np.float32), picture.alpha, convert)
    original = None if picture is whole else whole
    made = Document(name, path, picture, raster, convert=convert, screen=screen, original=original, framing=framing)
    damage = measured_damage(picture.pixels)
    seen, notes = without_blocks(picture)
    smoothed = None if seen is picture.pixels else seen
    if notes:
        picture = replace(picture, notes=tuple(dict.fromkeys((*picture.notes, *notes))))
    return replace(made, picture=picture, damage=damage, suited_fidelity=suited_fidelity(damage), smoothed=smoothed)


def _recolored(document: Document, screen: bytes | None) -> Document:
    """The same picture in the colours of another screen."""
    made = _document(document.name, document.path, document.whole, screen, document.framing)
    return replace(
        made,
        picture=document.picture,  # the very same, by which results know that they are of it
        smoothed=document.smoothed,
        caption=document.caption,
        stamp=document.stamp,
        areas=document.areas,
    )


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _encoded(data: bytes, name: str, files: PictureFiles, screen: bytes | None) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PASTED_NAME
        path.write_bytes(data)
        picture = files.read(path)
    if picture.alpha is not None and not picture.alpha.any():  # see `_visible`
        picture = replace(picture, alpha=None)
    return _document(name if is_image_path(Path(name)) else PASTED_NAME, None, picture, screen)


def _pasted(image: QImage, files: PictureFiles, screen: bytes | None) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PASTED_NAME
        if not _visible(image).save(str(path)):
            raise ImageReadError("The picture on the clipboard cannot be read. Save it as a file and open that.")
        return _document(PASTED_NAME, None, files.read(path), screen)


def _visible(image: QImage) -> QImage:
    """A picture from the clipboard, without its opacity if that is 0 everywhere: programs that know of none leave it so."""
    if not image.hasAlphaChannel():
        return image
    opacity = image.convertToFormat(QImage.Format.Format_Alpha8)
    rows = np.frombuffer(opacity.constBits(), np.uint8).reshape(opacity.height(), opacity.bytesPerLine())
    if rows[:, : opacity.width()].any():
        return image
    whole = image
    if image.format() != QImage.Format.Format_ARGB32_Premultiplied:
        whole = image.convertToFormat(QImage.Format.Format_ARGB32)
    whole.reinterpretAsFormat(QImage.Format.Format_RGB32)  # to convert it would multiply the colours by 0
    return whole
