"""What a training step minimises."""

import dataclasses

import pytest
import torch

from distill.config import EndPointLosses, FlowMatchingObjective, MeanFlowObjective, PictureLosses
from distill.networks.prompted import PromptName, student_of
from distill.networks.teacher import GuidedTeacher
from distill.training.endpoint import EndPointLoss
from distill.training.objectives import FlowMatching, MeanFlowDistillation
from distill.training.pairs import flow_pairs
from mfsr_engine.models.codec import ResidualPixelCodec
from tests.fakes.tiny_training import generator

CODEC = ResidualPixelCodec()


@pytest.fixture
def distillation(tiny_teacher, tmp_path):
    """The objective under a recipe, with a student fresh from its teacher."""

    def make(**recipe):
        settings = MeanFlowObjective(
            **{"teacher": tmp_path, "guidance": 1.0, "whole_share": 0.0, "derivative": "jvp", **recipe}
        )
        student = student_of(tiny_teacher)
        prompts = tiny_teacher.prompt(PromptName.CLEAN), tiny_teacher.prompt(PromptName.DEGRADED)
        guided = GuidedTeacher(tiny_teacher.requires_grad_(False).velocity, *prompts, settings.guidance)
        return MeanFlowDistillation(settings, CODEC, guided, student), student

    return make


def test_fresh_student_already_is_its_unguided_teacher_where_the_times_are_equal(distillation, batch):
    objective, student = distillation(instantaneous_share=1.0)
    report = objective(student, batch, 0, generator())
    assert report.parts["meanflow"].item() == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize("change", [{"guidance": 3.0}, {"instantaneous_share": 0.0}, {"target": "data"}])
def test_guidance_intervals_and_the_data_target_each_leave_something_to_learn(distillation, batch, change):
    objective, student = distillation(**{"instantaneous_share": 1.0, **change})
    assert objective(student, batch, 0, generator()).parts["meanflow"] > 1e-6


def test_where_the_times_are_equal_it_is_plain_velocity_distillation(distillation, batch):
    """Mean square of student minus guided teacher, computed here from the same draws."""
    objective, student = distillation(instantaneous_share=1.0, guidance=3.0, adaptive_power=0.0)
    seen = {}

    def spy(z, lr, names, t, r):
        seen.update(z=z, lr=lr, t=t, r=r)
        return student(z, lr, names, t, r)

    report = objective(spy, batch, 0, generator())
    assert torch.equal(seen["t"], seen["r"])
    with torch.no_grad():
        names = torch.full((2,), int(PromptName.CLEAN))
        u = student(seen["z"], seen["lr"], names, seen["t"], seen["r"])
        expected = (u - objective.teacher.velocity(seen["z"], seen["lr"], seen["t"])).square().mean()
    assert report.loss.item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_rare_meanflow_loss_leaves_the_other_steps_to_the_picture(distillation, batch):
    plain, student = distillation()
    end_point = EndPointLosses(pixel=1.0, rollout_share=0.0)
    settings = plain.recipe.model_copy(update={"every": 3, "end_point": end_point})
    end_point = EndPointLoss(end_point, CODEC, student, {})
    objective = dataclasses.replace(plain, recipe=settings, end_point=end_point)
    used = [set(objective(student, batch, step, generator()).parts) for step in range(4)]
    assert used == [{"meanflow", "pixel"}, {"pixel"}, {"pixel"}, {"meanflow", "pixel"}]


