"""The training loop: it learns, it stops when asked, it goes on to the bit, and it says clearly when it cannot."""

import dataclasses
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch.optim.optimizer import register_optimizer_step_pre_hook

from distill.config import OptimizerRecipe, RunRecipe
from distill.runs.events import read_events
from distill.training import checkpoint
from distill.training.checkpoint import CheckpointError, checkpoints, load_latest
from distill.training.endpoint import LossOutput
from distill.training.trainer import (
    RunningMean,
    Trainer,
    TrainingDivergedError,
    TrainingStopped,
    finished_share,
    learning_rate,
)
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress
from tests.fakes.tiny_training import FAST, JoinedStream, drawn_from_the_sample, make_parts, make_run, make_stream

ROOT = Path(__file__).parents[3]


pytestmark = pytest.mark.usefixtures("fresh_accelerator")


def weights(trainer_folder):
    state = load_latest(trainer_folder)
    return state["network"] | {f"average.{k}": v for k, v in state["averages"]["averages"][0].items()}


def test_it_learns_one_batch_by_heart(tiny_stream, tmp_path):
    """Plain velocity regression on one fixed batch and one draw of noise: the loss falls to a tenth."""
    batch, fixed = (
        tiny_stream.batch(0),
        make_parts(instantaneous_share=1.0, adaptive_power=0.0, target="data").objective,
    )

    class SameEveryStep:
        def __call__(self, network, _, step, generator):
            return fixed(network, batch, step, torch.Generator().manual_seed(0))

    trainer = Trainer(tmp_path / "run", make_run(150, log_every=10), FAST, make_parts(SameEveryStep()))
    trainer.train(Progress())
    losses = [event.losses["meanflow"] for event in read_events(tmp_path / "run")]
    assert losses[-1] < 0.1 * losses[0]


def test_log_counts_steps_patches_and_the_finished_share(tmp_path):
    trainer = Trainer(tmp_path, make_run(12), OptimizerRecipe(warmup_steps=4, accumulate=2), make_parts())
    trainer.train(Progress())
    events = read_events(tmp_path)
    assert [event.step for event in events] == [5, 10, 12]
    assert [event.trained_images for event in events] == [20, 40, 48]
    assert [event.finished for event in events] == pytest.approx([5 / 12, 10 / 12, 1.0])
    assert events[-1].losses.keys() >= {"meanflow", "gradient_norm", "skipped"}
    assert all(event.learning_rate > 0 for event in events)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_ten_steps_a_stop_and_ten_more_are_twenty_steps_to_the_bit(tmp_path, precision):
    Trainer(tmp_path / "whole", make_run(20, precision=precision), FAST, make_parts()).train(Progress())

    def stop_at_ten(report):
        if report.done == 10:
            progress.cancel()

    progress = Progress(on_report=stop_at_ten)
    with pytest.raises(TrainingStopped, match="step 10"):
        Trainer(tmp_path / "halves", make_run(20, precision=precision), FAST, make_parts()).train(progress)
    second = Trainer(tmp_path / "halves", make_run(20, precision=precision), FAST, make_parts())
    assert second.resume()
    assert second.step == 10
    second.train(Progress())
    whole, halves = weights(tmp_path / "whole"), weights(tmp_path / "halves")
    assert all(torch.equal(whole[name], halves[name]) for name in whole)
    assert [e.losses for e in read_events(tmp_path / "whole")] == [e.losses for e in read_events(tmp_path / "halves")]


def test_weights_do_change(tmp_path):
    before = make_parts().network.state_dict()
    Trainer(tmp_path, make_run(5), FAST, make_parts()).train(Progress())
    after = load_latest(tmp_path)["network"]
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert changed == {name for name in after if not name.startswith("prompts")}


