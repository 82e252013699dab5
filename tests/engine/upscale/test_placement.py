"""How long a full-size model will take, from counted operations and a measured rate."""

import pytest
import torch

from mfsr_engine.compute.devices import Compute
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.upscale.placement import estimated_s, measured_rate

TILES = 13 * 13
"""Of a photograph of 1024 x 1024 pixels, with tiles of 128 that share 48."""


@pytest.mark.parametrize(
    ("name", "tflop_of_a_tile"),
    [("smfsr_q", 4.72 + 3.63), ("dit4sr_q", 40 * 2 * 4.72 + 3.63)],
    ids=["one step", "forty guided steps: the network is asked twice in each"],
)
def test_every_tile_is_encoded_walked_and_decoded(name: str, tflop_of_a_tile: float) -> None:
    card = Catalogue.default().find(name).card
    assert card is not None
    assert estimated_s(card, 0.5) == pytest.approx(TILES * tflop_of_a_tile / 0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_rate_of_a_device_is_measured(dtype: torch.dtype) -> None:
    assert 1e-4 < measured_rate(Compute(torch.device("cpu"), dtype)) < 1e4
