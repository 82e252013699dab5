"""The colour profile of the current screen: chosen in the settings, else the system's, else sRGB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from mfsr_app.desktop.screen_profile import MAX_PROFILE_BYTES, ScreenPlace, system_profile
from mfsr_app.imaging.display_color import is_for_screens
from mfsr_engine.errors import ImageReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.compare.document import DocumentState
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_app.settings.settings import SettingsState


class ScreenState(QObject):
    """Tells the document when its colours must be made anew. What is found is looked for in the background."""

    def __init__(
        self,
        document: DocumentState,
        settings: SettingsState,
        background: Worker,
        messages: Messages,
        of_system: Callable[[ScreenPlace], bytes | None] = system_profile,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._settings = document, settings
        self._background, self._messages, self._of_system = background, messages, of_system
        self._place = ScreenPlace("")
        self._asked: tuple[ScreenPlace, str] = (self._place, "")
        self._looking: Job | None = None
        settings.changed.connect(self._look)

    @Slot(QScreen)
    def use(self, screen: QScreen) -> None:
        """The window is on this screen now."""
        corner, screens = screen.geometry().topLeft(), QGuiApplication.screens()
        number = screens.index(screen) if screen in screens else 0
        self._place = ScreenPlace(QGuiApplication.platformName(), number, corner.x(), corner.y())
        self._look()

    @Slot()
    def _look(self) -> None:
        asked = (self._place, self._settings.current.screen_profile)
        if asked == self._asked:
            return
        if self._looking is not None:
            self._looking.cancel()
        self._asked = asked
        place, path = asked
        self._looking = self._background.submit(
            lambda _: _chosen(Path(path).expanduser()) if path else self._of_system(place),
            self._on_found,
            self._on_failed,
        )

    def _on_found(self, profile: bytes | None) -> None:
        self._document.set_screen(profile if is_for_screens(profile) else None)

    def _on_failed(self, failure: Failure) -> None:
        self._messages.fail(failure)
        self._document.set_screen(None)


def _chosen(path: Path) -> bytes:
    """The profile of a file.

    Raises:
        ImageReadError: it is not one.
    """
    try:
        found = path.read_bytes() if path.stat().st_size <= MAX_PROFILE_BYTES else b""
    except OSError as error:
        raise ImageReadError(f"The screen profile {path} cannot be read: {error}. Choose another one.") from error
    if not is_for_screens(found):
        raise ImageReadError(f"{path} is no colour profile of a screen. Choose a file that ends in .icc or .icm.")
    return found
