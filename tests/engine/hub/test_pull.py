"""A pull from the first word to an installed model that upscales: licence, catalogue, assembly, list, verify, remove."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import tomli_w

from mfsr_engine import cli
from mfsr_engine.hub.catalogue import Catalogue
from tests.fakes.hub_server import Fault, sha256
from tests.fakes.tiny_hub import TinyHub, published_hub

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.hub_server import HubServer

pytestmark = pytest.mark.usefixtures("random_networks")


@pytest.fixture
def tiny_hub(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyHub:
    return published_hub(hub, tmp_path, monkeypatch)


WEIGHTS = "dit4sr_r1/transformer/diffusion_pytorch_model.safetensors"


def test_a_pull_shows_licences_installs_lists_verifies_and_is_removed(tiny_hub: TinyHub) -> None:
    done = tiny_hub.run_apart("models", "pull", "dit4sr_r1", "--accept-licence")
    assert done.returncode == 0, done.stderr
    assert "non-commercial" in done.stderr
    assert "Stability AI Community License" in done.stderr
    assert "null prompt" in done.stderr
    folder = tiny_hub.models / "dit4sr_r1"
    assert done.stdout == f"{folder}\n"
    assert (folder / "vae" / "config.json").is_file()
    assert "dit4sr_r1\tDiT4SR r1\tteacher, 4x" in tiny_hub.run("models", "list").stdout
    assert "is sound; 7 files are as installed" in tiny_hub.run("models", "verify", "dit4sr_r1").stdout
    with (folder / "transformer" / "config.json").open("a") as stream:
        stream.write(" ")
    broken = tiny_hub.run("models", "verify", "dit4sr_r1")
    assert broken.returncode == 1
    assert "transformer/config.json has changed" in broken.stderr
    assert tiny_hub.run("models", "remove", "dit4sr_r1", "--yes").returncode == 0
    assert tiny_hub.installed() == []


def test_models_share_their_base_which_is_fetched_once(tiny_hub: TinyHub) -> None:
    assert tiny_hub.run("models", "pull", "dit4sr_r1", "--accept-licence").returncode == 0
    tiny_hub.server.asked.clear()
    assert tiny_hub.run("models", "pull", "smfsr_q", "--accept-licence").returncode == 0
    assert tiny_hub.installed() == ["dit4sr_r1", "smfsr_q"]
    assert {asked.repository for asked in tiny_hub.server.fetched()} == {"zw121/SMFSR"}
    first, second = (tiny_hub.models / name / "vae" / "config.json" for name in ("dit4sr_r1", "smfsr_q"))
    assert first.samefile(second)
    again = tiny_hub.run("models", "pull", "smfsr_q", "--accept-licence")
    assert (again.returncode, "installed already" in again.stderr) == (0, True)


def test_without_a_yes_nothing_is_asked_of_the_hub(tiny_hub: TinyHub) -> None:
    done = tiny_hub.run("models", "pull", "dit4sr_r1")
    assert done.returncode == 1
    assert "non-commercial" in done.stderr
    assert tiny_hub.server.asked == []
    assert not tiny_hub.models.exists()


def test_a_cut_pull_installs_nothing_and_the_next_one_continues(tiny_hub: TinyHub) -> None:
    server = tiny_hub.server
    server.faults[WEIGHTS] = Fault(status=503)
    done = tiny_hub.run("models", "pull", "dit4sr_r1", "--accept-licence")
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0)
    assert "busy or out of order" in done.stderr
    server.faults[WEIGHTS] = Fault(content=b"?" * len(server.files["acceptee/DiT4SR", WEIGHTS]))
    assert "came damaged" in tiny_hub.run("models", "pull", "dit4sr_r1", "--accept-licence").stderr
    assert tiny_hub.installed() == []
    server.faults.clear()
    server.asked.clear()
    assert tiny_hub.run("models", "pull", "dit4sr_r1", "--accept-licence").returncode == 0
    assert tiny_hub.installed() == ["dit4sr_r1"]
    left = {asked.path.rsplit("/", 1)[1] for asked in server.fetched()}
    assert left == {"NULL_prompt_embeds.pt", "NULL_pooled_prompt_embeds.pt", WEIGHTS.rsplit("/", 1)[1]}


def test_a_gated_base_is_explained_step_by_step(tiny_hub: TinyHub) -> None:
    tiny_hub.server.faults["vae/config.json"] = Fault(status=401, headers={"X-Error-Code": "GatedRepo"})
    done = tiny_hub.run("models", "pull", "smfsr_q", "--accept-licence")
    assert done.returncode == 1
    for step in ("1. Open", "stable-diffusion-3.5-medium", "accept the licence", "hf auth login", "4. Pull again"):
        assert step in done.stderr
    assert tiny_hub.installed() == []


def test_weights_of_another_network_are_not_installed(tiny_hub: TinyHub) -> None:
    files = tiny_hub.server.files
    files["acceptee/DiT4SR", WEIGHTS] = files[
        "stabilityai/stable-diffusion-3.5-medium", "vae/diffusion_pytorch_model.safetensors"
    ]
    done = tiny_hub.run("models", "pull", "dit4sr_r1", "--accept-licence")
    assert (done.returncode, tiny_hub.installed()) == (1, [])
    assert "low-resolution branch is missing" in done.stderr


def test_a_catalogues_wrong_checksum_stops_before_fetching(tiny_hub: TinyHub) -> None:
    path = tiny_hub.resources / "model_cards" / "dit4sr_r1.toml"
    table = Catalogue.read(path.parent).find("dit4sr_r1").model_dump(mode="json", exclude_none=True)
    table["files"][1]["sha256"] = sha256(b"another")
    path.write_text(tomli_w.dumps(table))
    done = tiny_hub.run("models", "pull", "dit4sr_r1", "--accept-licence")
    assert "not the file this program knows" in done.stderr
    assert tiny_hub.server.gets(".safetensors") == []


def test_knowing_the_models_opens_no_connection() -> None:
    code = textwrap.dedent("""
        import socket, sys
        def refuse(*words): raise SystemExit("a connection was opened")
        socket.socket.connect = socket.getaddrinfo = refuse
        from mfsr_engine import cli
        for words in (["models", "list"], ["models", "show", "smfsr_q"]):
            assert cli.main(words) == 0
        sys.exit("huggingface_hub" in sys.modules or "torch" in sys.modules)
    """)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "sd35_base" in done.stdout


def test_models_that_came_with_the_program_are_not_removed(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    assert cli.main(["models", "remove", str(tiny_model), "--yes"]) == 1
    assert "left alone" in capsys.readouterr().err
    assert tiny_model.is_dir()


def test_an_unknown_name_lists_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "pull", "nonsense", "--accept-licence"]) == 1
    assert "dit4sr_q" in capsys.readouterr().err
