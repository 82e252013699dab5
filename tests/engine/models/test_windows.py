"""Velocities blended at every step, against numbers from the formulas."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from mfsr_engine.api import ColorCorrection
from mfsr_engine.errors import Cancelled
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.prompts import Prompt, Prompts
from mfsr_engine.models.tile_model import CONTEXT_PX, Recipe
from mfsr_engine.models.windows import Windows, blended


def starts(length: int, side: int, overlap: int) -> list[int]:
    return [across.start for _, across in Windows(side, overlap).places(side, length)]


def test_windows_lie_as_in_the_public_code() -> None:
    """64 cells, 24 shared: one begins every 40 cells, and the last is moved back to end at the border."""
    assert starts(64, 64, 24) == [0]
    assert starts(65, 64, 24) == [0, 1]
    assert starts(104, 64, 24) == [0, 40]
    assert starts(128, 64, 24) == [0, 40, 64]
    assert starts(200, 64, 24) == [0, 40, 80, 120, 136]


def test_windows_of_a_narrow_area_are_as_narrow() -> None:
    places = Windows(64, 24).places(30, 100)
    assert [(down, across) for down, across in places] == [
        (slice(0, 30), slice(0, 64)),
        (slice(0, 30), slice(36, 100)),
    ]


def test_weights_are_gaussian() -> None:
    """Two windows of 4 of a row of 6, one of zeros, one of ones: the share of the second, by hand."""
    places = Windows(4, 2).places(4, 6)
    parts = iter([torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4)])
    found = blended(parts, places, torch.zeros(1, 2, 4, 6), 1)[0, 0]

    def weight(i: int) -> float:
        return math.exp(-(((i - 1.5) / 4) ** 2) / 0.02)

    shares = [0, 0, weight(0) / (weight(0) + weight(2)), weight(1) / (weight(1) + weight(3)), 1, 1]
    for row in found:
        assert row.tolist() == pytest.approx(shares, rel=1e-5)


def recipe(windows: Windows | None, steps: int = 3) -> Recipe:
    times = tuple(1 - i / steps for i in range(steps + 1))
    return Recipe(times, True, 1.0, 0, 0.0, ColorCorrection.NONE, windows)


def flow(velocity: object) -> FlowModel:
    prompts = Prompts(Prompt(torch.zeros(1, 4)))
    return FlowModel(velocity, ResidualPixelCodec(), prompts, 4, torch.float32)  # type: ignore[arg-type]


def upscaled(velocity: object, asked: Recipe, step: object = lambda: None) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    source = torch.rand(1, 3, 20 + 2 * CONTEXT_PX, 28 + 2 * CONTEXT_PX, generator=generator)
    noise = torch.randn(1, 48, 20, 28, generator=generator)
    return flow(velocity).upscale(source, noise, asked, step)  # type: ignore[arg-type]


def pointwise(z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
    return z * t[:, None, None, None] - lr.tanh()


def place_bound(z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
    """Depends on where in its window a cell lies, so windows disagree."""
    return z * torch.linspace(0, 1, z.shape[3]) + t[:, None, None, None]


@pytest.mark.parametrize("batch", [1, 4, 64])
def test_windows_that_agree_give_the_walk_of_the_whole(batch: int) -> None:
    whole = upscaled(pointwise, recipe(None))
    assert torch.allclose(upscaled(pointwise, recipe(Windows(12, 4, batch))), whole, atol=1e-5)


def test_velocities_are_blended_at_every_step() -> None:
    """The walk by hand: each step takes the weighted mean of what all windows say."""
    windows, seen = Windows(12, 4), []
    generator = torch.Generator().manual_seed(0)
    torch.rand(1, 3, 20 + 2 * CONTEXT_PX, 28 + 2 * CONTEXT_PX, generator=generator)
    z = torch.randn(1, 48, 20, 28, generator=generator)
    weight = torch.tensor([math.exp(-(((i - 5.5) / 12) ** 2) / 0.02) for i in range(12)])

    def watching(state: Tensor, *rest: object) -> Tensor:
        seen.append(state)
        return place_bound(state, *rest)  # type: ignore[arg-type]

    upscaled(watching, recipe(windows))
    places = [(y, x) for y in (0, 8) for x in (0, 8, 16)]
    for step in range(3):
        total, shares = torch.zeros_like(z), torch.zeros(20, 28)
        for number, (y, x) in enumerate(places):
            window = z[:, :, y : y + 12, x : x + 12]
            assert torch.allclose(seen[6 * step + number], window, atol=1e-5)
            velocity = window * torch.linspace(0, 1, 12) + (1 - step / 3)
            total[:, :, y : y + 12, x : x + 12] += velocity * weight[:, None] * weight
            shares[y : y + 12, x : x + 12] += weight[:, None] * weight
        z = z - total / shares / 3


def test_an_area_of_one_window_is_walked_as_ever() -> None:
    assert torch.equal(upscaled(place_bound, recipe(Windows(28, 4))), upscaled(place_bound, recipe(None)))


def test_every_round_of_windows_is_a_chance_to_stop() -> None:
    calls: list[int] = []

    def step() -> None:
        calls.append(0)
        if len(calls) == 9:
            raise Cancelled

    windows = Windows(12, 4, 2)
    assert windows.rounds(20, 28) == 3
    upscaled(place_bound, recipe(windows, 2), lambda: calls.append(0))
    assert len(calls) == 2 * 3
    del calls[:]
    with pytest.raises(Cancelled):
        upscaled(place_bound, recipe(windows, 9), step)
