"""What the documents say is so: the commands, options, links and files that they name exist."""

import re
from pathlib import Path

import pytest
import typer

from distill.cli import app as distill_app
from distill.evaluation.compare import compare
from mfsr_engine.cli.upscale import app

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")
ROWS_OF_FEATURES = 30
"""What people ask for, each with what shows that it is there."""
OPTION = re.compile(r"`(-{1,2}[a-z][a-z-]*)`")


@pytest.fixture(scope="module")
def program():
    """All commands, as on the command line."""
    whole = typer.Typer()
    for command in app.registered_commands:
        whole.registered_commands.append(command)
    groups = [group for group in app.registered_groups if group.name != "distill"]
    whole.registered_groups.extend(groups)
    whole.command()(compare)
    whole.add_typer(distill_app, name="distill")
    return typer.main.get_command(whole)


def options_of(command) -> set[str]:
    return {word for parameter in command.params for word in parameter.opts if word.startswith("-")}


def test_the_reference_has_every_option_of_upscale_and_no_other(program):
    rows = [line.split("|")[1] for line in REFERENCE.splitlines() if line.startswith("| `-")]
    assert {option for row in rows for option in OPTION.findall(row)} == options_of(program.commands["upscale"])
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_that_are_named_exist(program, document):
    for words in re.findall(r"^(?:    )?mfsr ([a-z]+(?: [a-z]+)?)", document.read_text(encoding="utf-8"), re.MULTILINE):
        first, _, second = words.partition(" ")
        command = program.commands.get(first)
        assert command is not None, words
        assert not second or not hasattr(command, "commands") or second in command.commands, words


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r'(?:\]\(|src(?:set)?=")([^)#"]+)[)"]', document.read_text(encoding="utf-8")):
        assert target.startswith("http") or (document.parent / target).exists(), target


def test_the_architecture_names_only_what_exists():
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:mfsr_app|mfsr_engine|distill|resources|tests)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("script", re.findall(r"^scripts/\w+$", README, re.MULTILINE))
def test_the_scripts_can_be_run(script):
    assert (ROOT / script).stat().st_mode & 0o111


def test_the_readme_is_two_commands_long():
    assert re.findall(r"^```\n(scripts/\w+)\n```$", README, re.MULTILINE) == ["scripts/start", "scripts/test"]


def test_every_sample_photograph_has_its_source():
    samples = ROOT / "resources" / "samples"
    sources = (samples / "SOURCES.md").read_text(encoding="utf-8")
    pictures = [path.name for path in samples.iterdir() if path.suffix != ".md"]
    assert pictures
    assert all(f"`{name}`" in sources for name in pictures)


def test_every_test_and_picture_that_the_table_of_features_names_exists():
    text = (ROOT / "docs" / "FEATURES.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert named - set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE)) == set()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`test_" in line]
    assert len(rows) >= ROWS_OF_FEATURES
    pictures = re.findall(r"\(screens/([\w.-]+)\)", text)
    assert [name for name in pictures if not (ROOT / "docs" / "screens" / name).is_file()] == []
