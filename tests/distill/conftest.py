"""Tiny packs and networks that the tests of training share."""

import pytest
import torch
from accelerate.state import AcceleratorState

from tests.fakes import tiny_training


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def fresh_accelerator():
    """Accelerate keeps the first precision it sees for the whole process."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.fixture
def tiny_pack():
    return tiny_training.make_pack()


@pytest.fixture
def tiny_stream():
    return tiny_training.make_stream()


@pytest.fixture
def tiny_teacher():
    return tiny_training.make_teacher()
