"""Recipes: everything that decides a training run, typed and documented. Knows no file and no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

MOST_STEPS, MOST_MINUTES = 10**9, 10**6
"""Longest of all runs; a million minutes are two years."""
MOST_SAMPLES, MOST_WEIGHT = 2**16, 1000
"""Most samples in a batch, and largest weight of a loss. These and the other upper bounds refuse what was mistyped."""
Decay = Annotated[float, Field(ge=0, lt=1)]


class Section(BaseModel):
    """Base of all parts of a recipe: frozen, unknown keys are errors, and every number is finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


class DataRecipe(Section):
    """Photographs and the damage done to them."""

    photos: Path
    """Folder of photographs, searched with its subfolders; relative to the recipe."""
    degradation: Literal["mixed", "everyday", "camera", "heavy"] = "mixed"
    """Kind of damage the student shall undo."""
    crop_px: int = Field(default=384, ge=64, le=8192, multiple_of=4)
    """Side of the crops cut from the photographs, pixels."""
    crops_per_photo: int = Field(default=8, ge=1, le=10_000)
    """Most crops from one photograph."""
    versions: int = Field(default=4, ge=1, le=1000)
    """Damaged versions prepared of each crop."""
    enlargement: float = Field(default=1.0, ge=1, le=4)
    """Most a crop is enlarged before the damage of a camera, drawn evenly from 1; reduced photographs are sharper than a camera's own."""
    patch_px: int = Field(default=96, ge=16, le=8192, multiple_of=4)
    """Side of a training patch in the large picture, pixels; at most `crop_px`."""
    batch_size: int = Field(default=16, ge=1, le=MOST_SAMPLES)
    """Patches per step and process."""
    peer_share: float = Field(default=0.0, ge=0, le=1)
    """Share of patches drawn from where the crops have another upscaler's results beside them."""
    camera_share: float = Field(default=0.0, ge=0, le=1)
    """Share of patches drawn from crops with the damage of a camera, the others from everyday damage; 0 draws crops as they come."""
    latent_patches: int = Field(default=0, ge=0, le=1_000_000)
    """Patches of each crop whose latents are computed once and kept on disk; 0 computes them at every step. Full size only."""
    streaming: bool = False
    """Whether patches are cut and damaged during training, by `--workers` processes, instead of preparing crops on disk before it."""
    patches_per_photo: int = Field(default=1, ge=1, le=MOST_SAMPLES)
    """With streaming, patches of a batch that are cut from one photograph, which is read once for them."""
    captions: bool = False
    """Whether text files next to the photographs, or `captions.jsonl` in their folder, say what they show. Full size only."""
    caption_null_share: float = Field(default=0.2, ge=0, le=1)
    """With captions, share of batches under the null prompt instead, if the teacher has one; 0.2 as DiT4SR was trained."""
    validation_share: float = Field(default=0.0, ge=0, lt=0.5)
    """Share of the photographs (by file) kept for validation; 0 keeps none, and there is then no validation curve."""
    scan: bool = False
    """Whether every photograph is looked at first, and those broken, too small, flat or there twice are left out."""
    least_jpeg_quality: int = Field(default=0, ge=0, le=100)
    """Least quality, estimated from the file's own tables, of JPEG photographs that a scan lets pass; 0 takes all."""

    @model_validator(mode="after")
    def _patches_fit(self) -> DataRecipe:
        if self.patch_px > self.crop_px:
            raise PydanticCustomError(
                "patch_larger_than_crop",
                "A patch of {patch_px} pixels (patch_px) cannot be cut from crops of {crop_px} (crop_px)",
                {"patch_px": self.patch_px, "crop_px": self.crop_px},
            )
        return self

    @model_validator(mode="after")
    def _shares_leave_room(self) -> DataRecipe:
        if self.peer_share + self.camera_share > 1:
            raise PydanticCustomError("shares_above_one", "peer_share and camera_share are more than 1 together")
        return self

    @model_validator(mode="after")
    def _streams_what_it_can(self) -> DataRecipe:
        if self.streaming and (self.latent_patches or self.peer_share or self.camera_share):
            raise PydanticCustomError(
                "nothing_is_kept",
                "With streaming nothing is kept on disk: set latent_patches, peer_share and camera_share to 0, or streaming = false",
            )
        return self


class NetworkRecipe(Section):
    """Shape of a compact network made from nothing; a student takes its teacher's."""

    width: int = Field(default=96, ge=8, le=8192)
    """Channels inside."""
    blocks: int = Field(default=12, ge=1, le=1000)
    """Residual blocks."""
    embedding: int = Field(default=256, ge=16, le=8192)
    """Width of the time and prompt embeddings."""
    has_prior: bool = True
    """Whether it predicts a mean and a deviation for every value instead of the value; without, it learns nothing near the data."""
    codec: Path | None = None
    """Folder that holds the `codec/` of a conditional latent, in which the flow lives then, relative to the recipe; if not given, it lives
    in the difference from the enlarged picture."""


