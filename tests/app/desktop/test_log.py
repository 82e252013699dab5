"""The log: what goes into it, and that it stays small."""

import logging
import sys

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from mfsr_app.desktop import log as logbook
from mfsr_app.jobs.failure import failure_of
from mfsr_engine.errors import ImageReadError


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    path = tmp_path / "log" / "mfsr.log"
    handler = logbook.start_log(path)
    before = qInstallMessageHandler(None)
    yield path
    qInstallMessageHandler(before if before is not logbook._on_qt_message else None)
    logbook.LOGGER.removeHandler(handler)
    logbook.LOGGER.propagate = True
    handler.close()


def test_failures_uncaught_errors_and_words_of_qt_are_written(log, capsys):
    failure_of(ImageReadError("a.png is not a picture."))
    logbook._on_qt_message(QtMsgType.QtWarningMsg, None, "a plug is loose")
    sys.excepthook(ValueError, ValueError("out of the blue"), None)
    text = log.read_text(encoding="utf-8")
    for words in ("starts", "a.png is not a picture.", "Qt: a plug is loose", "out of the blue"):
        assert words in text
    assert "out of the blue" in capsys.readouterr().err


def test_the_log_is_set_aside_before_it_grows_large(log, monkeypatch):
    handler = next(h for h in logbook.LOGGER.handlers if isinstance(h, logging.handlers.RotatingFileHandler))
    handler.maxBytes = 2000
    for number in range(300):
        logbook.LOGGER.info("line %d of many", number)
    assert log.stat().st_size <= 2000
    assert len(list(log.parent.iterdir())) == logbook.COPIES + 1


def test_a_disk_that_refuses_costs_only_the_log(tmp_path):
    (tmp_path / "file").touch()
    assert logbook.start_log(tmp_path / "file" / "mfsr.log") is None
