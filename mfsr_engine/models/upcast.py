"""Runs a network in fp32 without a second copy of its weights: each layer is upcast only while it runs."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch.utils.hooks import RemovableHandle


@contextmanager
def widened(network: nn.Module) -> Iterator[None]:
    """Inside, every layer with parameters of its own computes in fp32. Buffers stay; results keep their wide type.

    Not for several threads, and not for gradients.
    """
    with ExitStack() as stack:
        for layer in network.modules():
            if any(True for _ in layer.parameters(recurse=False)):
                for handle in _widen(layer):
                    stack.callback(handle.remove)
        yield


def _widen(layer: nn.Module) -> tuple[RemovableHandle, RemovableHandle]:
    kept: dict[str, nn.Parameter | None] = {}

    def before(_: nn.Module, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        kept.update(layer._parameters)
        for name, parameter in kept.items():
            if parameter is not None:
                layer._parameters[name] = nn.Parameter(parameter.float(), requires_grad=False)
        return tuple(_wide(argument) for argument in arguments)

    def after(*_: Any) -> None:
        layer._parameters.update(kept)
        kept.clear()

    after_hook: Callable[..., None] = after
    return layer.register_forward_pre_hook(before), layer.register_forward_hook(after_hook, always_call=True)


def _wide(value: Any) -> Any:
    return value.float() if isinstance(value, Tensor) and value.dtype in (torch.bfloat16, torch.float16) else value
