"""Ten thousand files in the queue: time to the first row, to the first picture in hand, of a paint while scrolling, and of what
is shown all the time while it works.

python -m benchmarks.window.queue [FILES]
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from benchmarks.window.beats import Heartbeat
from benchmarks.window.figures import Figure, Timer, share, to_text
from benchmarks.window.live import SAMPLE, Live, live_window
from mfsr_engine.batch.journal import ItemState

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = 10_000
FIRST_ROW_S, START_S, PAINT_MS, STALL_MS = 2.0, 2.0, 16.0, 50.0
ALL_CHOSEN_MS = 100.0
POSITIONS, ATTEMPTS = 60, 3
PICTURES_DONE = 5


class FirstPaint(QObject):
    """Notes the first paint of a table that has rows."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._table = live.parts.queueing.parts.queue.table
        self.is_seen = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what goes by."""
        if event.type() is QEvent.Type.Paint and self._table.rowCount():
            self.is_seen = True
        return False


def measure(files: int = FILES) -> list[Figure]:
    """Add, scroll, start, with the engine warm; then what a window finds that is opened on such a queue."""
    with tempfile.TemporaryDirectory() as folder:
        photos = _links(Path(folder) / "photographs", files)
        with live_window(journal=Path(folder) / "queue.sqlite") as live:
            figures = _measure(live, photos, files)
        with live_window(journal=Path(folder) / "queue.sqlite") as live:
            return figures + _measure_kept(live, files)


def _measure(live: Live, photos: Path, files: int) -> list[Figure]:
    heart = Heartbeat()
    queue, page = live.parts.queueing.parts.queue, live.window.queue_page
    warming = live.warm_up()
    live.window.show_page(page)
    page.load()
    live.run_to_end(warming)
    live.run_until(lambda: not queue.adding)
    first = FirstPaint(live)
    page.view.viewport().installEventFilter(first)
    adding = heart.begin("adding")
    timer = Timer()
    queue.add([photos])
    live.run_until(lambda: first.is_seen)
    shown_s = timer.wall_s
    live.run_until(lambda: not queue.adding)
    scrolling, own = _scroll(live)
    starting = heart.begin("working")
    timer = Timer()
    queue.start()
    live.run_until(lambda: queue.table.count(ItemState.RUNNING) == 1 and _has_report(live))
    started_s = timer.wall_s
    live.run_until(lambda: queue.table.count(ItemState.DONE) >= PICTURES_DONE)
    queue.stop()
    live.run_to_end(live.parts.engine.submit(lambda _: None))  # by then the picture in hand is let go
    assert queue.table.count() == files
    note = f"{len(scrolling)} places; 99 of 100 {share(scrolling, 0.99):.1f}; own work at most {max(own):.1f}"
    return [
        Figure(f"{files} files added to first row painted", shown_s, "s", FIRST_ROW_S),
        Figure(
            "longest stall: while they are added",
            adding.longest.wall_ms,
            "ms",
            STALL_MS,
            f"of this process's own doing {adding.longest_undisturbed_ms:.0f} ms",
        ),
        Figure("paint of the table while scrolling", max(scrolling), "ms", PAINT_MS, note),
        Figure("start pressed to first picture in hand", started_s, "s", START_S),
        Figure(
            "longest stall: while the queue works",
            starting.longest.wall_ms,
            "ms",
            STALL_MS,
            f"of this process's own doing {starting.longest_undisturbed_ms:.0f} ms, {PICTURES_DONE} pictures",
        ),
    ]


def _measure_kept(live: Live, files: int) -> list[Figure]:
    queue, page = live.parts.queueing.parts.queue, live.window.queue_page
    first = FirstPaint(live)
    page.view.viewport().installEventFilter(first)
    timer = Timer()
    page.load()
    live.window.show_page(page)
    live.run_until(lambda: first.is_seen)
    shown_s, shown_own_s = timer.wall_s, timer.process_s
    last = queue.table.item(files - 1)
    outcome_ms = _best_ms(lambda: queue.table.replace(replace(last, state=ItemState.DONE)))
    page.view.selectAll()
    report_ms = _best_ms(queue.changed.emit)  # as with each report of the picture in hand
    assert len(page.commands.chosen) == files
    return [
        Figure(f"{files} files kept to first row painted", shown_s, "s", FIRST_ROW_S, f"own work {shown_own_s:.2f}"),
        Figure("an outcome told to the table", outcome_ms, "ms", PAINT_MS),
        Figure(f"a report while all {files} are chosen", report_ms, "ms", ALL_CHOSEN_MS),
    ]


def _best_ms(action: Callable[[], object]) -> float:
    """Milliseconds of the best of some attempts."""
    attempts = []
    for _ in range(ATTEMPTS):
        timer = Timer()
        action()
        attempts.append(timer.wall_s * 1000)
    return min(attempts)


def _has_report(live: Live) -> bool:
    """Whether the engine has said anything of the picture in hand."""
    return bool(live.parts.queueing.parts.queue.table._stage)


def _links(folder: Path, files: int) -> Path:
    """A folder of many names for the sample; on disks that know no links, of copies."""
    folder.mkdir()
    for number in range(files):
        link = folder / f"{number:05}.jpg"
        try:
            os.link(SAMPLE, link)
        except OSError:
            link.write_bytes(SAMPLE.read_bytes())
    return folder


def _scroll(live: Live) -> tuple[list[float], list[float]]:
    """Wall and own milliseconds of a paint of the table, at many places: the best of some attempts each."""
    view = live.window.queue_page.view
    bar, times, own = view.verticalScrollBar(), [], []
    for place in range(POSITIONS):
        bar.setValue(bar.maximum() * place // (POSITIONS - 1))
        attempts, works = [], []
        for _ in range(ATTEMPTS):
            timer = Timer()
            view.viewport().repaint()
            attempts.append(timer.wall_s * 1000)
            works.append(timer.own_s * 1000)
        times.append(min(attempts))
        own.append(min(works))
        live.app.processEvents()
    return times, own


if __name__ == "__main__":
    print(to_text(measure(int(sys.argv[1]) if sys.argv[1:] else FILES)))
