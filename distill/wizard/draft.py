"""The user's choices so far in the wizard, as plain data. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from distill.preset import Preset
from mfsr_engine.models.prompt_files import ALL_PROMPTS, StoredPrompts

if TYPE_CHECKING:
    from pathlib import Path

    from distill.config import Recipe
    from distill.data.scan import ScanReport
    from distill.wizard.estimate import Estimate
    from mfsr_engine.models.card import ModelCard


class Step(StrEnum):
    """The wizard's steps, in order."""

    TEACHER = "teacher"
    PHOTOS = "photos"
    RECIPE = "recipe"
    CHECK = "check"
    RUN = "run"
    RESULT = "result"
    DONE = "done"


PRESET_SUMMARIES = {
    Preset.TRY: "minutes on this computer",
    Preset.GOOD: "hours on one GPU",
    Preset.PAPER: "days on many GPUs",
}
"""What each preset takes."""

Degradation = Literal["mixed", "camera", "heavy"]
DEGRADATION_SUMMARIES: dict[Degradation, str] = {
    "mixed": "what small and old photographs mostly show",
    "camera": "real-camera damage: blur, fine noise, little compression",
    "heavy": "strong damage, as SeeSR and DiT4SR train with",
}
"""What each kind of damage is."""


@dataclass(frozen=True)
class ChosenTeacher:
    """A teacher that is on this computer."""

    folder: Path
    """Its model folder."""
    card: ModelCard
    """What it says of itself."""
    prompts: StoredPrompts = ALL_PROMPTS
    """Which prompts are stored with it."""

    @property
    def lacks_negative(self) -> bool:
        """Whether it is sampled with guidance but has no negative prompt, as published teachers before their prompts are encoded."""
        return self.card.sampling.guidance != 1 and not self.prompts.has_negative


@dataclass(frozen=True)
class Computer:
    """What decides between recipes on this computer."""

    device: str = "cpu"
    """cpu, cuda or mps."""
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    """The fastest precision that computes correctly here."""
    has_perceptual: bool = False
    """Whether the weights of LPIPS and DISTS are there to train with."""


@dataclass(frozen=True)
class Draft:
    """Everything chosen so far; None where nothing is yet."""

    teacher: ChosenTeacher | None = None
    """Whose pictures the student learns to make in one step."""
    goes_without_negative: bool = False
    """Whether the user continues with a teacher that lacks a negative prompt: it is guided away from its null prompt, or not at all if
    that is the only one it has.
    """
    photos: ScanReport | None = None
    """The photographs, looked at."""
    degradation: Degradation = "mixed"
    """Kind of damage the student shall undo."""
    preset: Preset | None = None
    """How much is trained."""
    computer: Computer = Computer()
    """Where."""
    name: str = ""
    """Name of the student; letters, digits, dots, dashes."""
    taken_names: tuple[str, ...] = ()
    """Names of runs and installed models, which the student cannot have."""
    advanced: Recipe | None = None
    """A recipe whose numbers the user changed; it wins over the preset."""
    estimate: Estimate | None = None
    """What training will take, from a measured trial."""
    minutes: float | None = None
    """Time to train, chosen by the user; None is what the preset or the recipe says."""
    starts_anyway: bool = False
    """Whether the user starts though the estimate, or a trial that failed, advises against it."""
    is_check_passed: bool = False
    """Whether the user saw the estimate and agreed."""
    run_folder: Path | None = None
    """The run that was started."""
    is_trained: bool = False
    """Whether the run has ended, or was stopped with something to show."""
    model_folder: Path | None = None
    """The installed student."""
