"""Signing in to the hub: its own login stores the token, and what goes wrong is said in plain words."""

from __future__ import annotations

import huggingface_hub
import pytest

from mfsr_engine.errors import HubError
from mfsr_engine.hub import account


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tokens that the hub's login stored."""
    tokens: list[str] = []
    monkeypatch.setattr(huggingface_hub, "login", lambda token, **_: tokens.append(token))
    return tokens


def answer(monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    def whoami(self: object, token: str) -> object:
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(huggingface_hub.HfApi, "whoami", whoami)


def test_a_good_token_is_stored_by_the_hubs_own_login(monkeypatch: pytest.MonkeyPatch, stored: list[str]) -> None:
    answer(monkeypatch, {"name": "someone"})
    assert account.sign_in("hf_good") == "someone"
    assert stored == ["hf_good"]


@pytest.mark.parametrize(
    ("error", "words"), [(ValueError("bad"), "does not accept"), (ConnectionError("no"), "cannot be reached")]
)
def test_a_token_that_cannot_be_checked_is_not_stored(
    monkeypatch: pytest.MonkeyPatch, stored: list[str], error: Exception, words: str
) -> None:
    answer(monkeypatch, error)
    with pytest.raises(HubError, match=words):
        account.sign_in("hf_bad")
    assert stored == []


def test_whether_there_is_a_token_is_known_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: None)
    assert not account.is_signed_in()
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: "hf_good")
    assert account.is_signed_in()