def test_steps_made_after_the_last_checkpoint_leave_no_trace_in_the_log(tmp_path):
    trainer = Trainer(tmp_path, make_run(10), FAST, make_parts())
    trainer.train(Progress())
    checkpoints(tmp_path)[-1].unlink()
    trainer.step = 5
    trainer.save()
    assert Trainer(tmp_path, make_run(10), FAST, make_parts()).resume()
    assert [event.step for event in read_events(tmp_path)] == [5]


def test_nothing_to_resume_is_said_and_starts_at_nought(tmp_path):
    trainer = Trainer(tmp_path, make_run(), FAST, make_parts())
    assert not trainer.resume()
    assert trainer.step == 0


def test_resuming_with_another_network_is_refused_in_words(tiny_teacher, tmp_path):
    Trainer(tmp_path, make_run(1), FAST, make_parts()).train(Progress())
    other = dataclasses.replace(make_parts(), network=tiny_teacher.requires_grad_(True))
    with pytest.raises(CheckpointError, match="does not fit this recipe"):
        Trainer(tmp_path, make_run(), FAST, other).resume()


def test_finished_run_stays_as_it_is(tmp_path):
    Trainer(tmp_path, make_run(5), FAST, make_parts()).train(Progress())
    before = weights(tmp_path)
    again = Trainer(tmp_path, make_run(5), FAST, make_parts())
    again.resume()
    again.train(Progress())
    assert all(torch.equal(before[name], value) for name, value in weights(tmp_path).items())


def test_checkpoints_are_written_on_the_way_and_the_newest_few_kept(tmp_path):
    Trainer(tmp_path, make_run(6, checkpoint_minutes=1e-9, keep_checkpoints=3), FAST, make_parts()).train(Progress())
    assert [path.name for path in checkpoints(tmp_path)] == [f"step-{n:08d}.pt" for n in (4, 5, 6)]


def test_minutes_end_a_run_before_its_steps(tmp_path):
    trainer = Trainer(tmp_path, make_run(100_000, minutes=0.005), FAST, make_parts())
    trainer.train(Progress())
    assert 0 < trainer.step < 100_000
    assert read_events(tmp_path)[-1].finished == 1.0


def test_full_disk_ends_the_run_with_the_last_checkpoint_intact(tmp_path, monkeypatch):
    trainer = Trainer(tmp_path, make_run(20, checkpoint_minutes=1e-9), FAST, make_parts())
    saved, real = [], torch.save

    def full_after_three(state, file):
        if len(saved) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        saved.append(state["step"])
        real(state, file)

    monkeypatch.setattr(checkpoint.torch, "save", full_after_three)
    with pytest.raises(CheckpointError, match="disk is full"):
        trainer.train(Progress())
    monkeypatch.undo()
    assert load_latest(tmp_path)["step"] == 3
    resumed = Trainer(tmp_path, make_run(20), FAST, make_parts())
    resumed.resume()
    resumed.train(Progress())
    assert resumed.step == 20


class Poisoned:
    """A healthy objective whose loss is not a number from a step on."""

    def __init__(self, healthy, from_step):
        self._healthy, self._from = healthy, from_step

    def __call__(self, network, batch, step, generator):
        report = self._healthy(network, batch, step, generator)
        if step < self._from:
            return report
        nan = report.loss * float("nan")
        return LossOutput(nan, {"meanflow": nan.detach()})


@pytest.mark.parametrize("steps", [20, 9])
def test_loss_that_is_no_number_ends_the_run_with_healthy_weights(tmp_path, steps):
    healthy = make_parts()
    sick = dataclasses.replace(healthy, objective=Poisoned(healthy.objective, 7))
    with pytest.raises(TrainingDivergedError, match="Lower the learning rate"):
        Trainer(tmp_path, make_run(steps, checkpoint_minutes=1e-9), FAST, sick).train(Progress())
    state = load_latest(tmp_path)
    assert all(value.isfinite().all() for value in state["network"].values())
    assert [event.step for event in read_events(tmp_path)] == [5]


