"""How the program starts itself as a subprocess: a bundle runs its own executable with a subcommand, else the interpreter runs."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path


def own_command() -> tuple[str, ...]:
    """Words that, followed by those of `mfsr distill`, run that command in a process of its own."""
    return (sys.executable, "distill") if is_bundled() else (sys.executable, "-m", "distill")


def is_bundled() -> bool:
    """Whether this is a desktop bundle, whose executable is the program itself and takes no `-m`."""
    if getattr(sys, "frozen", False):
        return True
    package = getattr(sys.modules.get("__main__"), "__package__", None)
    if not package:
        return False
    try:
        return "Briefcase-Version" in metadata.metadata(package.partition(".")[0])
    except metadata.PackageNotFoundError:
        return False


def log_tail(path: Path, lines: int, without: str) -> str:
    """The last lines of a log, passing over those that begin with `without`; empty if there is none."""
    if not path.is_file():
        return ""
    found = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join([line for line in found if not line.startswith(without)][-lines:])
