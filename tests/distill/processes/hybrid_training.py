"""Four training processes over gloo, two on each of two made-up computers, which share a full-size student out within each computer.

Started by a test with a folder as its argument; writes `rank-0.pt` to `rank-3.pt` there, and the checkpoints. The ranks are forked
from this process, so that the libraries are loaded only once.
"""

import sys
from pathlib import Path

import torch
import torch._dynamo

from tests.distill.processes import forked
from tests.distill.processes.sharded_training import trained
from tests.fakes.tiny_full_size import make_full_parts, make_full_stream
from tests.fakes.tiny_training import drawn_from_the_sample

NODES, ON_NODE = 2, 2


def work(folder: Path, rank: int) -> dict[str, object]:
    """What one process does and sees."""
    seen: dict[str, object] = {}
    for name, stop_at in (("whole", None), ("halves", 2), ("halves", None)):
        torch.manual_seed(7)
        stream = make_full_stream(rank)
        parts = drawn_from_the_sample(make_full_parts(stream=stream, instantaneous_share=0.25, derivative="jvp"))
        seen[name] = trained(folder / name, parts, stop_at=stop_at)
    return seen


if __name__ == "__main__":
    sys.exit(forked.run(work, NODES * ON_NODE, Path(sys.argv[1]), ON_NODE))
