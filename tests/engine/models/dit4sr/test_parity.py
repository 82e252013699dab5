"""The transformer and the colour correction answer as the reference implementations did, for every golden file at hand.

The environment variable MFSR_GOLDENS names their folder. A file with `weights.*` is a transformer, its metadata hold
`config` and `variant`; one with `content` and `style` is the colour correction.
"""

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from mfsr_engine.models.dit4sr.checkpoints import load_transformer, published_entries
from mfsr_engine.models.dit4sr.transformer_config import config_from_json
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.upscale.color import adain, wavelet

PROJECT = Path(__file__).parents[4]
GOLDENS = Path(os.environ.get("MFSR_GOLDENS", PROJECT.parent / "shared" / "goldens"))
FILES = sorted(GOLDENS.glob("*.safetensors"))
TOLERANCE = 1e-5

pytestmark = [
    pytest.mark.skipif(not FILES, reason=f"no golden files in {GOLDENS}; set MFSR_GOLDENS to their folder"),
    pytest.mark.usefixtures("one_thread"),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_output_equals_the_reference_within_1e_5_of_its_largest_value(path, record_property):
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata() or {}
    errors = color_errors(tensors) if "content" in tensors else transformer_errors(tensors, metadata)
    for name, error in errors.items():
        record_property(name, error)
    assert errors
    assert max(errors.values()) <= TOLERANCE, errors


def color_errors(tensors):
    functions = {"adain": adain, "wavelet": wavelet}
    content, style = tensors["content"], tensors["style"]
    return {
        name: relative_error(function(content, style), tensors[name])
        for name, function in functions.items()
        if name in tensors
    }


def transformer_errors(tensors, metadata):
    weights = {name.removeprefix("weights."): tensor for name, tensor in tensors.items() if name.startswith("weights.")}
    config = config_from_json(json.loads(metadata["config"]), metadata["variant"])
    assert not set(weights) - set(published_entries(config))
    model = load_transformer(weights, config)
    z, lr, text, pooled, t = (tensors[f"input.{name}"].float() for name in ("z", "lr", "text", "pooled", "t"))
    r = tensors.get("input.r", t).float()
    unit = config.time_unit
    with torch.no_grad():
        native = model.forward_native(z, lr, text, pooled, t, r)
        velocity = model(z, lr, Prompt(pooled, text), t / unit, r / unit)
        same_times = model.forward_native(z, lr, text, pooled, t / unit * unit, r / unit * unit)
    assert torch.equal(velocity, same_times)  # not `native`: there and back again, a time may lose its last digit
    return {"native": relative_error(native, tensors["output"])}


def relative_error(output, expected):
    assert output.shape == expected.shape
    return ((output - expected).abs().max() / expected.abs().max()).item()