@pytest.mark.parametrize("derivative", ["jvp", "secant"])
def test_gradient_is_that_of_a_regression_on_a_fixed_target(distillation, batch, derivative):
    """Recomputed with the target held as a number: nothing flows through the target."""
    objective, student = distillation(
        instantaneous_share=0.0, guidance=2.0, adaptive_power=0.0, derivative=derivative, weight=0.5
    )
    seen = {}

    def spy(z, lr, names, t, r):
        seen.update(inputs=(z, lr, names, t, r))
        return student(z, lr, names, t, r)

    objective(spy, batch, 0, generator()).loss.backward()
    found = {name: p.grad.clone() for name, p in student.named_parameters() if p.grad is not None}
    student.zero_grad()
    z, lr, names, t, r = seen["inputs"]
    v = objective.teacher.velocity(z, lr, t)
    wide = (t - r)[:, None, None, None]
    if derivative == "jvp":
        tangents = (v, torch.ones_like(t), torch.zeros_like(r))
        change = torch.func.jvp(lambda z, t, r: student(z, lr, names, t, r), (z, t, r), tangents)[1]
        change = wide * change
    else:
        step = (t - r).clamp(max=objective.recipe.secant_step)
        earlier = student(z - step[:, None, None, None] * v, lr, names, t - step, r)
        change = wide * (student(z, lr, names, t, r) - earlier) / step[:, None, None, None]
    target = (v - change.clamp(-5, 5)).detach()
    (0.5 * (student(z, lr, names, t, r) - target).square().mean()).backward()
    for name, parameter in student.named_parameters():
        if parameter.grad is not None:
            torch.testing.assert_close(found[name], parameter.grad, atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("kind", ["jvp", "secant", "rcgm", "alphaflow", "splitmeanflow", "midpoint"])
def test_samples_at_equal_times_and_what_is_known_already_cost_no_pass(distillation, batch, kind):
    """Rows that the student computes without gradient: none for samples with r = t, none for the student's present velocity."""
    objective, student = distillation(instantaneous_share=0.5, guidance=2.0, derivative=kind)
    asked = []

    def bare(z, lr, names, t, r):
        asked.append(len(z))
        return student(z, lr, names, t, r)

    counted = dataclasses.replace(objective, bare_network=bare)
    seeds = {}
    for seed in range(20):
        asked.clear()
        assert torch.isfinite(counted(student, batch, 0, generator(seed)).loss)
        seeds[seed] = list(asked)
    passes = {"jvp": 1, "secant": 1, "rcgm": 2, "alphaflow": 1, "splitmeanflow": 2, "midpoint": 1}[kind]
    assert {len(rows) for rows in seeds.values()} == {passes}
    assert {rows[0] for rows in seeds.values()} == {1, 2}


def test_midpoint_needs_the_teacher_to_be_the_target(tmp_path):
    with pytest.raises(ValueError, match="takes a step of the teacher"):
        MeanFlowObjective(teacher=tmp_path, derivative="midpoint", target="data")


def test_warm_up_grows_the_derivative_part_from_step_to_step(distillation, batch):
    """At its start the target is nearly v, which a fresh unguided student gives except for its interval."""
    losses = {}
    for warmup, step in [(0, 0), (4, 0), (4, 3), (4, 100)]:
        objective, student = distillation(instantaneous_share=0.0, adaptive_power=0.0, tangent_warmup_steps=warmup)
        losses[warmup, step] = objective(student, batch, step, generator()).loss.item()
    assert losses[4, 0] == pytest.approx(losses[0, 0] / 16, rel=1e-3)  # a quarter of the way, squared
    assert losses[4, 3] == losses[4, 100] == losses[0, 0]


def test_tangent_clamp_bounds_the_target(distillation, batch):
    objective, student = distillation(instantaneous_share=0.0, adaptive_power=0.0, tangent_clamp=1e-3)
    assert objective(student, batch, 0, generator()).loss.item() <= 1e-6


def test_adaptive_weight_makes_every_sample_count_about_one(distillation, batch):
    objective, student = distillation(instantaneous_share=0.0, guidance=4.0, adaptive_offset=1e-9)
    report = objective(student, batch, 0, generator())
    assert report.loss.item() == pytest.approx(1.0, abs=1e-3)
    assert report.parts["meanflow"].item() != pytest.approx(1.0, abs=1e-3)


def test_frozen_prompts_and_the_teacher_get_no_gradient(distillation, batch):
    objective, student = distillation(instantaneous_share=0.0, guidance=2.0)
    objective(student, batch, 0, generator()).loss.backward()
    assert student.prompts.weight.grad is None
    assert all(p.grad is None for p in objective.teacher.model.parameters())
    assert student.velocity.conv_first.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("make", ["flow", "meanflow"])
def test_same_generator_gives_the_same_loss_and_another_one_another(distillation, batch, tiny_teacher, make):
    if make == "flow":
        network, objective = tiny_teacher, FlowMatching(FlowMatchingObjective(), CODEC)
    else:
        objective, network = distillation(instantaneous_share=0.5, guidance=2.0)
    first, again, other = (objective(network, batch, 0, generator(seed)).loss.item() for seed in (1, 1, 2))
    assert first == again != other


def test_flow_matching_regresses_noise_minus_data_at_equal_times(batch, tiny_teacher):
    objective, seen = FlowMatching(FlowMatchingObjective(degraded_share=0.0, null_share=0.0), CODEC), {}

    def perfect(z, lr, names, t, r):
        seen.update(t=t, r=r, names=names)
        wide = t[:, None, None, None]
        return (z - flow_pairs(batch, CODEC).x) / wide  # = e - x, since z = (1 - t) x + t e

    assert objective(perfect, batch, 0, generator()).loss.item() == pytest.approx(0.0, abs=1e-6)
    assert torch.equal(seen["t"], seen["r"])
    assert seen["names"].unique().tolist() == [PromptName.CLEAN]


def test_prompts_name_what_the_target_is(tiny_stream):
    """Under "degraded" the target is the worse picture, else the good one; the shares are the recipe's."""
    stream = dataclasses.replace(tiny_stream, batch_size=400)
    batch = stream.batch(0)
    objective = FlowMatching(FlowMatchingObjective(degraded_share=0.3, null_share=0.2), CODEC)
    good, worse = (flow_pairs(batch, CODEC, torch.full((400,), flag)).x for flag in (False, True))
    seen = {}

    def spy(z, lr, names, t, r):
        seen.update(names=names)
        wanted = torch.where((names == PromptName.DEGRADED)[:, None, None, None], worse, good)
        return (z - wanted) / t[:, None, None, None]

    assert objective(spy, batch, 0, generator()).loss.item() == pytest.approx(0.0, abs=1e-5)
    shares = [float((seen["names"] == name).float().mean()) for name in PromptName]
    assert shares == pytest.approx([0.5, 0.3, 0.2], abs=0.06)


def test_predicted_picture_is_judged_against_what_its_prompt_names(tiny_stream):
    """A network that reaches every wanted picture has no loss; one that always makes the good one fails where a worse was wanted."""
    batch = dataclasses.replace(tiny_stream, batch_size=40).batch(0)
    recipe = FlowMatchingObjective(degraded_share=0.5, null_share=0.0, picture=PictureLosses(lpips=2.0, batch_size=40))
    difference = {"lpips": lambda result, truth: (result - truth).abs().mean((1, 2, 3))}
    objective = FlowMatching(recipe, CODEC, difference)
    good, worse = (flow_pairs(batch, CODEC, torch.full((40,), flag)).x for flag in (False, True))

    def reaches_all(z, lr, names, t, r):
        wanted = torch.where((names == PromptName.DEGRADED)[:, None, None, None], worse, good)
        return (z - wanted) / t[:, None, None, None]

    def reaches_good(z, lr, names, t, r):
        return (z - good) / t[:, None, None, None]

    assert objective(reaches_all, batch, 0, generator()).parts["lpips"].item() == pytest.approx(0.0, abs=1e-5)
    report = objective(reaches_good, batch, 0, generator())
    assert report.parts["lpips"] > 1e-3
    assert report.loss.item() == pytest.approx((report.parts["velocity"] + 2 * report.parts["lpips"]).item(), rel=1e-5)


def test_costly_features_see_as_many_samples_as_the_recipe_says(tiny_stream):
    batch, seen = dataclasses.replace(tiny_stream, batch_size=6).batch(0), {}

    def counting(name):
        return lambda result, truth: seen.update({name: len(result)}) or result.mean((1, 2, 3))

    recipe = FlowMatchingObjective(picture=PictureLosses(lpips=1.0, features=1.0, batch_size=4, features_batch_size=3))
    objective = FlowMatching(recipe, CODEC, {name: counting(name) for name in ("lpips", "features")})
    objective(lambda z, *_: z, batch, 0, generator())
    assert seen == {"lpips": 4, "features": 3}
