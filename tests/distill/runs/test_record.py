"""What the card of an exported model says of how it was made."""

import tomllib

import pytest

from distill import cli
from distill.runs.record import DATA_FILE
from mfsr_engine.errors import RequestError
from mfsr_engine.models.card import CARD_FILE, read_card

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def trained(recipe, recipe_file, tmp_path):
    """A run of four steps, its recipe and its folder."""
    settings = recipe(data={"validation_share": 0.25, "versions": 3}, optimizer={"learning_rate": 1e-3})
    file, folder = recipe_file(settings), tmp_path / "run"
    assert cli.main(["run", str(file), "--folder", str(folder)]) == 0
    return file, folder


def exported(file, folder, name):
    assert cli.main(["export", str(file), "--folder", str(folder), "-o", str(folder.with_name(name))]) == 0
    return read_card(folder.with_name(name))


def test_it_names_teacher_terms_and_what_was_seen(trained):
    card = exported(*trained, "model")
    assert (card.licence, card.attribution) == ("CC0-1.0", "Nobody")
    training = card.training
    assert (training["teacher"], training["guidance"], training["steps"]) == ("tiny-teacher", 2.0, 4)
    assert training["trained_images"] == 4 * 2
    data = training["data"]
    assert data["photographs"] + data["validation_photographs"] == 8
    assert data["crops"] == data["photographs"] > 0
    assert data["versions"] == 3


def test_it_has_the_recipes_numbers_and_no_place_on_this_computer(trained, photos, compact_teacher, tmp_path):
    numbers = exported(*trained, "model").training["recipe"]
    assert numbers["objective"]["kind"] == "meanflow"
    assert numbers["optimizer"]["learning_rate"] == 1e-3
    assert numbers["run"]["steps"] == 4
    assert numbers["data"]["versions"] == 3
    text = (tmp_path / "model" / CARD_FILE).read_text()
    for place in (photos, compact_teacher, tmp_path):
        assert str(place) not in text
    assert tomllib.loads(text)["training"]["recipe"] == numbers


def test_it_has_the_scores_of_its_own_checkpoint_and_of_no_other(trained, recipe, recipe_file):
    file, folder = trained
    assert "scores" not in exported(file, folder, "unmeasured").training
    assert cli.main(["eval", str(file), "--folder", str(folder), "--device", "cpu", "--most", "1"]) == 0
    scores = exported(file, folder, "measured").training["scores"]
    assert scores["pictures"] == 1
    assert set(scores) >= {"bicubic", "teacher_40", "student_1", "student_2", "student_4", "student_8"}
    assert set(scores["student_1"]) >= {"psnr_y", "ssim_y"}
    longer = recipe_file(recipe(data={"validation_share": 0.25, "versions": 3}, run={"steps": 6}))
    assert cli.main(["resume", str(longer), "--folder", str(folder)]) == 0
    assert "scores" not in exported(longer, folder, "later").training


def test_a_run_without_a_summary_is_exported_without_one(trained):
    file, folder = trained
    (folder / DATA_FILE).unlink()
    assert "data" not in exported(file, folder, "model").training


def test_a_run_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    from distill.runs.record import DataSummary, keep_summary

    with pytest.raises(RequestError, match="Make room there"):
        keep_summary(tmp_path / "missing", DataSummary(1, 1, 1, 1))
