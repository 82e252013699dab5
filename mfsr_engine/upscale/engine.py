"""The engine: keeps a model loaded and takes a picture from request to result. Plain and synchronous; knows no picture files."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from mfsr_engine.api import (
    Acceleration,
    ColorCorrection,
    DtypeChoice,
    ModelInfo,
    UpscaleRequest,
    UpscaleResult,
    UpscaleSettings,
    UpscaleStream,
)
from mfsr_engine.compute import devices
from mfsr_engine.errors import OutOfMemoryError
from mfsr_engine.files.scratch import scratch_array
from mfsr_engine.geometry import Rect, Size, TargetSize
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.images.quantise import to_float, to_uint8
from mfsr_engine.images.resize import resized
from mfsr_engine.models.resample import ENLARGE_REACH_PX, enlarge
from mfsr_engine.models.windows import Windows
from mfsr_engine.progress import FinishedTile, Progress, Stage
from mfsr_engine.strips import Piece, cropped
from mfsr_engine.upscale import color_survey, tiling
from mfsr_engine.upscale.blending import Canvas
from mfsr_engine.upscale.captioning import Captioned, CaptionPrompts
from mfsr_engine.upscale.passes import Passes
from mfsr_engine.upscale.pipeline import COLOR_REACH_PX, resolve_recipe
from mfsr_engine.upscale.placement import Placed, accelerated, place
from mfsr_engine.upscale.precision import DriftRecord
from mfsr_engine.upscale.small_input import enlarged_request, fitting_size
from mfsr_engine.upscale.suited_fidelity import with_suited_fidelity
from mfsr_engine.upscale.tile_runner import PaddedSource, TileRunner, is_out_of_memory
from mfsr_engine.upscale.tileable import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.models.card import ImageTable
    from mfsr_engine.models.loading import LoadedModel
    from mfsr_engine.models.prompts import Prompts
    from mfsr_engine.models.tile_model import Recipe
    from mfsr_engine.upscale.color import ChannelMap
    from mfsr_engine.upscale.tiling import Tile

TINY_PX = 32
"""Longer side of pictures such as icons: smaller than what models are trained on, and full of hard edges, around which they draw rings."""
_KEPT_BYTES = 64 * 2**20
"""Tiles that are painted to learn a picture's colours are kept in memory up to this size, in a file above."""


@dataclass(frozen=True)
class _Job:
    """One picture on its way."""

    model: LoadedModel
    plain: LoadedModel
    """The same without acceleration, for tiles to be redone in fp32."""
    recipe: Recipe
    plan: tiling.TilePlan
    region: Rect
    batch: int
    period: Rect | None = None
    """Part of the picture that is repeated around it; None if it stands alone."""
    caption: str = ""
    """What the model is told that the picture shows."""


