"""How a transformer's configuration is read, completed by its variant, and refused."""

import dataclasses
import json

import pytest

from mfsr_engine.errors import ModelError
from mfsr_engine.models.dit4sr.transformer_config import (
    PUBLISHED_VARIANTS,
    VARIANTS,
    TransformerConfig,
    config_from_json,
)


@pytest.mark.parametrize(
    "variant", ["q", "f", "dit4sr_q", "dit4sr_f", "r1", "dit4sr_r1", "smfsr", "smfsr_q", "smfsr_f"]
)
def test_every_published_variant_has_its_configuration(variant):
    config = config_from_json({}, variant)
    assert config.lr_keys == ("own" if "r1" in variant else "normed_x")
    assert (config.time_unit, config.has_interval) == ((1.0, True) if "smfsr" in variant else (1000.0, False))


def test_what_people_choose_from_are_the_short_names_of_all_published_variants():
    assert set(PUBLISHED_VARIANTS) == {name for name in VARIANTS if "_" not in name} - {"mfsr"}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"num_layers": 0}, "num_layers"),
        ({"num_attention_heads": "24"}, "num_attention_heads"),
        ({"qk_norm": "layer_norm"}, "qk_norm"),
        ({"attention_head_dim": 3, "num_attention_heads": 3}, "multiple of 4"),
        ({"caption_projection_dim": 7}, "caption_projection_dim"),
        ({"dual_attention_layers": 3}, "dual_attention_layers"),
        ({"time_unit": "1000"}, "time_unit"),
    ],
)
def test_impossible_configurations_are_refused(data, complaint):
    with pytest.raises(ModelError, match=complaint):
        config_from_json(data, "q")


def test_unknown_variant_is_refused_with_the_known_ones():
    with pytest.raises(ModelError, match="dit4sr_r1"):
        config_from_json({}, "q2")


def test_configuration_survives_json():
    teacher = TransformerConfig(num_layers=2, dual_attention_layers=(1,))
    student = dataclasses.replace(teacher, lr_keys="own", time_unit=1.0, has_interval=True)
    assert config_from_json(json.loads(json.dumps(teacher.to_json())), "mfsr") == teacher
    assert config_from_json(json.loads(json.dumps(student.to_json())), "q") == student


def test_dual_attention_beyond_the_last_block_is_passed_over():
    assert config_from_json({"num_layers": 2, "dual_attention_layers": [0, 1, 2]}, "q").dual_attention_layers == (0, 1)