class StudentRecipe(Section):
    """How a student starts, and which parts of a full-size one learn; a compact student learns whole."""

    start: Path | None = None
    """Model folder of an earlier student to continue from, relative to the recipe; a student starts as its teacher if not given. At full
    size that may also be a published student, or one trained as a LoRA, whose additions are part of its weights."""

    parts: Literal["all", "control", "lora"] = "all"
    """What is trained: everything, the low-resolution branch with the time layers, or low-rank additions (LoRA)."""
    lora_rank: int = Field(default=64, ge=1, le=4096)
    """Rank of the low-rank additions."""
    gradient_checkpointing: bool = False
    """Whether blocks are computed twice, which is slower, to save memory."""
    time_unit: Literal["auto", "one", "teacher"] = "auto"
    """Unit of time inside: 1, the teacher's, or 1 if the teacher's time embedding can be fitted in it closely."""
    lr_keys: Literal["teacher", "own"] = "teacher"
    """Attention keys of the low-resolution tokens. With a DiT4SR q or f teacher, keys of their own do not start as the teacher's."""


class PictureLosses(Section):
    """Perceptual losses on the picture a teacher predicts from each noisy state, as PixelGen has them (arXiv 2602.02493). Off."""

    batch_size: int = Field(default=8, ge=1, le=MOST_SAMPLES)
    """Samples of the batch they are computed on."""
    lpips: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of LPIPS (AlexNet)."""
    features: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of the structure and texture distance of VGG16 features (DISTS)."""
    features_batch_size: int = Field(default=2, ge=1, le=MOST_SAMPLES)
    """Samples that distance is computed on; it costs several times what the network does."""

    @property
    def is_used(self) -> bool:
        """Whether any of them has a weight."""
        return any((self.lpips, self.features))


class FlowMatchingObjective(Section):
    """Plain flow matching, for a teacher: the velocity e - x at a random time, under a prompt that tells good targets from bad."""

    kind: Literal["flow-matching"] = "flow-matching"
    time_mean: float = Field(default=0.4, ge=-10, le=10)
    """Mean of the logit of t."""
    time_std: float = Field(default=1.0, gt=0, le=10)
    """Standard deviation of the logit of t."""
    degraded_share: float = Field(default=0.15, ge=0, le=0.5)
    """Share of samples whose target is a worse picture, under the "degraded" prompt."""
    null_share: float = Field(default=0.1, ge=0, le=0.5)
    """Share of samples with the null prompt."""
    picture: PictureLosses = PictureLosses()
    """Losses on the predicted picture beside that of the velocity."""


class EndPointLosses(Section):
    """Losses on the picture a student reaches, weights of 0 switch one off. Off by default."""

    every: int = Field(default=1, ge=1, le=MOST_STEPS)
    """Steps between two uses."""
    batch_size: int = Field(default=8, ge=1, le=MOST_SAMPLES)
    """Samples of the batch they are computed on."""
    pixel: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of the mean absolute pixel difference."""
    lpips: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of LPIPS (AlexNet)."""
    features: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of the structure and texture distance of VGG16 features (DISTS)."""
    features_batch_size: int = Field(default=2, ge=1, le=MOST_SAMPLES)
    """Samples that distance is computed on; it costs several times what the network does."""
    features_every: int = Field(default=1, ge=1, le=MOST_STEPS)
    """Steps between two uses of that distance, whose weight is for the steps that use it."""
    peer: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of the mean absolute pixel difference from another upscaler's result, where the crops have one."""
    peer_lpips: float = Field(default=0.0, ge=0, le=1)
    """Share of LPIPS that is measured against that result rather than the truth, where the crops have one."""
    adversarial: float = Field(default=0.0, ge=0, le=MOST_WEIGHT)
    """Weight of the adversarial term against a small patch discriminator."""
    rollout_share: float = Field(default=0.5, ge=0, le=1)
    """Share of uses in which the student first takes some steps itself and is judged from there, so that more steps refine."""
    walk_shift: float = Field(default=1.0, gt=0, le=100)
    """Shift of the times of these rollouts; below 1 the first step is long and the last ones refine."""
    sampling_shift: float | None = Field(default=None, gt=0, le=100)
    """Shift of the times at which the finished student is sampled, if not that of the rollouts."""

    @property
    def is_used(self) -> bool:
        """Whether any of them has a weight."""
        return any((self.pixel, self.lpips, self.features, self.adversarial, self.peer))


