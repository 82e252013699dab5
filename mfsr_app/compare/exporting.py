"""Exports a comparison: side by side with labels, or as an animation. Drawn and written in the background."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QImageWriter, QPainter

from mfsr_app.compare.painting import paint_shown
from mfsr_app.compare.values import ANIMATED, FRAME_MS, ExportKind, Look, View
from mfsr_app.desktop.messages import MessageKind, Subject
from mfsr_app.imaging.display_color import from_screen
from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files import atomic
from mfsr_engine.geometry import Rect, Size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL import Image

    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.values import Shown
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Worker

MAX_STILL_PX, MAX_MOVING_PX, MAX_PREVIEW_PX = 4096, 1280, 640
"""Longest side of one picture of a pair, of an animation, and of either where it is only looked at before."""
GAP_PX = 8
BACK, WORDS = QColor("#202224"), QColor("#ffffff")


@dataclass(frozen=True)
class Pair:
    """Two sides of a comparison and the part of them to be drawn."""

    first: Shown
    """Left, or before."""
    second: Shown
    """Right, or after."""
    source: Size
    """Size of the picture in source pixels."""
    area: Rect
    """The part, in source pixels."""
    factor: int
    """Pixels of the result per source pixel."""
    screen: bytes | None = None
    """ICC profile of the screen that the sides are made for; None is sRGB."""


def drawn_pair(pair: Pair) -> QImage:
    """Both sides beside each other, or above each other if they are wide, with labels."""
    first, second = (_drawn(pair, side, MAX_STILL_PX) for side in (pair.first, pair.second))
    return in_srgb(_beside(first, second), pair.screen)


def _beside(first: QImage, second: QImage) -> QImage:
    width, height = first.width(), first.height()
    across = width <= 2 * height
    size = (2 * width + GAP_PX, height) if across else (width, 2 * height + GAP_PX)
    whole = QImage(*size, QImage.Format.Format_RGB32)
    whole.fill(BACK)
    painter = QPainter(whole)
    painter.drawImage(0, 0, first)
    painter.drawImage(width + GAP_PX if across else 0, 0 if across else height + GAP_PX, second)
    painter.end()
    return whole


def in_srgb(image: QImage, screen: bytes | None) -> QImage:
    """A picture in the colours of a screen, as others should see it. Words on it may change by a shade."""
    convert = from_screen(screen)
    if convert is None:
        return image
    rgb = convert(_pixels(image))
    height, width = rgb.shape[:2]
    return QImage(np.ascontiguousarray(rgb).data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def write_picture(image: QImage, path: Path, source: Path | None = None) -> None:
    """Write a still picture; the format follows the ending. `source` is the photograph's file, which is kept.

    Raises:
        ImageWriteError: it cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(path.suffix.removeprefix(".").encode())).write(image):
        raise ImageWriteError(f"{path} cannot be written. Choose another place, or the ending .png.")
    with _whole(path, source) as file:
        file.write(buffer.data().data())


def write_turns(pair: Pair, path: Path, source: Path | None = None) -> None:
    """Write both sides as an animation without end; its ending is one of `ANIMATED`. `source` is the photograph's file, which is kept.

    Raises:
        ImageWriteError: it cannot be written.
    """
    drawn = (in_srgb(_drawn(pair, side, MAX_MOVING_PX), pair.screen) for side in (pair.first, pair.second))
    first, second = (_as_pillow(image) for image in drawn)
    kind = ANIMATED[path.suffix.lower()]
    if kind == "GIF":
        first, second = _in_common_colors(first, second)
    with _whole(path, source) as file:
        first.save(file, kind, save_all=True, append_images=[second], duration=FRAME_MS, loop=0, quality=90)


