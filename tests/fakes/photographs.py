"""Made-up photographs for tests."""

import numpy as np
from PIL import Image


def write_noise(folder, number, height, width, darker=1):
    """So many PNG files of noise of that size in a new folder, whose red and green are `darker` times as dark; their paths in order."""
    folder.mkdir()
    random = np.random.default_rng(0)
    for index in range(number):
        pixels = random.integers(0, 256, (height, width, 3), np.uint8) // np.array([darker, darker, 1], np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:02}.png")
    return sorted(folder.iterdir())


def picture(seed, height=144, width=160):
    """(height, width, 3) float32 0..1 with soft waves, edges and grain that differ with the seed."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    periods = random.uniform(4, 15, (3, 2))
    waves = [0.5 + 0.3 * np.sin(rows / a + seed) * np.cos(columns / b) for a, b in periods]
    pixels = np.stack(waves, axis=2) + random.normal(0, 0.03, (height, width, 1))
    y, x = random.integers(0, 80, 2)
    pixels[y : y + 40, x : x + 50] = random.uniform(0, 1, 3)
    return np.clip(pixels, 0, 1).astype(np.float32)
