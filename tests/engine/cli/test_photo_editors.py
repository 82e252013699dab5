"""The lines of the guide by which photo editors call the program, run as these editors do: on a TIFF of 16 bits with a profile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageCms

from mfsr_engine import images
from mfsr_engine.geometry import Size

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "GUIDE.md"
SECTION = re.search(r"## From a photo editor\n(.*?)\n## ", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
SCRIPTS = re.findall(r"```sh\n(.*?)```", SECTION[1], re.DOTALL) if SECTION else []
DIGIKAM = re.search(r"`(mfsr upscale \"\$INPUT\"[^`]*)`", SECTION[1]) if SECTION else None

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the lines are for a shell")


@pytest.fixture
def shell(tmp_path: Path, tiny_model: Path) -> dict[str, str]:
    """An environment whose `mfsr` is this program, with a tiny model on the processor."""
    programs = tmp_path / "bin"
    programs.mkdir()
    called = f"from mfsr_engine import cli; import sys; w = sys.argv[1:]; w += ['--model', {str(tiny_model)!r}, '--device', 'cpu']"
    program = programs / "mfsr"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{called}; sys.exit(cli.main(w))" "$@"\n')
    program.chmod(0o755)
    root = str(GUIDE.parent.parent)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": root, "MFSR_HOME": str(tmp_path / "home")}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A smooth ramp, which 8 bits would cut into steps."""
    path = tmp_path / "my photo.tif"
    ramp = np.linspace(0.25, 0.3, 24, dtype=np.float32)
    pixels = np.repeat(np.repeat(ramp[None, :, None], 16, 0), 3, 2)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = images.KeptMetadata(icc_profile=profile)
    images.write(path, pixels, kept=kept, options=images.WriteOptions(depth=16))
    return path


def run(script: str, environment: dict[str, str], *words: Path, **variables: Path) -> None:
    settled = environment | {name: str(path) for name, path in variables.items()}
    command = ["sh", "-c", script, "sh", *map(str, words)]
    subprocess.run(command, env=settled, check=True, capture_output=True, timeout=600)


@pytest.mark.parametrize("editor", ["digikam", "in place", "beside"])
def test_every_line_of_the_guide_keeps_16_bits_and_the_profile(
    editor: str, shell: dict[str, str], photo: Path, tmp_path: Path
) -> None:
    before = images.read(photo)
    result = photo
    if editor == "digikam":
        assert DIGIKAM is not None
        result = tmp_path / "out put.tif"
        run(DIGIKAM[1], shell, INPUT=photo, OUTPUT=result)
    elif editor == "in place":
        run(SCRIPTS[0], shell, photo)
    else:
        run(SCRIPTS[1], shell, photo)
        result = photo.with_name("my photo_4x.tiff")
    after = images.read(result)
    assert after.size == Size(96, 64)
    assert after.kept.depth_bits == 16
    assert after.kept.icc_profile == before.kept.icc_profile
    assert len(np.unique(after.pixels)) > 100, "more levels than 8 bits have there"