class MeanFlowObjective(Section):
    """MeanFlow distillation under the guided velocity of a teacher."""

    kind: Literal["meanflow"] = "meanflow"
    teacher: Path
    """Model folder of the teacher, relative to the recipe, or the name of an installed model."""
    guidance: float = Field(default=2.0, ge=0, le=100)
    """Scale w of the teacher's guidance; 1 is the positive prompt alone."""
    negative_prompt: Literal["negative", "null"] = "negative"
    """What guidance leads away from: the teacher's negative prompt, or its null prompt, as of no text at all."""
    target: Literal["teacher", "data"] = "teacher"
    """Instantaneous velocity: the guided teacher's, or e - x as in the original MeanFlow (a baseline)."""
    derivative: Literal["auto", "jvp", "secant", "rcgm", "alphaflow", "splitmeanflow", "midpoint"] = "auto"
    """How the target is had: the MeanFlow identity with du/dt exact (jvp) or as a one-sided difference (secant), or another equation of
    the same flow. Automatic is exact for networks without attention, the secant for others.
    """
    secant_step: float = Field(default=0.02, gt=0, lt=0.5)
    """Length in time of the finite step of secant, rcgm and midpoint."""
    alpha_steps: int = Field(default=10_000, ge=0, le=MOST_STEPS)
    """Steps over which the share of alphaflow falls from 1, plain flow matching, to 0.005, nearly the MeanFlow identity."""
    time_mean: float = Field(default=-0.4, ge=-10, le=10)
    """Mean of the logit of the two times drawn."""
    time_std: float = Field(default=1.0, gt=0, le=10)
    """Standard deviation of the logit."""
    instantaneous_share: float = Field(default=0.5, ge=0, le=1)
    """Share of samples with r = t."""
    whole_share: float = Field(default=0.2, ge=0, le=1)
    """Share of samples with r = 0, t = 1: the one-step case."""
    adaptive_power: float = Field(default=1.0, ge=0, le=10)
    """Power p of the adaptive weight 1 / (loss + c)^p; 0 switches it off."""
    adaptive_offset: float = Field(default=1e-3, gt=0, le=1e6)
    """Offset c of the adaptive weight."""
    tangent_normalised: bool = False
    """Whether each sample's (t - r) du/dt is first divided by its own root mean square + 0.1."""
    tangent_clamp: float = Field(default=5.0, gt=0, le=1e6)
    """Largest absolute value of the target's difference from v, which is (t - r) du/dt in the MeanFlow identity."""
    tangent_warmup_steps: int = Field(default=0, ge=0, le=MOST_STEPS)
    """Steps over which the derivative's part of the target grows from 0 to its full size."""
    weight: float = Field(default=1.0, ge=0, le=MOST_WEIGHT)
    """Weight of the MeanFlow loss beside the end-point losses."""
    every: int = Field(default=1, ge=1, le=MOST_STEPS)
    """Steps between two uses of the MeanFlow loss; more than 1 only beside end_point losses of every step."""
    end_point: EndPointLosses = EndPointLosses()
    """Losses on the picture itself."""

    @model_validator(mode="after")
    def _has_a_teacher_to_step(self) -> MeanFlowObjective:
        if self.derivative == "midpoint" and self.target == "data":
            raise PydanticCustomError(
                "midpoint_without_teacher",
                'derivative = "midpoint" takes a step of the teacher, so target must be "teacher"',
            )
        return self

    @model_validator(mode="after")
    def _minimises_something(self) -> MeanFlowObjective:
        if self.weight == 0 and not self.end_point.is_used:
            raise PydanticCustomError(
                "nothing_to_minimise",
                "With weight = 0 there is nothing to learn from unless an end_point loss (pixel, lpips, features or "
                "adversarial) has a weight",
            )
        if self.weight == 0 and self.end_point.every > 1:
            raise PydanticCustomError(
                "steps_without_a_loss",
                "With weight = 0 the end_point losses are all there is, so end_point.every must be 1",
            )
        if self.every > 1 and not (self.end_point.is_used and self.end_point.every == 1):
            raise PydanticCustomError(
                "steps_without_a_loss",
                "With every > 1 some steps have the end_point losses alone, so these must be used at every step",
            )
        return self


