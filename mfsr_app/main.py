"""Entry point: with files or no arguments it opens the window, with a subcommand it runs the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mfsr_app.desktop.startup_timer import Stopwatch

WINDOW_OPTIONS = ("--measure-startup", "--theme")
"""Options that the window understands; everything else that begins with a dash is for the command line."""


def main(argv: list[str] | None = None) -> int:
    """Run the program and give back its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if not _is_for_window(arguments):
        return _run_command_line(arguments)
    stopwatch = Stopwatch()
    from mfsr_app.desktop.display import display_problem

    problem = display_problem()
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    from mfsr_app.jobs.imports import import_qt

    import_qt()
    from mfsr_app.application import run_window

    return run_window(_window_options(arguments), stopwatch)


def _is_for_window(arguments: list[str]) -> bool:
    """Whether these are files (and options of the window) only; a bare word that is no file is a sub-command."""
    if not arguments:
        return True
    first = arguments[0]
    if first.startswith("-"):
        return first.split("=")[0] in WINDOW_OPTIONS
    if first == "distill":  # also in a folder that holds one of this name
        return False
    return Path(first).exists() or "." in first or "/" in first or "\\" in first


def _window_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("mfsr", description="Opens the window, with photographs if given.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="photograph to open")
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="colours of the window; else as set")
    parser.add_argument(
        "--measure-startup", action="store_true", help="print how long it took to be ready, as one JSON line, and quit"
    )
    return parser.parse_args(arguments)


def _run_command_line(arguments: list[str]) -> int:
    from mfsr_app import command_line

    return command_line.run(arguments)
