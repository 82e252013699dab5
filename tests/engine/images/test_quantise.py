"""Floats become whole numbers and back without losing a step."""

from __future__ import annotations

import numpy as np
import pytest

from mfsr_engine.images import to_float, to_uint8, to_uint16


@pytest.mark.parametrize(("quantise", "kind"), [(to_uint8, np.uint8), (to_uint16, np.uint16)])
def test_every_level_comes_back(quantise, kind):
    levels = np.arange(np.iinfo(kind).max + 1).astype(kind)
    quantised = quantise(to_float(levels))
    assert quantised.dtype == kind
    assert np.array_equal(quantised, levels)


def test_halves_round_up():
    assert to_uint8(np.array([0.5, 1.5, 2.5, 2.49], np.float32) / 255).tolist() == [1, 2, 3, 2]


def test_values_outside_are_clipped():
    assert to_uint8(np.array([-3, 1.0001, 7, np.inf, -np.inf], np.float32)).tolist() == [0, 255, 255, 255, 0]


def test_the_input_is_left_alone():
    values = np.array([0.25, 2.0], np.float32)
    to_uint16(values)
    assert values.tolist() == [0.25, 2.0]


@pytest.mark.parametrize("quantise", [to_uint8, to_uint16])
def test_nan_is_a_programming_error(quantise):
    with pytest.raises(AssertionError):
        quantise(np.array([0.5, np.nan], np.float32))


def test_floats_of_a_file_are_cleaned():
    assert to_float(np.array([np.nan, -1.0, 0.5, np.inf])).tolist() == [0.0, 0.0, 0.5, 1.0]
