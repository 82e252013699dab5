"""Takes the window's pictures for the documentation: every page and state, light and dark, in two sizes, with the real engine.

    python scripts/take_screenshots.py FOLDER [--only compare,queue,models,settings,distil] [--all] [--home FOLDER]

Needs no screen. With `--all` every state is taken light and dark, at 1280 x 800 and 1920 x 1080; without it, only what the
documentation keeps: all at 1280 x 800 in light, and the most telling in dark and large too. The photographs are the free ones
of `resources/samples`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import screen_distil
import screen_scenes
from own_home import USUAL_HOME, own_home, variables_of
from screen_stage import Camera, Stage

SCENES = {
    "compare": screen_scenes.compare,
    "queue": screen_scenes.queue,
    "models": screen_scenes.models,
    "settings": screen_scenes.settings,
    "distil": screen_distil.distil,
}


def main() -> int:
    """Go through all scenes with one window."""
    options = _options()
    began_s = time.monotonic()
    with own_home(options.home) as home:
        os.environ.update(variables_of(home))
        camera = Camera(options.folder, takes_all=options.all)
        stage = Stage(home, camera)
        for name in options.only.split(",") if options.only else SCENES:
            SCENES[name](stage)
            print(f"{name}: {camera.taken} pictures after {time.monotonic() - began_s:.0f} s", flush=True)
        stage.close()
    print(f"{camera.taken} pictures, {camera.written_bytes / 1e6:.1f} MB")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", help="names of scenes, with commas")
    parser.add_argument("--all", action="store_true", help="every state in both themes and both sizes")
    parser.add_argument("--home", type=Path, default=USUAL_HOME, help="made anew; begins the paths in the pictures")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
