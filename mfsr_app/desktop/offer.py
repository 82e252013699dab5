"""What another program offers when something of it is dropped or pasted: files, the bytes of a picture, or only addresses. Opens
nothing, and says what of it cannot be opened.
"""

from __future__ import annotations

import binascii
import re
import socket
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QImage

from mfsr_engine.files.paths import is_there

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QMimeData

translate = QCoreApplication.translate

ENCODED_AS = (
    "image/png", "image/tiff", "image/avif", "image/heif", "image/jxl", "image/webp", "image/jpeg", "image/gif",
    "image/bmp",
)  # fmt: skip
"""Kinds in which programs offer pictures, what keeps most of them first."""
UNNAMED = "application/octet-stream"
"""The kind under which browsers offer the file of a picture that is dragged."""
COPIED_FILES = "x-special/gnome-copied-files"
"""Where file managers list files that were copied; the first line says whether they are to be moved."""
WORDS_BETWEEN = ("copy", "cut", "x-special/nautilus-clipboard")
"""Lines of such lists that name no file."""
ICON_PX = 256
"""Pictures no larger may be the icon of a file that is offered with them."""
MAIL = ("mailbox", "imap", "mid", "cid", "message", "pop", "news", "akonadi", "evolution-mail")
"""Schemes of addresses by which mail programs know their attachments."""
_EMBEDDED = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']?(data:image/[^"'\s>]+)""", re.IGNORECASE)


@dataclass(frozen=True)
class Encoded:
    """A picture as another program encoded it."""

    data: bytes
    """A file of a picture."""
    name: str = ""
    """What the file is called where it comes from; empty if that is not said."""


class Offer:
    """What was dropped or pasted. Its parts are asked of the other program only when they are read."""

    def __init__(self, data: QMimeData) -> None:
        self._data = data

    @cached_property
    def paths(self) -> list[Path]:
        """Files and folders that are there, in the order in which they were chosen."""
        return [path for path in self._named if is_there(path)]

    @cached_property
    def missing(self) -> list[Path]:
        """Files of this computer that are not there."""
        return [path for path in self._named if not is_there(path)]

    @cached_property
    def remote(self) -> list[QUrl]:
        """Addresses that are no files of this computer."""
        return [url for url in self._urls if _local(url) is None and url.scheme() != "data"]

    @property
    def is_of_mail(self) -> bool:
        """Whether any of the addresses is of a mail program."""
        return any(url.scheme() in MAIL or url.scheme().startswith("mailbox") for url in self.remote)

    @cached_property
    def image(self) -> QImage | None:
        """The picture, as Qt reads it."""
        image = self._data.imageData() if self._data.hasImage() else None
        return image if isinstance(image, QImage) and not image.isNull() else None

    @cached_property
    def encoded(self) -> Encoded | None:
        """The picture as a file, which holds more than Qt reads: profile, depth, and formats that Qt does not know."""
        for kind in ENCODED_AS:
            if self._data.hasFormat(kind) and (held := bytes(self._data.data(kind).data())):
                return Encoded(held, self._name)
        for address in self._embedded():
            if held := _decoded(address):
                return Encoded(held)
        if self.remote and self._data.hasFormat(UNNAMED) and (held := bytes(self._data.data(UNNAMED).data())):
            return Encoded(held, self._name)
        return None

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture that is not the icon of a file."""
        if self.image is not None and self._named:
            return max(self.image.width(), self.image.height()) > ICON_PX
        return self.image is not None or self.encoded is not None

    @cached_property
    def _urls(self) -> list[QUrl]:
        listed = [url for url in self._data.urls() if not url.isEmpty()]
        if not listed and self._data.hasFormat(COPIED_FILES):
            listed = [
                QUrl(line) for line in _lines(bytes(self._data.data(COPIED_FILES).data()).decode(errors="replace"))
            ]
        return listed

    @cached_property
    def _named(self) -> list[Path]:
        paths = [path for path in map(_local, self._urls) if path is not None]
        if not self._urls and self._data.hasText():  # a text names what is there, or it is only a text
            paths = [path for path in _in_text(self._data.text()) if path.is_absolute() and is_there(path)]
        return list(dict.fromkeys(paths))

    @property
    def _name(self) -> str:
        names = [url.fileName() for url in self.remote]
        return names[0] if len(names) == 1 else ""

    def _embedded(self) -> Iterator[str]:
        """Addresses that hold the picture themselves."""
        yield from (url.toString() for url in self._data.urls() if url.scheme() == "data")
        if self._data.hasHtml():
            yield from (unescape(found) for found in _EMBEDDED.findall(self._data.html()))


def _local(url: QUrl) -> Path | None:
    """The file of this computer at an address; None if it is elsewhere."""
    if not url.isLocalFile():
        return None
    if url.host() in ("localhost", socket.gethostname().lower()):
        url = QUrl(url)
        url.setHost("")
    return Path(url.toLocalFile()) if url.toLocalFile() else None


def _lines(text: str) -> list[str]:
    """The lines of a list of files, without comments and what says how they were copied."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#") and line not in WORDS_BETWEEN]


def _in_text(text: str) -> Iterator[Path]:
    """Files named by the lines of a text, as paths or as addresses."""
    for line in _lines(text):
        url = QUrl(line)
        path = _local(url) if url.isLocalFile() else Path(line)
        if path is not None:
            yield path


def _decoded(address: str) -> bytes:
    """The bytes in a `data:` address; none if they cannot be read."""
    head, _, body = address.partition(",")
    held = unquote_to_bytes(body)
    if not head.startswith("data:image/"):
        return b""
    if not head.endswith(";base64"):
        return held
    try:
        return b64decode(held)
    except binascii.Error:
        return b""


def words_for_left_out(offer: Offer) -> str:
    """Sentences about files that are not there and addresses of other places; empty if there are none."""
    words = []
    if len(offer.missing) == 1:
        name = offer.missing[0].name
        words.append(translate("LeftOut", "{0} is not there. It may have been moved or deleted.").format(name))
    elif offer.missing:
        count = len(offer.missing)
        words.append(
            translate("LeftOut", "{0} files are not there. They may have been moved or deleted.").format(count)
        )
    if offer.is_of_mail:
        words.append(
            translate("LeftOut", "The mail program gave only an address. Save the attachment as a file and open that.")
        )
    elif offer.remote:
        words.append(
            translate(
                "LeftOut",
                "Addresses of other computers are not opened. Save the picture as a file, or copy it and paste it here.",
            )
        )
    return " ".join(words)
