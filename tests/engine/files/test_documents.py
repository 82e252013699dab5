"""Small JSON and TOML files from strangers: what is sound is read, and nothing else hangs, allocates or gets through."""

from __future__ import annotations

import json
import os
import sys

import pytest

from mfsr_engine.files import documents
from mfsr_engine.files.documents import DocumentError, check_sizes, parse_json, plain_text, read_json, read_toml


def test_a_sound_document_is_read_as_it_is(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('name = "größer"\n[image]\nscale = 4\nfactors = [1, 2.5]\n', encoding="utf-8")
    assert read_toml(path) == {"name": "größer", "image": {"scale": 4, "factors": [1, 2.5]}}
    path.write_text(json.dumps({"a": [1, None, True]}), encoding="utf-8")
    assert read_json(path) == {"a": [1, None, True]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "[" * 5000 + "]" * 5000, "nested"),
        ("x = " + "[" * 40 + "]" * 40, "nested"),
        (".".join("a" * 502) + " = 1", "dots"),
        ("x = inf", "finite"),
        ("x = nan", "finite"),
        (f"{'k' * 300} = 1", "name of a field"),
        ("x = ", "Invalid value"),
        ("x = 1\n" + "#" * documents.MAX_BYTES, "larger than 256 KiB"),
    ],
)
def test_toml_that_none_of_ours_can_be_is_refused(tmp_path, text, words):
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=words):
        read_toml(path)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "[" * 40 + "]" * 40, "NaN", "[Infinity]", "1e999", '{"a": -1e999}', "1" * 5000, "{", "\udcff"],
)
def test_json_that_none_of_ours_can_be_is_refused(text):
    with pytest.raises(DocumentError):
        parse_json(text.encode("utf-8", "surrogatepass"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_plain_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", tmp_path):
        with pytest.raises(DocumentError, match="plain file"):
            read_json(path)


def test_control_characters_and_directions_do_not_get_through(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"ti\x1btle": "\x1b[2Jred\u202egpj.exe\n\tnext"}), encoding="utf-8")
    assert read_json(path) == {"title": "[2Jredgpj.exe\n\tnext"}
    assert plain_text("naïve 写真 👩‍👩‍👧") == "naïve 写真 👩‍👩‍👧"


@pytest.mark.parametrize("config", [{"width": 70_000}, {"a": {"b": [1] * 65}}, [[1e6]]])
def test_sizes_of_no_network_are_refused(config):
    check_sizes({"width": 1536, "channels": [128, 256, 512, 512], "name": "any"})
    with pytest.raises(DocumentError):
        check_sizes(config)
