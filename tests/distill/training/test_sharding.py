"""A full-size student shared out between two processes learns what one process learns from both their batches, and its
checkpoints are those of a whole network.
"""

import pytest
import torch
from accelerate import Accelerator, DistributedType
from torch.optim.optimizer import register_optimizer_step_pre_hook

from distill.config import OptimizerRecipe
from distill.training.checkpoint import load_latest
from distill.training.trainer import Trainer
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress
from tests.distill.processes import forked
from tests.fakes.tiny_full_size import make_full_parts, make_full_stream
from tests.fakes.tiny_training import FAST, JoinedStream, drawn_from_the_sample, make_run

pytestmark = pytest.mark.usefixtures("fresh_accelerator")

STEPS = 3
CASES = {
    "jvp": {"derivative": "jvp"},
    "secant": {"derivative": "secant"},
    "recomputing": {"student": {"gradient_checkpointing": True}},
    "control": {"student": {"parts": "control", "lora_rank": 2, "gradient_checkpointing": True}},
    "lora": {"student": {"parts": "lora", "lora_rank": 2, "gradient_checkpointing": True}},
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Folder with the checkpoints of every case, and what both processes saw."""
    folder = tmp_path_factory.mktemp("shared")
    return folder, forked.drive("sharded_training.py", folder, 2)


def alone(folder, steps=STEPS, optimizer=FAST, every=1, **recipe):
    """The same training by one process on the batches of both: first gradients, and the checkpoint."""
    torch.manual_seed(7)
    joined = JoinedStream((make_full_stream(0), make_full_stream(1)), every)
    parts = drawn_from_the_sample(make_full_parts(stream=joined, instantaneous_share=0.25, **recipe))
    names = [name for name, p in parts.network.named_parameters() if p.requires_grad]
    found = {}

    def look(used, *_):
        if not found:
            found.update(zip(names, [p.grad.clone() for p in used.param_groups[0]["params"]], strict=True))

    hook = register_optimizer_step_pre_hook(look)
    Trainer(folder, make_run(steps), optimizer, parts).train(Progress())
    hook.remove()
    return found, load_latest(folder)


def assert_close(found, expected, atol, rtol=1e-3):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(
            found[name], value, atol=atol, rtol=rtol, msg=lambda text, name=name: f"{name}: {text}"
        )


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_two_that_share_a_network_learn_what_one_learns_from_the_batches_of_both(shared, tmp_path, case):
    folder, ranks = shared
    gradients, state = alone(tmp_path, **CASES[case])
    for rank in ranks:
        assert_close(rank[case]["gradients"], gradients, atol=1e-6)
    found = load_latest(folder / case)
    assert found["step"] == STEPS
    assert_close(found["network"], state["network"], atol=1e-4)
    assert_close(found["averages"]["averages"][0], state["averages"]["averages"][0], atol=1e-4)


@pytest.mark.slow
def test_each_holds_its_part_of_weights_moments_and_averages_and_no_more(shared):
    whole = make_full_parts()
    total = sum(p.numel() for p in whole.network.parameters())
    seen = [rank["secant"] for rank in shared[1]]
    assert all(one["is_split"] for one in seen)
    for kind in ("held", "held_moments", "held_average"):
        assert sum(one[kind] for one in seen) == total
        assert all(0.4 * total < one[kind] < 0.6 * total for one in seen)
    resumed = [rank["halves, second"] for rank in shared[1]]
    assert all(one["kept_for_moments"] == one["held_moments"] for one in resumed)


@pytest.mark.slow
def test_accumulated_gradients_are_those_of_one_process_on_all_batches(shared, tmp_path):
    gradients, _ = alone(tmp_path, 1, OptimizerRecipe(clip=1e9, warmup_steps=0), every=2)
    for rank in shared[1]:
        assert_close(rank["accumulated"]["gradients"], gradients, atol=1e-6)


@pytest.mark.slow
def test_gradients_are_clipped_by_the_norm_of_the_whole_network(shared):
    for rank in shared[1]:
        norm = torch.stack([gradient.norm() for gradient in rank["clipped"]["gradients"].values()]).norm()
        assert norm.item() == pytest.approx(1e-3, rel=1e-2)


@pytest.mark.slow
def test_end_point_loss_beside_it_is_judged_on_both(shared):
    first, second = (rank["judged"]["gradients"] for rank in shared[1])
    assert all(torch.equal(first[name], second[name]) and first[name].isfinite().all() for name in first)


@pytest.mark.slow
def test_a_stop_in_between_changes_nothing_to_the_bit(shared):
    folder, ranks = shared
    assert [rank["halves, second"]["resumed"] for rank in ranks] == [True, True]
    whole, halves = load_latest(folder / "secant"), load_latest(folder / "halves")
    assert all(torch.equal(value, halves["network"][name]) for name, value in whole["network"].items())
    averages = [state["averages"]["averages"][0] for state in (whole, halves)]
    assert all(torch.equal(value, averages[1][name]) for name, value in averages[0].items())


@pytest.mark.slow
def test_all_save_together_when_the_main_process_says_that_it_is_time(shared):
    """One that saved alone would wait for the others' parts for ever: clocks differ between processes."""
    assert [rank["clocks"] for rank in shared[1]] == [[*range(1, STEPS + 1), STEPS]] * 2


@pytest.mark.slow
def test_its_checkpoint_is_a_whole_networks_and_one_process_goes_on_with_it(shared):
    folder, _ = shared
    trainer = Trainer(folder / "secant", make_run(STEPS + 1, shard=True), FAST, make_full_parts())
    assert trainer.resume()
    assert trainer.step == STEPS
    saved = load_latest(folder / "secant")["network"]
    assert all(torch.equal(saved[name], value) for name, value in trainer._bare.state_dict().items())
    trainer.train(Progress())
    assert load_latest(folder / "secant")["step"] == STEPS + 1


@pytest.mark.slow
def test_a_compact_network_is_not_shared_out(shared):
    assert all("run.shard = false" in rank["compact"] for rank in shared[1])


@pytest.mark.parametrize("kind", ["FSDP", "DEEPSPEED", "MEGATRON_LM"])
def test_accelerates_own_ways_to_split_are_refused_and_the_recipes_is_named(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(Accelerator, "distributed_type", DistributedType(kind))
    with pytest.raises(RequestError, match=r"write shard = true below \[run\]"):
        Trainer(tmp_path, make_run(), FAST, make_full_parts())


def test_a_wish_for_fsdp_that_accelerate_passes_over_on_processors_is_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(RequestError, match=r"write shard = true below \[run\]"):
        Trainer(tmp_path, make_run(), FAST, make_full_parts())
