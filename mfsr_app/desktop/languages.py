"""The language of the window, and changing it while the window is open."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from mfsr_engine.files.paths import resources_dir
from mfsr_engine.settings.settings import Language


class Languages(QObject):
    """Holds the translators: ours, and Qt's own for its dialogs. English is what the code says, and needs none."""

    changed = Signal()
    """Words come in another language from now on; what is shown must be made again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current = Language.ENGLISH
        self._translators: list[QTranslator] = []

    def choose(self, wanted: Language) -> None:
        """Use a language, or that of the desktop."""
        language = of_desktop(QLocale.system().uiLanguages()) if wanted is Language.SYSTEM else wanted
        if language is self.current:
            return
        self._remove()
        if language is not Language.ENGLISH:
            self._install(language)
        self.current = language
        self.changed.emit()

    def stop(self) -> None:
        """Leave the program's words as they are in the code."""
        self._remove()
        self.current = Language.ENGLISH

    def _install(self, language: Language) -> None:
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, folder in (("qtbase", qt_folder), ("mfsr", str(resources_dir() / "translations"))):
            translator = QTranslator(self)
            if translator.load(f"{name}_{language.value}", folder):
                QCoreApplication.installTranslator(translator)
                self._translators.append(translator)

    def _remove(self) -> None:
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        self._translators = []


def of_desktop(names: list[str]) -> Language:
    """The first language of this list that the window knows, else English.

    Args:
        names: languages as the desktop is set, the one liked best first, such as "zh-Hans-CN".
    """
    for name in names:
        locale = QLocale(name)
        if locale.language() is QLocale.Language.English:
            return Language.ENGLISH
        if locale.language() is QLocale.Language.Chinese:
            is_simplified = locale.script() is QLocale.Script.SimplifiedChineseScript
            return Language.CHINESE if is_simplified else Language.ENGLISH
    return Language.ENGLISH


def has_translations() -> bool:
    """Whether there is a language to choose beside English."""
    return any((resources_dir() / "translations").glob("*.qm"))
