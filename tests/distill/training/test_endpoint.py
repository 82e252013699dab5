"""Losses on the picture a student reaches."""

import dataclasses

import pytest
import torch

from distill.config import EndPointLosses
from distill.networks.prompted import student_of
from distill.training.endpoint import ROLLOUT_STEPS, Adversary, EndPointLoss
from distill.training.pairs import flow_pairs
from mfsr_engine.models.codec import ResidualPixelCodec
from tests.fakes.tiny_training import generator

CODEC = ResidualPixelCodec()


class Recorded:
    """A velocity that goes straight to a data point, and remembers the times it was asked for."""

    def __init__(self, goal):
        self.goal, self.times = goal, []

    def __call__(self, z, lr, names, t, r):
        self.times.append((round(t[0].item(), 4), round(r[0].item(), 4), torch.is_grad_enabled()))
        return (z - self.goal[: len(z)]) / t[:, None, None, None]


def judge(network, **recipe):
    return EndPointLoss(EndPointLosses(**{"pixel": 1.0, "rollout_share": 0.0, **recipe}), CODEC, network, {})


def test_student_that_reaches_the_truth_in_one_step_has_no_loss(batch):
    pairs = flow_pairs(batch, CODEC)
    network = Recorded(pairs.x)
    found = judge(network)(network, batch, pairs, 0, generator())
    assert found.loss.item() == pytest.approx(0.0, abs=1e-6)
    assert network.times == [(1.0, 0.0, True)]


def test_pixel_loss_is_the_weighted_mean_difference(batch):
    pairs = flow_pairs(batch, CODEC)
    network = Recorded(pairs.x + 1.0)  # a data point one off is the residual scale off in the picture
    found = judge(network, pixel=3.0)(network, batch, pairs, 0, generator())
    assert found.parts["pixel"].item() == pytest.approx(CODEC.residual_scale, rel=1e-3)
    assert found.loss.item() == pytest.approx(3 * CODEC.residual_scale, rel=1e-3)


def walk(steps, shift):
    """Times of a walk, rounded as they are recorded."""
    even = [1 - n / steps for n in range(steps + 1)]
    return [round(shift * t / (1 + (shift - 1) * t), 4) for t in even]


def way_of(times):
    return [times[0][0], *(time[1] for time in times)]


@pytest.mark.parametrize("shift", [1.0, 0.5])
def test_every_step_of_every_walk_is_judged_by_what_one_more_step_reaches(batch, shift):
    pairs, judged = flow_pairs(batch, CODEC), set()
    for seed in range(400):
        network = Recorded(pairs.x)
        judge(network, rollout_share=1.0, walk_shift=shift)(network, batch, pairs, 0, generator(seed))
        way = way_of(network.times)
        number = sum(not with_gradient for *_, with_gradient in network.times)
        steps = next(n for n in ROLLOUT_STEPS if walk(n, shift)[: number + 2] == way[: number + 2])
        assert way == [*walk(steps, shift)[: number + 2], 0.0][: len(way)]
        assert way[-1] == 0.0
        assert len(way) == number + (3 if number + 1 < steps else 2)
        judged.add((steps, number))
    assert {(2, 0), (2, 1), (4, 0), (4, 3), (8, 0), (8, 5), (8, 7)} <= judged


def test_walk_with_a_shift_takes_a_long_first_step():
    assert walk(2, 0.5) == [1.0, 0.3333, 0.0]
    assert walk(4, 0.5) == [1.0, 0.6, 0.3333, 0.1429, 0.0]


def test_only_as_many_samples_as_asked_are_judged(batch):
    pairs = flow_pairs(batch, CODEC)
    goal = pairs.x.clone()
    goal[1] += 100
    network = Recorded(goal)
    assert judge(network, batch_size=1)(network, batch, pairs, 0, generator()).loss.item() == pytest.approx(
        0.0, abs=1e-6
    )


def test_gradient_reaches_the_student(batch, tiny_teacher):
    student, pairs = student_of(tiny_teacher), flow_pairs(batch, CODEC)
    judge(student, rollout_share=1.0)(student, batch, pairs, 0, generator()).loss.backward()
    assert student.velocity.conv_first.weight.grad.abs().sum() > 0


def test_gradient_of_a_judged_step_comes_back_through_the_step_after_it(batch):
    pairs = flow_pairs(batch, CODEC)
    asked = []

    def network(z, lr, names, t, r):
        u = torch.zeros_like(z).requires_grad_()
        u.retain_grad()
        asked.append((t[0].item(), u, torch.is_grad_enabled()))
        return u + 0 * z

    seed = next(seed for seed in range(50) if len(steps_of(pairs, batch, seed)) >= 2)
    judge(network, rollout_share=1.0)(network, batch, pairs, 0, generator(seed)).loss.backward()
    moved = [u.grad is not None and bool(u.grad.abs().sum() > 0) for _, u, with_gradient in asked if with_gradient]
    assert moved == [True, True]


