"""Weights that stay in main memory and are copied to the device block by block, ahead of their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn


def stream_blocks(network: nn.Module, device: torch.device) -> None:
    """Let the blocks of a network on the CPU visit `device` one at a time; inputs and everything else go there too.

    Needs diffusers' group offloading. On CUDA the next block is copied while one works, from pinned memory.
    """
    from diffusers.hooks import apply_group_offloading

    is_cuda = device.type == "cuda"
    apply_group_offloading(
        network,
        onload_device=device,
        offload_type="block_level",
        num_blocks_per_group=1,
        use_stream=is_cuda,
        record_stream=is_cuda,
        non_blocking=is_cuda,
    )
