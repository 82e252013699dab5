"""The numbers of a recipe in a terminal: all of them with their texts, and changes that the recipe itself checks."""

import pytest

from distill.wizard.numbers import changed, described
from mfsr_engine.errors import RequestError

pytestmark = pytest.mark.usefixtures("home")


def test_every_number_is_a_line_with_its_value_and_the_recipes_own_text(recipe):
    lines = described(recipe(run={"minutes": 5.0}))
    assert "run.minutes = 5: If given, the learning rate follows this wall-clock time" in " | ".join(lines)
    assert any(line.startswith("objective.end_point.pixel = 0: Weight of the mean absolute") for line in lines)
    assert any(line.startswith("optimizer.betas = 0.9, 0.99: Decay") for line in lines)
    assert all(line.split(": ", 1)[1] for line in lines)
    assert not any(line.startswith(("data.photos", "objective.teacher", "data.degradation")) for line in lines)


@pytest.mark.parametrize(
    ("words", "of"),
    [
        ("run.minutes = 10", lambda r: r.run.minutes == 10),
        ("run.minutes=", lambda r: r.run.minutes is None),
        ("objective.end_point.lpips = 0.5", lambda r: r.objective.end_point.lpips == 0.5),
        ("objective.derivative = jvp", lambda r: r.objective.derivative == "jvp"),
        ("optimizer.ema_widths = 0.1, 0.2", lambda r: r.optimizer.ema_widths == (0.1, 0.2)),
        ("run.shard = true", lambda r: r.run.shard is True),
    ],
)
def test_a_number_is_changed_and_nothing_else(recipe, words, of):
    before = recipe(run={"minutes": 5.0})
    after = changed(before, words)
    assert of(after)
    different = [line for line in zip(described(before), described(after), strict=True) if line[0] != line[1]]
    assert len(different) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("run.hours = 3", "no number"),
        ("run.minuts = 3", r"Did you mean run\.minutes\?"),
        ("objective.guidance = 1e6", "less than or equal to 100"),
        ("data.patch_px = 256", "cannot be cut from crops of 64"),
        ("data.patch_px = 33", "multiple of 4"),
        ("run.steps = many", "integer"),
        ("", "no number"),
    ],
)
def test_what_the_recipe_refuses_is_said_in_words(recipe, words, why):
    with pytest.raises(RequestError, match=why):
        changed(recipe(), words)
