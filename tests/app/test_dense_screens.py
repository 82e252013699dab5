"""Screens of every density: the window is drawn in the screen's own pixels, icons are sharp, no words are cut."""

import json
import os
import subprocess
import sys

import pytest

from tests.fakes.dense_window import PAGES, SIZES


@pytest.mark.parametrize("density", [1.0, 1.25, 1.5, 2.0])
def test_every_page_is_drawn_in_the_pixels_of_the_screen(density):
    environment = os.environ | {"QT_SCALE_FACTOR": str(density)}
    command = [sys.executable, "-m", "tests.fakes.dense_window"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [page["page"] for page in pages] == [*(f"empty {name}" for name in PAGES), *PAGES * len(SIZES)]
    for page in pages:
        assert page["ratio"] == density
        for points, pixels in zip(page["window"], page["picture"], strict=True):
            assert abs(pixels - points * density) <= 1
        assert page["icons"] == [density], page["page"]
        assert page["cut"] == [], (page["page"], page["window"])
