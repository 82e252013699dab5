"""Runs the program with a witness that writes down, four times a second, what is on the screen and where. It changes nothing.

python scripts/window_witness.py SIGHT.json [FILES OF THE PROGRAM ...]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from mfsr_app import application
from mfsr_app.main import main
from mfsr_app.parts import WindowParts
from mfsr_app.window import MainWindow

PERIOD_MS = 250


class Witness(QObject):
    """Looks at all visible widgets."""

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._path = path
        timer = QTimer(self)
        timer.timeout.connect(self.write)
        timer.start(PERIOD_MS)

    @Slot()
    def write(self) -> None:
        """Write what is seen, whole or not at all."""
        seen = [_entry(widget) for widget in QApplication.allWidgets() if widget.isVisible()]
        temporary = self._path.with_suffix(".part")
        temporary.write_text(json.dumps(seen), encoding="utf-8")
        temporary.replace(self._path)


def _entry(widget: QWidget) -> dict[str, Any]:
    seen = widget.visibleRegion().boundingRect()
    corner, text, ratio = widget.mapToGlobal(seen.topLeft()), _text(widget), widget.devicePixelRatio()
    return {
        "name": widget.accessibleName() or text,
        "text": text,
        "kind": type(widget).__name__,
        "x": round(ratio * corner.x()),
        "y": round(ratio * corner.y()),
        "width": round(ratio * seen.width()),
        "height": round(ratio * seen.height()),
        "is_enabled": widget.isEnabled(),
    }


def _text(widget: QWidget) -> str:
    for name in ("text", "currentText", "title"):
        said = getattr(widget, name, "")
        words = said() if callable(said) else said
        if words:
            return str(words)
    return ""


def watched(path: Path) -> type[MainWindow]:
    """The program's window, with a witness in it."""

    class Watched(MainWindow):
        def __init__(self, parts: WindowParts) -> None:
            super().__init__(parts)
            Witness(path, self)

    return Watched


if __name__ == "__main__":
    application.MainWindow = watched(Path(sys.argv[1]))  # type: ignore[misc]
    raise SystemExit(main(sys.argv[2:]))