class Exploding:
    """A finite loss whose gradient is not finite at one step."""

    def __init__(self, healthy, at_step):
        self._healthy, self._at = healthy, at_step

    def __call__(self, network, batch, step, generator):
        report = self._healthy(network, batch, step, generator)
        if step == self._at:
            report.loss.register_hook(lambda gradient: gradient * float("inf"))
        return report


def test_single_gradient_that_is_not_finite_is_skipped_and_counted(tmp_path):
    healthy = make_parts()
    Trainer(
        tmp_path, make_run(10), FAST, dataclasses.replace(healthy, objective=Exploding(healthy.objective, 6))
    ).train(Progress())
    assert [event.losses["skipped"] for event in read_events(tmp_path)] == [0.0, pytest.approx(0.2)]
    assert all(value.isfinite().all() for value in load_latest(tmp_path)["network"].values())


def gradients_of_first_step(folder, optimizer, parts):
    found = {}
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: found.update(
            {i: p.grad.clone() for i, p in enumerate(optimizer.param_groups[0]["params"])}
        )
    )
    try:
        Trainer(folder, make_run(1), optimizer, parts).train(Progress())
    finally:
        hook.remove()
    return found


@pytest.mark.parametrize("derivative", ["jvp", "secant"])
def test_two_accumulated_batches_give_the_gradient_of_one_twice_as_large(tmp_path, derivative):
    def made(stream):
        return drawn_from_the_sample(make_parts(stream=stream, derivative=derivative, instantaneous_share=0.25))

    accumulated = gradients_of_first_step(tmp_path / "a", OptimizerRecipe(accumulate=2, clip=1e9), made(make_stream()))
    joined = JoinedStream((make_stream(),), every=2)
    at_once = gradients_of_first_step(tmp_path / "b", OptimizerRecipe(clip=1e9), made(joined))
    assert accumulated.keys() == at_once.keys()
    assert sum(float(g.abs().sum()) for g in at_once.values()) > 0
    for index, gradient in at_once.items():
        torch.testing.assert_close(accumulated[index], gradient, atol=1e-6, rtol=1e-4)


def test_every_batch_is_taken_once_and_in_order_over_steps_and_stops(tmp_path):
    taken = []
    for steps in (3, 5):
        parts = make_parts()
        inner = parts.objective

        def recording(network, batch, step, generator, inner=inner):
            taken.append(batch.high.clone())
            return inner(network, batch, step, generator)

        parts.objective = recording
        trainer = Trainer(tmp_path, make_run(steps), OptimizerRecipe(accumulate=2), parts)
        trainer.resume()
        trainer.train(Progress())
    expected = [make_stream().batch(number).high for number in range(10)]
    assert len(taken) == 10
    assert all(torch.equal(one, other) for one, other in zip(taken, expected, strict=True))


def test_gradients_are_clipped_to_the_asked_norm(tmp_path):
    found = gradients_of_first_step(tmp_path, OptimizerRecipe(clip=1e-3), make_parts())
    norm = torch.stack([gradient.norm() for gradient in found.values()]).norm()
    assert norm.item() == pytest.approx(1e-3, rel=1e-2)


def test_fp16_is_refused_in_words_where_the_processor_has_none(tmp_path):
    with pytest.raises(RequestError, match="Cannot train in fp16 on cpu"):
        Trainer(tmp_path, make_run(precision="fp16"), FAST, make_parts())


class HalfPrecisionOnTheProcessor(Accelerator):
    """Accelerate as it is on a graphics card in fp16: autocast, and a loss scale that starts far too high."""

    def __init__(self, mixed_precision):
        super().__init__(mixed_precision=mixed_precision)
        self.native_amp = True
        self.scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40, growth_interval=1000)


