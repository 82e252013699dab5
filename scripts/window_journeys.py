"""The journeys, as a person would go them: open, compare, save; look through a folder, crop, choose a model; a folder, a crash, and on; a
student of one's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from window_hand import Program, Screen

from mfsr_engine.files.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

FINISHED = "upscaled in"
THUMBNAILS_S = 2.0
"""Time that the six small pictures of a list take; nothing in words tells of them."""


def open_compare_save(screen: Screen, home: Path, screens: Path) -> None:
    """A photograph becomes a file four times as large."""
    photo, result = home / "cat.jpg", home / "cat-large.png"
    shutil.copy(resources_dir() / "samples" / "sample.jpg", photo)
    program = Program(screen, home)
    screen.take(screens / "journey-save-1-start.jpg")
    program.key("ctrl+o")
    _name_in_dialog(program, photo)
    screen.take(screens / "journey-save-2-choose.jpg")
    program.key("Return")
    program.until_says(FINISHED)
    screen.take(screens / "journey-save-3-opened.jpg")
    program.click("Split, with a divider")
    canvas = max((s for s in program.look() if s.kind == "Canvas"), key=lambda s: s.width)
    for _ in range(6):
        program.click_at(*canvas.point(0.55, 0.45), button=4)
    program.drag(canvas.point(0.5, 0.5), canvas.point(0.3, 0.5))
    screen.take(screens / "journey-save-4-split.jpg")
    program.drag(canvas.point(0.7, 0.6), canvas.point(0.5, 0.4))
    program.click("Steps", "StepSlider", across=14 / 271 + 3 / 7 * 243 / 271, down=0.35)
    program.until_says("Result · 4 steps")
    program.until_says(FINISHED)
    screen.take(screens / "journey-save-5-four-steps.jpg")
    program.click_at(*canvas.point(0.5, 0.9))
    program.key("b", hold=True)
    screen.take(screens / "journey-save-6-blink.jpg")
    program.key("b", release=True)
    program.key("ctrl+s")
    _name_in_dialog(program, result)
    screen.take(screens / "journey-save-7-name.jpg")
    program.key("Return")
    program.until_says("Saved")
    screen.take(screens / "journey-save-8-saved.jpg")
    program.quit()
    with Image.open(photo) as before, Image.open(result) as after:
        assert after.size == (4 * before.width, 4 * before.height), after.size
        after.load()


def look_crop_choose(screen: Screen, home: Path, screens: Path) -> None:
    """The next photograph of a folder is cropped, upscaled by the model that suits it, saved, and found again."""
    folder, opened = home / "Holidays", home / "opened.txt"
    folder.mkdir()
    for number, name in enumerate(("sample_coffee", "sample", "sample_rocket")):
        shutil.copy(resources_dir() / "samples" / f"{name}.jpg", folder / f"photo-{number}.jpg")
    program = Program(screen, home, folder / "photo-0.jpg", tools=_file_manager(home, opened))
    program.until_says(FINISHED)
    program.key("Next")
    program.until_says("photo-1.jpg")
    program.until_says(FINISHED)
    screen.take(screens / "journey-look-1-next.jpg")
    _turn_and_crop(program, screen, screens / "journey-look-2-crop.jpg")
    program.until_says("120 × ")
    program.until_says(FINISHED)
    screen.take(screens / "journey-look-3-cropped.jpg")
    program.key("m")
    program.until(lambda: len(_frames(program)) > 1, "frames of several models")
    time.sleep(THUMBNAILS_S)
    screen.take(screens / "journey-look-4-models.jpg")
    program.click(next(name for name in _frames(program) if "1 step" in name))
    program.key("shift+m")
    result = home / "cropped.png"
    program.key("ctrl+s")
    _name_in_dialog(program, result)
    program.key("Return")
    program.until_says("Saved")
    program.click("Show in folder", "QPushButton")
    program.until(opened.exists, "the file manager")
    screen.take(screens / "journey-look-5-saved.jpg")
    program.quit()
    assert home.name in opened.read_text(encoding="utf-8")
    with Image.open(folder / "photo-1.jpg") as before, Image.open(result) as after:
        assert after.size == (480, 4 * before.width), after.size
        after.load()


def _turn_and_crop(program: Program, screen: Screen, shot: Path) -> None:
    """Turn the open picture right and take 120 pixels of its width."""
    program.key("c")
    program.click("Turn right", "QPushButton")
    width = program.find("Width of the part, in pixels", "QSpinBox")
    program.click_at(*width.point(0.3, 0.5))
    program.key("ctrl+a")
    program.write("120")
    program.key("Tab")
    screen.take(shot)
    program.click("Apply", "QPushButton")
    program.until(lambda: not any(s.kind == "FramingDialog" for s in program.look()), "the end of the dialog")


def _file_manager(home: Path, opened: Path) -> Path:
    """A folder with a command that stands for the desktop's file manager and writes down what it is asked to show."""
    tools = home / "tools"
    tools.mkdir()
    command = tools / "xdg-open"
    command.write_text(f'#!/bin/sh\necho "$@" > "{opened}"\n', encoding="utf-8")
    command.chmod(0o755)
    return tools


def _frames(program: Program) -> list[str]:
    """Names of the frames of the strip of models that are to be seen."""
    return [s.name for s in program.look() if s.kind == "QToolButton" and "MFSR small" in s.text and s.width > 4]


