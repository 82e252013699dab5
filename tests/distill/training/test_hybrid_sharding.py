"""A full-size student on two computers of two processes each: every computer holds it once, and all learn the same (HSDP)."""

import pytest
import torch

from distill.training.checkpoint import load_latest
from distill.training.trainer import Trainer
from mfsr_engine.progress import Progress
from tests.distill.processes import forked
from tests.fakes.tiny_full_size import make_full_parts, make_full_stream
from tests.fakes.tiny_training import FAST, JoinedStream, drawn_from_the_sample, make_run

pytestmark = [pytest.mark.usefixtures("fresh_accelerator"), pytest.mark.slow]


@pytest.fixture(scope="module")
def hybrid(tmp_path_factory):
    """Folder with the checkpoints, and what the four processes saw."""
    folder = tmp_path_factory.mktemp("hybrid")
    return folder, forked.drive("hybrid_training.py", folder, 4)


def test_each_computer_holds_the_network_once(hybrid):
    total = sum(p.numel() for p in make_full_parts().network.parameters())
    held = [rank["whole"]["held"] for rank in hybrid[1]]
    assert held[0] + held[1] == held[2] + held[3] == total
    assert all(0.4 * total < one < 0.6 * total for one in held)


def test_four_learn_what_one_learns_from_the_batches_of_all(hybrid, tmp_path):
    torch.manual_seed(7)
    joined = JoinedStream(tuple(make_full_stream(rank) for rank in range(4)))
    parts = drawn_from_the_sample(make_full_parts(stream=joined, instantaneous_share=0.25, derivative="jvp"))
    Trainer(tmp_path, make_run(3), FAST, parts).train(Progress())
    alone, found = load_latest(tmp_path)["network"], load_latest(hybrid[0] / "whole")["network"]
    for name, value in alone.items():
        torch.testing.assert_close(
            found[name], value, atol=1e-4, rtol=1e-3, msg=lambda text, name=name: f"{name}: {text}"
        )
    first = hybrid[1][0]["whole"]["gradients"]
    for rank in hybrid[1][1:]:
        assert all(torch.equal(gradient, first[name]) for name, gradient in rank["whole"]["gradients"].items())


def test_a_stop_in_between_changes_nothing(hybrid):
    folder, ranks = hybrid
    assert all(rank["halves"]["resumed"] for rank in ranks)
    whole, halves = load_latest(folder / "whole")["network"], load_latest(folder / "halves")["network"]
    assert all(torch.equal(value, halves[name]) for name, value in whole.items())
