"""Start of the program: from the birth of its process to the window, to a warm engine, to a sharpened photograph.

python -m benchmarks.window.start [STARTS]
"""

from __future__ import annotations

import sys
from statistics import median

from benchmarks import startup
from benchmarks.window.figures import Figure, to_text

STARTS = 5
WINDOW_S = 1.0


def measure(starts: int = STARTS) -> list[Figure]:
    """Start the program several times with the sample photograph; the first start only fills the disk's cache."""
    facts = [startup.start_once(str(startup.sample())) for _ in range(starts + 1)][1:]
    rows = (
        ("start to window shown", "window_shown_s", WINDOW_S),
        ("start to engine warm", "engine_warm_s", None),
        ("start with a photograph to its first sharpened pixels", "first_sharp_s", None),
    )
    figures = []
    for name, key, bound in rows:
        found = [one[key] for one in facts if key in one]
        own = [one[f"{key[:-2]}_own_s"] for one in facts if key in one]
        note = f"median of {len(found)}; {min(found):.2f} to {max(found):.2f}; own work {median(own):.2f}"
        figures.append(Figure(name, median(found), "s", bound, note))
    loaded = max(one["has_torch_when_shown"] for one in facts)
    return [*figures, Figure("torch loaded before the window is shown", loaded, "", 0.0)]


if __name__ == "__main__":
    print(to_text(measure(int(sys.argv[1]) if sys.argv[1:] else STARTS)))