def folder_kill_resume(screen: Screen, home: Path, screens: Path) -> None:
    """A folder goes on where a killed window left it."""
    folder = home / "Holidays"
    (folder / "Florida").mkdir(parents=True)
    samples = resources_dir() / "samples"
    for number in range(3):
        shutil.copy(samples / "sample_coffee.jpg", folder / f"coffee-{number}.jpg")
        shutil.copy(samples / "sample_rocket.jpg", folder / "Florida" / f"launch-{number}.jpg")
    program = Program(screen, home)
    program.key("alt+2")
    program.click("Add a folder…", "QPushButton")
    _name_in_dialog(program, folder)
    screen.take(screens / "journey-resume-1-choose.jpg")
    program.key("Return")
    program.until_says("6 waiting")
    screen.take(screens / "journey-resume-2-waiting.jpg")
    program.click("Start", "QPushButton")
    program.until_says("2 done")
    screen.take(screens / "journey-resume-3-running.jpg")
    program.kill()
    before = {path: path.stat().st_mtime_ns for path in _results(folder, was_killed=True)}
    assert 2 <= len(before) < 6, before
    program = Program(screen, home)
    program.key("alt+2")
    program.until_says(f"{len(before)} done")
    time.sleep(THUMBNAILS_S)
    screen.take(screens / "journey-resume-4-again.jpg")
    program.click("Resume the queue", "QPushButton")
    program.until_says("6 done")
    screen.take(screens / "journey-resume-5-done.jpg")
    program.quit()
    after = _results(folder)
    assert len(after) == 6, after
    assert all(path.stat().st_mtime_ns == when for path, when in before.items()), "a finished picture was made again"


def wizard(screen: Screen, home: Path, screens: Path) -> None:
    """A student is checked on a busy machine, trained for a moment while the window is closed and opened again, installed, and used."""
    photos = sharp_photographs(home / "Sharp")
    program = _begin_training(screen, home, photos, screens)
    program.until(lambda: any(s.kind == "PictureGrid" for s in program.look()), "pictures of the student")
    screen.take(screens / "journey-wizard-4-training.jpg")
    program.click("Stop, and take the student as it is", "QPushButton")
    program.click("Next", "QPushButton")
    program.until_says("higher is closer")
    screen.take(screens / "journey-wizard-5-result.jpg")
    program.click("Install", "QPushButton")
    program.until_says("is installed")
    screen.take(screens / "journey-wizard-6-installed.jpg")
    program.click("Use it", "QPushButton")
    program.key("ctrl+o")
    _name_in_dialog(program, photos / "cat-1.png")
    program.key("Return")
    program.until_says(FINISHED)
    assert program.find("Model", "ChoiceBox").text == "old-postcards"
    screen.take(screens / "journey-wizard-7-used.jpg")
    program.quit()


def _begin_training(screen: Screen, home: Path, photos: Path, screens: Path) -> Program:
    """As far as the step of training, in a window that was closed and opened again on the way."""
    program = Program(screen, home)
    program.key("alt+4")
    program.find("Next", "QPushButton")
    screen.take(screens / "journey-wizard-1-teacher.jpg")
    program.click("Next", "QPushButton")
    program.click("Folder of photographs", "QLineEdit")
    program.write(str(photos))
    program.key("Return")
    program.until_says("can be used")
    program.until_says("Photograph 1 of")
    screen.take(screens / "journey-wizard-2-photographs.jpg")
    program.click("Next", "QPushButton")
    program.click("Try it", "QRadioButton", across=0.3)
    program.click("Name of the student", "QLineEdit")
    program.write("old-postcards")
    screen.take(screens / "journey-wizard-3-recipe.jpg")
    with busy_processors():
        program.click("Next", "QPushButton")
        program.until_says("of the processor busy")
        screen.take(screens / "journey-wizard-busy.jpg")
    names = [seen.name for seen in program.look() if seen.is_enabled and seen.width > 4]
    program.click("Start anyway" if "Start anyway" in names else "Start training", "QPushButton")
    program.until_says("of training")
    program.quit()
    program = Program(screen, home)
    program.key("alt+4")
    program.until_says("of training")
    screen.take(screens / "journey-wizard-attached.jpg")
    return program


@contextmanager
def busy_processors() -> Iterator[None]:
    """Every processor is kept busy by a program that is none of this one's."""
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def sharp_photographs(folder: Path) -> Path:
    """A folder to train on: the free samples, enlarged and cut into three, and one picture that is too small."""
    folder.mkdir(parents=True)
    for name in ("sample", "sample_coffee", "sample_rocket"):
        with Image.open(resources_dir() / "samples" / f"{name}.jpg") as source:
            large = source.resize((2 * source.width, 2 * source.height), Image.Resampling.LANCZOS)
        for part, left in enumerate((0, (large.width - 280) // 2, large.width - 280)):
            title = name.removeprefix("sample_").replace("sample", "cat")
            large.crop((left, 20, left + 280, 300)).save(folder / f"{title}-{part + 1}.png")
    shutil.copy(resources_dir() / "samples" / "sample_coffee.jpg", folder / "thumbnail.jpg")
    return folder


def _name_in_dialog(program: Program, path: Path) -> None:
    """Type a path into Qt's own dialog for files."""
    program.until(lambda: any(s.kind == "QFileDialog" for s in program.look()), "the dialog")
    program.key("ctrl+a")
    program.write(str(path))
    program.until(lambda: any(s.text == str(path) for s in program.look()), "the path in the dialog")


def _results(folder: Path, *, was_killed: bool = False) -> list[Path]:
    """Results of a folder; each must be a whole picture, and nothing else may lie there.

    `was_killed` allows the one hidden file that the program was writing.
    """
    found = [path for path in folder.with_name(f"{folder.name}_4x").rglob("*") if path.is_file()]
    hidden = [path for path in found if path.name.startswith(".")]
    assert len(hidden) <= was_killed, hidden
    found = [path for path in found if path not in hidden]
    for path in found:
        with Image.open(path) as picture:
            picture.load()
    return found
