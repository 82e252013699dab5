"""The command line, without training. The commands are loaded when one is run, so that what only prints a line starts at once."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: words after the program's name; None takes the process's own.

    Returns:
        Exit code: 0 all done, 1 something failed (even if only to print the results' names), 2 wrong use, 130 interrupted.
    """
    from mfsr_engine.cli import upscale

    return upscale.main(arguments)
