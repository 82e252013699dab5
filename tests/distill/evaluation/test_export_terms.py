"""Terms on the card of an exported model: a teacher's are those its maker wrote in the recipe, a student's are its teacher's."""

from pathlib import Path

import pytest

from distill.config import EndPointLosses, FlowMatchingObjective, NetworkRecipe
from distill.evaluation.export import empty_network, export
from distill.runs.recipe_file import read_recipe
from distill.training.checkpoint import save_checkpoint
from distill.training.ema import WeightAverages

pytestmark = pytest.mark.usefixtures("home")

RECIPES = Path(__file__).resolve().parents[3] / "resources" / "recipes"
TINY = {"network": NetworkRecipe(width=8, blocks=1, embedding=16).model_dump()}


@pytest.fixture
def exported(tmp_path):
    """Card of a model whose recipe was trained for no step at all."""

    def make(recipe):
        averages = WeightAverages(empty_network(recipe), recipe.optimizer.ema_widths)
        state = {"step": 0, "elapsed_s": 0.0, "averages": averages.state_dict()}
        save_checkpoint(tmp_path / "run", 0, state, 1)
        return export(recipe, tmp_path / "run", tmp_path / "model", title="Tiny")

    return make


def flow_matching(recipe, **terms):
    return recipe(**TINY, **terms).model_copy(update={"objective": FlowMatchingObjective()})


def test_a_teachers_terms_are_those_of_its_recipe(recipe, exported):
    terms = {"licence": "MIT", "attribution": "A person", "summary": "Sharpens."}
    card = exported(flow_matching(recipe, **terms))
    assert (card.licence, card.attribution, card.summary) == ("MIT", "A person", "Sharpens.")


def test_nobody_claims_a_teacher_whose_maker_said_nothing(recipe, exported):
    card = exported(flow_matching(recipe))
    assert card.licence.startswith("unspecified")
    assert card.attribution == ""


def test_a_student_inherits_its_teachers_terms_whatever_its_recipe_says(recipe, exported):
    card = exported(recipe(licence="MIT", attribution="A person"))
    assert (card.licence, card.attribution) == ("CC0-1.0", "Nobody")
    assert card.summary == "A student of Tiny teacher."


@pytest.mark.parametrize(("sampling_shift", "shift"), [(None, 0.5), (0.25, 0.25)])
def test_a_student_walks_as_it_was_judged_unless_its_recipe_says_otherwise(recipe, exported, sampling_shift, shift):
    made = recipe()
    losses = EndPointLosses(pixel=1.0, walk_shift=0.5, sampling_shift=sampling_shift)
    card = exported(made.model_copy(update={"objective": made.objective.model_copy(update={"end_point": losses})}))
    assert (card.sampling.grid, card.sampling.shift) == ("shift", shift)


def test_the_bundled_teacher_is_shared_alike():
    recipe = read_recipe(RECIPES / "small-teacher.toml")
    assert recipe.licence == "CC-BY-SA-4.0"
    assert recipe.attribution == "The MFSR developers and the photographers of the training pictures"


@pytest.mark.parametrize("name", ["small-student.toml", "small-teacher.toml"])
def test_the_bundled_models_say_on_their_cards_what_they_are_for(name):
    summary = read_recipe(RECIPES / name).summary
    assert len(summary.split()) > 5
