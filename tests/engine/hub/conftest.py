"""A hub on loopback, and full-size models of a few thousand random weights in the layout in which they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.published_model import write_published
from tests.fakes.tiny_hub import running_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fakes.hub_server import HubServer


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """A running hub, which the client takes for the only one; nobody is logged in."""
    with running_hub(monkeypatch, tmp_path) as server:
        yield server


@pytest.fixture
def make_published(tmp_path: Path) -> Callable[..., Path]:
    """Makes folders as published: `make_published("q")` has transformer/, vae/ and the null prompt."""

    def make(variant: str, *, has_null_prompt: bool = True) -> Path:
        return write_published(tmp_path / "published" / f"tiny_{variant}", variant, has_null_prompt=has_null_prompt)

    return make
