"""Builds what a trainer needs from a recipe: network, objective, codec and discriminator, on one device. Knows no pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from distill.config import ConditionalLatentObjective, MeanFlowObjective, NetworkRecipe, Recipe
from distill.families import networks_of
from distill.networks.prompted import PromptedNetwork, PromptName, TrainedNetwork, new_teacher
from distill.networks.teacher import GuidedTeacher
from distill.training.conditional_latent import ConditionalLatentLoss, new_latent
from distill.training.endpoint import Adversary, EndPointLoss, PictureLoss, perceptual_losses
from distill.training.objectives import FlowMatching, MeanFlowDistillation, Objective
from distill.training.precision import dtype_of
from distill.training.recipe_checks import check_teacher
from mfsr_engine.compute.devices import Compute
from mfsr_engine.errors import RequestError
from mfsr_engine.models.card import SamplingTable
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.models.compact.conditional_latent import ConditionalLatentCodec, load_latent_networks
from mfsr_engine.models.compact.network_config import CompactConfig

if TYPE_CHECKING:
    from mfsr_engine.models.codec import Codec

NEGATIVE_PROMPTS = {"negative": PromptName.DEGRADED, "null": PromptName.NULL}
"""What guidance leads away from, by its name in recipes."""


@dataclass(frozen=True)
class Assembly:
    """Everything a recipe names but the data."""

    network: TrainedNetwork
    """What is trained."""
    objective: Objective
    """What is minimised."""
    codec: Codec
    """Between pictures and the network's space."""
    adversary: Adversary | None = None
    """The discriminator of the end-point losses, if they have one."""
    teacher: GuidedTeacher | None = None
    """The guided teacher of a student."""
    sampling: SamplingTable = field(default_factory=SamplingTable)
    """How the finished model samples."""
    side_multiple: int = 4
    """Sides of what the network sees, in pixels of the large picture, are multiples of this."""


def assemble(recipe: Recipe, device: torch.device) -> Assembly:
    """Build what a recipe names.

    Raises:
        RequestError: its parts do not fit together.
        ModelError: its teacher cannot be used.
        WeightsError: it asks for perceptual losses whose weights are not there.
    """
    if isinstance(recipe.objective, MeanFlowObjective):
        return _student_assembly(recipe, recipe.objective, device)
    if isinstance(recipe.objective, ConditionalLatentObjective):
        return _latent_assembly(recipe, recipe.objective, device)
    codec = compact_codec(recipe.network, device)
    config = compact_config(recipe.network, codec)
    losses = recipe.objective.picture
    perceptual = perceptual_losses(losses, device) if losses.is_used else {}
    return Assembly(new_teacher(config, recipe.run.seed), FlowMatching(recipe.objective, codec, perceptual), codec)


def _latent_assembly(recipe: Recipe, objective: ConditionalLatentObjective, device: torch.device) -> Assembly:
    network = new_latent(objective, recipe.network, recipe.run.seed).to(device)
    losses = objective.picture
    adversary = Adversary.create(device) if losses.adversarial else None
    judge = PictureLoss(losses, perceptual_losses(losses, device), adversary)
    codec = ConditionalLatentCodec(network.networks, torch.float32)
    return Assembly(network, ConditionalLatentLoss(objective, network, judge), codec, adversary)


def compact_codec(shape: NetworkRecipe, device: torch.device) -> Codec:
    """The codec of a teacher made from nothing, in fp32.

    Raises:
        ModelError: its files are missing or damaged.
    """
    if shape.codec is None:
        return ResidualPixelCodec()
    networks = load_latent_networks(shape.codec, Compute(device, torch.float32))
    return ConditionalLatentCodec(networks, torch.float32)


def compact_config(shape: NetworkRecipe, codec: Codec) -> CompactConfig:
    """The shape of a teacher made from nothing, given its codec."""
    condition = 3 * codec.factor**2
    condition_channels = None if codec.channels == condition else condition
    return CompactConfig(
        codec.channels,
        shape.width,
        shape.blocks,
        shape.embedding,
        has_prior=shape.has_prior,
        condition_channels=condition_channels,
    )


def student_network(recipe: Recipe, device: torch.device) -> PromptedNetwork:
    """The student of a recipe as it starts, without anything else.

    Raises:
        RequestError: the recipe is not of a student, or asks for what its family cannot do.
        ModelError: its teacher cannot be used.
    """
    if not isinstance(recipe.objective, MeanFlowObjective):
        raise RequestError(f"The recipe {recipe.name} makes a teacher, not a student.")
    family, dtype = networks_of(recipe.objective.teacher), dtype_of(recipe.run)
    return family.student_of(family.load_teacher(recipe.objective.teacher, device, dtype), recipe.student, dtype)


def _student_assembly(recipe: Recipe, objective: MeanFlowObjective, device: torch.device) -> Assembly:
    check_teacher(recipe)
    family, dtype = networks_of(objective.teacher), dtype_of(recipe.run)
    if objective.derivative == "auto":
        objective = objective.model_copy(update={"derivative": "secant" if family.has_attention else "jvp"})
    teacher = family.load_teacher(objective.teacher, device, dtype)
    codec = family.codec(objective.teacher, device, dtype)
    student = family.student_of(teacher, recipe.student, dtype)
    multiple = family.patch_multiple(student, codec)
    guided = _guided(teacher, objective)
    losses = objective.end_point
    adversary = Adversary.create(device) if losses.adversarial else None
    perceptual = perceptual_losses(losses, device) if losses.is_used else {}
    end_point = EndPointLoss(losses, codec, student, perceptual, adversary) if losses.is_used else None
    null = teacher.prompt(PromptName.NULL) if recipe.data.captions else None
    learned = MeanFlowDistillation(objective, codec, guided, student, end_point, null, recipe.data.caption_null_share)
    return Assembly(student, learned, codec, adversary, guided, students_sampling(objective), multiple)


def students_sampling(objective: MeanFlowObjective) -> SamplingTable:
    """A student samples as it was judged in training, if the recipe does not say otherwise."""
    losses = objective.end_point
    shift = losses.sampling_shift or losses.walk_shift
    if not losses.is_used or shift == 1:
        return SamplingTable()
    return SamplingTable(grid="shift", shift=shift)


def _guided(teacher: PromptedNetwork, objective: MeanFlowObjective) -> GuidedTeacher:
    positive = teacher.prompt(PromptName.CLEAN)
    negative = teacher.prompt(NEGATIVE_PROMPTS[objective.negative_prompt])
    assert positive is not None
    assert negative is not None or objective.guidance == 1, "see `check_teacher`"
    return GuidedTeacher(teacher.velocity, positive, negative, objective.guidance)
