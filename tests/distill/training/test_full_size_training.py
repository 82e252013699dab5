"""Full-size students: they start as their teacher, learn only what the recipe names, and leave as model folders."""

import pytest
import torch

from distill.evaluation.export import export, trained_network
from distill.families import networks_of
from distill.networks.full_size import merged
from distill.networks.prompted import PromptName
from distill.training.checkpoint import load_latest
from distill.training.train import build_trainer
from distill.training.trainer import TrainingStopped
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.models.card import Role, read_card, write_card
from mfsr_engine.models.dit4sr.checkpoints import load_transformer_folder
from mfsr_engine.models.loading import load_model
from mfsr_engine.progress import Progress
from tests.fakes.published_model import write_published

pytestmark = pytest.mark.usefixtures("home")

CPU = torch.device("cpu")


def velocities(network, r=None):
    generator = torch.Generator().manual_seed(5)
    z, lr = (torch.randn(3, 4, 8, 8, generator=generator) for _ in range(2))
    t = torch.tensor([1.0, 0.6, 0.07])
    names = torch.tensor([PromptName.CLEAN, PromptName.DEGRADED, PromptName.NULL])
    with torch.no_grad():
        return network(z, lr, names, t, t if r is None else r * t)


def trained(recipe, folder):
    trainer = build_trainer(recipe, folder, folder / "pack", Progress())
    trainer.train(Progress())
    return trainer


@pytest.fixture
def student(full_teacher, full_recipe):
    """Makes a student as it starts, and its teacher."""

    def make(**student):
        family = networks_of(full_teacher)
        teacher = family.load_teacher(full_teacher, CPU, torch.float32)
        return family.student_of(teacher, full_recipe(student=student).student, torch.float32), teacher

    return make


@pytest.mark.parametrize("unit", ["teacher", "one", "auto"])
def test_a_student_starts_as_its_teacher_whatever_r_is(student, unit):
    network, teacher = student(time_unit=unit)
    assert network.velocity.config.time_unit == (1000.0 if unit == "teacher" else 1.0)
    expected = velocities(teacher)
    close = 1e-5 if unit == "teacher" else 5e-3
    for r in (None, 0.0, 0.5):
        assert (velocities(network, r) - expected).abs().max() < close * expected.abs().max()


def test_a_teacher_whose_time_cannot_be_fitted_keeps_its_unit(full_teacher, full_recipe):
    family = networks_of(full_teacher)
    teacher = family.load_teacher(full_teacher, CPU, torch.float32)
    with torch.no_grad():
        teacher.velocity.time_text_embed.timestep_embedder.linear_1.weight.normal_()
    assert family.student_of(teacher, full_recipe().student, torch.float32).velocity.config.time_unit == 1000.0


@pytest.mark.parametrize("parts", ["all", "control", "lora"])
def test_only_the_chosen_parts_learn_and_only_they_are_kept(full_recipe, tmp_path, parts):
    recipe = full_recipe(student={"parts": parts, "lora_rank": 4, "gradient_checkpointing": parts == "control"})
    trained(recipe, tmp_path / "run")
    kept = set(load_latest(tmp_path / "run")["network"])
    assert all(name.startswith("velocity.") for name in kept)
    assert any("interval_embedder" in name for name in kept)
    has_base = any(name.endswith(("attn.to_q.weight", "attn.to_q.base_layer.weight")) for name in kept)
    assert has_base == (parts == "all")
    assert any("lora_A" in name for name in kept) == (parts == "lora")
    if parts == "control":
        assert all(any(p in name for p in ("_control.", "control_conv", "time_text_embed")) for name in kept)