def steps_of(pairs, batch, seed):
    network = Recorded(pairs.x)
    judge(network, rollout_share=1.0)(network, batch, pairs, 0, generator(seed))
    return [time for time in network.times if time[2]]


def test_adversary_learns_to_tell_made_from_real():
    torch.manual_seed(0)
    adversary = Adversary.create(torch.device("cpu"), learning_rate=2e-3)
    real = torch.rand(2, 3, 16, 16) * 2 - 1
    made = torch.nn.functional.avg_pool2d(real, 5, 1, 2)
    losses = [adversary.learn(made, real).item() for _ in range(25)]
    assert losses[-1] < 0.7 * losses[0]
    assert adversary.generator_loss(made) > adversary.generator_loss(real)


def test_gradient_of_the_adversarial_loss_in_fp32_reaches_the_student_although_the_adversary_has_just_learned(
    batch, tiny_teacher
):
    student, pairs = student_of(tiny_teacher), flow_pairs(batch, CODEC)
    adversary = Adversary.create(torch.device("cpu"))
    recipe = EndPointLosses(adversarial=1.0, rollout_share=0.0)
    found = EndPointLoss(recipe, CODEC, student, {}, adversary)(student, batch, pairs, 0, generator())
    found.loss.backward()
    assert set(found.parts) == {"adversarial", "discriminator"}
    assert student.velocity.conv_first.weight.grad.abs().sum() > 0


def test_judging_leaves_no_gradient_in_the_adversary_but_one_in_the_picture():
    adversary = Adversary.create(torch.device("cpu"))
    picture = torch.zeros(1, 3, 16, 16, requires_grad=True)
    adversary.generator_loss(picture).backward()
    assert picture.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in adversary.discriminator.parameters())


def test_a_picture_that_is_not_a_number_leaves_the_adversary_as_it_is():
    adversary = Adversary.create(torch.device("cpu"))
    real = torch.rand(2, 3, 16, 16) * 2 - 1
    adversary.learn(real.flip(0), real)
    before = [parameter.detach().clone() for parameter in adversary.discriminator.parameters()]
    moments = [value.clone() for state in adversary.optimizer.state.values() for value in state.values()]
    assert torch.isnan(adversary.learn(torch.full_like(real, torch.nan), real))
    assert all(map(torch.equal, before, adversary.discriminator.parameters()))
    kept = [value for state in adversary.optimizer.state.values() for value in state.values()]
    assert all(map(torch.equal, moments, kept))
    assert torch.isfinite(adversary.learn(real.flip(0), real))


def with_peer(batch, has_peer):
    """The batch with a peer's results, brighter than the truth by 0.5, for the samples named."""
    peer = torch.full_like(batch.high, torch.nan)
    peer[has_peer] = batch.high[has_peer] + 0.5
    return dataclasses.replace(batch, peer=peer)


def test_a_peers_result_counts_where_there_is_one(batch):
    pairs, count = flow_pairs(batch, CODEC), len(batch.high)
    network = Recorded(pairs.x)  # reaches the truth
    found = judge(network, pixel=0.0, peer=2.0, batch_size=count)(network, with_peer(batch, [1]), pairs, 0, generator())
    assert found.parts["peer"].item() == pytest.approx(0.5, rel=1e-3)
    assert found.loss.item() == pytest.approx(2 * 0.5 / count, rel=1e-3)


def test_without_any_peers_result_nothing_is_lost(batch):
    pairs = flow_pairs(batch, CODEC)
    network = Recorded(pairs.x)
    for given in (batch, with_peer(batch, [])):
        found = judge(network, pixel=0.0, peer=2.0)(network, given, pairs, 0, generator())
        assert "peer" not in found.parts
        assert found.loss.item() == 0


def test_lpips_is_shared_between_truth_and_peer(batch):
    pairs, count = flow_pairs(batch, CODEC), len(batch.high)
    network = Recorded(pairs.x)
    recipe = EndPointLosses(lpips=1.0, peer_lpips=0.25, rollout_share=0.0, batch_size=count)
    distance = {"lpips": lambda x, y: (x - y).abs().mean((1, 2, 3))}
    made = EndPointLoss(recipe, CODEC, network, distance)(network, with_peer(batch, [0]), pairs, 0, generator())
    to_peer = (0.5 * batch.high[0] + 0.75).clamp(0, 1) - (0.5 * batch.high[0] + 0.5)
    assert made.loss.item() == pytest.approx(0.25 * to_peer.mean().item() / count, rel=1e-2)


def test_features_are_left_out_between_their_steps(batch):
    pairs = flow_pairs(batch, CODEC)
    network = Recorded(pairs.x)
    recipe = EndPointLosses(features=1.0, features_every=3, rollout_share=0.0)
    made = EndPointLoss(recipe, CODEC, network, {"features": lambda x, y: (x - y).abs().mean((1, 2, 3)) + 1})
    losses = [made(network, batch, pairs, step, generator()).loss.item() for step in range(4)]
    assert [loss > 0.5 for loss in losses] == [True, False, False, True]
