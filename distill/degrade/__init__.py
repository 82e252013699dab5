"""Damage: how a good photograph becomes the small, blurred, noisy one a user has. Pure functions of a picture and a random generator."""

from distill.degrade.presets import PRESETS, DegradationConfig, StageConfig, preset
from distill.degrade.process import degrade, draws_everyday, soften, target

__all__ = ["PRESETS", "DegradationConfig", "StageConfig", "degrade", "draws_everyday", "preset", "soften", "target"]
