"""What a training step of the full-size model is counted to keep in memory."""

from __future__ import annotations

import pytest
import torch
from typer.testing import CliRunner

from benchmarks import full_size_networks as networks
from benchmarks.counting import LiveMemory
from benchmarks.full_size_memory import TrainingMemory, count_training


def counted(parts: str = "control", derivative: str = "secant", batch: int = 1) -> TrainingMemory:
    return count_training(networks.TINY, parts, derivative, batch, cells=16)


def test_what_learns_costs_22_bytes_a_parameter_and_what_does_not_2() -> None:
    found = TrainingMemory(learned=10, frozen=100, teacher=1000, activations=5)
    assert found.total() == 10 * 22 + 100 * 2 + 1000 * 2 + 5


def test_sharing_out_divides_the_student_alone() -> None:
    found = TrainingMemory(learned=80, frozen=0, teacher=1000, activations=5)
    assert found.total(8) == 10 * 22 + 1000 * 2 + 5


def test_parts_learn_what_their_names_say() -> None:
    control, lora, everything = (counted(parts) for parts in ("control", "lora", "all"))
    assert everything.frozen < 0.1 * everything.learned  # but for keys that have no part in the result
    assert control.learned + control.frozen == everything.learned + everything.frozen
    assert lora.learned + lora.frozen > everything.learned + everything.frozen
    assert control.teacher == lora.teacher == everything.teacher


def test_activations_grow_with_the_batch_and_with_plain_attention() -> None:
    one, four = counted(), counted(batch=4)
    assert 3 * one.activations < four.activations < 5 * one.activations
    assert counted(derivative="jvp").activations > one.activations


def test_weights_seen_through_views_do_not_count() -> None:
    weight = torch.zeros(1000)
    memory = LiveMemory()
    memory.leave_out([weight])
    with memory:
        _ = weight.view(10, 100) + 0
    assert memory.peak == weight.nbytes  # the sum alone


@pytest.mark.slow
def test_the_command_prints_a_row_for_each_way() -> None:
    import typer

    from benchmarks.full_size_memory import main

    app = typer.Typer()
    app.command()(main)
    said = CliRunner().invoke(app, ["--tiny", "--batches", "1"])
    assert said.exit_code == 0, said.output
    assert said.output.count("GiB") == 3 * 6
