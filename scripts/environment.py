"""Makes the virtual environment that `start` and `test` run in, and the system libraries they need. Knows the standard
library only, and is written so that an old Python can still say what is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
PYTHON_NAMES = ("python3.12", "python3.11", "python3.13", "python3.14")
"""Where to look for a newer Python if the one that runs this is too old."""
FONT_FOLDER, FONT_PACKAGE = Path("/usr/share/fonts"), "fonts-dejavu-core"
INTERRUPTED = 130
"""Exit code of a program that was stopped with Ctrl+C."""
STAMP_NAME = "mfsr-installed-"
"""File in the environment that says for which `pyproject.toml` it was made."""


def prepare(extras: str = "") -> Path:
    """Install the project, unless that was done before and nothing changed since.

    Args:
        extras: optional dependencies in brackets, such as "[dev]".

    Returns:
        The Python of the environment.
    """
    python = _environment_python()
    wanted = _fingerprint()
    if wanted not in (_stamp(python, extras), _stamp(python, "[dev]")):
        _install(python, extras)
        _stamp_path(python, extras).write_text(wanted, encoding="utf-8")
    install_system_libraries()
    return python


def command(python: Path, name: str) -> str:
    """Path of a program that came with a package of the environment."""
    return str(python.parent / (name + (".exe" if os.name == "nt" else "")))


def run(*words: str | Path, output: IO[str] | None = None, **variables: str) -> int:
    """Run a program in the project's folder and give back its exit code; `variables` are added to the environment.

    What it prints goes to `output` if that is given, else where our own output goes.
    """
    environment = dict(os.environ, **variables)
    streams = {} if output is None else {"stdout": output, "stderr": subprocess.STDOUT}
    try:
        return subprocess.run(
            [str(word) for word in words], cwd=ROOT, env=environment, check=False, **streams
        ).returncode
    except KeyboardInterrupt:  # the program got it too and has said so
        return INTERRUPTED


def say(text: str) -> None:
    """Tell the user what is being done."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """End with a message instead of a traceback."""
    raise SystemExit("mfsr: " + text)


def install_system_libraries() -> None:
    """Install what Qt needs of the system: by ourselves as root on Debian and Ubuntu, else by saying how."""
    if not sys.platform.startswith("linux"):
        return
    missing = _missing_packages()
    if not missing:
        return
    line = "apt-get install -y " + " ".join(missing)
    if not _may_use_apt():
        say("mfsr: these system libraries are missing; on Debian and Ubuntu this installs them:\n  sudo " + line)
        return
    _apt(missing)


def _environment_python() -> Path:
    active = os.environ.get("VIRTUAL_ENV")
    folder = Path(active) if active else ROOT / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not active and not _has_pip(python):
        _make_environment(folder)
    if not python.is_file():
        stop(f"the active virtual environment {folder} has no Python. Run `deactivate` and try again.")
    if not _is_new_enough(str(python)):
        stop(f"the virtual environment {folder} has an older Python than 3.11. Leave or remove it and try again.")
    return python


def _make_environment(folder: Path) -> None:
    python = _new_enough_python()
    say(f"Making a virtual environment in {folder.name} ...")
    words = [python, "-m", "venv", "--clear", str(folder)]
    if not _makes_environments(python) and _may_use_apt():
        _apt(["python3-venv"])
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        stop(
            "Python could not make a virtual environment. On Debian and Ubuntu this installs what it needs:\n"
            "  sudo apt-get install -y python3-venv\n" + said
        )


def _new_enough_python() -> str:
    found = (shutil.which(name) for name in PYTHON_NAMES)
    for python in (sys.executable, *found):
        if python and _is_new_enough(python):
            return python
    stop(
        "Python 3.11 or newer is needed, and this is {}.{}. On Debian 12 and Ubuntu 24.04 this installs it:\n"
        "  sudo apt-get install -y python3 python3-venv".format(*sys.version_info[:2])
    )
    raise AssertionError


def _install(python: Path, extras: str) -> None:
    """One pip command for everything: only then does the closed range of torch decide which torch is taken."""
    say(f"Installing MFSR{extras} and what it needs; the first time this takes a few minutes ...")
    quiet = [] if sys.stderr.isatty() else ["-qq"]
    words = [str(python), "-m", "pip", "install", *quiet, "--editable", "." + extras]
    if run(*words):
        stop("the installation failed; pip's message is above. Check the network and free disk space and try again.")


def _stamp_path(python: Path, extras: str) -> Path:
    return python.parent.parent / (STAMP_NAME + extras.strip("[]"))


def _stamp(python: Path, extras: str) -> str:
    """Fingerprint of what was installed before, or nothing."""
    path = _stamp_path(python, extras)
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _missing_packages() -> list[str]:
    """System packages that the window needs here, or offscreen where there is no display."""
    sys.path.insert(0, str(ROOT))
    from mfsr_app.desktop import display

    is_x11 = bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")
    missing = display.missing_packages(dict(display.PACKAGES, **(display.X11_PACKAGES if is_x11 else {})))
    fonts = (path for path in FONT_FOLDER.rglob("*") if path.suffix in (".ttf", ".otf", ".ttc", ".pfb"))
    return missing if any(fonts) else [*missing, FONT_PACKAGE]


def _fingerprint() -> str:
    """Changes when the requirements or the place of the project change."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()


def _is_new_enough(python: str) -> bool:
    return _succeeds(python, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON!r})")


def _has_pip(python: Path) -> bool:
    return python.is_file() and _succeeds(str(python), "-c", "import pip")


def _makes_environments(python: str) -> bool:
    """Whether `venv` is complete; Debian keeps a part of it in a package of its own."""
    return _succeeds(python, "-c", "import venv, ensurepip")


def _succeeds(*words: str) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _may_use_apt() -> bool:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and shutil.which("apt-get") is not None


def _apt(packages: list[str]) -> None:
    say("Installing system packages: apt-get install -y {}".format(" ".join(packages)))
    if run("apt-get", "update", "-qq") or run(
        "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, DEBIAN_FRONTEND="noninteractive"
    ):
        say("mfsr: apt-get failed; its message is above. Going on without these packages.")