def test_loss_scale_of_fp16_comes_down_to_where_gradients_are_numbers_and_goes_on_after_a_stop(tmp_path, monkeypatch):
    monkeypatch.setattr("distill.training.trainer.Accelerator", HalfPrecisionOnTheProcessor)
    settings = make_run(60, precision="fp16", log_every=30)
    Trainer(tmp_path / "whole", settings, FAST, make_parts()).train(Progress())
    skipped = [event.losses["skipped"] for event in read_events(tmp_path / "whole")]
    assert skipped[0] > 0
    assert skipped[1] == 0
    progress = Progress(on_report=lambda report: progress.cancel() if report.done == 30 else None)
    with pytest.raises(TrainingStopped):
        Trainer(tmp_path / "halves", settings, FAST, make_parts()).train(progress)
    second = Trainer(tmp_path / "halves", settings, FAST, make_parts())
    second.resume()
    second.train(Progress())
    whole, halves = weights(tmp_path / "whole"), weights(tmp_path / "halves")
    assert all(torch.equal(whole[name], halves[name]) for name in whole)
    assert all(value.isfinite().all() for value in whole.values())


def test_processes_that_did_not_find_each_other_are_refused(tmp_path, monkeypatch):
    """A launcher that silently starts fewer processes than asked would train on a part of the data."""
    Trainer(tmp_path, make_run(), FAST, make_parts())  # accelerate settles on one process here
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RequestError, match="2 processes were started, but this one sees 1"):
        Trainer(tmp_path, make_run(), FAST, make_parts())


def script(name, folder, timeout_s=600):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).parents[1] / "processes" / name), str(folder)]
    done = subprocess.run(command, env=environment, timeout=timeout_s, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads((folder / "report.json").read_text())


@pytest.mark.slow
def test_killed_at_ten_random_moments_it_loses_at_most_the_steps_since_the_last_checkpoint(tmp_path):
    report = script("killed_training.py", tmp_path)
    rounds = report["rounds"]
    assert len(rounds) == 10
    for one in rounds:  # every step saves; the last one may have been saved but not yet told
        assert one["announced"] <= one["loaded"] <= one["announced"] + 1
    assert [one["resumed"] for one in rounds] == [0, *(one["loaded"] for one in rounds[:-1])]
    assert rounds[-1]["loaded"] > 10
    assert report["final_step"] == report["wanted_steps"]
    assert report["equals_undisturbed"]


def test_each_number_has_its_own_count_and_taking_starts_anew():
    meter = RunningMean()
    assert meter.is_empty
    meter.add({"loss": torch.tensor(1.0), "norm": torch.tensor(4.0)})
    meter.add({"loss": torch.tensor(3.0)})
    means = meter.take()
    assert {name: mean.item() for name, mean in means.items()} == {"loss": 2.0, "norm": 4.0}
    assert meter.is_empty
    meter.add({"loss": torch.tensor(7.0)})
    assert meter.take()["loss"].item() == 7.0


def test_added_tensors_are_not_changed():
    meter, value = RunningMean(), torch.tensor(1.0)
    meter.add({"loss": value})
    meter.add({"loss": torch.tensor(2.0)})
    assert value.item() == 1.0


RECIPE = OptimizerRecipe(learning_rate=1.0, final_learning_rate=0.1, warmup_steps=10)


@pytest.mark.parametrize(
    ("step", "share", "rate"), [(0, 0, 0.1), (4, 0, 0.5), (9, 0, 1.0), (500, 0.5, 0.55), (999, 1, 0.1)]
)
def test_rate_warms_up_in_a_line_and_falls_in_a_cosine(step, share, rate):
    assert learning_rate(RECIPE, step, share) == pytest.approx(rate)


def test_no_warm_up_starts_at_full_rate():
    assert learning_rate(OptimizerRecipe(learning_rate=0.3, warmup_steps=0), 0, 0.0) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("step", "elapsed_s", "minutes", "share"),
    [(50, 0, None, 0.5), (100, 0, None, 1), (250, 0, None, 1), (10, 90, 2, 0.75), (90, 60, 2, 0.9), (0, 999, 2, 1)],
)
def test_finished_share_is_by_steps_or_by_minutes_whichever_is_further(step, elapsed_s, minutes, share):
    assert finished_share(RunRecipe(steps=100, minutes=minutes), step, elapsed_s) == pytest.approx(share)
