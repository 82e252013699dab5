"""Ground of all tests: nothing here is bound to the speed of the machine."""

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture
def random_networks(monkeypatch):
    """Let networks with random weights pass for models: their results are no pictures of their inputs, which is an error elsewhere."""
    for limit in ("MISMATCH_LIMIT", "ROUGHNESS_LIMIT", "STEP_LIMIT"):
        monkeypatch.setattr(f"mfsr_engine.upscale.faults.{limit}", float("inf"))


@pytest.fixture
def one_thread():
    """Torch with one thread, as tiny networks lose more by threads than they gain."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest; the order is otherwise as it was."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)
