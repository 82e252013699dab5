"""The store finds models by name and by path, and knows what to say when there is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mfsr_engine.api import BUNDLED_MODEL
from mfsr_engine.errors import ModelError
from mfsr_engine.hub import store as store_module
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import FamilyName, ModelCard, Role, read_card, write_card

if TYPE_CHECKING:
    from pathlib import Path


def add(root: Path, name: str, role: Role = Role.STUDENT, folder: str | None = None) -> Path:
    place = root / (folder or name)
    write_card(ModelCard(name=name, title=name.upper(), family=FamilyName.COMPACT, role=role, licence="MIT"), place)
    return place


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore((tmp_path / "bundled", tmp_path / "user"))


def test_the_bundled_student_comes_first_and_teachers_last(store: ModelStore) -> None:
    bundled, user = store.roots
    add(bundled, "a-teacher", Role.TEACHER)
    add(bundled, BUNDLED_MODEL)
    add(user, "b")
    assert [model.card.name for model in store.installed()] == [BUNDLED_MODEL, "b", "a-teacher"]
    assert [model.info.is_teacher for model in store.installed()] == [False, False, True]


def test_a_model_is_found_by_name_and_by_path(store: ModelStore, tmp_path: Path) -> None:
    place = add(store.roots[1], "mine", folder="another-folder-name")
    elsewhere = add(tmp_path / "elsewhere", "other")
    assert store.find("mine").folder == place
    assert store.find("another-folder-name").folder == place
    assert store.find(str(elsewhere)).card.name == "other"


def test_the_first_root_wins_where_names_meet(store: ModelStore) -> None:
    first = add(store.roots[0], "same")
    add(store.roots[1], "same")
    assert store.find("same").folder == first
    assert len(store.installed()) == 1


def test_cards_behind_the_one_that_is_asked_for_are_not_read(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = (add(store.roots[0], name) for name in "abc")
    read: list[Path] = []
    monkeypatch.setattr(store_module, "read_card", lambda folder: read.append(folder) or read_card(folder))
    assert store.find("a").folder == store.find("a").folder == first
    assert read == [first]


def test_an_unknown_name_lists_the_known_ones(store: ModelStore) -> None:
    add(store.roots[0], "one")
    add(store.roots[0], "two")
    with pytest.raises(ModelError, match=r'"three".*Installed: one, two\..*models list.*models pull NAME'):
        store.find("three")


def test_without_any_model_it_says_so(store: ModelStore) -> None:
    assert store.installed() == []
    with pytest.raises(ModelError, match="Installed: none"):
        store.find("")


def test_a_broken_card_hides_only_its_own_model(store: ModelStore) -> None:
    add(store.roots[0], "good")
    broken = add(store.roots[0], "bad") / "model.toml"
    broken.write_text("name = 3\n")
    assert [model.card.name for model in store.installed()] == ["good"]
    assert [(folder.name, "model.toml" in str(error)) for folder, error in store.broken()] == [("bad", True)]
    with pytest.raises(ModelError, match=r"model\.toml"):
        store.find("bad")


def test_a_folder_that_is_no_model_is_refused(store: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a model folder"):
        store.find(str(tmp_path))


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 1500 + "]" * 1500, "x = 1\n" * 60_000, "\0", "[codec]\nresidual_scale = inf", "name = '\x1b[2J'"],
)
def test_a_stranger_s_card_is_listed_as_broken_and_harms_nothing_else(store: ModelStore, text: str) -> None:
    add(store.roots[0], "sound")
    broken = store.roots[1] / "broken"
    broken.mkdir(parents=True)
    (broken / "model.toml").write_text(text)
    assert [model.card.name for model in store.installed()] == ["sound"]
    assert [folder for folder, _ in store.broken()] == [broken]
    assert store.find("sound").card.name == "sound"
    with pytest.raises(ModelError):
        store.find("broken")


def test_no_fault_of_a_folder_gets_past_the_store(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store.roots[0], "sound")

    def break_down(folder: Path) -> ModelCard:
        raise RuntimeError(f"something nobody thought of in {folder.name}")

    monkeypatch.setattr(store_module, "read_card", break_down)
    assert store.installed() == []
    assert "nobody thought of" in str(store.broken()[0][1])


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"blocks": 2_000_000}, "blocks must be"),
        ({"width": 60_000}, "width must be"),
        ({"channels": 768}, "needs 48 channels"),
        ({"has_prior": 3}, "has_prior must be"),
        ({"depth": 3}, "depth"),
    ],
)
def test_a_compact_model_of_absurd_sizes_is_listed_as_broken(
    store: ModelStore, config: dict[str, int], problem: str
) -> None:
    add(store.roots[0], "sound")
    folder = add(store.roots[0], "absurd")
    assert [model.card.name for model in store.installed()] == ["absurd", "sound"]
    (folder / "transformer").mkdir()
    (folder / "transformer" / "config.json").write_text(json.dumps({"channels": 48} | config))
    assert [model.card.name for model in store.installed()] == ["sound"]
    assert problem in str(store.broken()[0][1])
    with pytest.raises(ModelError):
        store.find("absurd")


def test_a_card_whose_factor_does_not_fit_the_network_is_listed_as_broken(store: ModelStore) -> None:
    folder = add(store.roots[0], "large")
    (folder / "transformer").mkdir()
    (folder / "transformer" / "config.json").write_text(json.dumps({"channels": 48}))
    assert [model.card.name for model in store.installed()] == ["large"]
    card = read_card(folder)
    sixteen = {
        "image": card.image.model_copy(update={"scale": 16}),
        "codec": card.codec.model_copy(update={"factor": 16}),
    }
    write_card(card.model_copy(update=sixteen), folder)
    assert store.installed() == []
    assert "needs 768 channels" in str(store.broken()[0][1])


@pytest.mark.parametrize("config", [{"num_layers": 10**9}, {"patch_size": 0}, {"dual_attention_layers": "all"}])
def test_a_full_size_model_of_absurd_sizes_is_listed_as_broken(store: ModelStore, config: dict[str, object]) -> None:
    folder = add(store.roots[0], "huge")
    card = read_card(folder).model_copy(update={"family": FamilyName.DIT4SR, "variant": "r1"})
    write_card(card, folder)
    (folder / "transformer").mkdir()
    (folder / "transformer" / "config.json").write_text(json.dumps(config))
    assert store.installed() == []
    assert "config.json" in str(store.broken()[0][1])
