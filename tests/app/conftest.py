"""Shared ground of the window's tests: no screen, no torch, no codecs."""

import atexit
import gc
import os
import tempfile

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LANGUAGE"] = "en"  # whatever the desktop speaks

from collections.abc import Callable, Generator, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from mfsr_app.compare.result_store import ResultStore
from mfsr_app.compare.states import CompareStates
from mfsr_app.jobs.worker import Worker
from mfsr_app.parts import AppFiles, WindowParts, build_parts
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.settings.settings import ThemeName
from tests.fakes.queue_steps import put
from tests.fakes.scripted_engine import ScriptedUpscaler
from tests.fakes.scripted_files import ScriptedFiles, picture

NOBODYS_HOME = tempfile.TemporaryDirectory(prefix="mfsr-nobody-")
"""Stands in for the user's own folders, here and in programs that tests start; it must stay empty."""
atexit.register(NOBODYS_HOME.cleanup)  # before the folder complains that nobody did
for variable, folder in {
    "HOME": ".",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
}.items():
    os.environ[variable] = str(Path(NOBODYS_HOME.name) / folder)
os.environ.pop("MFSR_HOME", None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Begin without the windows of the test before, and let nothing be collected while threads run.

    WORKAROUND python's collector runs in whichever thread makes the next object. What a test leaves behind, a window
    with all its states, is one big circle; if a worker of the next test collects it, Qt's objects are destroyed in
    that thread, their running timers stay with the GUI thread, and its next event goes to freed memory: a
    segmentation fault in `processEvents`, in a test that did nothing wrong.
    """
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect(1)
    gc.disable()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """The threads of the test have ended: what collects now is the GUI thread."""
    try:
        return (yield)
    finally:
        gc.enable()


PATIENCE_MS = 300_000
"""A test that waits for something waits so long for it; a busy machine may take seconds for what takes milliseconds."""


ROUNDS = 3
"""A timer begins a job of the engine, whose end begins one in the background, whose end may start a timer again."""


@pytest.fixture
def qtbot(qtbot):
    """The bot of pytest-qt, but patient; a longer or shorter wait is asked for with `timeout`."""
    for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive", "waitCallback"):
        setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture
def caught_up(qtbot) -> Callable[[Worker], None]:
    """Waits until a thread has done all that was submitted to it, and what it said of it was heard."""

    def wait(worker: Worker) -> None:
        with qtbot.waitSignal(worker.submit(lambda _: None).ended):
            pass

    return wait


@pytest.fixture
def at_rest(qtbot, caught_up) -> Callable[[WindowParts], None]:
    """Waits until nothing is on its way any more, so that what has not happened by then never will."""

    def is_any_timer_running(states: CompareStates) -> bool:
        own = (getattr(states, field.name) for field in fields(states))
        return any(timer.isActive() for state in own for timer in state.findChildren(QTimer))

    def wait(parts: WindowParts) -> None:
        for _ in range(ROUNDS):
            qtbot.waitUntil(lambda: not is_any_timer_running(parts.states))
            caught_up(parts.engine)
            caught_up(parts.background)

    return wait


@pytest.fixture(autouse=True)
def _keeps_out_of_the_users_folders() -> Iterator[None]:
    """A test that lets the program write needs a home of its own: `monkeypatch.setenv("MFSR_HOME", str(tmp_path))`."""
    yield
    home = Path(NOBODYS_HOME.name)
    written = sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())
    for name in written:
        (home / name).unlink()
    assert written == [], "written where the user's own files lie"


@pytest.fixture
def files() -> ScriptedFiles:
    return ScriptedFiles({"small.png": picture(64, 48), "wide.png": picture(640, 400, 0.8)})


@pytest.fixture
def upscaler() -> ScriptedUpscaler:
    return ScriptedUpscaler()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    register_icons()
    return Theme(qapp, ThemeName.LIGHT)


@pytest.fixture
def make_parts(files: ScriptedFiles, upscaler: ScriptedUpscaler, theme: Theme) -> Iterator[Callable[..., WindowParts]]:
    """Builds states and threads, and ends the threads."""
    made: list[WindowParts] = []

    def make(
        store: ResultStore | None = None, sample: Path | None = Path("small.png"), kept: AppFiles | None = None
    ) -> WindowParts:
        made.append(build_parts(lambda: upscaler, files, theme, sample, store, kept))
        return made[-1]

    yield make
    for parts in made:
        parts.stop()


@pytest.fixture
def parts(make_parts: Callable[..., WindowParts]) -> WindowParts:
    return make_parts()


@pytest.fixture
def show_window(qtbot) -> Iterator[Callable[[WindowParts], MainWindow]]:
    """Shows a window made of these parts, and closes it at the end."""
    shown: list[MainWindow] = []

    def show(parts: WindowParts) -> MainWindow:
        window = MainWindow(parts)
        qtbot.addWidget(window)
        shown.append(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield show
    for window in shown:
        window.close_guard.is_settled = True
        window.close()


@pytest.fixture
def window(show_window: Callable[[WindowParts], MainWindow], parts: WindowParts) -> MainWindow:
    return show_window(parts)


@pytest.fixture
def make_queue(tmp_path, upscaler, files, theme, qtbot):
    made = []

    def make(is_loaded: bool = True, journal: Path = tmp_path / "queue.sqlite"):
        parts = build_parts(lambda: upscaler, files, theme, kept=AppFiles(journal=journal))
        made.append(parts)
        queue = parts.queueing.parts.queue
        queue.parts = parts
        if is_loaded:
            queue.load()
            qtbot.waitUntil(lambda: not queue.adding)
        return queue

    def close(queue):
        queue.parts.stop()
        made.remove(queue.parts)

    make.close = close
    yield make
    for parts in made:
        parts.stop()


@pytest.fixture
def queue(make_queue):
    return make_queue()


@pytest.fixture
def photos(tmp_path) -> Path:
    for name in ("a", "b", "c", "d"):
        put(tmp_path / "photos" / f"{name}.png")
    return tmp_path / "photos"
