"""Scenes for pictures of the wizard: a real training with the bundled teacher, cut down to a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screen_stage import Stage, pause, until

from distill.config import RunRecipe
from distill.preset import Preset
from distill.runs.runs import list_runs
from distill.wizard.draft import Step
from mfsr_engine import images
from mfsr_engine.geometry import Size
from mfsr_engine.images.resize import fit_to

if TYPE_CHECKING:
    from pathlib import Path

STEPS_WANTED = 40
"""Training steps after which pictures are taken."""


def distil(stage: Stage) -> None:
    """All six steps."""
    page, state = stage.window.distill_page, stage.parts.distilling.state
    stage.window.show_page(page)
    until(lambda: state.draft.teacher is not None)
    pause(300)
    stage.take("distil-1-teacher", is_key=True)
    state.go_on()
    stage.take("distil-2-photographs-empty")
    page.photos.choose(_photographs(stage.pictures))
    until(lambda: state.samples is not None)
    stage.take("distil-2-photographs")
    state.go_on()
    until(lambda: bool(state.draft.computer))
    pause(300)
    page.recipe.radios[Preset.TRY].click()
    state.choose_name("old-postcards")
    stage.take("distil-3-recipe")
    page.recipe.advanced.click()
    pause(500)
    stage.take("distil-3-recipe-numbers")
    page.recipe.advanced.click()
    recipe = state.recipe()
    assert recipe is not None
    run = RunRecipe(
        **(recipe.run.model_dump() | {"steps": 10**6, "minutes": 5, "log_every": 2, "checkpoint_minutes": 0.2})
    )
    data = recipe.data.model_copy(update={"crop_px": 128, "crops_per_photo": 2, "versions": 1, "batch_size": 4})
    state.change_recipe(recipe.model_copy(update={"run": run, "data": data}))
    state.go_on()
    stage.take("distil-4-measuring")
    until(lambda: state.draft.estimate is not None)
    stage.take("distil-4-check")
    state.go_on()
    until(lambda: state.step is Step.RUN)
    _train(stage)
    state.go_on()
    until(lambda: state.comparison is not None)
    pause(200)
    stage.take("distil-6-result", is_key=True)


def _train(stage: Stage) -> None:
    page, follower = stage.window.distill_page, stage.parts.distilling.follower
    until(lambda: follower.view is not None and follower.view.step >= STEPS_WANTED)
    until(page.run.previews.isVisible)
    stage.take("distil-5-training", is_key=True)
    page.run.stop.click()
    until(page.next.isEnabled)
    for run in list_runs():
        run.wait(30)


def _photographs(pictures: Path) -> Path:
    """A folder to train on: the free samples, enlarged and cut, and one that is too small."""
    folder = pictures / "Sharp"
    folder.mkdir()
    for name in ("cat", "coffee", "rocket"):
        source = images.read(pictures / f"{name}.jpg")
        large = fit_to(source.pixels, Size(2 * source.size.width, 2 * source.size.height))
        for part, (x, y) in enumerate(((0, 0), (1, 0), (0, 1))):
            left, top = x * (large.shape[1] - 400), y * (large.shape[0] - 400)
            cut = large[top : top + 400, left : left + 400]
            images.write(folder / f"{name}-{part + 1}.png", cut, kept=source.kept)
    (folder / "thumbnail.jpg").write_bytes((pictures / "coffee.jpg").read_bytes())
    return folder
