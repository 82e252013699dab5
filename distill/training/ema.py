"""Moving averages of weights, each over a fixed share of the run so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from distill.training.sharding import local, part_of

WIDEST = 12**-0.5
"""Relative width of a plain mean over the whole run, which no average reaches."""


def exponent(width: float) -> float:
    """The power g of the profile t^g whose standard deviation is `width` times the time it covers.

    The power-function average of Karras et al. 2024 (arXiv 2312.02696, section 3.1): width^2 = (g + 1) / ((g + 2)^2 (g + 3)).

    Args:
        width: relative standard deviation, 0 < width < 12^-0.5 (about 0.289). 0.1 reaches over the last third of a run,
            0.2 over most of it.

    Raises:
        ValueError: the width lies outside.
    """
    if not 0 < width < WIDEST:
        raise ValueError(f"the width of an average lies between 0 and {WIDEST:.3f}, not at {width}")
    roots = np.roots([1, 7, 16 - width**-2, 12 - width**-2])
    return float(roots.real.max())


class WeightAverages:
    """Averages of a module's parameters; of a shared-out module each process keeps its part.

    The weights at update i count in proportion to i^g, so that an average covers the same share of a short run as of a long one, and
    the start is forgotten.
    """

    def __init__(self, module: nn.Module, widths: Sequence[float]) -> None:
        self._exponents = tuple(exponent(width) for width in widths)
        self._updates = 0
        self._averages = [{k: v.detach().float().clone() for k, v in module.state_dict().items()} for _ in widths]

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Take the module's present weights in."""
        self._updates += 1
        state = {k: v.detach().float() for k, v in module.state_dict().items()}
        for power, average in zip(self._exponents, self._averages, strict=True):
            kept = (1 - 1 / self._updates) ** (power + 1)
            torch._foreach_lerp_([local(v) for v in average.values()], [local(state[k]) for k in average], 1 - kept)

    @contextmanager
    def in_place(self, module: nn.Module, index: int = 0) -> Iterator[None]:
        """Inside, the module has one of its averages for weights; afterwards its own again."""
        own = {k: local(v.detach()).clone() for k, v in module.state_dict().items()}
        self._put(module, self._averages[index])
        try:
            yield
        finally:
            self._put(module, own)

    @staticmethod
    @torch.no_grad()
    def _put(module: nn.Module, weights: dict[str, Tensor]) -> None:
        for key, value in module.state_dict().items():
            local(value).copy_(local(weights[key]))

    def average(self, index: int = 0) -> dict[str, Tensor]:
        """The fp32 state dict of one average."""
        return self._averages[index]

    def state_dict(self) -> dict[str, object]:
        """Everything needed to go on."""
        return {"updates": self._updates, "averages": self._averages}

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Go on from a saved state.

        Raises:
            ValueError: it is of another module, or of another number of averages.
        """
        updates, averages = state["updates"], state["averages"]
        assert isinstance(updates, int)
        assert isinstance(averages, list)
        for mine, saved in zip(self._averages, averages, strict=True):
            if mine.keys() != saved.keys():
                raise ValueError("the averaged weights are of another network")
            for key, value in saved.items():
                local(mine[key]).copy_(local(part_of(value, mine[key])))
        self._updates = updates
