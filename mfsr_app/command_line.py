"""The complete command line: the engine's, plus training and scores, which the engine must not import.

Loads no torch, and training's modules only where a word asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from mfsr_engine import __version__
from mfsr_engine.cli import terminal

TRAINING = "distill"
HINT = "`mfsr` alone opens the window, `mfsr PHOTO.jpg` opens photographs in it."


def run(arguments: Sequence[str]) -> int:
    """Run words after the program's name; exit codes as `mfsr_engine.cli.main`."""
    if list(arguments) == ["--version"]:  # the commands take a second to load
        return 0 if terminal.say(f"mfsr {__version__}") else 1
    from mfsr_engine.cli import upscale as engine

    if not arguments or arguments[0] not in engine.command_names():
        _add_training()
    return engine.main(arguments)


def _add_training() -> None:
    from distill.cli import app as distill_app
    from distill.evaluation.compare import compare
    from mfsr_engine.cli.upscale import app, command_names

    if TRAINING in command_names():
        return
    app.add_typer(distill_app, name=TRAINING)
    app.command()(compare)
    app.info.epilog = HINT