class ConditionalLatentObjective(Section):
    """Encoder and decoder of a conditional latent, for teachers and students whose flow lives in it."""

    kind: Literal["conditional-latent"] = "conditional-latent"
    start: Path | None = None
    """Model folder of a student in pixel space, relative to the recipe, whose one step the decoder starts as; it starts from nothing if not
    given."""
    channels: int = Field(default=8, ge=1, le=1024)
    """Values of the latent for each pixel of the input."""
    encoder_width: int = Field(default=64, ge=8, le=8192)
    """Channels inside of the encoder; `network` has the decoder's shape."""
    encoder_blocks: int = Field(default=4, ge=1, le=1000)
    """Residual blocks of the encoder."""
    nats: float = Field(default=0.5, gt=0, le=1e4)
    """Information of the latent aimed at, in nats for each pixel of the input. With little, every draw decodes to a good picture."""
    prior_share: float = Field(default=0.5, ge=0, le=1)
    """Share of samples that are decoded from noise instead of from the picture's own latent, so that any noise gives a good picture."""
    picture: EndPointLosses = EndPointLosses(pixel=0.5, lpips=0.8)
    """Losses on the decoded picture. A peer's results judge what was decoded from noise."""

    @model_validator(mode="after")
    def _has_a_loss(self) -> ConditionalLatentObjective:
        if not self.picture.is_used:
            raise PydanticCustomError(
                "nothing_to_minimise",
                "There is nothing to learn from unless a loss in objective.picture (pixel, lpips, features or adversarial) has a weight",
            )
        return self


class OptimizerRecipe(Section):
    """AdamW with warm-up and cosine decay."""

    learning_rate: float = Field(default=5e-4, gt=0, le=1)
    """Highest learning rate."""
    final_learning_rate: float = Field(default=1e-5, ge=0, le=1)
    """Learning rate at the end."""
    warmup_steps: int = Field(default=200, ge=0, le=MOST_STEPS)
    """Steps of linear warm-up."""
    betas: tuple[Decay, Decay] = (0.9, 0.99)
    """Decay of the two moments."""
    weight_decay: float = Field(default=0.0, ge=0, le=10)
    """Decoupled weight decay."""
    clip: float = Field(default=1.0, gt=0, le=1e9)
    """Largest gradient norm."""
    accumulate: int = Field(default=1, ge=1, le=MOST_SAMPLES)
    """Batches per optimizer step."""
    ema_widths: tuple[Annotated[float, Field(gt=0, lt=0.288)], ...] = Field(default=(0.1,), min_length=1, max_length=16)
    """Widths of the averaged weights kept, as shares of the run so far (0.1 reaches over its last third); the first one is exported."""


class RunRecipe(Section):
    """Length, precision and what is kept."""

    steps: int = Field(default=10_000, ge=1, le=MOST_STEPS)
    """Optimizer steps in all."""
    minutes: float | None = Field(default=None, gt=0, le=MOST_MINUTES)
    """If given, the learning rate follows this wall-clock time, and training ends with it even before `steps`."""
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    """Autocast precision. Automatic is the fastest on this computer, measured when the run begins and kept with it."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    """Seed of data, noise and initial weights."""
    checkpoint_minutes: float = Field(default=10.0, gt=0, le=MOST_MINUTES)
    """Minutes between checkpoints."""
    keep_checkpoints: int = Field(default=2, ge=1, le=10_000)
    """Newest checkpoints kept."""
    best_by: Literal["lpips", "dists", "psnr", "map"] = "lpips"
    """What decides which checkpoint is kept beside the newest as the best: a score of the validation pictures at one step, or the distance
    to the guided teacher's map, which students alone have. Without the weights of LPIPS and DISTS these are decided by PSNR.
    """
    log_every: int = Field(default=50, ge=1, le=MOST_STEPS)
    """Steps between two lines of metrics."""
    wandb_project: str = Field(default="", max_length=128)
    """Project of Weights & Biases that curves and previews are sent to, as its own settings say; empty sends nothing anywhere."""
    shard: bool = False
    """Whether several processes share a full-size network out among them instead of each holding all of it (FSDP)."""
    shard_across: Literal["node", "all"] = "node"
    """With shard, who shares one copy of the network: the processes of each computer (HSDP), or all processes of all computers."""


OBJECTIVES: dict[str, type[Section]] = {
    "flow-matching": FlowMatchingObjective,
    "meanflow": MeanFlowObjective,
    "conditional-latent": ConditionalLatentObjective,
}
"""By their `kind`."""


class Recipe(Section):
    """A whole training run."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name of the model to be made; letters, digits, dots, dashes."""
    licence: str = "unspecified: decided by who trained it"
    """Licence of a teacher's weights, by SPDX name or title, for its card; a student inherits its teacher's."""
    attribution: str = ""
    """Whom to name when a teacher or its results are passed on, for its card; a student inherits its teacher's."""
    summary: str = ""
    """One or two sentences about the model for people, for its card; empty says of a student whose it is."""
    data: DataRecipe
    network: NetworkRecipe = NetworkRecipe()
    student: StudentRecipe = StudentRecipe()
    objective: Annotated[
        FlowMatchingObjective | MeanFlowObjective | ConditionalLatentObjective, Field(discriminator="kind")
    ]
    optimizer: OptimizerRecipe = OptimizerRecipe()
    run: RunRecipe = RunRecipe()
