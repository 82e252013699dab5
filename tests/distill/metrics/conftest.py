"""Pictures and weights that the tests of the metrics share."""

import numpy as np
import pytest
import torch

from distill.metrics import weights


@pytest.fixture
def published_weights():
    """Skips a test that needs the published weights where they were not fetched."""
    if not weights.is_fetched():
        pytest.skip(f"the metrics' weights are not on this computer; get them with: {weights.FETCH_COMMAND}")


@pytest.fixture
def truth():
    """(1, 3, 96, 96): a ripple and an edge, the same on every computer."""
    rows, columns = np.mgrid[0:96, 0:96] / 96
    ripple = 0.5 + 0.3 * np.sin(40 * rows * columns)
    planes = [ripple, np.where(columns > rows, 0.8, 0.2), 1 - ripple]
    return torch.from_numpy(np.stack(planes)[None]).float()


@pytest.fixture
def blurred(truth):
    """The truth through a 5 px box."""
    return torch.nn.functional.avg_pool2d(truth, 5, 1, 2, count_include_pad=False)


def random_state(shapes, seed=0):
    """Weights of the given shapes, for tests that need no trained ones."""
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=generator) * 0.1 for name, shape in shapes.items()}


@pytest.fixture
def vgg_state():
    widths = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
    shapes = {}
    for index in range(13):
        shapes[f"conv{index}.weight"] = (widths[index + 1], widths[index], 3, 3)
        shapes[f"conv{index}.bias"] = (widths[index + 1],)
    return random_state(shapes)


@pytest.fixture
def alex_state():
    layers = ((3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3))
    shapes = {}
    for index, (inputs, outputs, side) in enumerate(layers):
        shapes[f"conv{index}.weight"] = (outputs, inputs, side, side)
        shapes[f"conv{index}.bias"] = (outputs,)
        shapes[f"head{index}.weight"] = (outputs,)
    state = random_state(shapes)
    return {name: tensor.abs() if name.startswith("head") else tensor for name, tensor in state.items()}
