"""Training on two processes is training on one with both their batches: no gradient is lost around the forward derivative."""

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from distill.config import OptimizerRecipe
from distill.training.trainer import Trainer
from mfsr_engine.progress import Progress
from tests.distill.processes import forked
from tests.fakes.tiny_training import JoinedStream, drawn_from_the_sample, make_parts, make_run, make_stream
from tests.fakes.tiny_transformer import distillation_loss, make_transformer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_accelerator")]


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What both processes saw, by case."""
    folder = tmp_path_factory.mktemp("two")
    return forked.drive("two_processes.py", folder, 2)


def alone(folder, every=1, **recipe):
    """Gradients of one process on the batches of both."""
    joined = JoinedStream((make_stream(0), make_stream(1)), every)
    found = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: found.extend(p.grad.clone() for p in optimizer.param_groups[0]["params"])
    )
    parts = drawn_from_the_sample(make_parts(stream=joined, instantaneous_share=0.25, **recipe))
    Trainer(folder, make_run(1), OptimizerRecipe(clip=1e9), parts).train(Progress())
    hook.remove()
    return found


def test_both_processes_found_each_other(ranks):
    assert [rank["world size"] for rank in ranks] == [2, 2]


@pytest.mark.parametrize("derivative", ["jvp", "secant"])
def test_gradients_are_those_of_one_process_on_the_doubled_batch(ranks, tmp_path, derivative):
    expected = alone(tmp_path, derivative=derivative)
    assert all(gradient.abs().max() > 0 for gradient in expected)
    for rank in ranks:
        torch.testing.assert_close(rank[f"{derivative} gradients"], expected, atol=1e-6, rtol=1e-4)


def test_accumulated_gradients_are_those_of_one_process_on_all_batches(ranks, tmp_path):
    expected = alone(tmp_path, every=2, derivative="secant")
    for rank in ranks:
        torch.testing.assert_close(rank["accumulated gradients"], expected, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("derivative", ["jvp", "secant"])
def test_end_point_loss_beside_it_keeps_gradients_equal_on_both(ranks, derivative):
    first, second = (rank[f"{derivative} judged"] for rank in ranks)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(gradient.isfinite().all() for gradient in first)


def test_adversaries_learn_from_the_pictures_of_both_and_stay_equal(ranks):
    first, second = (rank["discriminators"] for rank in ranks)
    assert first["error"] is None
    assert first["step"] == 3
    torch.testing.assert_close(first["after"], second["after"], atol=0, rtol=0)
    assert not torch.equal(first["before"]["layers.1.weight"], first["after"]["layers.1.weight"])


@pytest.mark.parametrize("derivative", ["jvp", "secant"])
def test_full_size_model_sharded_over_both_has_the_loss_and_gradients_of_one(ranks, derivative):
    network = make_transformer()
    loss = distillation_loss(network, derivative, slice(0, 4))
    loss.backward()
    expected = {name: p.grad for name, p in network.named_parameters() if p.grad is not None}
    seen = [rank[f"{derivative} sharded"] for rank in ranks]
    assert all(one["is_split"] for one in seen)
    assert sum(one["loss"] for one in seen) / 2 == pytest.approx(loss.item(), rel=1e-5)
    for one in seen:
        assert one["gradients"].keys() == expected.keys()
        for name, gradient in expected.items():
            torch.testing.assert_close(one["gradients"][name], gradient, atol=1e-6, rtol=1e-4)


def test_when_one_is_asked_to_stop_both_stop_at_the_same_step(ranks):
    assert [rank["stopped"] for rank in ranks] == [{"step": 5, "error": "TrainingStopped"}] * 2


def test_by_the_clock_both_end_at_the_same_step_and_learn_at_the_same_rates(ranks):
    first, second = (rank["timed"] for rank in ranks)
    assert first["error"] is None
    assert first["step"] > 0
    assert first == second


def test_loss_that_is_no_number_on_one_ends_both(ranks):
    assert [rank["poisoned"] for rank in ranks] == [{"step": 5, "error": "TrainingDivergedError"}] * 2
