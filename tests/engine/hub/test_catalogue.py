"""What the catalogue holds, and what a wrong entry is told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch

from mfsr_engine.errors import ModelError
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig, config_from_json

if TYPE_CHECKING:
    from pathlib import Path

CHECKPOINTS = ["dit4sr_f", "dit4sr_q", "dit4sr_r1", "smfsr_f", "smfsr_q"]
ENTRY = 'name = "a"\ntitle = "A"\nlicence = "MIT"\nlicence_notice = "Free."\n'
FILE = '[[files]]\nrepository = "x/y"\npath = "a.json"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "a.toml").write_text(text)
    return folder


def test_it_has_the_five_checkpoints_and_their_base() -> None:
    catalogue = Catalogue.default()
    assert [entry.name for entry in catalogue.models] == CHECKPOINTS
    assert {entry.name for entry in catalogue.entries} - set(CHECKPOINTS) == {"sd35_base", "sd35_text_encoders"}
    for entry in catalogue.models:
        assert [part.name for part in catalogue.with_needs(entry)] == ["sd35_base", entry.name]
        assert entry.card is not None
        assert (entry.card.name, entry.card.variant) == (entry.name, entry.name)
        assert {file.to.split("/")[0] for file in entry.files} == {"transformer", ""}


def test_every_licence_is_said_in_a_sentence_and_the_base_is_gated() -> None:
    for entry in Catalogue.default().entries:
        assert entry.licence_notice.endswith(".")
        assert entry.licence_url.startswith("https://")
        assert entry.is_gated == (entry.card is None)
    assert "non-commercial" in Catalogue.default().find("dit4sr_q").licence_notice


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_the_memory_is_that_of_the_parameters_counted_in_the_network(name: str) -> None:
    entry = Catalogue.default().find(name)
    json = {"dual_attention_layers": list(range(13)), "num_layers": 24, "num_attention_heads": 24}
    config = config_from_json(json | {"pos_embed_max_size": 384, "qk_norm": "rms_norm"}, name)
    assert config.num_layers == TransformerConfig().num_layers
    with torch.device("meta"):
        counted = sum(parameter.numel() for parameter in VelocityTransformer(config).parameters())
    assert entry.parameters == counted
    assert entry.weights_mib == math.ceil(counted * 2 / 2**20)
    assert entry.card is not None
    assert entry.card.memory["transformer_16bit_mib"] == entry.weights_mib


def test_teachers_walk_forty_guided_steps_and_students_one() -> None:
    for entry in Catalogue.default().models:
        assert entry.card is not None
        sampling = entry.card.sampling
        expected = ("cosine", 1, 1.0) if entry.name.startswith("smfsr") else ("flow-match-euler", 40, 8.0)
        assert (sampling.grid, sampling.default_steps, sampling.guidance) == expected
        fast = (None, None) if entry.name.startswith("smfsr") else (20, 7.0)
        assert (sampling.fast_steps, sampling.fast_guidance) == fast


@pytest.mark.parametrize(("variant", "name"), [("q", "dit4sr_q"), ("r1", "dit4sr_r1"), ("dit4sr_f", "dit4sr_f")])
def test_a_variant_has_its_entry(variant: str, name: str) -> None:
    found = Catalogue.default().for_variant(variant)
    assert found is not None
    assert found.name == name
    assert Catalogue.default().for_variant("mfsr") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY + FILE.replace("a.json", "../a.json"), "leaves its folder"),
        (ENTRY + FILE.replace("a.json", "/etc/passwd"), "leaves its folder"),
        (ENTRY + FILE + 'to = "../../model.toml"\n', "leaves its folder"),
        (ENTRY + FILE + 'sha256 = "abc"\n', "no SHA-256"),
        (ENTRY + FILE + "size = -1\n", "files.0.size"),
        (ENTRY, "files"),
        ('needs = ["b"]\n' + ENTRY + FILE, 'no "b"'),
        ("format = 2\n" + ENTRY + FILE, "Update the program"),
        ("x", "cannot be read"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        Catalogue.read(write(tmp_path, text))


def test_no_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert Catalogue.read(tmp_path / "none").entries == ()
