"""Prints the lowest version that pyproject.toml allows of every dependency, as constraints for pip.

    python scripts/lowest_versions.py > lowest.txt
    pip install -e '.[dev,text,train]' -c lowest.txt

Standard library only. torch is left out: where only one build of it can be had, that one is tested.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"torch"}
FLOOR = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)")


def floors() -> dict[str, str]:
    """The lowest version of each dependency, extras included; of several floors for one, the highest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    found: dict[str, str] = {}
    for name, version in (FLOOR.match(word).groups() for words in lists for word in words):
        if name not in LEFT_OUT:
            found[name] = max(found.get(name, version), version, key=_parts)
    return found


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}.*" for name, version in floors().items()))
