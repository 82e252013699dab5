"""Cards say everything about a model, and say in one line what is wrong with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from mfsr_engine.errors import ModelError
from mfsr_engine.models.card import (
    AutoencoderKl,
    FamilyName,
    ImageTable,
    ModelCard,
    ResidualPixels,
    Role,
    read_card,
    write_card,
)

if TYPE_CHECKING:
    from pathlib import Path

LEAST = 'name = "a"\ntitle = "A"\nfamily = "compact"\nlicence = "MIT"\n'


def written(folder: Path, text: str) -> Path:
    (folder / "model.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_a_card_may_leave_out_is_the_bundled_student(tmp_path: Path) -> None:
    card = read_card(written(tmp_path, LEAST))
    assert (card.image.scale, card.role, card.is_teacher) == (4, Role.STUDENT, False)
    assert card.codec == ResidualPixels(factor=4, residual_scale=0.1)
    assert (card.sampling.default_steps, card.sampling.guidance, card.cell_px) == (1, 1.0, 1)


def test_a_written_card_reads_back_the_same(tmp_path: Path) -> None:
    card = ModelCard(
        name="teacher-q",
        title="Größe",
        family=FamilyName.DIT4SR,
        variant="q",
        role=Role.TEACHER,
        licence="Pi-Lab License 1.0",
        image=ImageTable(size_multiple=4, tile_px=128, overlap_px=48, halo_px=12, color="adain"),
        codec=AutoencoderKl(),
        training={"recipe": "a.toml", "metrics": {"lpips": 0.3}, "images": 12},
        memory={"tile_mib": 900},
    )
    write_card(card, tmp_path / "new" / "folder")
    assert read_card(tmp_path / "new" / "folder") == card
    assert card.cell_px == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["name", "Field required"]),
        (LEAST.replace("compact", "unheard"), ["family", "'compact' or 'dit4sr'"]),
        (LEAST + "colour = 1\n", ["colour"]),
        (LEAST + "[image]\nscale = 0\n", ["image.scale"]),
        (LEAST + "[image]\nsize_multiple = 7\n", ["image", "tile_px 256", "size_multiple 7"]),
        (LEAST + "[image]\ntile_px = 32\noverlap_px = 30\n", ["tile_px 32", "overlap_px 30"]),
        (LEAST + '[codec]\nkind = "jpeg"\n', ["codec", "residual-pixels"]),
        (LEAST + '[codec]\nkind = "residual-pixels"\nfactor = 6\n', ["codec.factor 6", "image.scale 4"]),
        (LEAST + '[sampling]\ngrid = "random"\n', ["sampling.grid"]),
        (LEAST.replace('"a"', '"a/../b"'), ["name"]),
        ("format = 2\n" + LEAST, ["format 2", "Update"]),
        ("name = \n", ["cannot be read"]),
    ],
)
def test_errors_are_one_line_that_names_file_and_field(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        read_card(written(tmp_path, text))
    message = str(caught.value)
    assert "\n" not in message
    assert "model.toml" in message
    for word in words:
        assert word in message


def test_a_folder_without_card_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a model folder"):
        read_card(tmp_path)


def test_cards_do_not_change(tmp_path: Path) -> None:
    card = read_card(written(tmp_path, LEAST))
    with pytest.raises(ValidationError, match="frozen"):
        card.name = "b"  # type: ignore[misc]


@pytest.mark.parametrize(("min_px", "multiple", "least_px"), [(16, 1, 16), (47, 4, 48), (48, 4, 48), (1, 16, 16)])
def test_the_least_tile_is_a_multiple_of_what_the_model_needs(min_px: int, multiple: int, least_px: int) -> None:
    assert ImageTable(min_px=min_px, size_multiple=multiple).least_tile_px == least_px
