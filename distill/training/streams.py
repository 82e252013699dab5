"""Creates this process's batches from a recipe and a pack, with the autoencoder's latents where the recipe caches them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from distill.config import MeanFlowObjective
from distill.data import BatchStream, LatentConfig, LatentStream, build_latents
from distill.data.caption_store import CaptionedBatches, build_caption_store
from distill.data.captions import captions_of
from distill.families import training_of
from distill.training.pairs import flow_pairs
from distill.training.precision import dtype_of
from distill.training.recipe_checks import TEACHER_IN_PIXELS
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.models.card import read_card
from mfsr_engine.models.families import family_of
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.upscale.captioning import check_widths, encoders_stamp, texts_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from distill.config import Recipe
    from distill.data import Batch, Batches, Pack
    from distill.training.assembly import Assembly
    from mfsr_engine.models.prompts import Prompt
    from mfsr_engine.progress import Progress


def batches(
    recipe: Recipe,
    assembly: Assembly,
    pack: Pack,
    pack_folder: Path,
    device: torch.device,
    progress: Progress,
    process: int = 0,
) -> Batches:
    """The batches of a process; latents that the recipe keeps are computed first, unless they lie beside the pack.

    Raises:
        RequestError: a patch does not fit into a crop, latents cannot be kept, or there is no autoencoder.
        Cancelled: stopped while latents were computed; those done are kept.
    """
    data, seed = recipe.data, recipe.run.seed
    if not data.latent_patches:
        return BatchStream(pack, data.patch_px, data.batch_size, seed, process, data.peer_share, data.camera_share)
    config = latent_config(recipe, assembly)
    latents = build_latents(
        pack, pack_folder, config, lambda batch: _encoded(batch, recipe, assembly, device), progress
    )
    return LatentStream(pack, latents, config, data.batch_size, seed, process)


def captioned(
    stream: Batches, photos: Sequence[Path], recipe: Recipe, folder: Path, progress: Progress
) -> CaptionedBatches:
    """The same batches with the prompts of their photographs' captions, which are encoded first, unless they lie in `folder`.

    Raises:
        RequestError: the captions cannot be read or kept.
        ModelError: the text encoders are missing or do not fit the teacher.
        Cancelled: stopped; what is encoded is kept.
    """
    objective = recipe.objective
    assert isinstance(objective, MeanFlowObjective), "see `check_teacher`"
    card, own = read_card(objective.teacher), load_prompts(objective.teacher)
    text = family_of(card).text
    assert text is not None, "see `check_teacher`"
    encoders = encoders_dir(text)
    texts = [texts_for(card, own, caption).positive for caption in captions_of(photos, recipe.data.photos)]

    def encode(some: Sequence[str]) -> list[Prompt]:
        prompts = text.encode(some, encoders, progress)
        check_widths(prompts[0], own.positive)
        return prompts

    return CaptionedBatches(stream, build_caption_store(texts, folder, encoders_stamp(encoders), encode, progress))


def latent_config(recipe: Recipe, assembly: Assembly) -> LatentConfig:
    """What decides the latents of a recipe.

    Raises:
        RequestError: there is no autoencoder.
    """
    objective, codec = recipe.objective, assembly.codec
    if not isinstance(objective, MeanFlowObjective):
        raise RequestError(TEACHER_IN_PIXELS)
    training = training_of(read_card(objective.teacher))
    if training.no_latents:
        raise RequestError(training.no_latents)
    cells = recipe.data.patch_px // codec.factor
    return LatentConfig(
        patch_px=recipe.data.patch_px,
        per_crop=recipe.data.latent_patches,
        shape=(codec.channels, cells, cells),
        codec=training.networks().codec_identity(objective.teacher),
        precision=recipe.run.precision,
        seed=recipe.run.seed,
    )


def _encoded(batch: Batch, recipe: Recipe, assembly: Assembly, device: torch.device) -> tuple[Tensor, Tensor]:
    """As a training step would, under the same autocast."""
    dtype = dtype_of(recipe.run)
    with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        pairs = flow_pairs(batch.to(device), assembly.codec)
    return pairs.x, pairs.lr
