"""Counts what a computation must do, without a device: operations, and the memory of live tensors at the peak.

Runs on the meta device, where tensors have shapes but no content, or around a real computation.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Count:
    """What one computation does."""

    flops: int
    """Multiplications and additions of matrix products, convolutions and attention."""
    peak_mib: float
    """Most memory of tensors made by it and alive at once; neither weights nor inputs nor workspaces."""


class LiveMemory(TorchDispatchMode):
    """Adds up the storages that operations make, until they are freed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._known: set[int] = set()

    def leave_out(self, tensors: Iterable[Tensor]) -> None:
        """Do not count these when an operation returns a view of one."""
        self._known |= {tensor.untyped_storage()._cdata for tensor in tensors}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation and look at what it returned."""
        found = func(*args, **(kwargs or {}))
        for value in tree_leaves(found):
            if isinstance(value, Tensor):
                self._see(value.untyped_storage())
        return found

    def _see(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        if key in self._known:
            return
        self._known.add(key)
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._forget, key, size)

    def _forget(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size


class AttentionCount:
    """Stands in for fused attention on the meta device: allocates its result alone, and counts both matrix products."""

    def __init__(self) -> None:
        self.flops = 0

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """(B, heads, N, d) three times to the same."""
        batch, heads, count, width = query.shape
        self.flops += 4 * batch * heads * count * key.shape[2] * width
        return torch.empty_like(query)


def count(run: Callable[[], object], attention: AttentionCount | None = None) -> Count:
    """Count one computation.

    Args:
        run: the computation; meta tensors make it free.
        attention: what stands in for attention inside, if anything does.
    """
    memory, operations = LiveMemory(), FlopCounterMode(display=False)
    with torch.inference_mode(), operations, memory:
        run()
    return Count(operations.get_total_flops() + (attention.flops if attention else 0), memory.peak / 2**20)
