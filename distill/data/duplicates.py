"""Finds duplicate pictures by an index of perceptual hashes instead of comparing all pairs. Knows no files."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAME_PICTURE = 0.01
"""Mean difference of two thumbnails, 0..1, below which they show the same picture; JPEG and resizing stay below it."""
_TABLES, _KEY_BITS = 16, 16
"""Tables of the index, and bits of the hash that each looks at. Of copies with one in ten bits turned, 96 % share a key; with one in
twenty, all but one in ten thousand.
"""
_SEED = 0x5A3E


def originals(thumbnails: NDArray[np.uint8]) -> NDArray[np.int64]:
    """For each picture the number of an earlier one that it shows again, or -1. What is a copy itself is never named.

    A thumbnail's hash has one bit for each value: whether it is above their mean. Copies agree in nearly all bits, so in one of
    several drawn choices of bits they are likely to agree in every one (locality-sensitive hashing by bit sampling). Pictures that
    do and are equally bright are compared. Time grows as N log N.

    Args:
        thumbnails: (N, P) uint8 luma of small copies.
    """
    result = np.full(len(thumbnails), -1, np.int64)
    for earlier, later in _same(thumbnails):
        if result[later] < 0 and result[earlier] < 0:
            result[later] = earlier
    return result


def _same(thumbnails: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(M, 2) numbers of pictures that show the same, the earlier one first, in the order of the later ones."""
    count, values = thumbnails.shape
    bits = thumbnails > thumbnails.mean(axis=1, keepdims=True)
    brightness = thumbnails.mean(axis=1) / 255
    generator = np.random.default_rng(_SEED)
    is_copy = np.zeros(count, np.bool_)
    found = [np.zeros((0, 2), np.int64)]
    for _ in range(_TABLES):
        chosen = generator.choice(values, min(_KEY_BITS, values), replace=False)
        keys = bits[:, chosen] @ (1 << np.arange(len(chosen)))
        found.append(_neighbours(keys, brightness, thumbnails, is_copy))
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[np.argsort(pairs[:, 1], kind="stable")]


def _neighbours(
    keys: NDArray[np.int64], brightness: NDArray[np.float64], thumbnails: NDArray[np.uint8], is_copy: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The same pictures among those of one key. In the order of brightness, only near ones can be the same.

    What is found is entered into `is_copy`; a copy is compared no further, or many copies of one would be compared all with all.
    """
    order = np.lexsort((brightness, keys))
    order = order[~is_copy[order]]
    places = np.arange(len(order))
    found = [np.zeros((0, 2), np.int64)]
    distance = 0
    while len(places):
        distance += 1
        places = places[places + distance < len(order)]
        one, other = order[places], order[places + distance]
        is_near = (keys[one] == keys[other]) & (brightness[other] - brightness[one] < SAME_PICTURE)
        places, one, other = places[is_near], one[is_near], other[is_near]
        pairs = np.stack([np.minimum(one, other), np.maximum(one, other)], axis=1)
        found.append(pairs[_is_same(thumbnails, pairs)])
        is_copy[found[-1][:, 1]] = True
        places = places[~is_copy[one]]
    return np.concatenate(found)


def _is_same(thumbnails: NDArray[np.uint8], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each pair shows the same, a part of them at a time."""
    result = np.zeros(len(pairs), np.bool_)
    for start in range(0, len(pairs), 1 << 16):
        one, other = thumbnails[pairs[start : start + (1 << 16)].T].astype(np.float32) / 255
        result[start : start + (1 << 16)] = np.abs(one - other).mean(axis=1) < SAME_PICTURE
    return result
