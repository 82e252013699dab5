"""One object for each family, in one table; nothing above it asks which family a model is of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from mfsr_engine.api import UpscaleSettings
from mfsr_engine.compute.devices import Compute
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.models import families
from mfsr_engine.models.card import FamilyName, ImageTable, ModelCard, NoCodec, Role, SamplingTable
from mfsr_engine.models.codec import load_codec
from mfsr_engine.models.compact.family import Compact
from mfsr_engine.models.families import FAMILIES, all_text_encoders, all_variants, family_of, published_in
from mfsr_engine.models.prompt_files import ALL_PROMPTS
from mfsr_engine.upscale.pipeline import resolve_recipe
from mfsr_engine.upscale.placement import _preferred

ROOT = Path(__file__).resolve().parents[3]
TABLES = {
    "mfsr_engine/models/card.py",
    "mfsr_engine/models/families.py",
    "mfsr_engine/models/family.py",
    "mfsr_engine/models/compact/family.py",
    "mfsr_engine/models/dit4sr/family.py",
    "distill/families.py",
    "distill/evaluation/export.py",  # the card of what is trained from nothing
}


def card(family: FamilyName) -> ModelCard:
    return ModelCard(name="a", title="A", family=family, licence="MIT")


@pytest.mark.parametrize("name", list(FamilyName))
def test_every_family_of_the_cards_is_in_the_table(name: FamilyName) -> None:
    assert FAMILIES[name].name is name
    assert family_of(card(name)) is FAMILIES[name]


def test_only_the_tables_name_a_family() -> None:
    packages = (path for package in ("mfsr_engine", "distill", "mfsr_app") for path in (ROOT / package).rglob("*.py"))
    named = {p.relative_to(ROOT).as_posix() for p in packages if re.search(r"FamilyName", p.read_text("utf-8"))}
    assert named == TABLES


def test_a_variant_is_known_by_its_full_and_its_short_name() -> None:
    full_size, compact = FAMILIES[FamilyName.DIT4SR], FAMILIES[FamilyName.COMPACT]
    assert full_size.is_variant("q", "dit4sr_q")
    assert full_size.is_variant("dit4sr_q", "dit4sr_q")
    assert full_size.is_variant("smfsr", "smfsr_q")
    assert not full_size.is_variant("f", "dit4sr_q")
    assert not compact.is_variant("q", "dit4sr_q")


def test_a_published_folder_is_told_by_what_it_holds(tmp_path: Path) -> None:
    assert published_in(tmp_path) is None
    (tmp_path / "transformer").mkdir()
    family = published_in(tmp_path)
    assert family is FAMILIES[FamilyName.DIT4SR]
    assert family.published is not None
    assert family.published.variants == all_variants()


def test_text_encoders_are_of_families_that_take_texts() -> None:
    assert all_text_encoders() == tuple(f.text for f in FAMILIES.values() if f.text is not None)
    assert FAMILIES[FamilyName.COMPACT].text is None


def test_a_model_without_a_codec_has_cells_of_one_pixel() -> None:
    without = ModelCard(
        name="a", title="A", family=FamilyName.COMPACT, licence="MIT", codec=NoCodec(), image=ImageTable(scale=2)
    )
    assert (without.cell_px, without.codec_factor) == (1, 2)
    with pytest.raises(ModelError, match="no codec"):
        load_codec(Path(), without, Compute(torch.device("cpu"), torch.float32))


class Leaning(Compact):
    """A family as VOSR would be: guided between conditions, also beyond the weak one, without prompts, and best in fp16."""

    least_guidance = -0.5
    has_prompts = False
    dtype_order = ("fp16", "fp32", "bf16")


@pytest.fixture
def leaning(monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    monkeypatch.setattr(families, "FAMILIES", {FamilyName.COMPACT: Leaning()})
    return ModelCard(name="a", title="A", family=FamilyName.COMPACT, licence="MIT", role=Role.TEACHER)


def test_a_family_may_take_a_guidance_below_zero(leaning: ModelCard) -> None:
    below = UpscaleSettings(guidance=-0.5)
    assert resolve_recipe(below, leaning).guidance == -0.5
    with pytest.raises(RequestError, match=r"-0\.5 or more, not -2"):
        resolve_recipe(UpscaleSettings(guidance=-2.0), leaning)
    own = leaning.model_copy(update={"sampling": SamplingTable(guidance=-0.5)})
    family_of(own).check_guidance(own)


@pytest.mark.parametrize("name", list(FamilyName))
def test_the_families_there_are_do_not(name: FamilyName) -> None:
    teacher = card(name).model_copy(update={"role": Role.TEACHER})
    with pytest.raises(RequestError, match="0 or more, not -1"):
        resolve_recipe(UpscaleSettings(guidance=-1.0), teacher)
    own = teacher.model_copy(update={"sampling": SamplingTable(fast_guidance=-1.0)})
    with pytest.raises(ModelError, match="takes 0 or more"):
        family_of(own).check_guidance(own)


def test_a_family_without_prompts_lacks_none(leaning: ModelCard, tmp_path: Path) -> None:
    assert family_of(leaning).prompts_in(tmp_path) == ALL_PROMPTS
    with pytest.raises(ModelError):
        Compact().prompts_in(tmp_path)


def test_a_family_may_try_precisions_in_its_own_order() -> None:
    device = [torch.bfloat16, torch.float16, torch.float32]
    assert _preferred(device, Leaning.dtype_order) == [torch.float16, torch.float32, torch.bfloat16]
    assert _preferred(device, ("fp16",)) == [torch.float16, torch.bfloat16, torch.float32]
    assert _preferred(device, ()) == device
