"""A tile that is no picture of its input is found, whatever is wrong with it, and a good one passes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mfsr_engine.upscale.faults import Fault, find_faults
from tests.fakes.photographs import picture

SCALE, SIDE = 4, 64


@pytest.fixture(scope="module")
def good():
    """(1, 3, 256, 256) a result, and (1, 3, 64, 64) the input that it is of."""
    result = torch.from_numpy(picture(3, SIDE * SCALE, SIDE * SCALE).transpose(2, 0, 1))[None].float()
    result = F.interpolate(F.avg_pool2d(result, 2), scale_factor=2, mode="bilinear")  # as sharp as results are
    return result, F.avg_pool2d(result, SCALE)


def noise(shape, deviation=0.15):
    return torch.from_numpy(np.random.default_rng(1).normal(0, deviation, shape).astype(np.float32))


def shuffled(result):
    parts = [part for row in result.chunk(4, dim=2) for part in row.chunk(4, dim=3)]
    order = np.random.default_rng(2).permutation(16)
    return torch.cat([torch.cat([parts[order[4 * y + x]] for x in range(4)], dim=3) for y in range(4)], dim=2)


def inverted(result, channel):
    turned = result.clone()
    turned[:, channel] = 1 - turned[:, channel]
    return turned


FAULTS = {
    "noise with the right mean": lambda r: (r.mean((2, 3), keepdim=True) + noise(r.shape)).clamp(0, 1),
    "weak noise with the right mean": lambda r: (r.mean((2, 3), keepdim=True) + noise(r.shape, 0.03)).clamp(0, 1),
    "mirrored": lambda r: r.flip(3),
    "upside down": lambda r: r.flip(2),
    "turned": lambda r: r.rot90(2, (2, 3)),
    "shuffled": shuffled,
    "one channel inverted": lambda r: inverted(r, 2),
    "all inverted": lambda r: 1 - r,
    "channels exchanged and shifted": lambda r: r.roll(SIDE, dims=3),
    "blank": lambda r: torch.full_like(r, 0.4),
    "not a number": lambda r: torch.where(r > r.max() - 1e-6, torch.nan, r),
    "far brighter": lambda r: r * 0.5 + 0.5,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_what_is_no_picture_of_its_input_is_found(good, fault):
    result, source = good
    assert find_faults(fault(result), source, SCALE) != [None]


GOOD = {
    "as it is": lambda r, s: (r, s),
    "of a noisy input": lambda r, s: (r, (s + noise(s.shape, 0.08)).clamp(0, 1)),
    "of a blurred input": lambda r, s: (r, F.avg_pool2d(s, 3, 1, 1, count_include_pad=False)),
    "with more contrast": lambda r, s: (((r - r.mean()) * 1.2 + r.mean()).clamp(0, 1), s),
    "a little brighter": lambda r, s: (r + 0.05, s),
    "flat, of flat noise": lambda r, s: (torch.full_like(r, 0.5), 0.5 + noise(s.shape, 0.002)),
    "small": lambda r, s: (r[..., :32, :32], s[..., :8, :8]),
}


@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_what_a_good_model_does_passes(good, change):
    result, source = change(*good)
    assert find_faults(result, source, SCALE) == [None]


def test_each_tile_of_a_batch_is_judged_by_itself(good):
    result, source = good
    batch = torch.cat([result, result.flip(3), torch.full_like(result, 0.4)])
    assert find_faults(batch, source.expand(3, -1, -1, -1), SCALE) == [None, Fault.MISMATCHED, Fault.BLANK]
