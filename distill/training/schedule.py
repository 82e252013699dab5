"""The learning rate over a run, by steps or by wall-clock time."""

from __future__ import annotations

import math

from distill.config import OptimizerRecipe, RunRecipe


def finished_share(run: RunRecipe, step: int, elapsed_s: float) -> float:
    """Share of the run that is over, 0..1: by steps, and by minutes where the recipe limits them, whichever is further."""
    by_steps = step / run.steps
    by_time = elapsed_s / (60 * run.minutes) if run.minutes else 0.0
    return min(1.0, max(by_steps, by_time))


def learning_rate(recipe: OptimizerRecipe, step: int, share: float) -> float:
    """Linear warm-up by steps, then cosine decay by the finished share."""
    warmth = min(1.0, (step + 1) / recipe.warmup_steps) if recipe.warmup_steps else 1.0
    cosine = 0.5 * (1 + math.cos(math.pi * share))
    return warmth * (recipe.final_learning_rate + (recipe.learning_rate - recipe.final_learning_rate) * cosine)