def test_low_rank_additions_are_merged_without_changing_the_network(full_recipe, tmp_path):
    recipe = full_recipe(student={"parts": "lora", "lora_rank": 4}, optimizer={"learning_rate": 0.05})
    trained(recipe, tmp_path / "run")
    network, _ = trained_network(recipe, tmp_path / "run")
    before = velocities(network, 0.0)
    names = set(merged(network).state_dict())
    assert not any("lora" in name or "base_layer" in name for name in names)
    torch.testing.assert_close(velocities(network, 0.0), before, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("derivative", ["secant", "jvp"])
def test_recomputing_blocks_changes_no_gradient(full_recipe, tmp_path, derivative):
    states = []
    for checkpointing in (False, True):
        recipe = full_recipe(
            student={"gradient_checkpointing": checkpointing},
            objective={"derivative": derivative, "whole_share": 1.0},
            run={"steps": 1, "precision": "fp32"},
        )
        folder = tmp_path / str(checkpointing)
        trained(recipe, folder)
        states.append(load_latest(folder)["network"])
    assert all(torch.allclose(states[0][name], states[1][name], atol=1e-6) for name in states[0])


def test_a_resumed_run_equals_one_that_was_not_stopped(full_recipe, tmp_path):
    recipe = full_recipe(student={"parts": "lora", "lora_rank": 2})
    torch.manual_seed(3)
    trained(recipe, tmp_path / "whole")
    stop = Progress(on_report=lambda report: stop.cancel() if report.done == 2 else None)
    first = build_trainer(recipe, tmp_path / "parts", tmp_path / "whole" / "pack", Progress())
    with pytest.raises(TrainingStopped):
        first.train(stop)
    second = build_trainer(recipe, tmp_path / "parts", tmp_path / "whole" / "pack", Progress())
    assert second.resume()
    assert second.step == 2
    second.train(Progress())
    states = [load_latest(tmp_path / name)["network"] for name in ("whole", "parts")]
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_the_exported_folder_gives_what_was_trained_under_its_teachers_terms(full_recipe, full_teacher, tmp_path):
    recipe = full_recipe(optimizer={"learning_rate": 0.01})
    trained(recipe, tmp_path / "run")
    card = export(recipe, tmp_path / "run", tmp_path / "model", title="Tiny student")
    assert read_card(tmp_path / "model") == card
    teacher = read_card(full_teacher)
    assert (card.role, card.sampling.default_steps, card.sampling.guidance) == (Role.STUDENT, 1, 1.0)
    assert (card.licence, card.licence_url, card.image, card.codec) == (
        teacher.licence,
        teacher.licence_url,
        teacher.image,
        teacher.codec,
    )
    assert card.training["teacher"] == "tiny-dit4sr"
    loaded = load_model(tmp_path / "model", CPU, torch.float32).tile_model
    network, _ = trained_network(recipe, tmp_path / "run")
    generator = torch.Generator().manual_seed(1)
    z, lr = (torch.randn(1, 4, 8, 8, generator=generator) for _ in range(2))
    one = torch.ones(1)
    with torch.no_grad():
        found = loaded.velocity(z, lr, loaded.prompts.positive, one, 0 * one)
        expected = network(z, lr, torch.tensor([int(PromptName.CLEAN)]), one, 0 * one)
    assert (found - expected).abs().max() < 0.01 * expected.abs().max()


def test_patches_must_fit_the_latents(full_recipe, tmp_path):
    with pytest.raises(RequestError, match="multiple of 16"):
        build_trainer(full_recipe(data={"patch_px": 72}), tmp_path / "run", tmp_path / "pack", Progress())


def test_a_compact_student_cannot_be_trained_in_parts(recipe, tmp_path):
    with pytest.raises(RequestError, match="full size"):
        build_trainer(recipe(student={"parts": "lora"}), tmp_path / "run", tmp_path / "pack", Progress())


@pytest.mark.parametrize("parts", ["lora", "all"])
def test_a_student_continues_an_earlier_one_also_one_that_was_a_lora(full_recipe, full_teacher, tmp_path, parts):
    """Bound: 0.02, for the earlier one is kept in half precision."""
    first = full_recipe(optimizer={"learning_rate": 0.01}, student={"parts": "lora", "lora_rank": 2})
    trained(first, tmp_path / "first")
    export(first, tmp_path / "first", tmp_path / "earlier", title="Earlier")
    earlier, _ = trained_network(first, tmp_path / "first")
    family = networks_of(full_teacher)
    teacher = family.load_teacher(full_teacher, CPU, torch.float32)
    second = full_recipe(student={"parts": parts, "lora_rank": 2, "start": tmp_path / "earlier"})
    student = family.student_of(teacher, second.student, torch.float32)
    assert relative(velocities(student, 0.5), velocities(earlier, 0.5)) < 0.02
    assert relative(velocities(teacher), velocities(earlier)) > 0.05, "it had learned something"
    trained(second, tmp_path / "second")
    export(second, tmp_path / "second", tmp_path / "model", title="Continued")
    assert load_model(tmp_path / "model", CPU, torch.float32).card.title == "Continued"


def relative(found, wanted):
    return float((found - wanted).square().mean().sqrt() / wanted.square().mean().sqrt())


@pytest.mark.parametrize("variant", ["q", "smfsr"])
def test_a_published_model_can_be_the_start(full_teacher, full_recipe, tmp_path, variant):
    folder = write_published(tmp_path / "start", variant, channels=4)
    own = read_card(full_teacher)
    write_card(own.model_copy(update={"name": "start", "variant": variant}), folder)
    family = networks_of(full_teacher)
    teacher = family.load_teacher(full_teacher, CPU, torch.float32)
    student = family.student_of(teacher, full_recipe(student={"start": folder}).student, torch.float32)
    config = load_transformer_folder(folder / "transformer", variant).config
    assert (student.velocity.config.time_unit, student.velocity.config.lr_keys) == (config.time_unit, config.lr_keys)
    assert student.velocity.config.has_interval


def test_a_start_of_another_shape_or_family_is_refused(full_teacher, full_recipe, compact_teacher, tmp_path):
    family = networks_of(full_teacher)
    teacher = family.load_teacher(full_teacher, CPU, torch.float32)
    folder = write_published(tmp_path / "start", "r1", channels=8)
    write_card(read_card(full_teacher), folder)
    for start, error in ((folder, RequestError), (compact_teacher, ModelError)):
        with pytest.raises(error):
            family.student_of(teacher, full_recipe(student={"start": start}).student, torch.float32)
