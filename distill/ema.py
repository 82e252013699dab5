"""Exponential moving averages of weights, several lengths at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from distill.sharding import local, part_of


class WeightAverages:
    """Averages of a module's parameters; of a shared-out module each process keeps its part.

    The decay warms up as (1 + n) / (10 + n), so short runs are not stuck at their start.
    """

    def __init__(self, module: nn.Module, decays: Sequence[float]) -> None:
        self._decays = tuple(decays)
        self._updates = 0
        self._averages = [{k: v.detach().float().clone() for k, v in module.state_dict().items()} for _ in decays]

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Take the module's present weights in."""
        self._updates += 1
        state = {k: v.detach().float() for k, v in module.state_dict().items()}
        for decay, average in zip(self._decays, self._averages, strict=True):
            now = min(decay, (1 + self._updates) / (10 + self._updates))
            torch._foreach_lerp_([local(v) for v in average.values()], [local(state[k]) for k in average], 1 - now)

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
