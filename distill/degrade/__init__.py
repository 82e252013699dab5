"""Damage: how a good photograph becomes the small, blurred, noisy one a user has. Pure functions of a picture and a random generator."""

from distill.degrade.presets import PRESETS, DegradationConfig, StageConfig, preset
from distill.degrade.process import degrade, soften, target

__all__ = ["PRESETS", "DegradationConfig", "StageConfig", "degrade", "preset", "soften", "target"]
