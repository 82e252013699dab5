"""A window in a process of its own, with the scripted or the real engine, which works through its queue until it ends or is killed.

With `one` the engine does one picture and stays at the second tile of the next.

Usage: python -m tests.fakes.scripted_window JOURNAL {quick|one|real} [PICTURE_OR_FOLDER ...]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.parts import AppFiles, build_parts, real_engine
from mfsr_app.queue.queue import QueueState
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.api import Upscaler
from mfsr_engine.batch.journal import ItemState
from tests.fakes.scripted_engine import OpenFor, ScriptedUpscaler


def engine() -> Upscaler:
    """The one that was asked for."""
    if sys.argv[2] != "real":
        upscaler = ScriptedUpscaler()
        upscaler.gate = OpenFor(upscaler, 1) if sys.argv[2] == "one" else None
        return upscaler
    import torch

    torch.set_num_threads(1)
    return real_engine()


def why(queue: QueueState) -> list[str]:
    """What was said of pictures that failed, made such that it stays on one line."""
    failed = [item for item in queue.table.items if item.state is ItemState.FAILED]
    return [repr(f"{item.source.path.name}: {item.words}\n{item.details}") for item in failed]


def main() -> None:
    app = QApplication([])
    register_icons()
    parts = build_parts(engine, EnginePictureFiles(), Theme(app), kept=AppFiles(journal=Path(sys.argv[1])))
    window = MainWindow(parts)
    queue = parts.queueing.parts.queue
    queue.ended.connect(lambda done, failed: (print("ended", done, failed, *why(queue), flush=True), window.close()))
    queue.table.counted.connect(lambda: print(" ".join(item.state.value for item in queue.table.items), flush=True))

    def start() -> None:
        if not queue.adding and queue.waiting:
            queue.changed.disconnect(start)
            queue.start()

    queue.changed.connect(start)
    window.show()
    window.show_page(window.queue_page)
    window.queue_page.load()
    if sys.argv[3:]:
        queue.add([Path(name) for name in sys.argv[3:]])
    app.exec()


if __name__ == "__main__":
    main()
