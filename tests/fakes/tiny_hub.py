"""A hub on loopback that holds tiny models under the catalogue's real names, and `mfsr` run against it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import tomli_w

from mfsr_engine import cli
from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue
from tests.fakes.hub_server import HubServer
from tests.fakes.published_model import write_published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

BASE = "stabilityai/stable-diffusion-3.5-medium"
PULLED = """
import sys
from pathlib import Path
from mfsr_engine import cli
from mfsr_engine.files import paths
paths.resources_dir = lambda: Path(sys.argv[1])
sys.exit(cli.main(sys.argv[2:]))
"""


@contextmanager
def running_hub(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[HubServer]:
    """An empty hub, which the client takes for the only one; nobody is logged in."""
    import huggingface_hub
    from huggingface_hub import constants

    for variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "hf" / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "hf" / "stored_tokens"))
    monkeypatch.setattr(constants, "AGENT_HARNESSES_PATH", str(home / "hf" / "agent_harnesses.json"))
    server = HubServer()
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, server.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    yield server
    huggingface_hub.close_session()
    server.close()


class TinyHub:
    """Its models, and what was installed from it."""

    def __init__(self, server: HubServer, resources: Path, home: Path) -> None:
        self.server, self.resources, self.home = server, resources, home

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`mfsr WORDS` in this process, with nobody to answer questions."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.main(words)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    def run_apart(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`mfsr WORDS` in a process of its own, with HF_ENDPOINT leading to this hub."""
        own = {
            "MFSR_HOME": str(self.home),
            "HF_ENDPOINT": self.server.url,
            "HF_HOME": str(self.home / "hf"),
            "HF_HUB_DISABLE_XET": "1",
        }
        command = [sys.executable, "-c", PULLED, str(self.resources), *words]
        return subprocess.run(command, env=os.environ | own, check=False, capture_output=True, text=True, input="")

    @property
    def models(self) -> Path:
        """Where pulled models are installed."""
        return self.home / "data" / "models"

    def installed(self) -> list[str]:
        """Names of what is installed."""
        return sorted(path.name for path in self.models.glob("[!.]*"))


def published_hub(server: HubServer, place: Path, monkeypatch: pytest.MonkeyPatch) -> TinyHub:
    """Fill a hub with a tiny DiT4SR r1 and SMFSR q. The program's catalogue has its real entries without checksums.

    Args:
        server: the hub.
        place: a folder for the catalogue, the models, and the user's home.
        monkeypatch: undoes what is changed.
    """
    resources = place / "resources"
    (resources / "model_cards").mkdir(parents=True)
    for entry in Catalogue.default().entries:
        table = entry.model_dump(mode="json", exclude_none=True)
        for file in table["files"]:
            file.pop("size", None)
            file.pop("sha256", None)
        (resources / "model_cards" / f"{entry.name}.toml").write_text(tomli_w.dumps(table))
    for name, variant in (("dit4sr_r1", "r1"), ("smfsr_q", "smfsr")):
        folder = write_published(place / "published" / name, variant)
        owner = "zw121/SMFSR" if variant == "smfsr" else "acceptee/DiT4SR"
        for path in (folder / "transformer").iterdir():
            server.files[owner, f"{name}/transformer/{path.name}"] = path.read_bytes()
        for path in folder.glob("*.pt"):
            server.files["acceptee/DiT4SR", path.name] = path.read_bytes()
        for path in (folder / "vae").iterdir():
            server.files[BASE, f"vae/{path.name}"] = path.read_bytes()
    server.files[BASE, "scheduler/scheduler_config.json"] = b"{}"
    monkeypatch.setenv("MFSR_HOME", str(place / "home"))
    monkeypatch.setattr(paths, "resources_dir", lambda: resources)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return TinyHub(server, resources, place / "home")
