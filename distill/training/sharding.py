"""Distributed training, and a network sharded over processes (FSDP2): block by block, and gathered for checkpoints that any number of
processes can read.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch
from accelerate import PartialState
from torch import Tensor, distributed, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from mfsr_engine.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATIENCE = {"cuda": timedelta(minutes=30), "cpu": timedelta(hours=6)}
"""How long a process waits for the others in one collective call, by kind of device. Scans, crops and latents are waited for by locks,
outside of any; checkpoints and previews of the main process must fit into it, and on processors previews take long. There (gloo) a
process that died is noticed at once; with graphics cards (NCCL) only after this time.
"""


def this_process() -> PartialState:
    """What accelerate or torchrun started. The first call settles it, so every part of training asks here first.

    Accelerate's own state passes over the environment's wish for the processor unless it is handed on.
    """
    wants_cpu = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes", "y", "on", "t")
    kind = "cuda" if torch.cuda.is_available() and not wants_cpu else "cpu"
    return PartialState(cpu=wants_cpu, timeout=PATIENCE[kind])


def shard(network: nn.Module, blocks: Sequence[nn.Module], device: torch.device, *, within_node: bool = True) -> None:
    """Let each process keep only its part of every parameter, and fetch the rest of a block while the block works.

    Changes `network` in place: its parameters become `DTensor`s, which an optimizer, an average or a norm takes as they are.
    Forward differentiation works, as what it differentiates is the block made whole.

    Args:
        network: the same on all processes, on `device`.
        blocks: its parts that are fetched one at a time.
        device: where all parameters of this process lie.
        within_node: whether the processes of each computer share a whole copy (HSDP), so that only gradients travel between
            computers, or all processes share one.

    Raises:
        RequestError: the network has no blocks to share out.
    """
    if not blocks:
        raise RequestError(
            "run.shard shares a full-size network out among processes; a compact one is small and must stay whole. "
            "Set run.shard = false."
        )
    mesh = _mesh(device, within_node=within_node)
    for block in blocks:
        fully_shard(block, mesh=mesh)
    fully_shard(network, mesh=mesh)


def _mesh(device: torch.device, *, within_node: bool) -> DeviceMesh:
    """All processes in a line, or a line for each computer; torchrun and accelerate say how many a computer has."""
    count = distributed.get_world_size()
    on_node = int(os.environ.get("LOCAL_WORLD_SIZE", count))
    if within_node and 1 < on_node < count and count % on_node == 0:
        return init_device_mesh(device.type, (count // on_node, on_node), mesh_dim_names=("replicate", "shard"))
    return init_device_mesh(device.type, (count,))


def whole(state: Any, keep: bool) -> Any:
    """A checkpoint's content with all parts put together, on the CPU. Every process must call it.

    Args:
        state: tensors in nested tables and lists.
        keep: whether this process wants the result; others help, and get None in the place of what was shared out.
    """
    if isinstance(state, DTensor):
        complete = state.full_tensor()
        return complete.cpu() if keep else None
    if isinstance(state, dict):
        return {name: whole(value, keep) for name, value in state.items()}
    if isinstance(state, (list, tuple)):
        return type(state)(whole(value, keep) for value in state)
    return state


def part_of(complete: Tensor, like: Tensor) -> Tensor:
    """This process's part of a whole tensor, shared out as `like` is; the tensor itself where `like` is whole."""
    if not isinstance(like, DTensor):
        return complete
    if complete.shape != like.shape:
        raise ValueError(f"a tensor is {tuple(complete.shape)} and should be {tuple(like.shape)}")
    placed = complete.to(like.device)
    part = distribute_tensor(placed, like.device_mesh, like.placements, src_data_rank=None)
    return part.clone()  # what was cut out would keep the whole in memory


def together(tensor: Tensor) -> Tensor:
    """The whole of a tensor, on every process, each of which must call it."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def local(tensor: Tensor) -> Tensor:
    """What this process holds of a tensor."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


@torch.no_grad()
def load_whole(network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load a whole state dict into a network that is shared out.

    Raises:
        ValueError: it is of another network.
    """
    mine = network.state_dict()
    if mine.keys() != state.keys():
        raise ValueError("its weights are of another network")
    for name, value in mine.items():
        local(value).copy_(local(part_of(state[name], value)))


def optimizer_parts(state: dict[str, Any], parameters: Sequence[Tensor]) -> dict[str, Any]:
    """An optimizer's whole state with each parameter's moments shared out as the parameter is."""
    shared = {
        number: {
            name: part_of(value, parameters[number])
            if isinstance(value, Tensor) and value.shape == parameters[number].shape
            else value
            for name, value in moments.items()
        }
        for number, moments in state["state"].items()
    }
    return {**state, "state": shared}
