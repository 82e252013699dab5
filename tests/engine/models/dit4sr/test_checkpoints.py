"""Which weights load as which transformer, and what is said of those that do not."""

import dataclasses
import json
import math

import pytest
import torch
from safetensors.torch import save_file

from mfsr_engine.errors import ModelError
from mfsr_engine.models.dit4sr.checkpoints import (
    detect_variant,
    load_transformer,
    load_transformer_folder,
    our_name,
    published_entries,
    published_name,
    save_transformer,
    unused_entries,
)
from mfsr_engine.models.dit4sr.embeddings import position_rows
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig, config_from_json
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.models.weights import FILE_NAME, weight_files

PUBLISHED_JSON = {
    "_class_name": "SD3Transformer2DModel",
    "sample_size": 16,
    "patch_size": 2,
    "in_channels": 4,
    "out_channels": 4,
    "num_layers": 2,
    "attention_head_dim": 8,
    "num_attention_heads": 2,
    "joint_attention_dim": 12,
    "caption_projection_dim": 16,
    "pooled_projection_dim": 10,
    "pos_embed_max_size": 12,
    "dual_attention_layers": [0],
    "qk_norm": "rms_norm",
}
TEACHER = config_from_json(PUBLISHED_JSON, "q")
STUDENT = config_from_json(PUBLISHED_JSON, "smfsr")
TABLE = "pos_embed.pos_embed"


def published_weights(config, dtype=torch.float32):
    """Everything a published file of this configuration holds, at random, with the right position table."""
    random = torch.Generator().manual_seed(4)
    weights = {name: torch.randn(shape, generator=random) * 0.2 for name, shape in published_entries(config).items()}
    side = config.pos_embed_max_size
    cells = torch.arange(side**2)
    weights[TABLE] = position_rows(config, cells // side, cells % side)[None]
    return {name: tensor.to(dtype) for name, tensor in weights.items()}


def answer(model):
    random = torch.Generator().manual_seed(5)
    z, lr = torch.randn(2, 1, 4, 4, 6, generator=random).unbind()
    prompt = Prompt(torch.randn(1, 10, generator=random), torch.randn(1, 3, 12, generator=random))
    with torch.no_grad():
        return model(z, lr, prompt, torch.tensor([0.7]), torch.tensor([0.2]))


def test_released_dit4sr_has_1383_entries_and_2716814144_parameters():
    """Counted is the published file: its position table as an entry but no parameters, unused text parts as both."""
    entries = published_entries(TransformerConfig())
    sizes = {name: math.prod(shape) for name, shape in entries.items()}
    assert len(entries) == 1383
    assert sum(sizes.values()) - sizes[TABLE] == 2_716_814_144
    assert entries[TABLE] == (1, 147_456, 1536)
    assert sum(size for name, size in sizes.items() if "control" in name) == 350_877_696


def test_the_module_leaves_out_what_is_never_used():
    with torch.device("meta"):
        model = VelocityTransformer(TransformerConfig())
    dead = unused_entries(TransformerConfig())
    assert len(model.state_dict()) == 1383 - len(dead)
    assert len(dead) == 1 + 13 * 10
    held = sum(parameter.numel() for parameter in model.parameters())
    assert held == 2_716_814_144 - sum(math.prod(shape) for name, shape in dead.items() if name != TABLE)


@pytest.mark.parametrize("config", [TEACHER, STUDENT, dataclasses.replace(TEACHER, qk_norm=None)])
def test_published_weights_load_completely(config):
    weights = published_weights(config)
    model = load_transformer(weights, config)
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, weights[published_name(name, config)])
    assert not model.training


def test_names_map_there_and_back():
    with torch.device("meta"):
        names = list(VelocityTransformer(STUDENT).state_dict())
    published = [published_name(name, STUDENT) for name in names]
    assert [our_name(name) for name in published] == names
    assert "time_text_embed_interval.time_text_embed.timestep_embedder.linear_1.weight" in published
    assert "time_text_embed_interval.interval_embedder.2.bias" in published


def test_what_is_never_used_may_be_absent():
    weights = published_weights(STUDENT)
    expected = answer(load_transformer(weights, STUDENT))
    for name in unused_entries(STUDENT):
        del weights[name]
    assert torch.equal(answer(load_transformer(weights, STUDENT)), expected)


def test_stray_interval_embedder_of_smfsr_changes_nothing():
    weights = published_weights(STUDENT)
    expected = answer(load_transformer(weights, STUDENT))
    weights["interval_embedder.0.weight"] = weights["interval_embedder.0.weight"] + 1
    assert torch.equal(answer(load_transformer(weights, STUDENT)), expected)


def test_loaded_weights_are_not_the_callers():
    weights = published_weights(TEACHER)
    model = load_transformer(weights, TEACHER)
    with torch.no_grad():
        model.proj_out.bias.fill_(7)
    assert not (weights["proj_out.bias"] == 7).any()


def test_missing_key_is_named():
    weights = published_weights(TEACHER)
    del weights["transformer_blocks.1.ff.control_conv.bias"]
    with pytest.raises(ModelError, match=r"1 missing \(transformer_blocks\.1\.ff\.control_conv\.bias\)"):
        load_transformer(weights, TEACHER)


