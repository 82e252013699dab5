"""Points of the flow from pictures."""

import torch
import torch.nn.functional as F

from distill.data import Batch
from distill.training.pairs import flow_pairs, noisy
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.models.resample import enlarge

CODEC = ResidualPixelCodec()


def test_pair_decodes_to_the_wanted_picture(tiny_stream):
    batch = tiny_stream.batch(0)
    pairs = flow_pairs(batch, CODEC)
    torch.testing.assert_close(CODEC.decode(pairs.x, pairs.lr), batch.high, atol=1e-5, rtol=0)


def test_condition_is_the_enlarged_small_picture_and_nothing_of_the_good_one(tiny_stream):
    batch = tiny_stream.batch(0)
    other = Batch(torch.zeros_like(batch.high), batch.low, batch.soft)
    lr = flow_pairs(batch, CODEC).lr
    assert torch.equal(lr, CODEC.encode_condition(enlarge(batch.low, 4)))
    assert torch.equal(lr, flow_pairs(other, CODEC).lr)


def test_chosen_samples_take_the_worse_picture_as_their_target(tiny_stream):
    batch = tiny_stream.batch(0)
    pairs = flow_pairs(batch, CODEC, torch.tensor([True, False]))
    decoded = CODEC.decode(pairs.x, pairs.lr)
    torch.testing.assert_close(decoded[0], batch.soft[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(decoded[1], batch.high[1], atol=1e-5, rtol=0)


def test_enlarging_is_that_of_inference_and_keeps_brightness_and_place(tiny_stream):
    batch = tiny_stream.batch(0)
    spread = F.interpolate(batch.low, scale_factor=4, mode="bicubic", align_corners=False)
    assert torch.equal(enlarge(batch.low, 4), spread)
    slope = ((torch.arange(16) + 0.5) / 16).expand(1, 3, 16, 16)
    large = enlarge(slope, 4)
    assert large.shape == (1, 3, 64, 64)
    expected = (torch.arange(64) + 0.5) / 64
    torch.testing.assert_close(large[0, 0, 0, 8:-8], expected[8:-8], atol=4e-3, rtol=0)  # half a pixel is 8e-3


def test_noisy_state_goes_from_data_to_noise():
    x, noise = torch.full((3, 1, 2, 2), 2.0), torch.full((3, 1, 2, 2), -6.0)
    z = noisy(x, noise, torch.tensor([0.0, 0.25, 1.0]))
    assert z[:, 0, 0, 0].tolist() == [2.0, 0.0, -6.0]
