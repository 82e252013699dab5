"""Every error a user can meet. Messages say what happened and what to do next; nothing here knows how they are shown."""

from __future__ import annotations


class MfsrError(Exception):
    """Base of all errors that are meant for the user's eyes: one or two plain sentences, no traceback needed."""


class Cancelled(MfsrError):  # noqa: N818 - a wish, not an error
    """The user stopped the work; nothing was written."""

    def __init__(self, words: str = "Stopped. Nothing was written.") -> None:
        super().__init__(words)


class ImageReadError(MfsrError):
    """The input cannot be read as a picture: missing, unreadable, empty, truncated, or not an image."""


class ImageWriteError(MfsrError):
    """The result cannot be written: no permission, no space, a format that cannot hold it, or a file in the way."""


class ImageExistsError(ImageWriteError):
    """There is a file of the result's name already, and it is not to be replaced."""


class ModelError(MfsrError):
    """A model is unknown, incomplete, of an unknown family, or its weights do not fit its configuration."""


class DeviceError(MfsrError):
    """The asked device or precision does not exist or does not work on this computer."""


class OutOfMemoryError(MfsrError):
    """The work does not fit into memory even with the smallest tile."""


class RequestError(MfsrError):
    """The request contradicts itself or leaves the allowed range, for example a target width of zero."""


class HubError(MfsrError):
    """A download failed: no network, refused, gated, cut off, damaged, or no space."""
