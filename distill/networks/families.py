"""The networks of each family as training needs them: teachers loaded, students made and written. One code path above it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import torch

from distill.networks.full_size import PromptedTransformer, merged
from distill.networks.full_size import student_of as full_size_student_of
from distill.networks.prompted import PromptedNetwork, PromptedVelocity, PromptName, prompts_by_name, student_of
from distill.networks.teacher import load_compact_teacher
from mfsr_engine.compute.devices import Compute
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.models.card import ModelCard, read_card, write_card
from mfsr_engine.models.codec import load_codec
from mfsr_engine.models.compact import model_folder as compact_folder
from mfsr_engine.models.compact.conditional_latent import CODEC_FOLDER
from mfsr_engine.models.compact.network import load_compact
from mfsr_engine.models.dit4sr.checkpoints import load_transformer_folder, save_transformer
from mfsr_engine.models.prompt_files import PROMPTS_FILE
from mfsr_engine.models.prompts import Prompts, load_prompts

if TYPE_CHECKING:
    from distill.config import StudentRecipe
    from mfsr_engine.models.codec import Codec


class FamilyNetworks(Protocol):
    """One family, as training sees it."""

    has_attention: bool
    """Whether its networks have attention, whose fused kernels have no forward derivative."""

    def load_teacher(self, folder: Path, device: torch.device, dtype: torch.dtype) -> PromptedNetwork:
        """A frozen teacher from a model folder, in evaluation mode.

        Raises:
            ModelError: the folder holds no usable model of this family.
        """

    def student_of(self, teacher: PromptedNetwork, recipe: StudentRecipe, dtype: torch.dtype) -> PromptedNetwork:
        """A student that starts as its teacher, or as the recipe's earlier student; what does not learn may be kept in `dtype`.

        Raises:
            ModelError: the folder of the earlier student holds no usable model of this family.
            RequestError: its network has another shape than this teacher's students.
        """

    def codec(self, folder: Path, device: torch.device, dtype: torch.dtype) -> Codec:
        """The codec of a model folder.

        Raises:
            ModelError: it is missing or damaged.
        """

    def codec_identity(self, folder: Path) -> str:
        """A hash of what the codec of a model folder computes, so that what it computed can be kept."""

    def patch_multiple(self, network: PromptedNetwork, codec: Codec) -> int:
        """Side of a training patch, in pixels of the large picture, must be a multiple of this."""

    def write(self, folder: Path, card: ModelCard, network: PromptedNetwork, teacher: Path) -> None:
        """Write a student as a model folder; what it shares with its teacher is copied. May change `network`."""


class CompactNetworks:
    """The bundled family: small, trained whole, in pixel space."""

    has_attention = False

    def load_teacher(self, folder: Path, device: torch.device, dtype: torch.dtype) -> PromptedVelocity:
        """See `FamilyNetworks`. Always fp32: autocast does the rest."""
        return load_compact_teacher(folder).to(device)

    def student_of(self, teacher: PromptedNetwork, recipe: StudentRecipe, dtype: torch.dtype) -> PromptedVelocity:
        """See `FamilyNetworks`."""
        assert isinstance(teacher, PromptedVelocity)
        student = student_of(teacher)
        if recipe.start is not None:
            _start_from(student, recipe.start)
        return student

    def codec(self, folder: Path, device: torch.device, dtype: torch.dtype) -> Codec:
        """See `FamilyNetworks`. Always fp32: autocast does the rest."""
        return compact_folder.load_compact_codec(folder, read_card(folder), Compute(device, torch.float32))

    def codec_identity(self, folder: Path) -> str:
        """See `FamilyNetworks`: the numbers of the card, and the weights of a codec that has some."""
        whole = hashlib.sha256(repr(read_card(folder).codec).encode())
        for path in sorted((folder / CODEC_FOLDER).glob("*")):
            whole.update(path.read_bytes())
        return whole.hexdigest()

    def patch_multiple(self, network: PromptedNetwork, codec: Codec) -> int:
        """See `FamilyNetworks`."""
        return codec.factor

    def write(self, folder: Path, card: ModelCard, network: PromptedNetwork, teacher: Path) -> None:
        """See `FamilyNetworks`."""
        assert isinstance(network, PromptedVelocity)
        compact_folder.write(folder, card, network.velocity, _prompts(network))
        if (teacher / CODEC_FOLDER).is_dir() and teacher != folder:
            shutil.copytree(teacher / CODEC_FOLDER, folder / CODEC_FOLDER, dirs_exist_ok=True)


def _start_from(student: PromptedVelocity, folder: Path) -> None:
    """Take an earlier student's weights.

    Raises:
        ModelError: the folder holds no usable compact model.
        RequestError: its network has another shape.
    """
    earlier = load_compact(folder, torch.device("cpu"), torch.float32)
    try:
        student.velocity.load_state_dict(earlier.state_dict())
    except RuntimeError as error:
        raise RequestError(
            f"The student in {folder} has another network than this teacher's students. Choose another student.start."
        ) from error


_FREE = ("sample_size", "control_conv_scale", "lr_keys", "time_unit", "has_interval")
"""What of a full-size configuration may differ between an earlier student and a new one's teacher."""


