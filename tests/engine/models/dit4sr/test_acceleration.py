"""Faster calls give what the plain call gives, leave the network as it was, and give up by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mfsr_engine.models.dit4sr import acceleration
from mfsr_engine.models.dit4sr.acceleration import CompiledBlocks, RecordedCalls
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.prompts import Prompt
from tests.fakes.tiny_transformer import CONFIG, make_transformer

Arguments = tuple[Tensor, Tensor, Prompt, Tensor, Tensor]


@pytest.fixture
def network() -> VelocityTransformer:
    return make_transformer().eval().requires_grad_(False)


def arguments(seed: int = 0, height: int = 6, width: int = 4, batch: int = 1) -> Arguments:
    random = torch.Generator().manual_seed(seed)
    z, lr = (torch.randn(batch, CONFIG.in_channels, height, width, generator=random) for _ in range(2))
    pooled = torch.randn(1, CONFIG.pooled_projection_dim, generator=random)
    tokens = torch.randn(1, 3, CONFIG.joint_attention_dim, generator=random)
    return z, lr, Prompt(pooled, tokens), torch.rand(batch, generator=random), torch.zeros(batch)


class Recorder:
    """Stands in for CUDA: 'replays' by computing again from the same tensors into the same result."""

    def __init__(self) -> None:
        self.replays = 0
        self.error: Exception | None = None
        self.spoil = 1.0

    def __call__(self, run: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
        if self.error is not None:
            raise self.error
        output = run().clone()

        def replay() -> None:
            self.replays += 1
            output.copy_(run() * self.spoil)

        return replay, output


def test_replays_answer_as_plain_calls_whatever_comes_in(network: VelocityTransformer) -> None:
    recorder = Recorder()
    recorded = RecordedCalls(network, recorder)
    results = [recorded(*arguments(seed)) for seed in range(3)]
    for seed, result in enumerate(results):  # earlier results are not overwritten by later replays
        torch.testing.assert_close(result, network(*arguments(seed)))
    assert recorded.recordings == 1
    assert recorder.replays == 4  # one to compare, and one for each call


def test_each_shape_is_recorded_up_to_a_limit(network: VelocityTransformer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "MAX_RECORDINGS", 2)
    recorded = RecordedCalls(network, Recorder())
    for batch in (1, 2, 3, 1):
        given = arguments(batch=batch)
        torch.testing.assert_close(recorded(*given), network(*given))
    assert recorded.recordings == 2


@pytest.mark.parametrize("error", [RuntimeError("operation not permitted when stream is capturing"), MemoryError()])
def test_what_cannot_be_recorded_is_called_plainly(network: VelocityTransformer, error: Exception) -> None:
    recorder = Recorder()
    recorder.error = error
    recorded = RecordedCalls(network, recorder)
    torch.testing.assert_close(recorded(*arguments()), network(*arguments()))
    assert recorded.recordings == 0


def test_a_replay_that_answers_otherwise_is_never_used(network: VelocityTransformer) -> None:
    recorder = Recorder()
    recorder.spoil = 1.5
    recorded = RecordedCalls(network, recorder)
    for seed in range(2):
        torch.testing.assert_close(recorded(*arguments(seed)), network(*arguments(seed)))
    assert recorder.replays == 1


def test_the_positions_that_a_recording_reads_live_as_long_as_it(network: VelocityTransformer) -> None:
    recorded = RecordedCalls(network, Recorder())
    recorded(*arguments())
    (recording,) = recorded._recordings.values()
    assert recording is not None
    assert recording.kept is network.pos_embed.positions(3, 2, torch.device("cpu"))


def test_compiled_blocks_answer_the_same_and_leave_the_network_alone(network: VelocityTransformer) -> None:
    wanted = network(*arguments())
    compiled = CompiledBlocks(network, backend="eager")  # traced by the compiler, run without its kernels
    for _ in range(2):
        torch.testing.assert_close(compiled(*arguments()), wanted)
    assert not compiled.has_given_up
    assert all(block._compiled_call_impl is None for block in network.transformer_blocks)
    torch.compiler.reset()


def test_a_compiler_that_fails_is_given_up(network: VelocityTransformer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no compiler found")

    monkeypatch.setattr(torch.nn.Module, "compile", fail)
    compiled = CompiledBlocks(network)
    torch.testing.assert_close(compiled(*arguments()), network(*arguments()))
    assert compiled.has_given_up
