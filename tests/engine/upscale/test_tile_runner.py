"""What the runner does when memory runs out or arithmetic fails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor

from mfsr_engine.api import UpscaleSettings
from mfsr_engine.errors import ModelError, OutOfMemoryError
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.models.card import ImageTable, read_card
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.loading import LoadedModel, load_model
from mfsr_engine.models.tile_model import CONTEXT_PX
from mfsr_engine.upscale.pipeline import resolve_recipe
from mfsr_engine.upscale.tile_runner import PaddedSource, TileRunner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from mfsr_engine.models.flow import VelocityModel
    from mfsr_engine.models.prompts import Prompt
    from mfsr_engine.models.tile_model import Recipe

CPU = torch.device("cpu")
SIDE = 96


@dataclass
class Scripted:
    """A network that fails as told and otherwise asks the real one."""

    real: VelocityModel
    fail: Callable[[Tensor], Tensor | None] = lambda z: None
    seen: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        self.seen.append(tuple(z.shape))
        failed = self.fail(z)
        return self.real(z, lr, prompt, t, r) if failed is None else failed


@pytest.fixture
def square(photograph: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.pad(photograph, ((0, 6), (0, 0), (0, 0)), mode="edge")[:SIDE, :SIDE]


def runner(
    folder: Path,
    pixels: NDArray[np.float32],
    fail: Callable[[Tensor], Tensor | None],
    dtype: torch.dtype = torch.float32,
) -> tuple[TileRunner, Scripted]:
    real = load_model(folder, CPU, dtype)
    assert isinstance(real.tile_model, FlowModel)
    network = Scripted(real.tile_model.velocity, fail)
    model = replace(real, tile_model=replace(real.tile_model, velocity=network))
    source = PaddedSource(pixels, Size(pixels.shape[1], pixels.shape[0]))
    made = TileRunner(
        model,
        resolve_recipe(UpscaleSettings(), real.card),
        source,
        load_model(folder, CPU, torch.float32),
        lambda: None,
    )
    return made, network


WHOLE = Rect(0, 0, SIDE, SIDE)


def no_more_than(cells: int, error: Exception) -> Callable[[Tensor], None]:
    def fail(z: Tensor) -> None:
        if z.shape[0] * z.shape[2] * z.shape[3] > cells:
            raise error

    return fail


MEMORY_ERRORS = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes."),
]


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: type(e).__name__)
def test_a_tile_that_does_not_fit_is_painted_in_smaller_parts(
    tiny_model: Path, square: NDArray[np.float32], error: Exception
) -> None:
    whole = runner(tiny_model, square, lambda z: None)[0].run([WHOLE])[0]
    small, network = runner(tiny_model, square, no_more_than(48 * 48, error))
    parts = small.run([WHOLE])[0]
    assert network.seen[0] == (1, 48, SIDE, SIDE)
    assert max(shape[2] for shape in network.seen[1:]) == 48
    assert small.reduced_tile_px == 48
    assert np.abs(parts - whole).max() < 1e-5  # the parts share more than the network reaches


def test_later_tiles_start_small(tiny_model: Path, square: NDArray[np.float32]) -> None:
    made, network = runner(tiny_model, square, no_more_than(48 * 48, MemoryError()))
    made.run([WHOLE])
    network.seen.clear()
    made.run([WHOLE])
    assert max(shape[2] for shape in network.seen) == 48


def test_tiles_that_do_not_fit_together_are_painted_apart(tiny_model: Path, square: NDArray[np.float32]) -> None:
    areas = [Rect(0, 0, 48, 48), Rect(48, 0, 48, 48)]
    apart, network = runner(tiny_model, square, no_more_than(48 * 48, MemoryError()))
    painted = apart.run(areas)
    assert [shape[0] for shape in network.seen] == [2, 1, 1]
    assert apart.reduced_tile_px is None
    together = runner(tiny_model, square, lambda z: None)[0].run(areas)
    np.testing.assert_allclose(painted, together, atol=1e-5)


def test_when_nothing_fits_the_user_is_told_what_to_do(tiny_model: Path, square: NDArray[np.float32]) -> None:
    made, network = runner(tiny_model, square, no_more_than(0, MemoryError()))
    with pytest.raises(OutOfMemoryError, match="Close other programs"):
        made.run([WHOLE])
    assert min(shape[2] for shape in network.seen) >= 32


def test_no_part_is_smaller_than_the_model_takes(make_model: Callable[..., Path], square: NDArray[np.float32]) -> None:
    picky = make_model("picky", image=ImageTable(size_multiple=4, min_px=49, tile_px=96, overlap_px=32))
    made, network = runner(picky, square, no_more_than(0, MemoryError()))
    with pytest.raises(OutOfMemoryError, match="tile of 96 pixels"):
        made.run([WHOLE])
    assert min(shape[2] for shape in network.seen) == 96


def test_other_errors_are_not_taken_for_memory(tiny_model: Path, square: NDArray[np.float32]) -> None:
    made, network = runner(tiny_model, square, no_more_than(0, RuntimeError("shapes do not fit")))
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        made.run([WHOLE])
    assert len(network.seen) == 1


def only_in_bf16(value: float) -> Callable[[Tensor], Tensor | None]:
    return lambda z: torch.full_like(z, value) if z.dtype == torch.bfloat16 else None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 60.0], ids=["nan", "infinite", "far colours"])
def test_a_tile_that_fails_in_low_precision_is_painted_again_in_fp32(
    tiny_model: Path, square: NDArray[np.float32], value: float
) -> None:
    made, _ = runner(tiny_model, square, only_in_bf16(value), torch.bfloat16)
    exact = runner(tiny_model, square, lambda z: None)[0].run([WHOLE])[0]
    assert np.array_equal(made.run([WHOLE])[0], exact)
    assert (made.redone_tiles, made.drifted_tiles) == (1, 0)


@pytest.mark.parametrize(("value", "words"), [(float("nan"), "not a number"), (-1e6, "blank")])
def test_a_model_that_gives_no_picture_in_fp32_either_is_an_error(
    tiny_model: Path, square: NDArray[np.float32], value: float, words: str
) -> None:
    made, _ = runner(tiny_model, square, lambda z: torch.full_like(z, value))
    with pytest.raises(ModelError, match=words):
        made.run([WHOLE])


def test_far_colours_in_fp32_are_counted_but_kept(tiny_model: Path, square: NDArray[np.float32]) -> None:
    made, _ = runner(tiny_model, square, lambda z: z - 4)  # z = 4 everywhere: 0.2 brighter
    painted = made.run([WHOLE])[0]
    assert np.isfinite(painted).all()
    assert (made.redone_tiles, made.drifted_tiles) == (0, 1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda z: z - torch.randn(z.shape, generator=torch.Generator().manual_seed(3)) * 4, "noise"),
        (lambda z: z - 40 * torch.linspace(-1, 1, z.shape[3]), "something else"),
    ],
    ids=["noise", "a ramp"],
)
def test_a_picture_of_something_else_is_an_error(
    tiny_model: Path, square: NDArray[np.float32], make: Callable[[Tensor], Tensor], words: str
) -> None:
    made, _ = runner(tiny_model, square, make)
    with pytest.raises(ModelError, match=words):
        made.run([WHOLE])


def test_a_step_of_brightness_between_tiles_is_an_error(tiny_model: Path, square: NDArray[np.float32]) -> None:
    brightness = iter([0.0, 0.2, 1.6])  # in z: 0.01 and 0.08 of the range
    made, _ = runner(tiny_model, square, lambda z: z - next(brightness))
    halves = [Rect(0, 0, 48, SIDE), Rect(48, 0, 48, SIDE), Rect(0, 0, 48, SIDE)]
    made.run(halves[:1])
    made.run(halves[1:2])
    with pytest.raises(ModelError, match="than the tiles beside it"):
        made.run(halves[2:])


def test_a_flat_tile_may_stay_flat(tiny_model: Path) -> None:
    flat = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    made, _ = runner(tiny_model, flat, lambda z: z)  # z = 0: the enlarged input itself
    np.testing.assert_allclose(made.run([WHOLE])[0], 0.5, atol=1e-6)


class Repeated:
    """A model that is no flow: every pixel becomes a square of its own colour."""

    noise_channels = 0

    def upscale(self, source: Tensor, noise: Tensor, recipe: Recipe, between_steps: Callable[[], None]) -> Tensor:
        assert noise.shape[1] == 0
        between_steps()
        inner = source[:, :, CONTEXT_PX:-CONTEXT_PX, CONTEXT_PX:-CONTEXT_PX]
        return inner.repeat_interleave(4, dim=2).repeat_interleave(4, dim=3)

    def in_fp32(self) -> Repeated:
        return self


def test_a_model_need_not_be_a_flow(tiny_model: Path, square: NDArray[np.float32]) -> None:
    card, steps = read_card(tiny_model), []
    model = LoadedModel(tiny_model, card, Repeated(), CPU, torch.float32)
    source = PaddedSource(square, Size(SIDE, SIDE))
    recipe = resolve_recipe(UpscaleSettings(), card)
    painted = TileRunner(model, recipe, source, model, lambda: steps.append(1)).run([WHOLE])[0]
    assert np.array_equal(painted, square.repeat(4, axis=0).repeat(4, axis=1))
    assert steps == [1]


def test_beyond_its_borders_a_picture_is_mirrored_and_then_repeated() -> None:
    pixels = np.arange(3, dtype=np.float32)[None, :, None].repeat(3, axis=2)
    row = PaddedSource(pixels, Size(8, 1)).window(Rect(-2, 0, 12, 1))[0, 0]
    assert row.tolist() == [0, 0, 0, 1, 2, 2, 1, 0, 0, 1, 1, 1]