def _earlier(teacher: PromptedTransformer, folder: Path) -> PromptedTransformer:
    """A full-size model to start from, under the teacher's prompts.

    Raises:
        ModelError: the folder holds no usable full-size model.
        RequestError: its network has another shape.
    """
    device = next(teacher.parameters()).device
    velocity = load_transformer_folder(folder / "transformer", read_card(folder).variant or None, device=device)
    free = {name: getattr(teacher.velocity.config, name) for name in _FREE}
    if replace(velocity.config, **free) != teacher.velocity.config:
        raise RequestError(
            f"The student in {folder} has another network than this teacher's students. Choose another student.start."
        )
    return PromptedTransformer(velocity, teacher.prompts())


class FullSizeNetworks:
    """DiT4SR's family: a large transformer on the latents of an autoencoder, trained whole or in part."""

    has_attention = True

    def load_teacher(self, folder: Path, device: torch.device, dtype: torch.dtype) -> PromptedTransformer:
        """See `FamilyNetworks`."""
        variant = read_card(folder).variant or None
        velocity = load_transformer_folder(folder / "transformer", variant, dtype=dtype, device=device)
        prompts = prompts_by_name(load_prompts(folder))
        if any(prompt.tokens is None for prompt in prompts.values()):
            raise ModelError(
                "The teacher's prompts have no token embeddings. Import the model again, with its prompts."
            )
        placed = {name: prompt.to(device, dtype) for name, prompt in prompts.items()}
        return PromptedTransformer(velocity, placed).requires_grad_(False).eval()

    def student_of(self, teacher: PromptedNetwork, recipe: StudentRecipe, dtype: torch.dtype) -> PromptedTransformer:
        """See `FamilyNetworks`."""
        assert isinstance(teacher, PromptedTransformer)
        if recipe.start is None:
            return full_size_student_of(teacher, recipe, dtype)
        own_unit = recipe.model_copy(update={"time_unit": "teacher"})  # its time layers have learned theirs
        return full_size_student_of(_earlier(teacher, recipe.start), own_unit, dtype)

    def codec(self, folder: Path, device: torch.device, dtype: torch.dtype) -> Codec:
        """See `FamilyNetworks`."""
        return load_codec(folder, read_card(folder), Compute(device, dtype))

    def codec_identity(self, folder: Path) -> str:
        """See `FamilyNetworks`: configuration and weights, to the byte."""
        whole = hashlib.sha256()
        for path in sorted((folder / "vae").glob("*")):
            with path.open("rb") as file:
                whole.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        return whole.hexdigest()

    def patch_multiple(self, network: PromptedNetwork, codec: Codec) -> int:
        """See `FamilyNetworks`."""
        assert isinstance(network, PromptedTransformer)
        return codec.factor * network.velocity.config.patch_size

    def write(self, folder: Path, card: ModelCard, network: PromptedNetwork, teacher: Path) -> None:
        """See `FamilyNetworks`. Half precision but for the time layers, which are too coarse in it."""
        assert isinstance(network, PromptedTransformer)
        velocity = merged(network).half()
        velocity.time_text_embed.float()
        write_card(card, folder)
        save_transformer(velocity, folder / "transformer")
        shutil.copytree(teacher / "vae", folder / "vae", dirs_exist_ok=True)
        shutil.copyfile(teacher / PROMPTS_FILE, folder / PROMPTS_FILE)


def _prompts(network: PromptedNetwork) -> Prompts:
    clean, degraded, null = (network.prompt(n) for n in (PromptName.CLEAN, PromptName.DEGRADED, PromptName.NULL))
    assert clean is not None
    return Prompts(clean, degraded, null)
