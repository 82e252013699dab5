"""How far one goes through the code to follow what the program does: files entered, functions, moves from one file to another.

    python scripts/walk.py {step,upscale,open,install} [--edges]

`step` is one step of training, `upscale` the command on one picture in a process that has done nothing before, `open` a
photograph from when it is dropped on the window until its result is on the screen, `install` making a model of a student from
when the window is asked to. Networks and pictures are tiny or those that come with the program; imports are not counted.
With `--edges` the ways from file to file follow, those taken most often first.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PACKAGES = tuple(str(ROOT / name) + os.sep for name in ("mfsr_app", "distill", "mfsr_engine"))

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class Walk:
    """What was called while it was traced, in all threads."""

    def __init__(self) -> None:
        self.functions: set[tuple[str, str]] = set()
        self.edges: Counter[tuple[str, str]] = Counter()
        self._is_on = False

    @property
    def files(self) -> set[str]:
        """Files with a function that was called."""
        return {file for file, _ in self.functions}

    @contextmanager
    def traced(self) -> Iterator[None]:
        """Trace this thread, and those that it begins."""
        self.watch_new_threads()
        self.begin()
        yield
        self.end()

    def watch_new_threads(self) -> None:
        """Make sure that threads which begin from now on are traced once tracing begins."""
        threading.setprofile(self._note)

    def begin(self) -> None:
        """Count from here on, in this thread and in those that are watched."""
        self._is_on = True
        sys.setprofile(self._note)

    def end(self) -> None:
        """Count no longer."""
        self._is_on = False
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if (
            not self._is_on
            or event != "call"
            or not code.co_flags & inspect.CO_OPTIMIZED  # the body of a module or class, which is part of importing it
            or not code.co_filename.startswith(PACKAGES)
        ):
            return
        here = _name(code.co_filename)
        self.functions.add((here, code.co_qualname))
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(PACKAGES):
            caller = caller.f_back
        before = "" if caller is None else _name(caller.f_code.co_filename)
        if before and before != here:
            self.edges[before, here] += 1


def _name(file: str) -> str:
    return Path(file).relative_to(ROOT).as_posix()


def walk_step(walk: Walk, _: Path) -> None:
    """The third step of a tiny training, with its line in the log."""
    from distill.training.trainer import Trainer
    from mfsr_engine.progress import Progress
    from tests.fakes.tiny_training import FAST, make_parts, make_run

    def on_report(report: Any) -> None:
        if report.done == 2:
            walk.begin()
        elif report.done == 3:
            walk.end()

    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(Path(folder), make_run(3, log_every=1), FAST, make_parts())
        trainer.train(Progress(on_report))


def walk_upscale(walk: Walk, home: Path) -> None:
    """`mfsr upscale`, with the bundled model."""
    from mfsr_engine.cli.upscale import main

    with walk.traced():
        main(["upscale", str(_picture(home)), "--output", str(home / "result.png")])


def walk_open(walk: Walk, home: Path) -> None:
    """A drop on the window, whose engine has loaded the bundled model."""
    from PySide6.QtCore import QMimeData, QUrl

    with _window(walk) as (app, window, parts):
        warmed: list[bool] = []
        window.model_in_use.warmed.connect(lambda: warmed.append(True))
        window.model_in_use.warm_up()
        _run_until(app, lambda: bool(warmed))
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(_picture(home)))])
        whole: list[object] = []
        parts.states.upscaling.finished.connect(whole.append)
        walk.begin()
        window.commands.open_data(data)
        _run_until(app, lambda: bool(whole))
        window.page.repaint()
        app.processEvents()
        walk.end()


def walk_install(walk: Walk, home: Path) -> None:
    """A student of the bundled teacher that was trained for one step."""
    from dataclasses import replace

    from distill.config import DataRecipe, MeanFlowObjective, OptimizerRecipe, Recipe, RunRecipe
    from distill.runs.runs import create_run
    from distill.training.train import train
    from mfsr_engine.files.paths import resources_dir

    photos = home / "photos"
    photos.mkdir()
    for number in range(8):
        _picture(photos, f"{number}.png")
    data = {"photos": photos, "crop_px": 64, "crops_per_photo": 1, "versions": 1, "patch_px": 32, "batch_size": 2}
    recipe = Recipe(
        name="student",
        data=DataRecipe(**data),
        objective=MeanFlowObjective(teacher=resources_dir() / "models" / "mfsr-small-teacher", guidance=2.0),
        optimizer=OptimizerRecipe(warmup_steps=0),
        run=RunRecipe(steps=1, precision="fp32"),
    )
    run = create_run(recipe)
    train(recipe, run.folder)
    with _window(walk) as (app, _, parts):
        state = parts.distilling.state
        installed: list[str] = []
        state.installed.connect(installed.append)
        state.draft = replace(state.draft, run_folder=run.folder)
        walk.begin()
        state.install("Student")
        _run_until(app, lambda: bool(installed))
        walk.end()


@contextmanager
def _window(walk: Walk) -> Iterator[tuple[Any, Any, Any]]:
    from PySide6.QtWidgets import QApplication

    from mfsr_app.compare.files import EnginePictureFiles
    from mfsr_app.distill.work import EngineDistillWork
    from mfsr_app.parts import AppFiles, build_parts, real_engine
    from mfsr_app.ui.icons import register_icons
    from mfsr_app.ui.theme import Theme
    from mfsr_app.window import MainWindow

    app = QApplication([])
    register_icons()
    walk.watch_new_threads()
    parts = build_parts(real_engine, EnginePictureFiles(), Theme(app), kept=AppFiles(distill=EngineDistillWork()))
    window = MainWindow(parts)
    window.show()
    app.processEvents()
    try:
        yield app, window, parts
    finally:
        window.close()


def _run_until(app: Any, is_done: Callable[[], bool]) -> None:
    while not is_done():
        app.processEvents()


def _picture(folder: Path, name: str = "photograph.png") -> Path:
    """A file of 96 x 80 pixels."""
    import numpy as np

    from mfsr_engine import images

    rows, columns = np.mgrid[0:80, 0:96]
    pixels = np.stack([rows / 80, columns / 96, (rows + columns) % 17 / 17], axis=-1).astype(np.float32)
    images.write(folder / name, pixels, kept=images.KeptMetadata())
    return folder / name


WALKS = {"step": walk_step, "upscale": walk_upscale, "open": walk_open, "install": walk_install}


def main() -> int:
    """Take a walk and say how far it was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("walk", choices=WALKS)
    parser.add_argument("--edges", action="store_true", help="list the ways from file to file")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    walk = Walk()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MFSR_HOME"] = str(Path(folder) / "home")
        WALKS[options.walk](walk, Path(folder))
    print(f"{options.walk}: {len(walk.files)} files, {len(walk.functions)} functions, {walk.edges.total()} moves")
    for (before, here), count in walk.edges.most_common() if options.edges else ():
        print(f"{count:6d}  {before} -> {here}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
