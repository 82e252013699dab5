"""The log file: errors with their context, limited in size, and collected for a bug report. Holds no pictures."""

from __future__ import annotations

import logging
import platform
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

from mfsr_engine import __version__
from mfsr_engine.files import paths
from mfsr_engine.files.tables import as_table

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from mfsr_engine.settings.settings import Settings

LOGGER = logging.getLogger("mfsr")
MAX_BYTES, COPIES = 512 * 1024, 3
"""A log file is set aside at this size, and so many older ones are kept."""
TAIL_LINES = 60
"""Lines of the log in a report."""
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_path() -> Path:
    """Where the log is."""
    return paths.log_dir() / "mfsr.log"


def start_log(path: Path) -> logging.Handler | None:
    """Write into a log file from now on, what Qt and uncaught errors say included; None if the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=COPIES, encoding="utf-8", delay=True)
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    qInstallMessageHandler(_on_qt_message)
    sys.excepthook = _on_uncaught
    LOGGER.info("mfsr %s starts: %s", __version__, system_words())
    return handler


def system_words() -> str:
    """Versions and system, on one line."""
    return f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}, {platform.machine()}"


def diagnostics(settings: Settings, path: Path) -> str:
    """A report that a developer can work with: versions, settings, the end of the log. The user reads it before it goes anywhere."""
    lines = [f"mfsr {__version__}", system_words(), "", "settings:"]
    lines += [f"  {key} = {value}" for key, value in as_table(settings).items()]
    try:
        tail = path.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except OSError:
        tail = ["(there is no log)"]
    return "\n".join([*lines, "", f"{path}:", *tail]) + "\n"


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    LOGGER.log(_QT_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)


def _on_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    LOGGER.critical("uncaught", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
