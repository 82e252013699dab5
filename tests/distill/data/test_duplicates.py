"""Copies are found by an index: as a comparison of all with all finds them, whatever their order, and nothing else."""

import numpy as np
import pytest

from distill.data import duplicates
from distill.data.duplicates import SAME_PICTURE, originals


def thumbnails(count, seed=0):
    """Smooth pictures of 16 x 16, all different."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:16, 0:16] / 16
    waves = random.normal(0, 1, (count, 4, 4)) / (1 + np.add.outer(np.arange(4), np.arange(4)))
    basis = [[np.cos(np.pi * a * rows) * np.cos(np.pi * b * columns) for b in range(4)] for a in range(4)]
    pictures = np.einsum("nab,abyx->nyx", waves, np.array(basis))
    return (np.clip(0.5 + 0.2 * pictures, 0, 1) * 255).astype(np.uint8).reshape(count, 256)


def compared_with_all(pictures):
    result, usable = [], []
    for number, picture in enumerate(pictures.astype(np.float32) / 255):
        same = [n for n in usable if np.abs(pictures[n] / 255 - picture).mean() < SAME_PICTURE]
        result.append(same[0] if same else -1)
        if not same:
            usable.append(number)
    return result


def noisy(pictures, amount, seed=1):
    noise = np.random.default_rng(seed).normal(0, amount, pictures.shape)
    return np.clip(pictures + noise, 0, 255).astype(np.uint8)


def test_copies_are_found_as_a_comparison_of_all_finds_them():
    pictures = thumbnails(120)
    copies = noisy(pictures[::3], 2.0)
    mixed = np.concatenate([pictures, copies])[np.random.default_rng(2).permutation(160)]
    found = originals(mixed)
    assert (found >= 0).sum() == 40
    assert found.tolist() == compared_with_all(mixed)


def test_pictures_that_differ_are_left_alone():
    assert (originals(thumbnails(500)) < 0).all()


def test_darker_and_brighter_versions_are_no_copies():
    """Their hash is the same."""
    one = thumbnails(1)
    assert originals(np.concatenate([one, one // 2 + 20])).tolist() == [-1, -1]


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_pictures(count):
    assert originals(thumbnails(count)).tolist() == [-1] * count


def test_many_copies_of_one_are_compared_with_few(monkeypatch):
    compared = []
    same = duplicates._is_same
    monkeypatch.setattr(duplicates, "_is_same", lambda t, pairs: (compared.append(len(pairs)), same(t, pairs))[1])
    found = originals(np.repeat(thumbnails(1), 1000, axis=0))
    assert found.tolist() == [-1] + [0] * 999
    assert sum(compared) < 1000 * 999 / 2 / 10
