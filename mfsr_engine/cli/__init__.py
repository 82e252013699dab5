"""The command line, without training."""

from mfsr_engine.cli.upscale import app, main

__all__ = ["app", "main"]