def _in_common_colors(first: Image.Image, second: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Two pictures in 256 colors for both together. An octree keeps small things of a color of their own, such as green eyes, which
    Pillow's usual median cut turns brown; without dithering nothing flickers between the two.
    """
    from PIL import Image

    both = Image.new("RGB", (first.width, first.height + second.height))
    both.paste(first, (0, 0))
    both.paste(second, (0, first.height))
    palette = both.quantize(256, Image.Quantize.FASTOCTREE)
    kept = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in (first, second)]
    return kept[0], kept[1]


@contextmanager
def _whole(path: Path, source: Path | None) -> Iterator[BinaryIO]:
    """Where to write; it takes the place of what is there once all of it is written. The photograph itself gets another name."""

    def keep() -> None:
        if source is not None and not path.is_symlink() and atomic.is_same_file(path, source):
            atomic.keep_beside(path)

    try:
        with atomic.replacing(path, keep) as file:
            yield file
    except (OSError, ValueError) as error:
        raise ImageWriteError(f"{path} cannot be written: {error}. Choose another place.") from error


def _drawn(pair: Pair, side: Shown, max_px: int) -> QImage:
    """One side at one pixel of the result each, or smaller if that would be too large, with its label below."""
    area = pair.area
    scale = min(float(pair.factor), max_px / max(area.width, area.height))
    port = Size(area.width, area.height).scaled(scale)
    view = View(area.x + area.width / 2, area.y + area.height / 2, scale)
    font = QFont()
    font.setPixelSize(max(13, min(28, port.width // 24)))
    strip = round(QFontMetricsF(font).height() * 1.6)
    image = QImage(port.width, port.height + strip, QImage.Format.Format_RGB32)
    image.fill(BACK)
    painter = QPainter(image)
    painter.setClipRect(0, 0, port.width, port.height)
    paint_shown(painter, side, Look(view, pair.source, port))
    painter.setClipping(False)
    painter.setFont(font)
    painter.setPen(WORDS)
    below = QRectF(0, port.height, port.width, strip)
    text = QFontMetricsF(font).elidedText(
        " · ".join(filter(None, (side.title, side.legend))), Qt.TextElideMode.ElideRight, port.width - 8
    )
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return image


def _as_pillow(image: QImage) -> Image.Image:
    from PIL import Image

    return Image.fromarray(_pixels(image))


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, copied."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


class ExportState(QObject):
    """Writes the part in view, as it is compared now."""

    exported = Signal(object)
    """Path of a file that was written."""

    def __init__(
        self,
        document: DocumentState,
        view: ViewModel,
        comparison: Comparison,
        background: Worker,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._comparison = document, view, comparison
        self._background, self._messages = background, messages

    def export(self, kind: ExportKind, path: Path, screen: QImage) -> None:
        """Write a comparison.

        Args:
            kind: what of it.
            path: where to; the ending decides the format.
            screen: the panes as they look now, for `ExportKind.VIEW`.
        """
        pair, document = self._pair(), self._document.current
        if pair is None or document is None:
            return

        def write() -> Path:
            match kind:
                case ExportKind.VIEW:
                    write_picture(in_srgb(screen, pair.screen), path, document.path)
                case ExportKind.PAIR:
                    write_picture(drawn_pair(pair), path, document.path)
                case ExportKind.TURNS:
                    write_turns(pair, path, document.path)
            return path

        self._messages.settle(Subject.SAVING)
        self._background.submit(lambda _: write(), self._on_written, self._fail)

    def preview(self, kind: ExportKind, screen: QImage) -> list[QImage]:
        """What an export shows, smaller: one picture, or those of an animation. None without a picture."""
        pair = self._pair()
        if pair is None:
            return []
        if kind is ExportKind.VIEW:
            return [screen]
        sides = [_drawn(pair, side, MAX_PREVIEW_PX) for side in (pair.first, pair.second)]
        return sides if kind is ExportKind.TURNS else [_beside(*sides)]

    def _pair(self) -> Pair | None:
        source = self._view.source
        if self._document.current is None:
            return None
        area = self._view.visible or Rect(0, 0, source.width, source.height)
        scene = self._comparison.scene()
        return Pair(scene.left, scene.right, source, area, self._view.factor, self._document.screen)

    def _fail(self, failure: Failure) -> None:
        self._messages.fail(failure, Subject.SAVING)

    def _on_written(self, path: Path) -> None:
        self._messages.tell(self.tr("Exported {0}.").format(path), MessageKind.DONE, path)
        self.exported.emit(path)
