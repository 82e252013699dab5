"""What actions do: dialogs, clipboard, dropped files, and calls of the states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from mfsr_app.compare.areas_dialog import ask_areas
from mfsr_app.compare.export_dialog import ask_export, export_words
from mfsr_app.compare.framing_dialog import ask_framing
from mfsr_app.compare.values import ANIMATED, ExportKind, Mode
from mfsr_app.desktop.offer import Offer, words_for_left_out
from mfsr_app.ui.file_filters import FILTERS, READABLE, WRITABLE, agreed_path, pictures_folder
from mfsr_app.ui.original_question import ask_to_overwrite, ask_to_replace
from mfsr_engine.files.atomic import is_same_file
from mfsr_engine.framing import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.compare.areas_dialog import AreasAnswer
    from mfsr_app.compare.document import Document
    from mfsr_app.compare.states import CompareStates
    from mfsr_app.compare.values import Export, WholeLook
    from mfsr_app.desktop.messages import Messages
    from mfsr_engine.framing import Framing


class Commands(QObject):
    """Acts on the states of the compare page; the window is only the parent of dialogs."""

    many_opened = Signal(list)
    """Paths that are more than one photograph."""
    queue_asked = Signal(object)
    """The Document that is open is to be worked through by the queue."""

    def __init__(self, states: CompareStates, messages: Messages, sample: Path | None, window: QWidget) -> None:
        super().__init__(window)
        self._states, self._messages, self._sample, self._window = states, messages, sample, window
        self._is_framing = False
        self.grab_panes: Callable[[], QImage] = QImage
        """Takes a picture of the panes; the window puts the real one here."""
        self.ask_to_replace: Callable[[Path], bool] = lambda path: ask_to_replace(window, path)
        """Asks before the open photograph is replaced; tests put their answer here."""
        self.ask_to_overwrite: Callable[[Path], bool] = lambda path: ask_to_overwrite(window, path)
        """Asks before another file is replaced that the dialog has not asked about."""
        self.ask_framing: Callable[[Document, WholeLook], Framing | None] = lambda document, whole: ask_framing(
            whole, document.framing, window
        )
        """Asks what of the picture is taken; tests put their answer here."""
        self.ask_areas: Callable[[Document], AreasAnswer | None] = lambda document: ask_areas(
            document.raster, document.areas, window
        )
        """Asks which parts are made in another way; tests put their answer here."""
        self.choose_export: Callable[[QImage], Export | None] = lambda screen: ask_export(
            lambda kind: self._states.exporting.preview(kind, screen), window
        )
        """Asks what of the comparison is exported, given the panes as they look; tests put their answer here."""
        self.open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl
        """Opens a file or a folder in the program that the desktop has for it."""

    def handlers(self) -> dict[str, Callable[[], None]]:
        """What each action does, by its name."""
        choices, view, comparison = self._states.choices, self._states.view, self._states.comparison
        return {
            "open": self.ask_open,
            "paste": self.paste,
            "sample": self.open_sample,
            "previous_photo": lambda: self._states.folder.step(-1),
            "next_photo": lambda: self._states.folder.step(1),
            "film": lambda: self._states.folder.show_strip(is_wanted=not self._states.folder.is_strip_wanted),
            "frame": self.ask_frame,
            "areas": self.ask_for_areas,
            "to_queue": self.add_to_queue,
            "turn_left": lambda: self._turn(-1),
            "turn_right": lambda: self._turn(1),
            "save": self.ask_save,
            "copy": self._states.drag.copy,
            "upscale": self._states.upscaling.compute_whole,
            "cancel": self.cancel,
            "more_steps": lambda: choices.set_steps((choices.settings.steps or 1) + 1),
            "fewer_steps": lambda: choices.set_steps((choices.settings.steps or 1) - 1),
            "roll_seed": choices.roll_seed,
            "zoom_in": lambda: view.step(1),
            "zoom_out": lambda: view.step(-1),
            "zoom_100": lambda: view.zoom_to(1.0),
            "zoom_fit": view.fit,
            "zoom_fill": view.fill,
            "side-by-side": lambda: comparison.set_mode(Mode.SIDE_BY_SIDE),
            "split": lambda: comparison.set_mode(Mode.SPLIT),
            "lens": lambda: comparison.set_mode(Mode.LENS),
            "difference": lambda: comparison.set_mode(Mode.DIFFERENCE),
            "swap": comparison.swap,
            "consistency": self._toggle_consistency,
            "seed_variance": self._toggle_seed_variance,
            "sweep": self._sweep_steps,
            "close_sweep": self._states.sweep.close,
            "model_sweep": self._sweep_models,
            "close_model_sweep": self._states.model_sweep.close,
            "beside": self.ask_beside,
            "export": self.ask_export,
        }

    def open_paths(self, paths: list[Path]) -> None:
        """Open a photograph; several, or a folder, go to the queue."""
        if len(paths) > 1 or paths[0].is_dir():
            self.many_opened.emit(paths)
        else:
            self._states.document.open(paths[0])

    def open_data(self, data: QMimeData) -> bool:
        """Open the files, or else the picture, that were dropped or pasted; whether there were any.

        Files come first: the picture that file managers offer with them is their icon. What of a list cannot be opened is told.
        """
        offer = Offer(data)
        document = self._states.document
        if offer.paths:
            self.open_paths(offer.paths)
            if words := words_for_left_out(offer):
                self._messages.tell(words)
        elif not offer.has_picture:
            return False
        elif offer.encoded is not None:
            document.open_encoded(offer.encoded.data, offer.encoded.name, offer.image)
        elif offer.image is not None:
            document.open_pasted(offer.image)
        return True

    def open_dropped(self, data: QMimeData) -> bool:
        """The same for what was dropped; says why where it cannot be opened."""
        is_opened = self.open_data(data)
        if not is_opened:
            words = self.tr("Only files and pictures can be dropped here. Save the picture as a file and drop that.")
            self._messages.tell(words_for_left_out(Offer(data)) or words)
        return is_opened

    def ask_open(self) -> None:
        """Let the user choose a file."""
        words = self.tr("Photographs ({0});;All files (*)").format(READABLE)
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open a photograph"), self._folder(), words)
        if name:
            self.open_paths([Path(name)])

    def ask_frame(self) -> None:
        """Let the user choose what of the picture is taken, once all of it was looked at in the background."""
        if self._states.document.current is not None and not self._is_framing:
            self._is_framing = True
            self._states.document.look_at_whole(self._frame, self._on_framing_ended)

    def _frame(self, document: Document, whole: WholeLook) -> None:
        framing = self.ask_framing(document, whole)
        if framing is not None and self._is_still_open(document):
            self._states.document.frame(framing)

    @Slot()
    def _on_framing_ended(self) -> None:
        self._is_framing = False

    def ask_for_areas(self) -> None:
        """Let the user paint parts that are made in another way."""
        state = self._states.document
        if (document := state.current) is not None:
            answer = self.ask_areas(document)
            if answer is not None and self._is_still_open(document):
                state.mark(answer.areas)

    def add_to_queue(self) -> None:
        """Put the open photograph into the queue, with its areas. The queue takes files, and all of them."""
        document = self._states.document.current
        if document is None:
            return
        if document.path is None:
            self._messages.tell(self.tr("The queue takes files. Save this picture as a file and add that."))
        elif document.framing != WHOLE:
            words = self.tr("The queue takes whole files: without cropping, turning and reducing. Undo these first.")
            self._messages.tell(words)
        else:
            self.queue_asked.emit(document)

    def _is_still_open(self, document: Document) -> bool:
        """Whether no other picture has been opened while something was asked about this one."""
        now = self._states.document.current
        return now is not None and now.picture is document.picture

    def _turn(self, quarter_turns: int) -> None:
        state = self._states.document
        if state.current is not None:
            state.frame(state.current.framing.turned(quarter_turns))

    def ask_beside(self, on_left: bool = False) -> None:
        """Let the user choose a file to compare with, for the right side if not told otherwise."""
        words = self.tr("Photographs ({0});;All files (*)").format(READABLE)
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Compare with a file"), self._folder(), words)
        if name:
            self._states.beside.add(Path(name), on_left=on_left)

    def _sweep_steps(self) -> None:
        """One strip at a time: each computes while the other would wait."""
        self._states.model_sweep.close()
        self._states.sweep.start()

    def _sweep_models(self) -> None:
        self._states.sweep.close()
        self._states.model_sweep.start()

    def _toggle_consistency(self) -> None:
        """One overlay at a time: two over each other cannot be read."""
        self._states.seed_variance.hide()
        self._states.consistency.toggle()

    def _toggle_seed_variance(self) -> None:
        self._states.consistency.hide()
        self._states.seed_variance.toggle()

    def cancel(self) -> None:
        """Stop what the user asked for last; what is computed on its own comes after that."""
        for series in (self._states.sweep, self._states.model_sweep, self._states.seed_variance):
            if series.is_running:
                series.cancel()
                return
        self._states.upscaling.cancel()

    def ask_save(self) -> None:
        """Let the user choose where to."""
        saving = self._states.saving
        suggested, offered = saving.suggested_path, saving.output.format
        name, chosen = QFileDialog.getSaveFileName(
            self._window, self.tr("Save as"), str(suggested), WRITABLE, FILTERS[offered]
        )
        if not name:
            return
        path = agreed_path(Path(name), chosen, suggested, offered)
        is_asked = path == Path(name) or not path.exists() or self._is_original(path) or self.ask_to_overwrite(path)
        if is_asked and self._may_replace(path):
            saving.save(path)

    @Slot(object)
    def open_file(self, path: Path) -> None:
        """Open a file in the program that the desktop has for it."""
        if not path.exists() or not self.open_url(QUrl.fromLocalFile(str(path))):
            words = self.tr("{0} could not be opened. It may have been moved, or no program is set up for it.")
            self._messages.tell(words.format(path))

    @Slot(object)
    def show_in_folder(self, path: Path) -> None:
        """Open the folder that a file lies in."""
        self.open_file(path.parent)

    def ask_export(self) -> None:
        """Let the user choose what of the comparison goes to a file, and where to."""
        document = self._states.document.current
        if document is None:
            return
        screen = self.grab_panes()
        export = self.choose_export(screen)
        if export is None:
            return
        stem = f"{Path(document.name).stem}_comparison{export.suffix}"
        suggested = str(self._states.saving.suggested_path.with_name(stem))
        title, words = self.tr("Export the part in view"), f"{export_words(export)} (*{export.suffix})"
        name, _ = QFileDialog.getSaveFileName(self._window, title, suggested, words)
        if name:
            path, kind, suffix = Path(name), export.kind, export.suffix
            if path.suffix.lower() in ANIMATED:  # typed, if it is not what was chosen
                kind, suffix = ExportKind.TURNS, path.suffix
            path = path if path.suffix == suffix else path.with_suffix(suffix)
            if self._may_replace(path):
                self._states.exporting.export(kind, path, screen)

    def _may_replace(self, path: Path) -> bool:
        """Whether a file may be written there; asks if it is the open photograph, under whatever name."""
        return not self._is_original(path) or self.ask_to_replace(path)

    def _is_original(self, path: Path) -> bool:
        document = self._states.document.current
        return document is not None and document.path is not None and is_same_file(path, document.path)

    def open_sample(self) -> None:
        """Open the photograph that came with the program."""
        if self._sample is not None:
            self.open_paths([self._sample])

    def paste(self) -> None:
        """Open what is on the clipboard: a picture, or the name of a file."""
        data = QGuiApplication.clipboard().mimeData()
        if data is None or not self.open_data(data):
            words = self.tr("There is no picture on the clipboard. Copy one and paste again.")
            self._messages.tell((words_for_left_out(Offer(data)) if data is not None else "") or words)

    def _folder(self) -> str:
        """Where to look for photographs: beside the open one, else where the system keeps them."""
        document = self._states.document.current
        if document is not None and document.path is not None:
            return str(document.path.parent)
        return pictures_folder()