class Engine:
    """Upscales pictures with installed models; see `mfsr_engine.api.Upscaler`. One model stays loaded. One call at a
    time.
    """

    def __init__(
        self,
        store: ModelStore | None = None,
        record: DriftRecord | None = None,
        *,
        memory_limit_mib: int = 0,
        threads: int = 0,
        acceleration: Acceleration = Acceleration.NONE,
        captions: CaptionPrompts | None = None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            store: finds the models; by default those that came with the program and the user's own.
            record: remembers which precisions were checked; by default in the program's cache.
            memory_limit_mib: most memory that is counted on when a model is placed on a device; 0 is all that is free.
            threads: of the processor; 0 is one for each core that is there for this process.
            acceleration: what is done for speed once a model has made its first picture.
            captions: decides under which prompts a model works; by default its own, joined with the picture's caption.
        """
        devices.use_threads(threads)
        self._store = store or ModelStore.default()
        self._record = record
        self._memory_limit_mib = memory_limit_mib
        self._acceleration = acceleration
        self._faster: LoadedModel | None = None
        self._captions = captions
        self._surveys = color_survey.SurveyMemory()
        self._passes = Passes()
        self._placed: Placed | None = None
        self._placed_for: tuple[Path, devices.Compute, bool] | None = None

    def models(self) -> list[ModelInfo]:
        """Installed models, the bundled student first."""
        return [model.info for model in self._store.installed()]

    def warm_up(self, settings: UpscaleSettings, progress: Progress) -> None:
        """Load what these settings need, so that the next `upscale` starts at once.

        Raises:
            ModelError: the model is unknown or damaged.
            DeviceError: the device or precision does not work here.
            Cancelled: asked to stop.
        """
        self._model(self._store.find(settings.model), settings, progress)

    def prepare_captions(self, model: str, captions: Sequence[str], progress: Progress) -> None:
        """Encode captions that will be used soon: together, because loading the text encoders takes longer than using
        them. Does nothing for models that take no text, and without text encoders.

        Raises:
            ModelError: the model is unknown or damaged, or the text encoders are damaged or belong to another model.
            Cancelled: asked to stop.
        """
        self._caption_prompts().prepare(self._store.find(model), captions, progress)

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        """Upscale one picture. Equal requests give equal results, and a region equals the same part of the whole.

        Raises:
            ModelError: the model is unknown, damaged, or gives no picture.
            DeviceError: the device or precision does not work here.
            OutOfMemoryError: not even the smallest tile fits.
            RequestError: the region lies outside, or the result would be too large.
            ImageWriteError: the result is too large for memory, and the disk is full.
            Cancelled: asked to stop, at the latest one step of one tile ago.
        """
        stream = self.stream(request, progress)
        began_s = time.monotonic()
        height, width = stream.size.height, stream.size.width
        pixels = scratch_array((height, width, 3), np.float32)
        alpha = scratch_array((height, width), np.float32) if stream.has_alpha else None
        for piece in stream.pieces:
            pixels[piece.area.slices()] = piece.pixels
            if alpha is not None:
                alpha[piece.area.slices()] = piece.alpha
        return UpscaleResult(
            pixels=pixels,
            alpha=alpha,
            model=stream.model,
            steps=stream.steps,
            seed=stream.seed,
            device=stream.device,
            dtype=stream.dtype,
            seconds=time.monotonic() - began_s,
            notes=tuple(stream.notes),
            caption=stream.caption,
        )

    def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        """Upscale one picture piece by piece: its memory does not grow with the result. The pixels are those of `upscale`.

        The model is loaded here; tiles are painted as the pieces are asked for. Use it before anything else is asked.

        Raises:
            ModelError, DeviceError, RequestError, Cancelled: as `upscale`; its pieces raise the rest.
        """
        if request.settings.passes == 1:
            return self._one_pass(request, progress)
        scale = self._store.find(request.settings.model).card.image.scale
        return self._passes.stream(self._one_pass, request, scale, progress)

    def _one_pass(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        settings, chosen = with_suited_fidelity(request.settings, request.pixels)
        request = replace(request, settings=settings)
        installed = self._store.find(request.settings.model)
        prompt = request.settings.prompt
        chooses = bool(prompt) or self._captions is not None  # who decides about prompts is asked without a caption too
        captioned = self._caption_prompts().find(installed, prompt, progress) if chooses else Captioned()
        placed = self._model(installed, request.settings, progress)
        model = self._faster or placed.model
        image, source = model.card.image, request.source_size
        target = request.settings.size.resolve(source, image.scale)
        size = fitting_size(source, image)
        is_small = size != source and not request.settings.is_tileable
        region = request.asked_part
        asked, period, is_whole = request, None, request.region is None
        if is_small:
            asked = enlarged_request(request, size)
        elif request.settings.is_tileable:
            asked, period = wrapped(request, _margin_px(model))
        job = replace(_job(model, placed.model, captioned.prompts, asked), period=period, caption=captioned.caption)
        notes = [*chosen, *job.recipe.notes, *captioned.notes, *placed.notes]
        if request.areas is not None and request.areas.note:
            notes.append(request.areas.note)
        pieces = self._pieces(job, asked, placed, progress, notes, shows_tiles=not is_small)
        own_size = region.size.scaled(image.scale)
        if is_small:
            pieces = _reduced(pieces, job.region.size.scaled(image.scale), source, region, image.scale)
            pieces = _shown(pieces, progress)
        if is_whole and target != own_size:
            pieces = resized(pieces, own_size, target)
        else:
            target = own_size
        return UpscaleStream(
            size=target,
            has_alpha=request.alpha is not None,
            model=model.card.name,
            steps=job.recipe.steps,
            seed=job.recipe.seed,
            device=model.device.type,
            dtype=devices.Compute(model.device, model.dtype).dtype_name,
            caption=captioned.caption,
            pieces=pieces,
            notes=notes,
        )

    @torch.inference_mode()
    def _pieces(
        self,
        job: _Job,
        request: UpscaleRequest,
        placed: Placed,
        progress: Progress,
        notes: list[str],
        *,
        shows_tiles: bool,
    ) -> Iterator[Piece]:
        yield from _painted(job, request, progress, notes, self._surveys, shows_tiles=shows_tiles)
        progress.check()
        if self._faster is None and self._placed is placed:  # no other model was loaded between two tiles
            self._faster = accelerated(placed.model, self._acceleration)  # never in the way of the first result

    def _caption_prompts(self) -> CaptionPrompts:
        self._captions = self._captions or CaptionPrompts()
        return self._captions

    def _model(self, installed: InstalledModel, settings: UpscaleSettings, progress: Progress) -> Placed:
        installed = replace(installed, folder=installed.folder.resolve())
        compute = devices.choose(settings.device, settings.dtype)
        asked = (installed.folder, compute, settings.dtype is DtypeChoice.AUTO)
        placed = self._placed
        if placed is None or self._placed_for != asked:
            progress.report("Loading the model")
            self._surveys = color_survey.SurveyMemory()
            self._passes.forget()
            self._placed = self._placed_for = self._faster = placed = None  # free the old one first
            devices.release_memory(compute.device)
            try:
                self._placed = placed = place(
                    installed, compute, self._record, is_dtype_free=asked[2], limit_mib=self._memory_limit_mib
                )
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                raise OutOfMemoryError(
                    f"The model {installed.card.title} does not fit into memory. Close other programs, or choose a smaller model."
                ) from None
            self._placed_for = asked
        return placed


def padded_size(size: Size, image: ImageTable) -> Size:
    """Size of what the model sees of a picture: no side below its least, every side a multiple of what it needs."""
    least = image.tile_px if image.fixed_tiles else image.min_px
    width, height = (max(side, least) for side in (size.width, size.height))
    multiple = image.size_multiple
    return Size(-(-width // multiple) * multiple, -(-height // multiple) * multiple)


def _reduced(pieces: Iterator[Piece], made: Size, source: Size, region: Rect, scale: int) -> Iterator[Piece]:
    """What a region of a small picture comes to, from the result of all of it that was made too large."""
    return cropped(resized(pieces, made, source.scaled(scale)), region.scaled(scale))


def _shown(pieces: Iterator[Piece], progress: Progress) -> Iterator[Piece]:
    """The same pieces, told to who listens to tiles."""
    for piece in pieces:
        if progress.wants_tiles:
            progress.tile(FinishedTile(piece.area, to_uint8(piece.pixels)))
        yield piece


def _margin_px(model: LoadedModel) -> int:
    """What a model sees beyond a border, in whole cells."""
    image, cell = model.card.image, model.card.cell_px
    return -(-max(image.overlap_px, image.halo_px or 0) // cell) * cell


def _job(model: LoadedModel, plain: LoadedModel, prompts: Prompts | None, request: UpscaleRequest) -> _Job:
    image, size = model.card.image, request.source_size
    region = request.asked_part
    assert model.plan is not None
    tile_px = max(request.settings.tile_px or model.plan.tile_px, image.least_tile_px)
    tile_px = image.tile_px if image.fixed_tiles else tile_px
    prompts = None if prompts is None else prompts.to(model.device, model.dtype)
    recipe = resolve_recipe(request.settings, model.card, prompts)
    recipe = replace(recipe, cuts_overshoot=max(size.width, size.height) <= TINY_PX)
    overlap_px, halo_px = _edges(image, recipe.color, tile_px)
    joint_px = tile_px + (model.card.sampling.joint_tiles - 1) * (tile_px - overlap_px)
    plan = tiling.plan(
        padded_size(size, image), joint_px, overlap_px, image.size_multiple, halo_px, is_fixed=image.fixed_tiles
    )
    tile = plan.tile_size
    if max(tile.width, tile.height) > tile_px:
        cell, batch = model.card.cell_px, 1
        together = model.plan.batch_for(tile_px, tile_px)
        recipe = replace(recipe, windows=Windows(tile_px // cell, overlap_px // cell, together))
    else:
        batch = min(plan.count, model.plan.batch_for(tile.width, tile.height))
    return _Job(model, plain, recipe, plan, region, batch)


def _edges(image: ImageTable, color: ColorCorrection, tile_px: int) -> tuple[int, int | None]:
    """Overlap and halo of tiles: what shows of a tile must not depend on where its colours were cut off."""
    reach_px = -(-COLOR_REACH_PX.get(color, 0) // image.scale)
    halo_px = image.overlap_px * 3 // 8 if image.halo_px is None else image.halo_px
    if reach_px <= halo_px:
        return min(image.overlap_px, tile_px // 2), image.halo_px
    return min(max(image.overlap_px, 3 * reach_px), tile_px // 2), reach_px


class _Steps:
    """Counts steps of tiles, and tells how far they are."""

    def __init__(self, progress: Progress, steps: int, tiles: int) -> None:
        self._progress, self._steps, self._total = progress, steps, steps * tiles
        self._done = self._step = self._tiles = 0
        self._report(0)

    def begin(self, tiles: int) -> None:
        """Tiles are painted together from here on."""
        self._step, self._tiles = 0, tiles

    def step(self) -> None:
        """A step of them begins. Raises `Cancelled` if asked to stop."""
        self._report(min(self._step, self._steps - 1) * self._tiles)
        self._step += 1

    def end(self) -> None:
        """They are painted."""
        self._done += self._steps * self._tiles
        self._report(0)

    def _report(self, more: int) -> None:
        self._progress.report(Stage.UPSCALING, self._done + more, self._total)


def _painted(
    job: _Job,
    request: UpscaleRequest,
    progress: Progress,
    notes: list[str],
    surveys: color_survey.SurveyMemory,
    *,
    shows_tiles: bool = True,
) -> Iterator[Piece]:
    """Paint every tile that shows in the region; hand out what is final; tell how far it is."""
    scale, tiles = job.model.card.image.scale, job.plan.tiles(job.region)
    canvas = Canvas(job.plan, scale, job.region)
    is_surveyed = job.recipe.color is ColorCorrection.ADAIN
    key = _survey_key(job, request) if is_surveyed else None
    known = surveys.find(request.pixels, request.alpha, key) if is_surveyed else None
    samples = color_survey.sample_tiles(job.plan) if is_surveyed and known is None else []
    steps = _Steps(progress, job.recipe.steps * _rounds(job), len({*tiles, *samples}))
    source = PaddedSource(request.pixels, job.plan.size, request.alpha, request.areas)
    runner = TileRunner(job.model, job.recipe, source, job.plain, steps.step, job.period)
    drafts: dict[Tile, NDArray[np.float32]] = {}
    runner.colors = known
    if samples:
        runner.colors, drafts = _surveyed(job, request.source_size, source, samples, steps)
        surveys.keep(request.pixels, request.alpha, key, runner.colors)
    for group in _groups(tiles, drafts, job.batch):
        for tile, pixels in zip(group, _results(job, runner, group, drafts, steps), strict=False):
            final = canvas.add(tile, pixels)
            if final is not None:
                area, part = final
                if shows_tiles and progress.wants_tiles:
                    progress.tile(FinishedTile(area, to_uint8(part)))
                yield Piece(area, part, _enlarged_alpha(request.alpha, area, job.region, scale))
    notes += _notes(runner, len(tiles))


def _survey_key(job: _Job, request: UpscaleRequest) -> object:
    """All that the colors of a picture depend on, beside its pixels and the model's weights."""
    settings = replace(request.settings, fidelity=0.0, size=TargetSize())
    return settings, job.model.card.name, job.model.device, job.model.dtype, job.caption, job.plan, job.period


def _rounds(job: _Job) -> int:
    """How often the network is called for each step of a tile."""
    if job.recipe.windows is None:
        return 1
    size, cell = job.plan.tile_size, job.model.card.cell_px
    return job.recipe.windows.rounds(size.height // cell, size.width // cell)


def _surveyed(
    job: _Job, size: Size, source: PaddedSource, samples: Sequence[Tile], steps: _Steps
) -> tuple[ChannelMap, dict[Tile, NDArray[np.float32]]]:
    """What AdaIN does to the whole picture, and the tiles that were painted to learn it, without correction."""
    area = job.period or Rect(0, 0, size.width, size.height)
    survey = color_survey.ColorSurvey(job.plan, job.model.card.image.scale, source, area)
    recipe = replace(job.recipe, color=ColorCorrection.NONE, fidelity=0.0)
    runner = TileRunner(job.model, recipe, source, job.plain, steps.step, job.period, is_draft=True)
    tile_size = job.plan.tile_size.scaled(job.model.card.image.scale)
    kept = scratch_array((len(samples), tile_size.height, tile_size.width, 3), np.float32, _KEPT_BYTES)
    for group in _groups(samples, {}, job.batch):
        for tile, pixels in zip(group, _run(job, runner, group, steps), strict=False):
            survey.add(tile, pixels)
            kept[samples.index(tile)] = pixels
    return survey.color_map(), {tile: kept[index] for index, tile in enumerate(samples)}


def _results(
    job: _Job,
    runner: TileRunner,
    group: Sequence[Tile],
    drafts: Mapping[Tile, NDArray[np.float32]],
    steps: _Steps,
) -> list[NDArray[np.float32]]:
    """The pixels of a group of `_groups`, perhaps with more behind them."""
    draft = drafts.get(group[0])
    return _run(job, runner, group, steps) if draft is None else [runner.finish(group[0].area, draft)]


def _run(job: _Job, runner: TileRunner, group: Sequence[Tile], steps: _Steps) -> list[NDArray[np.float32]]:
    steps.begin(len(group))
    areas = [tile.area for tile in group]
    areas += areas[-1:] * (job.batch - len(areas))  # always the same batch, so that a region equals the whole
    results = runner.run(areas)
    steps.end()
    return results


def _groups(tiles: Sequence[Tile], drafts: Mapping[Tile, NDArray[np.float32]], size: int) -> Iterator[Sequence[Tile]]:
    """Up to `size` tiles in a row that are painted together; one that is there as a draft stands alone."""
    group: list[Tile] = []
    for tile in tiles:
        if group and (tile in drafts or len(group) == size):
            yield group
            group = []
        group.append(tile)
        if tile in drafts:
            yield group
            group = []
    if group:
        yield group


def _notes(runner: TileRunner, count: int) -> list[str]:
    notes = []
    if runner.reduced_tile_px is not None:
        notes.append(f"Memory ran short; tiles were reduced to {runner.reduced_tile_px} pixels.")
    if runner.redone_tiles:
        notes.append(f"{runner.redone_tiles} of {count} tiles failed a check and were computed again in fp32.")
    if runner.drifted_tiles:
        notes.append(f"The colours of {runner.drifted_tiles} of {count} tiles are far from the input's.")
    return notes


def _enlarged_alpha(alpha: NDArray[Any] | None, area: Rect, region: Rect, scale: int) -> NDArray[np.float32] | None:
    """(area.height, area.width) float32 0..1 opacity of a part of the enlarged region, enlarged bicubically."""
    if alpha is None:
        return None
    part = Rect(area.x // scale + region.x, area.y // scale + region.y, area.width // scale, area.height // scale)
    around = part.grown(ENLARGE_REACH_PX, Size(alpha.shape[1], alpha.shape[0]))
    cut = torch.from_numpy(np.ascontiguousarray(to_float(alpha[around.slices()])))
    large = enlarge(cut[None, None], scale)[0, 0].clamp(0, 1)
    local = part.relative_to(around).scaled(scale)
    return large[local.slices()].numpy()
