"""Tiny packs, networks and recipes that the tests of training share."""

import numpy as np
import pytest
import torch

from distill.data import BatchStream, Pack
from distill.networks import PromptedVelocity, new_teacher
from mfsr_engine.models.compact import CompactConfig


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny_pack():
    """Six 32 px crops with three damaged versions each, of random bytes, in memory."""
    random = np.random.default_rng(0)
    high, soft = (random.integers(0, 256, (6, 32, 32, 3), np.uint8) for _ in range(2))
    return Pack(high, random.integers(0, 256, (3, 6, 8, 8, 3), np.uint8), soft)


@pytest.fixture
def tiny_stream(tiny_pack):
    return BatchStream(tiny_pack, patch_px=16, batch_size=2)


@pytest.fixture
def tiny_teacher() -> PromptedVelocity:
    """Width 8, two blocks, no parameter left at zero and prompts far apart, so that every input matters."""
    return with_random_zeros(new_teacher(CompactConfig(width=8, blocks=2, embedding=16), seed=1))


def with_random_zeros(network):
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in network.parameters():
            if not parameter.abs().sum():
                parameter.normal_(std=0.1, generator=generator)
        network.prompts.weight.normal_(generator=generator)
    return network
