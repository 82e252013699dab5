"""Drives the real window on a virtual screen, by mouse and keyboard, through the four journeys that must always work.

    python scripts/drive_window.py {save,look,resume,wizard,all} --screens FOLDER [--kept] [--home FOLDER]
                                   [--size 1280x800] [--scaling 1.5]

Needs Xvfb, xdotool and openbox (Debian: apt-get install xvfb xdotool openbox). The program runs as always, with the bundled
model and a home of its own. The only thing added to it is a witness (`window_witness.py`), which says where things are on
the screen and changes nothing; every action is a press of a key or a button.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import window_journeys
from own_home import USUAL_HOME, own_home
from window_hand import USUAL_SIDES, Screen

JOURNEYS = {
    "save": window_journeys.open_compare_save,
    "look": window_journeys.look_crop_choose,
    "resume": window_journeys.folder_kill_resume,
    "wizard": window_journeys.wizard,
}

KEPT = (
    "journey-save-4-split.jpg",
    "journey-look-4-models.jpg",
    "journey-resume-4-again.jpg",
    "journey-wizard-4-training.jpg",
)


def main() -> int:
    """Go through one journey, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("journey", choices=(*JOURNEYS, "all"))
    parser.add_argument("--screens", type=Path, required=True, help="where pictures of each stage go")
    parser.add_argument("--kept", action="store_true", help="only the pictures that the documentation keeps")
    parser.add_argument("--home", type=Path, default=USUAL_HOME, help="made anew; begins the paths in the pictures")
    parser.add_argument("--size", type=_sides, default=USUAL_SIDES, help="WIDTHxHEIGHT of the screen, in pixels")
    parser.add_argument("--scaling", type=float, default=1.0, help="of everything on it; 1.5 is usual on fine screens")
    options = parser.parse_args()
    options.screens.mkdir(parents=True, exist_ok=True)
    for name in JOURNEYS if options.journey == "all" else (options.journey,):
        began_s = time.monotonic()
        kept = KEPT if options.kept else ()
        with own_home(options.home) as home, Screen(kept, options.size, options.scaling) as screen:
            JOURNEYS[name](screen, home, options.screens)
        print(f"{name}: went well, {time.monotonic() - began_s:.0f} s", flush=True)
    return 0


def _sides(words: str) -> tuple[int, int]:
    width, _, height = words.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    raise SystemExit(main())
