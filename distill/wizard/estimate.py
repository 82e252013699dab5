"""What a recipe will take on this computer, estimated from a measured trial, and what makes it impossible. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distill.config import Recipe

LEAST_STEPS = 50
"""Fewer steps in the time given teach a student nothing worth having."""
USEFUL_STEPS = 300
"""Steps after which a small student shows what it can become; what the wizard tells the time of."""
BUSY_SHARE = 0.25
"""Share of the processor that other programs take, from which on a trial says more of them than of this computer."""
_MIB = 2**20


@dataclass(frozen=True)
class Probe:
    """What a few real training steps took."""

    device: str
    """Where they ran: cpu, cuda or mps."""
    seconds_per_step: float
    """Median time of a step, the first one left out."""
    memory_mib: int
    """Memory of the process (cpu) or on the device."""
    free_memory_mib: int
    """Memory that was free before."""
    checkpoint_mib: int
    """Size of a checkpoint."""
    latent_bytes: int = 0
    """Room for the kept latents of one patch; 0 where none are kept."""
    latent_seconds: float = 0.0
    """Time to compute them."""
    others_share: float = 0.0
    """Share 0..1 of the processor that other programs took meanwhile; 0 where the processor does not matter."""


@dataclass(frozen=True)
class Estimate:
    """What training will take."""

    device: str
    """Where: cpu, cuda or mps."""
    minutes: float
    """Training time, without the preparation of crops and latents."""
    steps: int
    """Steps in that time."""
    trained_images: int
    """Patches seen in that time."""
    memory_mib: int
    """Memory needed."""
    free_memory_mib: int
    """Memory that is free."""
    disk_mib: int
    """Room for crops, latents and checkpoints."""
    free_disk_mib: int
    """Room that there is."""
    preparation_minutes: float = 0.0
    """Time before training in which latents are computed, if the recipe keeps them."""
    probe: Probe | None = None
    """The trial it comes from."""
    photos: int = 0
    """Photographs that serve."""

    def summary(self) -> str:
        """One line for people."""
        first = f"{_time(self.preparation_minutes)} for latents, then " if self.preparation_minutes else ""
        return (
            f"{first}{_time(self.minutes)} on {self.device}: {self.steps} steps, {self.trained_images} patches seen; "
            f"{self.memory_mib} MiB of memory, {self.disk_mib} MiB on disk."
        )


def estimate(recipe: Recipe, probe: Probe, photos: int, free_disk_mib: int) -> Estimate:
    """Work out what a recipe takes.

    Args:
        recipe: what is trained.
        probe: its measured trial.
        photos: photographs that serve.
        free_disk_mib: room where the run will lie.
    """
    by_steps = recipe.run.steps * probe.seconds_per_step / 60
    minutes = min(by_steps, recipe.run.minutes) if recipe.run.minutes else by_steps
    steps = min(recipe.run.steps, int(60 * minutes / probe.seconds_per_step))
    latents = photos * recipe.data.crops_per_photo * recipe.data.latent_patches
    latents_mib = round(latents * probe.latent_bytes / _MIB)
    return Estimate(
        device=probe.device,
        minutes=minutes,
        steps=steps,
        trained_images=steps * recipe.data.batch_size * recipe.optimizer.accumulate,
        memory_mib=probe.memory_mib,
        free_memory_mib=probe.free_memory_mib,
        disk_mib=_pack_mib(recipe, photos) + latents_mib + (recipe.run.keep_checkpoints + 1) * probe.checkpoint_mib,
        free_disk_mib=free_disk_mib,
        preparation_minutes=latents * probe.latent_seconds / 60,
        probe=probe,
        photos=photos,
    )


def with_recipe(found: Estimate, recipe: Recipe) -> Estimate:
    """What a recipe takes that differs only in its time and number of steps from the one that was tried."""
    if found.probe is None:
        return found
    return estimate(recipe, found.probe, found.photos, found.free_disk_mib)


def needed_time(found: Estimate) -> tuple[int, float] | None:
    """A number of steps worth having, and the minutes that it takes here; None if that was not measured."""
    return None if found.probe is None else (USEFUL_STEPS, USEFUL_STEPS * found.probe.seconds_per_step / 60)


def disturbance(found: Estimate) -> str:
    """That the trial was slow because the computer is busy, in a sentence; empty if it is not."""
    if found.probe is None or found.probe.others_share < BUSY_SHARE:
        return ""
    percent = round(100 * found.probe.others_share)
    return f"Other programs keep {percent} % of the processor busy. When they are done, training is faster; measure again then."


def refusals(estimate: Estimate) -> tuple[str, ...]:
    """Why this cannot work, one sentence each with what to do; empty if it can."""
    found = []
    if estimate.memory_mib > estimate.free_memory_mib:
        found.append(
            f"Training needs {estimate.memory_mib} MiB of memory, but {estimate.free_memory_mib} MiB are free. "
            "Close other programs, or choose smaller patches or batches."
        )
    if estimate.disk_mib > estimate.free_disk_mib:
        found.append(
            f"Training needs {estimate.disk_mib} MiB on disk, but {estimate.free_disk_mib} MiB are free. Make room."
        )
    if estimate.steps < LEAST_STEPS:
        found.append(
            f"In the time given only {estimate.steps} steps are possible here, too few to learn anything. "
            "Allow more time, or choose a smaller teacher."
        )
    return tuple(found)


def _time(minutes: float) -> str:
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


def _pack_mib(recipe: Recipe, photos: int) -> int:
    """At most: a photograph may hold fewer crops than the recipe allows."""
    from distill.config import FlowMatchingObjective

    data, is_teacher = recipe.data, isinstance(recipe.objective, FlowMatchingObjective)
    one = 3 * data.crop_px**2 * ((2 if is_teacher else 1) + data.versions / 16)
    return round(photos * data.crops_per_photo * one / _MIB)
