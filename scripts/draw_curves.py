"""Draws the losses of a training run as the window shows them: `python scripts/draw_curves.py RUN_FOLDER OUT.png lpips features`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from distill.runs.events import read_events
from mfsr_app.distill.curve_chart import CurveChart, Line
from mfsr_app.ui.theme import Theme
from mfsr_engine.settings.settings import ThemeName

TITLES = {
    "velocity": "Flow matching: mean squared error of the velocity",
    "meanflow": "MeanFlow: mean squared error of the mean velocity",
    "pixel": "Mean absolute difference to the truth (-1..1)",
    "lpips": "LPIPS of the predicted picture",
    "features": "DISTS of the predicted picture",
    "adversarial": "Adversarial term",
}
WIDTH_PX, CHART_PX = 720, 170


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of the run, with its metrics.jsonl")
    parser.add_argument("out", type=Path, help="picture to write")
    parser.add_argument("losses", nargs="+", choices=sorted(TITLES))
    arguments = parser.parse_args()
    app = QApplication([])
    Theme(app, ThemeName.LIGHT)
    page = charts(arguments.run, arguments.losses)
    page.resize(WIDTH_PX, page.sizeHint().height())
    page.grab().save(str(arguments.out))


def charts(run: Path, names: list[str]) -> QWidget:
    """One chart above the other, over training steps.

    Raises:
        SystemExit: the run has none of the losses.
    """
    events = read_events(run)
    page = QWidget()
    column = QVBoxLayout(page)
    for name in names:
        points = tuple((float(event.step), event.losses[name]) for event in events if name in event.losses)
        if not points:
            raise SystemExit(f"{run} has no {name}.")
        chart = CurveChart(TITLES[name])
        chart.set_line(Line(TITLES[name], points))
        chart.setFixedHeight(CHART_PX)
        column.addWidget(QLabel(TITLES[name]))
        column.addWidget(chart)
    return page


if __name__ == "__main__":
    main()
