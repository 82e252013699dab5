"""The whole command line: the engine's, with training and scores added here, because the engine may not know of them.

Loads no torch.
"""

from __future__ import annotations

from collections.abc import Sequence

from distill.cli import app as distill_app
from distill.evaluation.compare import compare
from mfsr_engine import cli

TRAINING = "distill"
HINT = "`mfsr` alone opens the window, `mfsr PHOTO.jpg` opens photographs in it."


def run(arguments: Sequence[str]) -> int:
    """Run words after the program's name; exit codes as `mfsr_engine.cli.main`."""
    if all(group.name != TRAINING for group in cli.app.registered_groups):
        cli.app.add_typer(distill_app, name=TRAINING)
        cli.app.command()(compare)
        cli.app.info.epilog = HINT
    return cli.main(arguments)