def test_unexpected_keys_are_counted_and_ten_named():
    weights = published_weights(TEACHER) | {f"extra.{index:02}": torch.zeros(1) for index in range(13)}
    with pytest.raises(ModelError, match=r"13 unexpected \(extra\.00, .*extra\.09 and 3 more\)"):
        load_transformer(weights, TEACHER)


@pytest.mark.parametrize("name", ["proj_out.weight", "transformer_blocks.0.attn2.add_k_proj.bias", TABLE])
def test_wrong_shape_is_named_even_of_what_is_never_used(name):
    weights = published_weights(TEACHER)
    weights[name] = weights[name][:, :3] if weights[name].ndim > 1 else weights[name][:3]
    with pytest.raises(ModelError, match=f"1 of another shape.*{name}.*instead of"):
        load_transformer(weights, TEACHER)


def test_interval_embedding_in_a_teacher_is_unexpected():
    with pytest.raises(ModelError, match="unexpected"):
        load_transformer(published_weights(STUDENT), TEACHER)


def test_teacher_weights_lack_the_interval_embedding_of_a_student():
    with pytest.raises(ModelError, match=r"4 missing \(time_text_embed\.interval_embedder"):
        load_transformer(published_weights(TEACHER), STUDENT)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_position_table_of_another_configuration_is_refused(dtype):
    weights = published_weights(TEACHER, dtype)
    load_transformer(weights, TEACHER)
    with pytest.raises(ModelError, match="position table"):
        load_transformer(weights, dataclasses.replace(TEACHER, sample_size=20))


def test_half_precision_files_load_in_the_asked_precision(tmp_path):
    weights = {
        name: tensor if "control" in name else tensor.half() for name, tensor in published_weights(TEACHER).items()
    }
    save_file(weights, tmp_path / "w.safetensors")
    model = load_transformer(tmp_path / "w.safetensors", TEACHER, dtype=torch.bfloat16)
    kinds = {name: parameter.dtype for name, parameter in model.named_parameters()}
    assert {kind for name, kind in kinds.items() if name.startswith("time_text_embed.")} == {torch.float32}
    assert {kind for name, kind in kinds.items() if not name.startswith("time_text_embed.")} == {torch.bfloat16}
    full = load_transformer(tmp_path / "w.safetensors", TEACHER)
    assert {parameter.dtype for parameter in full.parameters()} == {torch.float32}


@pytest.mark.parametrize("config", [TEACHER, STUDENT, dataclasses.replace(STUDENT, lr_keys="own")])
def test_saved_model_comes_back_the_same(config, tmp_path):
    model = load_transformer(published_weights(config), config)
    save_transformer(model, tmp_path / "transformer")
    again = load_transformer_folder(tmp_path / "transformer")
    assert again.config == config
    assert torch.equal(answer(again), answer(model))


def test_weights_in_parts_load_as_one(tmp_path):
    weights = published_weights(STUDENT)
    names = sorted(weights)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for part, held in parts.items():
        save_file({name: weights[name] for name in held}, tmp_path / part)
    index = {"weight_map": {name: part for part, held in parts.items() for name in held}}
    (tmp_path / f"{FILE_NAME}.index.json").write_text(json.dumps(index), encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps(PUBLISHED_JSON), encoding="utf-8")
    model = load_transformer_folder(tmp_path)
    assert torch.equal(answer(model), answer(load_transformer(weights, STUDENT)))


@pytest.mark.parametrize("part", ["../evil.safetensors", "/evil.safetensors", 3])
def test_parts_outside_the_folder_are_refused(tmp_path, part):
    (tmp_path / f"{FILE_NAME}.index.json").write_text(json.dumps({"weight_map": {"x": part}}), encoding="utf-8")
    with pytest.raises(ModelError, match="outside its folder"):
        weight_files(tmp_path)


def test_damaged_files_are_refused(tmp_path):
    with pytest.raises(ModelError, match=r"config\.json"):
        load_transformer_folder(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(PUBLISHED_JSON), encoding="utf-8")
    with pytest.raises(ModelError, match="missing"):
        load_transformer_folder(tmp_path)
    save_file(published_weights(STUDENT), tmp_path / FILE_NAME)
    whole = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cannot be read"):
        load_transformer_folder(tmp_path)
    (tmp_path / f"{FILE_NAME}.index.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        load_transformer_folder(tmp_path)


def test_variant_is_read_from_the_keys_where_they_tell():
    teacher, student = published_entries(TEACHER), published_entries(STUDENT)
    assert detect_variant({}, student) == "smfsr"
    assert detect_variant({}, student, "smfsr_f") == "smfsr_f"
    assert detect_variant(STUDENT.to_json(), student) == "mfsr"
    assert detect_variant({}, teacher, "dit4sr_r1") == "dit4sr_r1"


@pytest.mark.parametrize(
    ("config", "declared", "complaint"),
    [
        (TEACHER, None, "Say in the model card"),
        (TEACHER, "smfsr", "no interval embedding"),
        (STUDENT, "q", "an interval embedding"),
        (TEACHER, "r3", "unknown"),
    ],
)
def test_variant_that_cannot_be_told_or_contradicts_is_refused(config, declared, complaint):
    with pytest.raises(ModelError, match=complaint):
        detect_variant({}, published_entries(config), declared)


def test_plain_stable_diffusion_3_is_refused():
    names = [name for name in published_entries(TEACHER) if "control" not in name]
    with pytest.raises(ModelError, match="low-resolution branch"):
        detect_variant({}, names, "q")
